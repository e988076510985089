"""From a normal predictive distribution of the next weeks' mean level to the three outcomes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.forecast.bands import dirichlet_bands
from detente.forecast.outcomes import THRESHOLD, Situation
from detente.forecast.panel import Panel
from detente.forecast.protocol import build_forecasts

Floats = npt.NDArray[np.float64]

#: Series longer than this are cut: relations of years ago are another regime, and time is short.
SERIES_WEEKS = 156
#: No outcome is called impossible by a normal tail.
_SMALLEST_SHARE = 0.002
#: Independent cases that a series model's answer stands for, for its bands: spans of a horizon in the series.
_MIN_CASES = 3.0


def outcome_shares(mean: Floats, deviation: Floats, situation: Situation) -> Floats:
    """Probabilities of the three outcomes where the mean level of the horizon is normally distributed.

    Args:
        mean: Predicted mean level over the horizon, shape (pairs,).
        deviation: Its standard deviation, same shape.
        situation: What is known at the origin: reference and spread.

    Returns:
        Shape (pairs, 3), at least 0.002 each; a normal change where a pair's reference is not known.
    """
    from scipy.special import ndtr  # noqa: PLC0415 - a heavy library, for these models only

    change = np.nan_to_num((mean - situation.reference) / situation.spread)
    spread = np.maximum(np.nan_to_num(deviation / situation.spread, nan=1.0, posinf=1e3), 1e-3)
    worse, not_better = ndtr((-THRESHOLD - change) / spread), ndtr((THRESHOLD - change) / spread)
    return bounded(np.stack([worse, not_better - worse, 1 - not_better], axis=1))


def bounded(shares: Floats) -> Floats:
    """Probabilities kept at least 0.002 from impossible, adding up to one."""
    kept = np.maximum(shares, _SMALLEST_SHARE)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float64)


def build_series_forecasts(
    panel: Panel, origin: dt.date, horizon: Horizon, shares: Floats, *, model: str
) -> pl.DataFrame:
    """One origin's answers with bands as wide as the horizons in one series make them."""
    cases = max(min(panel.position(origin) + 1, SERIES_WEEKS) / horizon.weeks, _MIN_CASES)
    low, high = dirichlet_bands(shares * cases)
    return build_forecasts(panel, origin, horizon, probabilities=shares, low=low, high=high, model=model)
