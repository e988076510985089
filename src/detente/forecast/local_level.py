"""The local-level model: a level that wanders, seen through noise (Harvey 1989: harvey-1989)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.forecast.gaussian import SERIES_WEEKS, build_series_forecasts, outcome_shares
from detente.forecast.outcomes import describe_situation
from detente.forecast.panel import Panel

Floats = npt.NDArray[np.float64]

#: Ratios of the variance of the level's weekly step to that of the noise among which the likeliest is taken.
_RATIOS = np.array([0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0])
_DIFFUSE = 1e6


class LocalLevel:
    """Each pair's weekly level by itself: ``level = state + noise``, ``state`` a random walk.

    The ratio of the two variances is the likeliest of eight for each pair, the noise its maximum-likelihood value. The
    mean of the next N weeks is normal around the filtered state, with variance
    ``σ²·(P + q·Σ((N − j + 1)/N)² + 1/N)``, j from 1 to N: what is not known of the state, its steps to come, the noise.
    """

    name = "local-level"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> LocalLevel:  # noqa: ARG002
        """Nothing is carried from one origin to the next: each series is fitted anew at each."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            state, doubt, ratio, noise = filter_levels(situation.level[:, -SERIES_WEEKS:])
            weeks = horizon.weeks
            steps = float((((weeks - np.arange(weeks)) / weeks) ** 2).sum())
            deviation = np.sqrt(noise * (doubt + ratio * steps + 1 / weeks))
            shares = outcome_shares(state, deviation, situation)
            model = f"{self.name}-{self.version}"
            frames.append(build_series_forecasts(panel, origin, horizon, shares, model=model))
        return pl.concat(frames)


def filter_levels(level: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Filter many series at once, each with its likeliest ratio of variances.

    Args:
        level: Shape (pairs, weeks); NaN in a gap, which widens the doubt and adds nothing.

    Returns:
        The last state, its variance and the ratio (both in units of the noise variance), and the noise variance, each
        of shape (pairs,).
    """
    pairs, weeks = level.shape
    state, doubt = np.zeros((pairs, _RATIOS.size)), np.full((pairs, _RATIOS.size), _DIFFUSE)
    squares, logs = np.zeros_like(state), np.zeros_like(state)
    seen = np.zeros((pairs, 1))
    for week in range(weeks):
        doubt = doubt + _RATIOS
        held = ~np.isnan(level[:, week : week + 1])
        error = np.where(held, level[:, week : week + 1] - state, 0.0)
        total = doubt + 1.0
        counts = held & (seen > 0)  # the first value of a series only places the state
        squares += np.where(counts, error**2 / total, 0.0)
        logs += np.where(counts, np.log(total), 0.0)
        gain = np.where(held, doubt / total, 0.0)
        state = state + gain * error
        doubt = doubt * (1.0 - gain)
        seen += held
    cases = np.maximum(seen - 1.0, 1.0)
    noise = np.maximum(squares / cases, 1e-6)
    best = np.argmin(cases * np.log(noise) + logs, axis=1)
    rows = np.arange(pairs)
    return state[rows, best], doubt[rows, best], _RATIOS[best], noise[rows, best]
