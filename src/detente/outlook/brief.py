"""A brief: everything that is said about a pair as of a day, each number with its band, date and source."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente import forecast, relations
from detente.codebook import state_name
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.outlook.words import estimative_word

#: Version of the JSON form; a key that changes its meaning is a new version.
BRIEF_VERSION = "brief-v1"
_REASONS_SHOWN = 5
_NAMED_SHOWN = 3
_DAYS_TO_REPORT = 2
_OUTCOMES = ("deteriorate", "hold", "improve")


@dataclass(frozen=True)
class Reason:
    """One day on one side of the account: what it added to the change, and what it is known for.

    Args:
        day: The day; None for the remainder.
        contribution: Share of the change, Goldstein points a day.
        n: Events; None for the remainder.
        what: The day's dyads and types in words.
        label: The name of a well-known event that these reports are about; empty where none is known.
    """

    day: dt.date | None
    contribution: float
    n: int | None
    what: str
    label: str


@dataclass(frozen=True)
class Brief:
    """What `detente outlook` says; made by ``build_brief``, shown by the renderers of this room.

    Args:
        pair: The two states, in the order the user named them.
        as_of: The day at whose end everything was read.
        provider: Whose data.
        horizon: Horizon of the headline.
        levels: Rows of ``levels`` of the pair.
        dyads: Rows of ``levels`` of both directions.
        status: The last four weeks against the past year.
        explanation: The change and all its reasons.
        reasons: The days shown, and the remainder: they add up to the change.
        forecasts: Rows of ``forecasts``.
        question: The question of the headline, with its rule.
        chronology: Known events of the pair up to the day.
        coverage: Days by status.
        card: The card of the data.
        headline: One sentence.
        standfirst: Two or three.
    """

    pair: Pair
    as_of: dt.date
    provider: str
    horizon: Horizon
    levels: pl.DataFrame
    dyads: pl.DataFrame
    status: relations.Status
    explanation: relations.Explanation
    reasons: tuple[Reason, ...]
    forecasts: pl.DataFrame
    question: forecast.Question
    chronology: pl.DataFrame
    coverage: Mapping[str, int]
    card: Mapping[str, Any]
    headline: str
    standfirst: str

    @property
    def names(self) -> tuple[str, str]:
        """Both states' usual names."""
        return state_name(self.pair.a), state_name(self.pair.b)

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of each outcome at the headline's horizon."""
        row = forecast_row(self.forecasts, self.horizon)
        return {name: row[f"p_{name}"] for name in _OUTCOMES}

    def as_dict(self) -> dict[str, Any]:
        """The brief as JSON-ready values; gaps are null."""
        explanation, status = self.explanation, self.status
        return {
            "version": BRIEF_VERSION,
            "pair": self.pair.id,
            "states": [
                {"iso3": iso3, "name": name} for iso3, name in zip((self.pair.a, self.pair.b), self.names, strict=True)
            ],
            "as_of": str(self.as_of),
            "provider": self.provider,
            "headline": self.headline,
            "standfirst": self.standfirst,
            "status": {
                "status": status.status,
                "grade": status.grade,
                "z": status.z,
                "recent": status.recent,
                "recent_low": _band(status.recent, status.recent_se, -1),
                "recent_high": _band(status.recent, status.recent_se, 1),
                "usual": status.usual,
                "earlier_weeks_used": status.weeks_used,
                "rule": relations.STATUS,
            },
            "forecasts": [_forecast_dict(row) for row in self.forecasts.iter_rows(named=True)],
            "resolution_rule": self.question.resolution,
            "what_moved_it": {
                "change": explanation.change,
                "change_low": explanation.change_low,
                "change_high": explanation.change_high,
                "unit": "Goldstein points a day",
                "recent_from": str(explanation.recent_from),
                "usual_from": str(explanation.usual_from),
                "reasons": [
                    {
                        "day": str(reason.day) if reason.day else None,
                        "contribution": reason.contribution,
                        "n": reason.n,
                        "what": reason.what,
                        "label": reason.label or None,
                    }
                    for reason in self.reasons
                ],
                "rule": relations.EXPLAIN,
            },
            "level": {"rule": relations.LEVEL, "weeks": _weeks(self.levels)},
            "directions": {
                f"{actor}>{recipient}": _weeks(rows)
                for (actor, recipient), rows in self.dyads.group_by("actor", "recipient", maintain_order=True)
            },
            "coverage": dict(self.coverage),
            "source": {key: self.card.get(key) for key in ("title", "publisher", "citation", "terms", "caveats")},
            "track_record": TRACK_RECORD,
        }


#: Said until forecasts have been scored.
TRACK_RECORD = "No forecast of this model has been scored yet: read its probabilities as untested."


def build_brief(  # noqa: PLR0913 - a brief has that many sources
    pair: Pair,
    *,
    as_of: dt.date,
    provider: str,
    levels_pair: pl.DataFrame,
    levels_dyads: pl.DataFrame,
    coverage: pl.DataFrame,
    explanation: relations.Explanation,
    forecasts: pl.DataFrame,
    chronology: pl.DataFrame,
    card: Mapping[str, Any],
    horizon: Horizon,
) -> Brief:
    """Assemble a brief from tables as of a day.

    Args:
        pair: The two states, in the order to show them.
        as_of: The day.
        provider: Whose data.
        levels_pair: Rows of ``levels`` of the pair.
        levels_dyads: Rows of ``levels`` of both directions.
        coverage: Rows of ``coverage`` up to the day.
        explanation: The change of the balance and its reasons.
        forecasts: Rows of ``forecasts`` of the pair, one for each horizon.
        chronology: Rows of ``chronology`` up to the day, of any pair.
        card: The card of the data.
        horizon: Horizon of the headline; one of ``forecasts``.
    """
    from detente.outlook.prose import write_headline, write_standfirst  # noqa: PLC0415 - prose reads Brief's parts

    both = [pair.a, pair.b]
    known = chronology.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both), pl.col("day") <= as_of)
    status = relations.read_status(levels_pair)
    reasons = gather_reasons(explanation, known)
    row = forecast_row(forecasts, horizon)
    return Brief(
        pair=pair,
        as_of=as_of,
        provider=provider,
        horizon=horizon,
        levels=levels_pair,
        dyads=levels_dyads,
        status=status,
        explanation=explanation,
        reasons=reasons,
        forecasts=forecasts,
        question=forecast.Question(pair, as_of, horizon),
        chronology=known,
        coverage=dict(coverage["status"].value_counts().sort("status").iter_rows()),
        card=card,
        headline=write_headline(pair, row, horizon),
        standfirst=write_standfirst(status, reasons, levels_pair, as_of),
    )


def gather_reasons(explanation: relations.Explanation, known: pl.DataFrame) -> tuple[Reason, ...]:
    """Gather cells into days, each side of the account apart, and name those that are known.

    Returns:
        The weightiest days, the most hostile first, then the most cooperative, then what is left over: they sum to the
        explanation's change.
    """
    cells = explanation.reasons.drop_nulls("day").with_columns((pl.col("contribution") < 0).alias("is_worse"))
    days = (
        cells.sort(pl.col("contribution").abs(), descending=True)
        .group_by("day", "is_worse", maintain_order=True)
        .agg(pl.col("contribution").sum(), pl.col("n").sum(), pl.col("what").head(2).str.join("; "), pl.col("actor"))
        .sort(pl.col("contribution").abs(), "day", descending=[True, False])
    )
    named = [row for row in days.iter_rows(named=True) if _label(known, row)]
    shown = [
        Reason(row["day"], row["contribution"], row["n"], row["what"], _label(known, row))
        for worse in (True, False)
        for row in _choose(days.filter(pl.col("is_worse") == worse).to_dicts(), named)
    ]
    rest = explanation.change - math.fsum(reason.contribution for reason in shown)
    return (*shown, Reason(None, rest, None, "all other days and kinds of events", ""))


def _choose(side: list[dict[str, Any]], named: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The weightiest days of one side, and after them the weightiest that are known for something."""
    chosen = side[:_REASONS_SHOWN]
    return chosen + [row for row in side[_REASONS_SHOWN:] if row in named][:_NAMED_SHOWN]


def _label(known: pl.DataFrame, row: Mapping[str, Any]) -> str:
    """What a day's reports are about: a known act of these actors on that day or up to two days before it."""
    side = "conflict" if row["is_worse"] else "cooperation"
    first = row["day"] - dt.timedelta(days=_DAYS_TO_REPORT)
    near = known.filter(
        pl.col("day").is_between(first, row["day"]), pl.col("direction") == side, pl.col("actor").is_in(row["actor"])
    ).sort("day")
    return " / ".join(near["label"].unique(maintain_order=True).tail(2))


def forecast_row(forecasts: pl.DataFrame, horizon: Horizon) -> dict[str, Any]:
    """The forecast at one horizon as a mapping of column to value."""
    return forecasts.filter(pl.col("horizon_weeks") == horizon.weeks).row(0, named=True)


def _forecast_dict(row: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "horizon_weeks": row["horizon_weeks"],
        "origin": str(row["origin"]),
        "model": row["model"],
    }
    for name in _OUTCOMES:
        probability = row[f"p_{name}"]
        answer[name] = {
            "probability": probability,
            "low": row[f"p_{name}_low"],
            "high": row[f"p_{name}_high"],
            "word": estimative_word(probability),
        }
    return answer


def _weeks(levels: pl.DataFrame) -> list[dict[str, Any]]:
    wanted = levels.select(
        pl.col("week_end").cast(pl.String),
        "covered_days",
        "n",
        "cooperation",
        "conflict",
        "balance",
        "balance_se",
        "conflict_share",
        "level",
        "level_low",
        "level_high",
    )
    return wanted.to_dicts()


def _band(value: float | None, error: float | None, side: int) -> float | None:
    return None if value is None or error is None else value + side * 1.6449 * error
