"""The null of reciprocity: partners taken from another time, whose moves cannot have been answered.

A side's days are turned round by a large random number of days, its own volume, habits and bursts kept; everything else
stays where it was. What is then called reciprocity is false, so it must come no more often than its stated level.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: No shift is shorter: moves of that long ago may still be answered, or share a slow drift.
LEAST_SHIFT_DAYS = 60


def draw_shift(days: int, generator: np.random.Generator) -> int:
    """A number of days to shift by: at least 60 either way round, all alike likely.

    Raises:
        ValueError: when there are not enough days to shift by so much.
    """
    if days < 2 * LEAST_SHIFT_DAYS + 1:
        raise ValueError(f"{days} days are too few to shift by {LEAST_SHIFT_DAYS} either way round")
    return int(generator.integers(LEAST_SHIFT_DAYS, days - LEAST_SHIFT_DAYS + 1))


def shift_days(levels: Floats, days: int) -> Floats:
    """The same days, beginning later and going on from the start; gaps move with them.

    Args:
        levels: Shape (days,).
        days: By how many.
    """
    return np.roll(levels, days)
