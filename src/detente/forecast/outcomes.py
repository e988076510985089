"""What counts as deteriorate, hold and improve (``outcome-v3``), and what came out.

Everything about an origin (scale, spread, past changes) is worked out from the weeks up to it alone; only ``resolve``
looks at the weeks after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.domain.tables import OUTCOMES, RESOLUTIONS, check_table
from detente.forecast.panel import Panel
from detente.relations.scale import typical_scales

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Public, versioned name of the rule in this module.
OUTCOME_NAME = "outcome-v3"
#: Standard deviations of change beyond which a relation is said to have changed.
THRESHOLD = 0.5
#: Weeks of the past whose changes say how large a change of this pair usually is.
SPREAD_WEEKS = 104
#: Spans of changes that do not overlap for which the pool's spread counts beside a pair's own. Two years hold about
#: eight changes of 13 weeks; with four, a pair that has them weighs two thirds.
POOL_CHANGES = 4.0
#: Level: no relation is taken to be steadier than this.
SMALLEST_SPREAD = 0.05
#: A pair with events in fewer of its weeks than this share is too quiet to speak for others: thousands of pairs that
#: hardly meet would make "hold" look like what relations do.
BUSY_SHARE = 0.5


@dataclass(frozen=True)
class Situation:
    """What is known at one origin, for all pairs of a panel.

    Args:
        scale: Each pair's scale, shape (pairs,), in points a day.
        level: Levels of the weeks up to the origin on that scale, shape (pairs, weeks); NaN in a gap.
        reference: Mean level of the last 13 weeks, shape (pairs,); NaN where fewer than half of them are held.
        spread: Standard deviation of past changes, shrunk to the pool, shape (pairs,).
        changes: Past changes that were complete by the origin, in spreads, shape (pairs, past origins); NaN where
            either span holds fewer than half of its weeks.
        is_busy: Pairs with events in at least half of their weeks, which make the pool; all where there is none.
    """

    scale: Floats
    level: Floats
    reference: Floats
    spread: Floats
    changes: Floats
    is_busy: npt.NDArray[np.bool_]

    def outcome_counts(self) -> Floats:
        """How often each pair's past changes deteriorated, held and improved, shape (pairs, 3)."""
        held = ~np.isnan(self.changes)
        worse = np.count_nonzero(self.changes < -THRESHOLD, axis=1)
        better = np.count_nonzero(self.changes > THRESHOLD, axis=1)
        hold = np.count_nonzero(held, axis=1) - worse - better
        return np.stack([worse, hold, better], axis=1).astype(np.float64)


def describe_situation(balance: Floats, horizon: Horizon) -> Situation:
    """Work out, for all pairs, what is known at the end of the last week given.

    Args:
        balance: Weekly balances up to the origin, the news being equal (`Panel.until`), shape (pairs, weeks); NaN in a
            gap.
        horizon: Length of the changes.
    """
    scale = typical_scales(balance)
    level = np.arcsinh(balance / scale[:, None])
    reference = trailing_means(level, REFERENCE_WEEKS)
    future = trailing_means(level, horizon.weeks)
    oldest = max(level.shape[1] - SPREAD_WEEKS, 0)
    newest = level.shape[1] - horizon.weeks
    changes = future[:, oldest + horizon.weeks :] - reference[:, oldest : max(newest, oldest)]
    is_busy = _busy(balance)
    spread = _spreads(changes, level, is_busy, horizon)
    return Situation(scale, level, reference[:, -1], spread, changes / spread[:, None], is_busy)


def _busy(balance: Floats) -> npt.NDArray[np.bool_]:
    active = np.count_nonzero(np.nan_to_num(balance), axis=1)
    held = np.count_nonzero(~np.isnan(balance), axis=1)
    is_busy = (active > 0) & (active >= BUSY_SHARE * held)
    return is_busy if is_busy.any() else np.ones_like(is_busy)


def trailing_means(level: Floats, span: int) -> Floats:
    """Mean of the last ``span`` weeks at each week, without gaps; NaN where fewer than half of them are held.

    Args:
        level: Shape (pairs, weeks).
        span: Number of weeks.
    """
    held = ~np.isnan(level)
    count = _trailing_sums(held.astype(np.float64), span)
    count = np.where(2 * count >= span, count, np.nan)
    return np.asarray(_trailing_sums(np.where(held, level, 0.0), span) / count, dtype=np.float64)


def _trailing_sums(values: Floats, span: int) -> Floats:
    total = np.cumsum(values, axis=1)
    total[:, span:] -= total[:, :-span].copy()
    return total


def _spreads(changes: Floats, level: Floats, is_busy: npt.NDArray[np.bool_], horizon: Horizon) -> Floats:
    """Standard deviations of changes, shrunk to the pool by the number of changes that do not overlap.

    ``variance = (k·own + 4·pool) / (k + 4)`` with ``k`` = changes / weeks of the horizon, ``pool`` = median of
    the busy pairs' own variances. Where no pair has two changes yet, the pool is what independent weeks would give:
    their variance × (1/13 + 1/horizon).
    """
    own, count = _variances(changes)
    has_own = count > 1
    if (has_own & is_busy).any():
        pool = float(np.median(own[has_own & is_busy]))
    else:
        weekly, weeks = _variances(level)
        several = (weeks > 1) & is_busy
        usual = float(np.median(weekly[several])) if several.any() else 1.0
        pool = usual * (1 / REFERENCE_WEEKS + 1 / horizon.weeks)
    apart = np.where(has_own, count / horizon.weeks, 0.0)
    variance = (apart * np.where(has_own, own, 0.0) + POOL_CHANGES * pool) / (apart + POOL_CHANGES)
    return np.maximum(np.sqrt(variance), SMALLEST_SPREAD)


def _variances(values: Floats) -> tuple[Floats, Floats]:
    """Variance (divisor n − 1) and number of the values of each row, without NaN."""
    held = ~np.isnan(values)
    count = held.sum(axis=1).astype(np.float64)
    mean = np.where(held, values, 0.0).sum(axis=1) / np.maximum(count, 1.0)
    squares = np.where(held, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return squares / np.maximum(count - 1, 1.0), count


def outcome_index(change: Floats) -> Ints:
    """0 deteriorate, 1 hold, 2 improve for changes in spreads; −1 for NaN."""
    index = np.where(change < -THRESHOLD, 0, np.where(change > THRESHOLD, 2, 1))
    return np.where(np.isnan(change), -1, index).astype(np.int64)


def realised_changes(panel: Panel, position: int, horizon: Horizon, situation: Situation) -> tuple[Floats, Floats]:
    """The future mean level on the origin's scale, and the change in spreads; NaN where not (yet) known.

    Args:
        panel: Weeks of all pairs, those after the origin included.
        position: The origin's column.
        horizon: How far ahead.
        situation: What is known at the origin.
    """
    after = panel.after(position, horizon.weeks)
    if after.shape[1] < horizon.weeks:
        nothing = np.full(len(panel.pairs), np.nan)
        return nothing, nothing
    future = trailing_means(np.arcsinh(after / situation.scale[:, None]), horizon.weeks)[:, -1]
    return future, (future - situation.reference) / situation.spread


def resolve(panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
    """What came out of the question "deteriorate, hold or improve?" for every pair and origin (``outcome-v3``).

    Args:
        panel: Weeks of all pairs up to and beyond the origins.
        origins: Days on which weeks of the panel end.
        horizon: How far ahead.

    Returns:
        Rows of the table ``resolutions``; questions that are not closed by the end of the panel, or whose spans hold
        fewer than half of their weeks, have no row.

    Raises:
        QuestionError: when an origin is not the end of a week of the panel.
    """
    frames = [_resolve_one(panel, origin, horizon) for origin in origins]
    return check_table(pl.concat([RESOLUTIONS.empty(), *frames]), RESOLUTIONS)


def _resolve_one(panel: Panel, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
    position = panel.position(origin)
    situation = describe_situation(panel.until(position), horizon)
    future, change = realised_changes(panel, position, horizon, situation)
    index = outcome_index(change)
    closed = np.flatnonzero(index >= 0)
    return pl.DataFrame(
        {
            "pair": [panel.pairs[row] for row in closed],
            "origin": [origin] * closed.size,
            "horizon_weeks": [horizon.weeks] * closed.size,
            "reference": situation.reference[closed],
            "future": future[closed],
            "spread": situation.spread[closed],
            "outcome": [OUTCOMES[index[row]] for row in closed],
        },
        schema=RESOLUTIONS.schema,
    )
