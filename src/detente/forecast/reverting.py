"""A level that strays from the pair's own mean and returns to it, seen through noisy weeks.

How fast it returns and how much of a week is noise is weighed for each pair over a grid by likelihood, shrunk to how
the busy pairs' are spread; with few weeks it is the pool's. Harvey 1989: harvey-1989.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from detente.forecast.filtering import normal_below, shared_gaps, weigh
from detente.forecast.outcomes import THRESHOLD, Situation

Floats = npt.NDArray[np.float64]

#: Shares of the distance from the mean that are left a week later, and variances of a week's push in units of the
#: noise: every pair of them is weighed.
KEPT, PUSH = (0.8, 0.9, 0.95, 0.98, 1.0), (0.01, 0.03, 0.1, 0.3, 1.0)
_GRID = np.array(list(product(KEPT, PUSH)))[:, :, None]
#: Weeks that are filtered; the mean is theirs.
WEEKS = 104
#: Before the first week the distance is as wide as it is in the long run, but no wider than so many noises.
_WIDEST_START = 5.0
#: Weight of every cell of the grid beside the busy pairs' average.
_PRIOR = 0.01
_LEAST = 1e-6


@dataclass(frozen=True)
class Reverting:
    """The filter's end at one origin, on the scale of that origin.

    Args:
        mean: Each pair's mean level of the last 104 weeks, shape (pairs,).
        distance: How far from it the level is for each cell of the grid, shape (cells, pairs).
        doubt: The variance of that distance in units of the noise, same shape.
        noise: Variance of a week around the level, same shape.
        weight: Weights of the cells, same shape; they add up to one.
    """

    mean: Floats
    distance: Floats
    doubt: Floats
    noise: Floats
    weight: Floats

    @property
    def kept(self) -> Floats:
        """Share of the distance that is left a week later, the cells' mean, shape (pairs,)."""
        return np.asarray((self.weight * _GRID[:, 0]).sum(axis=0), dtype=np.float64)

    def means(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Expected mean level of the weeks from one to another ahead, and its variance, for each cell of the grid.

        With ``φ`` kept and ``q`` the push, the mean of weeks a to b lies ``x·Σφ^k / n`` from the pair's mean, with
        variance ``σ²·(P·(Σφ^k / n)² + q·Σ_j c_j² + 1/n)``: the doubt about where the level is, the pushes to come
        (``c_j`` is what one in week j adds to the mean), and the noise of n weeks.

        Args:
            first: Weeks ahead of the first week, 1 for the next.
            last: Weeks ahead of the last.
        """
        ahead = np.arange(1, last + 1)
        counted = ahead >= first
        count = np.count_nonzero(counted)
        kept, push = _GRID[:, 0], _GRID[:, 1]
        left = (kept**ahead * counted).sum(axis=1, keepdims=True) / count
        later = ahead[None, :] - ahead[:, None]  # from the week of a push (row) to the week that feels it (column)
        felt = np.where((later >= 0) & counted, kept[:, :, None] ** np.maximum(later, 0), 0.0).sum(axis=2) / count
        pushes = (felt**2).sum(axis=1, keepdims=True)
        variance = self.noise * (self.doubt * left**2 + push * pushes + 1 / count)
        return self.mean + self.distance * left, variance

    def distribution(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the mean level of the weeks ahead, over all cells, each of shape (pairs,)."""
        means, variances = self.means(first, last)
        centre = (self.weight * means).sum(axis=0)
        return centre, np.sqrt((self.weight * (variances + (means - centre) ** 2)).sum(axis=0))


def filter_reverting(situation: Situation) -> Reverting:
    """Filter the levels of all pairs up to an origin.

    Args:
        situation: What is known at the origin; NaN in a gap, which widens the doubt and adds nothing.
    """
    level = situation.level[:, -WEEKS:]
    held = ~np.isnan(level)
    mean = np.where(held, level, 0.0).sum(axis=1) / np.maximum(held.sum(axis=1), 1)
    kept, push = _GRID[:, 0], _GRID[:, 1]
    shape = (len(_GRID), level.shape[0])
    seen, columns = shared_gaps(held), np.ascontiguousarray(level.T)
    distance = np.zeros(shape)
    start = np.minimum(push / np.maximum(1 - kept**2, 1e-3), _WIDEST_START)
    doubt = np.broadcast_to(start, (shape[0], seen.shape[0]))
    squares, logs = np.zeros(shape), np.zeros(doubt.shape)
    for week in range(level.shape[1]):
        here = seen[:, week]
        distance, doubt = kept * distance, kept**2 * doubt + push
        total = doubt + 1
        surprise = np.where(here, columns[week] - mean - distance, 0.0)
        squares += surprise**2 / total
        logs += np.where(here, np.log(total), 0.0)
        gain = np.where(here, doubt / total, 0.0)
        distance = distance + gain * surprise
        doubt = doubt * (1 - gain)
    count = held.sum(axis=1)
    noise = np.where(count > 0, np.maximum(squares / np.maximum(count, 1), _LEAST), 1.0)
    weight = weigh(-0.5 * (count * np.log(noise) + logs), situation.is_busy, prior=_PRIOR)
    return Reverting(mean, distance, np.broadcast_to(doubt, shape), noise, weight)


def implied_outcomes(found: Reverting, situation: Situation, weeks: int) -> dict[str, Floats]:
    """What the filter expects of the next weeks, as predictors.

    Args:
        found: The filter's end.
        situation: What is known at the origin.
        weeks: How far ahead.

    Returns:
        ``returning`` (expected mean level minus reference, in spreads), ``returning_worse`` and ``returning_better``
        (log odds against hold if noise were normal), ``returning_spread`` (log of the standard deviation over the
        spread) and ``kept`` (share of a distance that is left a week later).
    """
    means, variances = found.means(1, weeks)
    edge, deviation = THRESHOLD * situation.spread, np.sqrt(variances)
    worse = (found.weight * normal_below((situation.reference - edge - means) / deviation)).sum(axis=0)
    better = (found.weight * normal_below((means - situation.reference - edge) / deviation)).sum(axis=0)
    hold = np.clip(1 - worse - better, 0.02, 1.0)
    centre, spread = found.distribution(1, weeks)
    return {
        "returning": (centre - situation.reference) / situation.spread,
        "returning_worse": np.log(np.clip(worse, 0.01, 1.0) / hold),
        "returning_better": np.log(np.clip(better, 0.01, 1.0) / hold),
        "returning_spread": np.log(spread) - np.log(situation.spread),
        "kept": found.kept,
    }
