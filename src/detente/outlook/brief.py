"""A brief: everything that is said about a pair as of a day, each number with its band, date and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from detente import forecast, relations
from detente.codebook import state_name
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.domain.tables import CHRONOLOGY, COVERAGE, FORECASTS, HAZARDS, LEVELS, OUTCOMES, check_table
from detente.errors import QuestionError
from detente.outlook.detail import Detail
from detente.outlook.directions import Direction, measure_directions
from detente.outlook.parts import Parts
from detente.outlook.prose import write_headline, write_standfirst
from detente.outlook.provocations import no_provocations, provocations_as_list
from detente.outlook.reasons import Reason, gather_reasons
from detente.outlook.series import SeriesReading
from detente.outlook.words import describe_chances

#: Version of the JSON form; a key that changes its meaning is a new version.
BRIEF_VERSION = "brief-v1"
#: Said until forecasts have been scored.
TRACK_RECORD = "No forecast of this model has been scored yet: read its probabilities as untested."
#: What no brief made of event data can tell.
LIMITS = (
    "It reads reports, not minds or deeds; the events are coded from news by machine, and many are miscoded.",
    "What moved a number is which reports moved it, not why states acted.",
    "Much of what can be forecast is the return to the usual after a shock; a shock itself is seldom foreseen.",
)
_BAND = 1.6449


@dataclass(frozen=True)
class Freshness:
    """Which days the data cover.

    Args:
        first_day: The first day held; None where there is none.
        last_day: The last day covered; None where there is none.
        present: Days covered.
        thin: Days with far too few rows, treated as gaps.
        absent: Days without any, up to the as-of day.
    """

    first_day: dt.date | None
    last_day: dt.date | None
    present: int
    thin: int
    absent: int


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
        directions: The last four weeks of each direction.
        status: The last four weeks against the past year.
        explanation: The change and all its reasons.
        reasons: The days shown, and the remainder: they add up to the change.
        forecasts: Rows of ``forecasts`` of the pair.
        question: The question of the headline, with its rule.
        chronology: Known events of the pair up to the day.
        freshness: Which days are covered.
        card: The card of the data.
        track_record: How the model's forecasts have fared.
        headline: One sentence.
        standfirst: A few more.
        recorded: Under what id its forecasts were written down, in a few words; empty where they were not.
        parts: Who speaks, where and over what.
        series: Outside series as context; they do not enter the forecast.
        provocations: Rows of ``hazards`` of both directions; none where it was not asked.
        detail: Exchanges, further measures, assessments, the version before; none where it was not asked.
    """

    pair: Pair
    as_of: dt.date
    provider: str
    horizon: Horizon
    levels: pl.DataFrame
    dyads: pl.DataFrame
    directions: tuple[Direction, Direction]
    status: relations.Status
    explanation: relations.Explanation
    reasons: tuple[Reason, ...]
    forecasts: pl.DataFrame
    question: forecast.Question
    chronology: pl.DataFrame
    freshness: Freshness
    card: Mapping[str, Any]
    track_record: str
    headline: str
    standfirst: str
    recorded: str = ""
    parts: Parts = field(default_factory=Parts)
    series: tuple[SeriesReading, ...] = ()
    provocations: pl.DataFrame = field(default_factory=no_provocations)
    detail: Detail = field(default_factory=Detail)

    @property
    def names(self) -> tuple[str, str]:
        """Both states' usual names."""
        return state_name(self.pair.a), state_name(self.pair.b)

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of each outcome at the headline's horizon."""
        row = find_forecast(self.forecasts, self.horizon)
        return {name: row[f"p_{name}"] for name in OUTCOMES}

    @property
    def rules(self) -> tuple[str, ...]:
        """Public, versioned names of everything that made the numbers."""
        models: list[str] = self.forecasts["model"].unique().sort().to_list()
        if self.provocations.height:
            models += [forecast.PROVOKED, *self.provocations["model"].unique().sort()]
        measured = (relations.LEVEL, relations.STATUS, relations.EXPLAIN, *self.parts.rules)
        return (*measured, *self.detail.rules, self.question.rule, *models)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What it cannot tell: limits of the method, then those on the card of the data."""
        return (*LIMITS, *(str(caveat) for caveat in self.card.get("caveats") or ()))

    def as_dict(self) -> dict[str, Any]:
        """The brief as JSON-ready values; what is not known is null."""
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
            "status": _status_dict(self.status),
            "horizon_weeks": self.horizon.weeks,
            "forecasts": [_forecast_dict(row) for row in self.forecasts.sort("horizon_weeks").iter_rows(named=True)],
            "provocations": provocations_as_list(self.provocations),
            "resolution_rule": self.question.resolution,
            "what_moved_it": _explanation_dict(self.explanation, self.reasons),
            "level": {"rule": relations.LEVEL, "weeks": _weeks(self.levels)},
            "directions": {
                str(dyad): _weeks(
                    self.dyads.filter(pl.col("actor") == dyad.actor, pl.col("recipient") == dyad.recipient)
                )
                for dyad in self.pair.dyads
            },
            "made_of": self.parts.as_dict(),
            "last_four_weeks": {str(direction.dyad): direction.as_dict() for direction in self.directions},
            "chronology": self.chronology.with_columns(pl.col("day").cast(pl.String)).to_dicts(),
            "coverage": {
                name: str(value) if isinstance(value, dt.date) else value
                for name, value in vars(self.freshness).items()
            },
            "source": {key: self.card.get(key) for key in ("title", "publisher", "citation", "terms", "caveats")},
            "caveats": list(self.caveats),
            "rules": list(self.rules),
            "track_record": self.track_record,
            "recorded": self.recorded or None,
            "outside_series": [reading.as_dict() for reading in self.series],
            **({"detail": self.detail.as_dict()} if self.detail.is_there else {}),
        }


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
    track_record: str = TRACK_RECORD,
    parts: Parts | None = None,
    series: tuple[SeriesReading, ...] = (),
    provocations: pl.DataFrame | None = None,
) -> Brief:
    """Assemble a brief from tables as of a day.

    Args:
        pair: The two states, in the order to show them.
        as_of: The day.
        provider: Whose data.
        levels_pair: Rows of ``levels`` of the pair.
        levels_dyads: Rows of ``levels`` of both directions; none where the data have no direction.
        coverage: Rows of ``coverage`` up to the day.
        explanation: The change of the balance and its reasons.
        forecasts: Rows of ``forecasts`` of the pair, one for each horizon.
        chronology: Rows of ``chronology``, of any pair and time.
        card: The card of the data.
        horizon: Horizon of the headline; one of ``forecasts``.
        track_record: How the model's forecasts have fared, in a sentence.
        parts: Who speaks, where and over what; None where it was not measured.
        series: Outside series as context; they do not enter the forecast.
        provocations: Rows of ``hazards`` of both directions; None where it was not asked.

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when no forecast is held for the horizon.
    """
    moves = no_provocations() if provocations is None else provocations
    checked = ((levels_pair, LEVELS), (levels_dyads, LEVELS), (coverage, COVERAGE), (forecasts, FORECASTS))
    for frame, table in (*checked, (moves, HAZARDS)):
        check_table(frame, table)
    both = [pair.a, pair.b]
    known = check_table(chronology, CHRONOLOGY).filter(
        pl.col("actor").is_in(both), pl.col("recipient").is_in(both), pl.col("day") <= as_of
    )
    status = relations.read_status(levels_pair)
    reasons = gather_reasons(explanation, known)
    row = find_forecast(forecasts, horizon)
    return Brief(
        pair=pair,
        as_of=as_of,
        provider=provider,
        horizon=horizon,
        levels=levels_pair.sort("week_end"),
        dyads=levels_dyads.sort("actor", "week_end"),
        directions=measure_directions(pair, levels_dyads),
        status=status,
        explanation=explanation,
        reasons=reasons,
        forecasts=forecasts,
        question=forecast.Question(pair, as_of, horizon),
        chronology=known.sort("day", "actor"),
        freshness=_freshness(coverage, as_of),
        card=card,
        track_record=track_record,
        headline=write_headline(pair, row, horizon),
        standfirst=write_standfirst(status, reasons, row, levels_pair, as_of=as_of),
        parts=parts or Parts(),
        series=series,
        provocations=moves,
    )


def find_forecast(forecasts: pl.DataFrame, horizon: Horizon) -> dict[str, Any]:
    """The forecast at one horizon as a mapping of column to value.

    Raises:
        QuestionError: when there is none.
    """
    rows = forecasts.filter(pl.col("horizon_weeks") == horizon.weeks)
    if rows.is_empty():
        held = ", ".join(f"{weeks}w" for weeks in forecasts["horizon_weeks"].unique().sort())
        raise QuestionError(
            f"A forecast over {horizon.weeks} weeks was asked for.",
            f"Forecasts are held for: {held or 'no horizon'}.",
            "Name one of these, or forecast that horizon first.",
        )
    return rows.row(0, named=True)


def _freshness(coverage: pl.DataFrame, as_of: dt.date) -> Freshness:
    """Count days by what is held of them; a day that the table does not name is absent."""
    days = coverage.filter(pl.col("day") <= as_of)
    status: dict[str, int] = dict(days["status"].value_counts().iter_rows())
    first: list[dt.date] = days["day"].sort().head(1).to_list()
    last: list[dt.date] = days.filter(pl.col("status") == "present")["day"].sort().tail(1).to_list()
    present, thin = status.get("present", 0), status.get("thin", 0)
    span = (as_of - first[0]).days + 1 if first else 0
    return Freshness(
        first_day=first[0] if first else None,
        last_day=last[0] if last else None,
        present=present,
        thin=thin,
        absent=span - present - thin,
    )


def _status_dict(status: relations.Status) -> dict[str, Any]:
    error = None if status.recent is None or status.recent_se is None else _BAND * status.recent_se
    return {
        "status": status.status,
        "grade": status.grade or None,
        "z": status.z,
        "recent": status.recent,
        "recent_low": None if error is None or status.recent is None else status.recent - error,
        "recent_high": None if error is None or status.recent is None else status.recent + error,
        "usual": status.usual,
        "earlier_weeks_used": status.weeks_used,
        "rule": relations.STATUS,
    }


def _forecast_dict(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {"horizon_weeks": row["horizon_weeks"], "origin": str(row["origin"]), "model": row["model"]}
    return told | describe_chances(row)


def _explanation_dict(explanation: relations.Explanation, reasons: tuple[Reason, ...]) -> dict[str, Any]:
    return {
        "change": explanation.change,
        "change_low": explanation.change_low,
        "change_high": explanation.change_high,
        "unit": "Goldstein points a day",
        "recent_from": str(explanation.recent_from),
        "usual_from": str(explanation.usual_from),
        "reasons": [reason.as_dict() for reason in reasons],
        "rule": relations.EXPLAIN,
    }


def _weeks(levels: pl.DataFrame) -> list[dict[str, Any]]:
    names = ("covered_days", "n", "cooperation", "conflict", "balance", "balance_se", "conflict_share", "volume")
    wanted = levels.select(pl.col("week_end").cast(pl.String), *names, "level", "level_low", "level_high")
    return wanted.to_dicts()
