"""The band of a mean score when cases of one time move together: bootstrap over times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.errors import DataError


def bootstrap_mean(scores: npt.ArrayLike, times: npt.ArrayLike, *, seed: int, draws: int = 1000) -> tuple[float, float]:
    """Ends of the 95 % band of a mean; all cases of one time are drawn together (Künsch 1989: kuensch-1989).

    Args:
        scores: One for each case.
        times: The time, or block of time, of each case.
        seed: Seed of the draws.
        draws: Number of draws.

    Raises:
        DataError: when there are no cases, or not as many times as scores.

    >>> bootstrap_mean([0.2, 0.2, 0.2], [1, 2, 3], seed=1) == (0.2, 0.2)
    True
    """
    s = np.asarray(scores, dtype=np.float64)
    moments, place = np.unique(np.asarray(times), return_inverse=True)
    if s.ndim != 1 or not s.size or place.shape != s.shape:
        raise DataError(
            "The band of a mean score was asked for.",
            f"The shapes of scores and times are {s.shape} and {place.shape}.",
            "Hand over one time for each score, and at least one score.",
        )
    sums, counts = np.bincount(place, s), np.bincount(place)
    drawn = np.random.default_rng(seed).integers(0, moments.size, size=(draws, moments.size))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
