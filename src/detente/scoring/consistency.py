"""How far from the diagonal a reliability diagram may stray by chance alone.

Bröcker & Smith 2007: broecker-smith-2007.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.scoring.calibration import Reliability

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Consistency:
    """What a reliable forecaster would show with the same forecasts; arrays of shape (bins,), NaN in empty bins.

    Args:
        low: Lower ends of the 95 % bars of the share that comes out.
        high: Upper ends.
        expected_error: The expected calibration error that a reliable forecaster stays below in 95 of 100 cases.
    """

    low: Floats
    high: Floats
    expected_error: float


def consistency(table: Reliability, *, seed: int, draws: int = 1000) -> Consistency:
    """Draw outcomes from the forecasts themselves, again and again, and see where the observed shares fall.

    Cases are drawn as independent of one another, as in the source. Where cases come in clusters a reliable forecaster
    strays farther; a band by blocks of time says how far (``Resampling.mean_band``).

    Args:
        table: The reliability table.
        seed: Seed of the draws.
        draws: Number of draws.

    >>> from detente.scoring.calibration import reliability
    >>> bars = consistency(reliability([0.5] * 100, [0, 1] * 50), seed=1)
    >>> bool(0.38 < bars.low[5] < 0.42), bool(0.58 < bars.high[5] < 0.62)
    (True, True)
    """
    said = np.nan_to_num(table.said)
    came = np.random.default_rng(seed).binomial(table.count, np.clip(said, 0, 1), size=(draws, said.size))
    share = came / np.where(table.count > 0, table.count, np.nan)
    low, high = np.quantile(share, (0.025, 0.975), axis=0)
    total = max(int(table.count.sum()), 1)
    errors = (np.abs(np.nan_to_num(share) - said) * table.count).sum(axis=1) / total
    return Consistency(low, high, float(np.quantile(errors, 0.95)))
