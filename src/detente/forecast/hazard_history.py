"""What dyads have done up to an origin, week by week: thresholds, spans with a provocative move, and base rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.forecast.dyad_days import Bools, DyadDays, Floats, Ints
from detente.forecast.provoked import weekly_thresholds
from detente.forecast.rules import SHARE_COVERED
from detente.relations.provocation import WEEKS_TO_COUNT

#: Spans of a horizon for which the pool's rate counts beside a dyad's own.
POOL_SPANS = 4.0


@dataclass(frozen=True)
class History:
    """Days of dyads up to an origin, and what was known at the end of every whole week before it.

    Args:
        days: The days; the last is the origin.
        places: The column of each weekly origin, oldest first, shape (origins,).
        bars: The threshold of each, in Goldstein points, shape (dyads, origins); NaN where it cannot be said.
        highest: Of the days in the week up to each that hold a hostile act, the highest, same shape.
        covered: Covered days of that week, shape (origins,).
    """

    days: DyadDays
    places: Ints
    bars: Floats
    highest: Floats
    covered: Ints

    def spans(self, horizon: Horizon) -> tuple[Bools, Bools]:
        """Whether the span after each weekly origin held a day above that origin's threshold, and whether it counts.

        A span counts when it has ended, its threshold is known, and nine tenths of its days are covered.

        Returns:
            Shape (dyads, origins) and (origins,).
        """
        weeks, count = horizon.weeks, self.places.size
        held, happened = np.zeros(count, dtype=np.bool_), np.zeros(self.bars.shape, dtype=np.bool_)
        size = count - weeks
        if size > 0:
            windows = np.lib.stride_tricks.sliding_window_view(self.highest[:, 1:], weeks, axis=1)
            with np.errstate(invalid="ignore"):
                happened[:, :size] = windows.max(axis=2) > self.bars[:, :size]
            seen = np.lib.stride_tricks.sliding_window_view(self.covered[1:], weeks).sum(axis=1)
            held[:size] = (seen >= SHARE_COVERED * weeks * DAYS_IN_WEEK) & self.is_judged[:size]
        return happened, held

    @property
    def is_judged(self) -> Bools:
        """Origins whose thresholds are known, shape (origins,)."""
        return np.asarray(~np.isnan(self.bars).any(axis=0), dtype=np.bool_)


@dataclass(frozen=True)
class BaseRates:
    """How often spans held a provocative move, as known at an origin.

    Args:
        own: Each dyad's own rate, a Jeffreys mean, shape (dyads,).
        shrunk: The same, leaning on the pool, shape (dyads,).
        weeks: Weeks that have been judged.
        needed: Weeks that are needed before a chance is given.
    """

    own: Floats
    shrunk: Floats
    weeks: int
    needed: int


def build_history(days: DyadDays) -> History:
    """Look back from the last of some days.

    Args:
        days: Days of dyads up to an origin.
    """
    places, bars = weekly_thresholds(days)
    starts = np.maximum(places + 1 - DAYS_IN_WEEK, 0)
    highest = np.maximum.reduceat(days.candidate, starts, axis=1)
    return History(days, places, bars, highest, np.add.reduceat(days.covered.astype(np.int64), starts))


def base_rates(happened: Bools, held: Bools, horizon: Horizon, *, pool: int | None = None) -> BaseRates:
    """Each dyad's own rate of spans with a move, and the same shrunk to the pool.

    Args:
        happened: Spans that have ended by the origin, shape (dyads, origins).
        held: Which of them count, shape (origins,).
        horizon: Length of the spans; those that overlap count for as many as fit side by side.
        pool: How many dyads, from the first, make the pool; by default all.
    """
    count = int(held.sum())
    weeks = count + horizon.weeks - 1 if count else 0
    fitting = weeks / horizon.weeks
    share = happened[:, held].mean(axis=1) if count else np.zeros(happened.shape[0])
    of_pool = share[:pool]
    mean = (of_pool.sum() * fitting + 0.5) / (of_pool.size * fitting + 1.0)
    own = (share * fitting + 0.5) / (fitting + 1.0)
    shrunk = (share * fitting + POOL_SPANS * mean) / (fitting + POOL_SPANS)
    return BaseRates(own, shrunk, weeks, max(WEEKS_TO_COUNT, 2 * horizon.weeks))
