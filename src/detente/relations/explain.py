"""What moved a balance: cells of day, dyad and type whose contributions add up to the change."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import polars as pl

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import CELLS, COVERAGE, REASONS, check_table
from detente.errors import CutoffError

#: The public name of this algorithm.
EXPLAIN = "explain-v1"
RECENT_WEEKS = 4
USUAL_WEEKS = 52
_BAND = 1.6449
_MILLI = 1000.0
_KEYS = ("actor", "recipient", "event_type")


@dataclass(frozen=True)
class Explanation:
    """A change of the balance and the reasons that sum to it.

    Args:
        change: Recent minus usual balance, Goldstein points a day.
        change_low: Lower end of its 90 % band.
        change_high: Upper end of its 90 % band.
        recent: Balance per covered day in the recent window.
        usual: Balance per covered day in the window before.
        recent_from: First day of the recent window.
        usual_from: First day of the window before.
        reasons: Rows of ``reasons``; contributions sum to ``change``.
    """

    change: float
    change_low: float
    change_high: float
    recent: float
    usual: float
    recent_from: dt.date
    usual_from: dt.date
    reasons: pl.DataFrame

    def top(self, count: int = 3) -> pl.DataFrame:
        """The ``count`` weightiest days on each side: the most hostile first, then the most cooperative."""
        days = self.reasons.drop_nulls("day")
        worse = days.filter(pl.col("contribution") < 0).sort("contribution", "day").head(count)
        better = days.filter(pl.col("contribution") > 0).sort("contribution", "day", descending=[True, False])
        return pl.concat([worse, better.head(count)])


def explain_change(cells: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date) -> Explanation:
    """Decompose the change of a pair's balance: the last four weeks against the up to 52 before.

    change = Σ recent / recent days − Σ usual / usual days, over covered days. For each dyad and type, a day with events
    contributes (its sum − the type's usual daily sum) / recent days; the days on which the type did not occur
    contribute minus that usual sum, gathered in one row without a day. So the rows add up to the change exactly. The
    band takes events to arrive independently. It says which reports moved the number, not why states acted.

    Args:
        cells: Rows of ``cells``; those of other pairs are ignored.
        coverage: Rows of ``coverage``.
        pair: The pair.
        as_of: Last day of the recent window.

    Raises:
        CutoffError: when one of the windows has no covered day.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    present = coverage.filter(pl.col("status") == "present", pl.col("day") <= as_of)["day"]
    recent_from = as_of - dt.timedelta(days=RECENT_WEEKS * DAYS_IN_WEEK - 1)
    usual_from = recent_from - dt.timedelta(days=USUAL_WEEKS * DAYS_IN_WEEK)
    recent_days = int((present >= recent_from).sum())
    usual_days = int(((present < recent_from) & (present >= usual_from)).sum())
    if not recent_days or not usual_days:
        raise CutoffError(
            f"An explanation of {pair} as of {as_of} was asked for.",
            f"{recent_days} days of the last four weeks and {usual_days} of the year before them are covered.",
            "Choose a later as-of date, or load data for the gap.",
        )
    rows = (
        cells.filter(
            pl.col("actor").is_in([pair.a, pair.b]),
            pl.col("recipient").is_in([pair.a, pair.b]),
            pl.col("occurred").is_in(present.implode()),
            pl.col("occurred") >= usual_from,
        )
        .with_columns((pl.col("cooperation_milli") - pl.col("conflict_milli")).alias("net"))
        .with_columns((pl.col("occurred") >= recent_from).alias("is_recent"))
    )
    reasons = _reasons(rows, recent_days, usual_days)
    sums = {bool(flag): (net, square) for flag, net, square in _sums(rows).iter_rows()}
    (recent, recent_square), (usual, usual_square) = sums.get(True, (0, 0.0)), sums.get(False, (0, 0.0))
    error = math.hypot(math.sqrt(recent_square) / recent_days, math.sqrt(usual_square) / usual_days) / _MILLI
    now, before = recent / recent_days / _MILLI, usual / usual_days / _MILLI
    change = now - before
    return Explanation(
        change=change,
        change_low=change - _BAND * error,
        change_high=change + _BAND * error,
        recent=now,
        usual=before,
        recent_from=recent_from,
        usual_from=max(usual_from, *present.sort().head(1)),
        reasons=reasons,
    )


def _sums(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("is_recent").agg(pl.col("net").sum(), pl.col("square_milli").sum())


def _reasons(rows: pl.DataFrame, recent_days: int, usual_days: int) -> pl.DataFrame:
    usual = (
        rows.filter(~pl.col("is_recent"))
        .group_by(_KEYS)
        .agg((pl.col("net").sum() / usual_days).alias("rate"), (pl.col("n").sum() / usual_days).alias("n_rate"))
    )
    by_day = (
        rows.filter("is_recent")
        .group_by(pl.col("occurred").alias("day"), *_KEYS)
        .agg(pl.col("n").sum(), pl.col("net").sum())
        .join(usual, on=_KEYS, how="left", nulls_equal=True)
        .with_columns(pl.col("rate").fill_null(0.0))
        .with_columns(((pl.col("net") - pl.col("rate")) / recent_days / _MILLI).alias("contribution"))
    )
    quiet = (
        usual.join(
            by_day.group_by(_KEYS).agg(pl.col("day").n_unique().alias("active")), on=_KEYS, how="left", nulls_equal=True
        )
        .with_columns(pl.col("active").fill_null(0))
        .with_columns((-pl.col("rate") * (recent_days - pl.col("active")) / recent_days / _MILLI).alias("contribution"))
        .with_columns(pl.lit(None, pl.Date).alias("day"), pl.lit(None, pl.Int64).alias("n"))
    )
    label = pl.col("event_type").fill_null("statement")
    way = pl.col("actor") + " → " + pl.col("recipient")
    noun = pl.when(pl.col("n") == 1).then(pl.lit("event")).otherwise(pl.lit("events"))
    shown = pl.format("{}: {}, {} {}", way, label, pl.col("n"), noun)
    absent = pl.format("{}: {} on the days without one", way, label)
    reasons = pl.concat(
        [
            by_day.with_columns(shown.alias("what")).select(REASONS.names),
            quiet.with_columns(absent.alias("what")).select(REASONS.names),
        ]
    ).sort(pl.col("contribution").abs(), "day", "what", descending=[True, False, False])
    return check_table(reasons, REASONS)


def weightiest_first(reasons: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``reasons`` or ``measure_reasons`` by how much they moved, either way; as they were where equal."""
    return reasons.sort(pl.col("contribution").abs(), descending=True, maintain_order=True)
