"""Volume: how much other relations are in the news, so that a busy press passes for neither warmth nor hostility.

Of every pair and week the events of all *other* pairs are counted, none of them beyond the tenth busiest: neither the
pair's own crisis nor one great crisis elsewhere is volume. Levels divide balances by it. Where a provider's rows are
bare scores, which sum what was reported, their size stands for events.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.relations.scale import medians

Floats = npt.NDArray[np.float64]

#: No other pair counts for more events than the one in this place, the busiest of the week first; so fewer other pairs
#: than this are no volume at all.
CAPPING_PLACE = 10
#: Events a week that are added to both sides of the ratio: where little other news is held, nothing is divided by
#: chance, and one small store's crises are not another relation's volume.
ADDED_EVENTS = 50.0
#: Points of a bare score, friendly or not, that stand for an event: the mean size of an event's intensity in ICEWS
#: (3.35 in 2005 to 2015, 3.24 in 2018 and 2019). The ratio hardly depends on it: it only says what the 50 added weigh.
POINTS_AN_EVENT = 3.3
_KEY = ("pair", "week_end")


@dataclass(frozen=True)
class News:
    """Events of other pairs by week, as weeks ending on one day are counted; of bare scores, what stands for events.

    Args:
        weeks: ``week_end, others``: of all pairs, for a pair without events in the week.
        pairs: ``pair, week_end, others``: of all but the pair, for pairs with events in the week.
    """

    weeks: pl.DataFrame
    pairs: pl.DataFrame

    def join(self, weeks: pl.DataFrame) -> pl.DataFrame:
        """Add the column ``others`` to rows with ``pair`` and ``week_end``, in their order."""
        mine = weeks.join(self.pairs, on=_KEY, how="left", maintain_order="left")
        all_of_them = mine.join(self.weeks, on="week_end", how="left", suffix="_all", maintain_order="left")
        return all_of_them.with_columns(pl.coalesce("others", "others_all", pl.lit(0.0))).drop("others_all")


def count_news(cells: pl.DataFrame, week_end: pl.Expr) -> News:
    """Count the events of other pairs, week by week; where none has a type, weigh the scores.

    Args:
        cells: Rows of ``cells`` of covered days, of all pairs, with the column ``pair``.
        week_end: The last day of the week of a cell.
    """
    typed = cells.filter(pl.col("event_type").is_not_null())
    # whole numbers until all is added up: sums of fractions hang on their order, and so on what else a store holds
    milli = (pl.col("cooperation_milli") + pl.col("conflict_milli")).sum()
    told, size, unit = (cells, milli, 1000 * POINTS_AN_EVENT) if typed.is_empty() else (typed, pl.col("n").sum(), 1.0)
    counts = told.group_by("pair", week_end.alias("week_end")).agg(size.cast(pl.Int64).alias("n"))
    n, busiest = pl.col("n"), pl.col("n").top_k(CAPPING_PLACE + 1).sort(descending=True)
    caps = counts.group_by("week_end").agg(
        # a pair among the ten busiest leaves the eleventh as the tenth of the others
        busiest.get(CAPPING_PLACE - 1, null_on_oob=True).fill_null(0).alias("tenth"),
        busiest.get(CAPPING_PLACE, null_on_oob=True).fill_null(0).alias("next"),
    )
    capped = counts.join(caps, on="week_end")
    weeks = capped.group_by("week_end").agg(
        pl.col("tenth").first(),
        pl.col("next").first(),
        pl.min_horizontal("n", "tenth").sum().alias("to_tenth"),
        pl.min_horizontal("n", "next").sum().alias("to_next"),
    )
    others = pl.when(n >= pl.col("tenth")).then(pl.col("to_next") - pl.col("next")).otherwise(pl.col("to_tenth") - n)
    pairs = counts.join(weeks, on="week_end").select(
        pl.col("pair").cast(pl.String), "week_end", (others / unit).alias("others")
    )
    return News(weeks.select("week_end", (pl.col("to_tenth") / unit).alias("others")), pairs)


def usual_news(news: Floats) -> Floats:
    """The median of other news of each row's weeks, gaps left out; NaN where all are gaps.

    The median, since a period of far more news says nothing about the weeks outside it.

    Args:
        news: Events of other pairs a day, shape (rows, weeks); NaN in a gap.
    """
    return np.where(np.isnan(news).all(axis=1), np.nan, medians(news))


def volume_index(news: Floats, usual: Floats) -> Floats:
    """Other news as a multiple of what is usual, drawn towards one as if 50 more events had come every week.

    Args:
        news: Events of other pairs a day, shape (rows, weeks).
        usual: What is usual for each row: `usual_news` of the weeks that are known.

    Returns:
        Shape (rows, weeks), above zero; exactly 1 in a gap.
    """
    added = ADDED_EVENTS / DAYS_IN_WEEK
    index = (news + added) / (usual[:, None] + added)
    return np.asarray(np.where(np.isnan(index), 1.0, index), dtype=np.float64)


def week_end_of(day: str, as_of: dt.date) -> pl.Expr:
    """The last day of the week that a day falls in, weeks ending on ``as_of``."""
    back = (pl.lit(as_of) - pl.col(day)).dt.total_days() // DAYS_IN_WEEK
    return (pl.lit(as_of) - pl.duration(days=back * DAYS_IN_WEEK)).cast(pl.Date).alias("week_end")
