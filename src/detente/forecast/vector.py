"""A vector autoregression of a pair's level with the moods of its two sides (Sims 1980: sims-1980)."""

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

_LAGS = 4
#: Strength of the ridge, in cases, on series of unit variance: a Minnesota-like pull of all lags to the mean.
_RIDGE = 10.0
#: Companion matrices are scaled to at most this: a level does not explode.
_LARGEST_ROOT = 0.98


class VectorAutoregression:
    """Each pair's VAR(4) of three weekly series: its level, and the mean level of either side's other pairs.

    Least squares with a ridge over the last 156 weeks; the mean of the next N weeks is normal with the mean and
    variance that the moving-average form of the fitted model gives.
    """

    name = "var"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> VectorAutoregression:  # noqa: ARG002
        """Nothing is carried from one origin to the next: each system is fitted anew at each."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            systems = build_systems(panel.pairs, situation.level[:, -SERIES_WEEKS:])
            mean, deviation = predict_means(systems, horizon.weeks)
            shares = outcome_shares(mean, deviation, situation)
            model = f"{self.name}-{self.version}"
            frames.append(build_series_forecasts(panel, origin, horizon, shares, model=model))
        return pl.concat(frames)


def build_systems(pairs: Sequence[str], level: Floats) -> Floats:
    """Stack each pair's level with the moods of its sides.

    Args:
        pairs: Pair ids.
        level: Shape (pairs, weeks); NaN in a gap.

    Returns:
        Shape (pairs, weeks, 3): own level, mean level of the first side's other pairs, of the second's; a side without
        other pairs has a mood of 0.
    """
    sides = [pair.split("-") for pair in pairs]
    names = sorted({side for both in sides for side in both})
    place = {name: row for row, name in enumerate(names)}
    ends = np.array([[place[both[0]], place[both[-1]]] for both in sides], dtype=np.int64).reshape(-1, 2)
    held = ~np.isnan(level)
    filled = np.where(held, level, 0.0)
    total, count = np.zeros((len(names), level.shape[1])), np.zeros((len(names), level.shape[1]))
    for side in range(2):
        np.add.at(total, ends[:, side], filled)
        np.add.at(count, ends[:, side], held.astype(np.float64))
    moods = [(total[ends[:, side]] - filled) / np.maximum(count[ends[:, side]] - held, 1.0) for side in range(2)]
    return np.stack([level, *moods], axis=2)


def predict_means(systems: Floats, weeks: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each pair's mean level over the next weeks.

    Args:
        systems: Shape (pairs, weeks, 3), own level first; NaN in a gap.
        weeks: How far ahead.

    Returns:
        Two arrays of shape (pairs,).
    """
    series, centre, unit = _standardise(systems)
    companion, errors = _fit(series)
    now = np.nan_to_num(series)[:, : -_LAGS - 1 : -1, :].reshape(series.shape[0], -1)
    if now.shape[1] < companion.shape[1]:
        now = np.pad(now, ((0, 0), (0, companion.shape[1] - now.shape[1])))
    power = np.broadcast_to(np.eye(companion.shape[1]), companion.shape).copy()
    reach, mean = np.zeros((series.shape[0], companion.shape[1])), np.zeros(series.shape[0])
    variance = np.zeros(series.shape[0])
    for _ in range(weeks):
        reach += power[:, 0, :]  # what a shock adds to the sum of the level from its week on
        variance += np.einsum("pi,pij,pj->p", reach[:, :3], errors, reach[:, :3])
        power = power @ companion
        mean += np.einsum("pi,pi->p", power[:, 0, :], now)
    return centre + unit * mean / weeks, unit * np.sqrt(variance) / weeks


def _standardise(systems: Floats) -> tuple[Floats, Floats, Floats]:
    """Series with mean 0 and deviation 1, and the own level's mean and deviation."""
    held = ~np.isnan(systems)
    count = np.maximum(held.sum(axis=1, keepdims=True), 1)
    mean = np.where(held, systems, 0.0).sum(axis=1, keepdims=True) / count
    centred = systems - mean
    deviation = np.sqrt(np.where(held, centred**2, 0.0).sum(axis=1, keepdims=True) / count)
    deviation = np.maximum(deviation, 1e-3)
    return centred / deviation, mean[:, 0, 0], deviation[:, 0, 0]


def _fit(series: Floats) -> tuple[Floats, Floats]:
    """Companion matrices, shape (pairs, 12, 12), and error covariances, shape (pairs, 3, 3)."""
    pairs, weeks, width = series.shape
    size = width * _LAGS
    companion = np.zeros((pairs, size, size))
    companion[:, width:, :-width] = np.eye(size - width)
    if weeks <= _LAGS:
        return companion, np.broadcast_to(np.eye(width), (pairs, width, width))
    after = series[:, _LAGS:, :]
    before = np.concatenate([series[:, _LAGS - lag : weeks - lag, :] for lag in range(1, _LAGS + 1)], axis=2)
    held = ~(np.isnan(after).any(axis=2) | np.isnan(before).any(axis=2))[:, :, None]
    after, before = np.where(held, after, 0.0), np.where(held, before, 0.0)
    gram = before.transpose(0, 2, 1) @ before + _RIDGE * np.eye(size)
    weights = np.linalg.solve(gram, before.transpose(0, 2, 1) @ after)
    left = after - before @ weights
    cases = np.maximum(held.sum(axis=(1, 2)), 1)[:, None, None]
    companion[:, :width, :] = weights.transpose(0, 2, 1)
    root = np.abs(np.linalg.eigvals(companion)).max(axis=1)
    companion[:, :width, :] *= np.minimum(_LARGEST_ROOT / np.maximum(root, 1e-9), 1.0)[:, None, None]
    return companion, left.transpose(0, 2, 1) @ left / cases + 1e-6 * np.eye(width)
