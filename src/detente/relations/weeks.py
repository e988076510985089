"""Cells to weeks: sums per covered day, with the standard error of the balance.

In come the tables ``cells`` and ``coverage`` of one provider as of a day; out comes ``weeks``, one row for each pair or
dyad and each week that ends on the as-of day or a whole number of weeks before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from detente.domain.periods import week_ends
from detente.domain.tables import CELLS, COVERAGE, WEEKS, check_table
from detente.relations.scale import POOL_EVENTS_A_WEEK
from detente.relations.volume import News, count_news, week_end_of

#: A week with fewer covered days says too little about the week: it is a gap.
COVERED_DAYS_NEEDED = 4
_MILLI = 1000.0


def build_weeks(
    cells: pl.DataFrame,
    coverage: pl.DataFrame,
    *,
    as_of: dt.date,
    by: Literal["pair", "dyad"] = "pair",
    pairs: Collection[str] | None = None,
    news: News | None = None,
) -> pl.DataFrame:
    """Weekly cooperation, conflict and balance, per covered day.

    balance = (sum of positive intensities − sum of negative ones) / covered days; its standard error is
    √(sum of squared intensities) / covered days, as if events arrived independently (a compound Poisson sum). A covered
    week without events is a true zero; a week with fewer than four covered days is null. Events on days that are not
    covered (thin days) are left out, on both sides of every comparison.

    Args:
        cells: Rows of ``cells`` of all pairs: those of the others are the news beside which a week is read.
        coverage: Rows of ``coverage``.
        as_of: The last day of the last week.
        by: One row per pair (both directions, and cells without direction) or per dyad.
        pairs: Ids of the pairs that are wanted; by default all.
        news: What `weekly_news` gives for the same day, where it is at hand; then other pairs' cells may be missing.

    Returns:
        Rows of ``weeks``, sorted by pair, actor and week.

    Raises:
        DataError: when a table does not fit its schema.
    """
    return lay_out_weeks(cells, coverage, as_of=as_of).build(by=by, pairs=pairs, news=news)


def weekly_news(cells: pl.DataFrame, coverage: pl.DataFrame, *, as_of: dt.date) -> News:
    """Events of other pairs in each week that ends on a day or whole weeks before it, on covered days.

    Args:
        cells: Rows of ``cells`` of all pairs.
        coverage: Rows of ``coverage``.
        as_of: The last day of the last week.
    """
    return lay_out_weeks(cells, coverage, as_of=as_of).news


def lay_out_weeks(cells: pl.DataFrame, coverage: pl.DataFrame, *, as_of: dt.date) -> CellWeeks:
    """Set cells out by week, once for all that is counted from them.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        as_of: The last day of the last week.

    Raises:
        DataError: when a table does not fit its schema.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    days = coverage.filter(pl.col("status") == "present", pl.col("day") <= as_of).select("day")
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    held = cells.join(days, left_on="occurred", right_on="day", how="semi")
    placed = held.with_columns((lower + "-" + upper).alias("pair"), week_end_of("occurred", as_of))
    return CellWeeks(placed, _calendar(days, as_of))


@dataclass(frozen=True)
class CellWeeks:
    """Cells of covered days by pair and week: what weeks, news and busy pairs are counted from.

    Args:
        cells: Rows of ``cells`` of covered days, with ``pair`` and ``week_end``.
        calendar: Every week from the first covered day on: ``week_end, covered_days``.
    """

    cells: pl.DataFrame
    calendar: pl.DataFrame

    @cached_property
    def news(self) -> News:
        """Events of other pairs, week by week."""
        return count_news(self.cells, pl.col("week_end"))

    @cached_property
    def weeks_held(self) -> int:
        """How many weeks are no gaps."""
        return self.calendar.filter(pl.col("covered_days") >= COVERED_DAYS_NEEDED).height

    @cached_property
    def busy(self) -> list[str]:
        """Pairs with at least one event a week on average, over the weeks that are no gaps, by name."""
        held = self.calendar.filter(pl.col("covered_days") >= COVERED_DAYS_NEEDED)
        counts = self.cells.join(held, on="week_end", how="semi").group_by("pair").agg(pl.col("n").sum())
        return sorted(counts.filter(pl.col("n") >= POOL_EVENTS_A_WEEK * held.height)["pair"])

    def build(
        self, *, by: Literal["pair", "dyad"] = "pair", pairs: Collection[str] | None = None, news: News | None = None
    ) -> pl.DataFrame:
        """Rows of ``weeks``; see `build_weeks`."""
        cells = self.cells if pairs is None else self.cells.filter(pl.col("pair").is_in(list(pairs)))
        keyed = _keyed(cells, by)
        sums = keyed.group_by("pair", "actor", "recipient", "week_end").agg(
            pl.col("n", "cooperation_milli", "conflict_milli", "square_milli").sum()
        )
        # Few keys are sorted instead of many weeks: a cross join and a left join keep the order of their left side.
        keys = keyed.select("pair", "actor", "recipient").unique().sort("pair", "actor")
        weeks = (
            keys.join(self.calendar.sort("week_end"), how="cross", maintain_order="left_right")
            .join(
                sums,
                on=["pair", "actor", "recipient", "week_end"],
                how="left",
                nulls_equal=True,
                maintain_order="left",
            )
            .with_columns(pl.col("n", "cooperation_milli", "conflict_milli", "square_milli").fill_null(0))
        )
        return check_table(_per_covered_day((self.news if news is None else news).join(weeks)), WEEKS)


def _calendar(days: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Every week from the first covered day on: ``week_end, covered_days``."""
    first: list[dt.date] = days["day"].sort().head(1).to_list()
    ends = week_ends(as_of, first=first[0]) if first else []
    return (
        days.with_columns(week_end_of("day", as_of))
        .group_by("week_end")
        .agg(pl.len().cast(pl.Int64).alias("covered_days"))
        .join(pl.DataFrame({"week_end": ends}, schema={"week_end": pl.Date}), on="week_end", how="right")
        .with_columns(pl.col("covered_days").fill_null(0))
    )


def _keyed(cells: pl.DataFrame, by: str) -> pl.DataFrame:
    if by == "dyad":
        return cells.filter("directed")
    return cells.with_columns(pl.lit(None, pl.String).alias("actor"), pl.lit(None, pl.String).alias("recipient"))


def _per_covered_day(weeks: pl.DataFrame) -> pl.DataFrame:
    enough = pl.col("covered_days") >= COVERED_DAYS_NEEDED
    days = pl.col("covered_days") * _MILLI
    cooperation, conflict = pl.col("cooperation_milli"), pl.col("conflict_milli")
    total = cooperation + conflict
    return weeks.with_columns(
        pl.when(enough).then(pl.col("n").cast(pl.Int64)).alias("n"),
        pl.when(enough).then(cooperation / days).alias("cooperation"),
        pl.when(enough).then(conflict / days).alias("conflict"),
        pl.when(enough).then((cooperation - conflict) / days).alias("balance"),
        pl.when(enough).then(pl.col("square_milli").sqrt() / days).alias("balance_se"),
        pl.when(enough & (total > 0)).then(conflict / total).alias("conflict_share"),
        pl.when(enough).then(pl.col("others") / pl.col("covered_days")).alias("news"),
    ).select(WEEKS.names)
