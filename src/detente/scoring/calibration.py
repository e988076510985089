"""Calibration: whether what is said with 70 % comes out seven times in ten.

Murphy & Winkler 1977: murphy-winkler-1977.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_shares

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """A reliability table; arrays of shape (bins,), NaN in bins without a forecast.

    Args:
        edges: Bounds of the bins, shape (bins + 1,).
        count: Forecasts in each bin.
        said: Their mean probability.
        came: The share that came out.
    """

    edges: Floats
    count: npt.NDArray[np.int64]
    said: Floats
    came: Floats

    @property
    def expected_error(self) -> float:
        """Expected calibration error: mean ``|said − came|``, weighted by the number of forecasts; NaN without any."""
        if not self.count.sum():
            return float("nan")
        gap = np.where(self.count > 0, np.abs(self.said - self.came), 0.0)
        return float((gap * self.count).sum() / self.count.sum())


def reliability(probability: npt.ArrayLike, happened: npt.ArrayLike, *, bins: int = 10) -> Reliability:
    """Sort yes-or-no forecasts into bins of equal width and compare what was said with what came.

    Args:
        probability: Probabilities of one event, shape (cases,).
        happened: Whether it came out (0 or 1), same shape.
        bins: Number of bins between 0 and 1; 1.0 belongs to the last.

    Raises:
        DataError: when they cannot be compared.

    >>> table = reliability([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1], bins=2)
    >>> table.count.tolist(), table.came.tolist(), round(table.expected_error, 2)
    ([2, 2], [0.5, 1.0], 0.25)
    """
    p, y = check_shares(probability, happened)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    held = np.where(count > 0, count, np.nan)
    said, came = np.bincount(place, p, bins) / held, np.bincount(place, y, bins) / held
    return Reliability(np.linspace(0.0, 1.0, bins + 1), count, said, came)
