"""How large a pair's ordinary week is: the scale that makes levels of different pairs comparable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Weeks of history from which a pair's own scale stands alone (design: at least 26 weeks).
WEEKS_FOR_OWN_SCALE = 26
#: A pair with fewer events a week on average is not among those that speak for others: the pool.
POOL_EVENTS_A_WEEK = 1
#: A scale below this (Goldstein points a day) would turn a single mild event into a storm.
SMALLEST_SCALE = 0.05


def typical_scales(balance: Floats) -> Floats:
    """Each pair's typical absolute weekly balance, leaning on the pool where the history is short; never zero.

    ``s = exp(w·log(own median) + (1 − w)·log(pool))`` with ``w = min(1, weeks / 26)``: a geometric mean, since scales
    differ by factors. The pool is the median over the pairs whose own median is above the smallest scale; the many
    that hardly meet would otherwise make every young series look stormy.

    Args:
        balance: Weekly balances in points a day, shape (pairs, weeks); NaN where the week is a gap.

    Returns:
        Scales in points a day, shape (pairs,), at least 0.05.
    """
    weeks = np.count_nonzero(~np.isnan(balance), axis=1)
    own = np.maximum(medians(np.abs(balance)), SMALLEST_SCALE)
    busy = own[own > SMALLEST_SCALE]
    pool = float(np.median(busy)) if busy.size else SMALLEST_SCALE
    weight = np.minimum(weeks / WEEKS_FOR_OWN_SCALE, 1.0)
    return np.asarray(np.exp(weight * np.log(own) + (1 - weight) * np.log(pool)), dtype=np.float64)


def medians(values: Floats) -> Floats:
    """Medians of the rows without their NaN; 0 where a row holds nothing."""
    held = values[:, ~np.isnan(values).all(axis=0)]  # a provider's gaps are gaps of all pairs
    if held.shape[1] == 0:
        return np.zeros(values.shape[0])
    if not np.isnan(held).any():
        return np.asarray(np.median(held, axis=1), dtype=np.float64)
    ordered = np.sort(held, axis=1)  # NaN come last
    count = np.count_nonzero(~np.isnan(held), axis=1)
    rows = np.arange(values.shape[0])
    lower = ordered[rows, np.maximum(count - 1, 0) // 2]
    upper = ordered[rows, np.minimum(count // 2, held.shape[1] - 1)]
    return np.where(count > 0, (lower + upper) / 2, 0.0)
