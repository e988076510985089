"""Bands of shares: the interval of Wilson (1927), which needs no library and holds for few and for rare events."""

from __future__ import annotations

import math

#: Half-width of a 90 % band in standard errors.
BAND = 1.6449


def wilson_band(hits: float, trials: float) -> tuple[float, float]:
    """The 90 % band of a share, from counts that need not be whole; (0, 1) where nothing was tried.

    Args:
        hits: How many of them.
        trials: Of how many.

    >>> tuple(round(end, 3) for end in wilson_band(0, 20))
    (0.0, 0.119)
    """
    if trials <= 0:
        return 0.0, 1.0
    share, square = hits / trials, BAND**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = BAND / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
