"""A level behind noisy weeks that wanders (local level), how much it wanders, and what that implies for a question.

Each pair's ratio of wandering to noise is weighed over a grid by its likelihood, shrunk to how the busy pairs' ratios
are spread; with few weeks it is the pool's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.domain.periods import Horizon
from detente.forecast.outcomes import THRESHOLD, Situation

Floats = npt.NDArray[np.float64]

#: Ratios of the variance of a week's step of the hidden level to that of the weekly noise.
RATIOS = np.array([0.003, 0.01, 0.03, 0.06, 0.1, 0.17, 0.3, 0.5, 1.0])
#: Weeks that are filtered, and first weeks that only start the filter.
_WEEKS, _START = 104, 8
#: Weight of every ratio beside the busy pairs' average.
_PRIOR = 0.02
_LEAST = 1e-6


def filter_levels(situation: Situation, horizon: Horizon) -> dict[str, Floats]:
    """The filtered level, the ratio, and the chances of the outcomes that follow from them if noise were normal.

    The mean of the next N weeks has variance ``σ²·(P + q·(N+1)(2N+1)/(6N) + 1/N)`` around the filtered level, with
    ``P`` the filter's own variance, ``q`` the ratio and ``σ²`` the weekly noise.

    Args:
        situation: What is known at the origin.
        horizon: How far ahead, N weeks.

    Returns:
        ``filtered`` (level minus reference, in spreads), ``wander`` (mean log ratio), ``implied_worse`` and
        ``implied_better`` (log odds against hold), ``implied_spread`` (log of the implied spread over the spread).
    """
    likelihood, state, variance, noise = _run_filter(situation.level[:, -_WEEKS:])
    weight = weigh(likelihood, situation.is_busy)
    weeks = horizon.weeks
    wander = RATIOS[:, None] * (weeks + 1) * (2 * weeks + 1) / (6 * weeks)
    total = noise * (variance + wander + 1 / weeks)
    edge = THRESHOLD * situation.spread
    worse = (weight * normal_below((situation.reference - edge - state) / np.sqrt(total))).sum(axis=0)
    better = (weight * normal_below((state - situation.reference - edge) / np.sqrt(total))).sum(axis=0)
    hold = np.clip(1 - worse - better, 0.02, 1.0)
    return {
        "filtered": ((weight * state).sum(axis=0) - situation.reference) / situation.spread,
        "wander": (weight * np.log(RATIOS)[:, None]).sum(axis=0),
        "implied_worse": np.log(np.clip(worse, 0.01, 1.0) / hold),
        "implied_better": np.log(np.clip(better, 0.01, 1.0) / hold),
        "implied_spread": np.log((weight * total).sum(axis=0)) / 2 - np.log(situation.spread),
    }


def _run_filter(level: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood, last state, its variance in units of the noise, and the noise; each (ratios, pairs)."""
    held = ~np.isnan(level)
    first = np.count_nonzero(held[:, :_START], axis=1)
    start = np.where(held, level, 0.0)[:, :_START].sum(axis=1) / np.maximum(first, 1)
    ratio = RATIOS[:, None]
    shape = (RATIOS.size, level.shape[0])
    seen, columns = shared_gaps(held), np.ascontiguousarray(level.T)
    state, variance = (
        np.broadcast_to(start, shape).copy(),
        np.broadcast_to(1 / _START + ratio, (shape[0], seen.shape[0])),
    )
    squares, logs = np.zeros(shape), np.zeros(variance.shape)
    for week in range(level.shape[1]):
        here = seen[:, week]
        variance = variance + ratio
        surprise = np.where(here, columns[week] - state, 0.0)
        if week >= _START:
            squares += surprise**2 / (variance + 1)
            logs += np.where(here, np.log(variance + 1), 0.0)
        gain = np.where(here, variance / (variance + 1), 0.0)
        state = state + gain * surprise
        variance = variance * (1 - gain)
    count = np.count_nonzero(held[:, _START:], axis=1)
    noise = np.maximum(squares / np.maximum(count, 1), _LEAST)
    noise = np.where(count > 0, noise, 1.0)
    return -0.5 * (count * np.log(noise) + logs), state, np.broadcast_to(variance, shape), noise


def shared_gaps(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which weeks are held: one row where all pairs have the same gaps, as those of one provider mostly have.

    What a filter knows of its own error depends on the gaps alone, so that it is then worked out once for all pairs.
    """
    return held[:1] if held.shape[0] and (held == held[:1]).all() else held


def weigh(likelihood: Floats, is_busy: npt.NDArray[np.bool_], *, prior: float = _PRIOR) -> Floats:
    """Weights of the ratios for each pair: its likelihood times the busy pairs' average weight."""
    own = np.exp(likelihood - likelihood.max(axis=0))
    pool = (own / own.sum(axis=0))[:, is_busy].mean(axis=1) + prior
    weight = own * (pool / pool.sum())[:, None]
    return np.asarray(weight / weight.sum(axis=0), dtype=np.float64)


def normal_below(values: Floats) -> Floats:
    """Distribution function of the normal; by a logistic form that is right to 2·10⁻⁴ and needs no library.

    Page, 1977, Applied Statistics 26:75, form with a cubic.
    """
    scaled = np.clip(1.5976 * values + 0.070565992 * values**3, -60.0, 60.0)
    return np.asarray(1 / (1 + np.exp(-scaled)), dtype=np.float64)
