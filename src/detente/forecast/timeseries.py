"""Textbook series models as baselines: AutoETS, AutoARIMA and AutoTheta of the package statsforecast.

Each pair's weekly level is one series, fitted by itself at each origin. The three probabilities are shares of simulated
paths: the mean of a path's next N weeks is measured by the rule of the question, so that the paths' own dependence from
week to week is kept. statsforecast comes with the extra ``baselines``; without it these models say how to get it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import STANDARD_HORIZONS, Horizon
from detente.domain.tables import FORECASTS
from detente.errors import ConfigError
from detente.forecast.gaussian import SERIES_WEEKS, bounded, build_series_forecasts
from detente.forecast.outcomes import Situation, describe_situation, outcome_index
from detente.forecast.panel import Panel

Floats = npt.NDArray[np.float64]

_PATHS = 400
_SEED = 7
#: A shorter series is not fitted: its weeks are drawn at random instead.
_FEWEST_WEEKS = 26


class SeriesModel:
    """One model of statsforecast, fitted pair by pair.

    Args:
        name: Public name.
        build: Called for a fresh model of the package.
    """

    version = "v1"

    def __init__(self, name: str, build: Callable[[Any], Any]) -> None:
        self.name = name
        self._build = build
        #: Simulated means by series: the horizons of one origin share one fit.
        self._paths: dict[bytes, Floats] = {}

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> SeriesModel:  # noqa: ARG002
        """Nothing is carried from one origin to the next: each series is fitted anew at each.

        Raises:
            ConfigError: when statsforecast is not installed.
        """
        _package()
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            ConfigError: when statsforecast is not installed.
            QuestionError: when an origin is not the end of a week of the panel.
        """
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            means = np.stack(
                [self._means(level[-SERIES_WEEKS:], horizon.weeks) for level in situation.level] or [np.empty(_PATHS)]
            )[: len(panel.pairs)]
            shares = _shares(means, situation)
            model = f"{self.name}-{self.version}"
            frames.append(build_series_forecasts(panel, origin, horizon, shares, model=model))
        return pl.concat(frames)

    def _means(self, level: Floats, weeks: int) -> Floats:
        """Means of the next weeks on simulated paths, shape (paths,)."""
        ahead = max(weeks, *STANDARD_HORIZONS)
        key = hashlib.blake2b(level.tobytes() + bytes([ahead]), digest_size=16).digest()
        if key not in self._paths:
            paths = self._simulate(_bridge(level), ahead)
            self._paths[key] = np.cumsum(paths, axis=1) / np.arange(1, ahead + 1)
        return np.asarray(self._paths[key][:, weeks - 1], dtype=np.float64)

    def _simulate(self, series: Floats, ahead: int) -> Floats:
        if series.size < _FEWEST_WEEKS or np.ptp(series) < 1e-9:
            drawn = np.random.default_rng(_SEED).choice(series, size=(_PATHS, ahead))
            return np.asarray(drawn, dtype=np.float64)
        model = self._build(_package())
        paths = model.simulate(h=ahead, n_paths=_PATHS, y=series, seed=_SEED)
        # a fit that explodes is held within what a level can be
        return np.asarray(np.clip(np.nan_to_num(paths, nan=float(series.mean())), -20.0, 20.0), dtype=np.float64)


def auto_ets() -> SeriesModel:
    """Exponential smoothing with additive errors, the form chosen by AICc (Hyndman et al. 2002: hyndman-2002)."""
    return SeriesModel("auto-ets", lambda models: models.AutoETS(season_length=1, model="AZN"))


def auto_arima() -> SeriesModel:
    """ARIMA without seasons, its orders chosen by AICc (Hyndman & Khandakar 2008: hyndman-khandakar-2008)."""
    return SeriesModel("auto-arima", lambda models: models.AutoARIMA(season_length=1, max_p=3, max_q=3))


def auto_theta() -> SeriesModel:
    """The theta method (Assimakopoulos & Nikolopoulos 2000: assimakopoulos-nikolopoulos-2000), best of four forms."""
    return SeriesModel("theta", lambda models: models.AutoTheta(season_length=1))


def _shares(means: Floats, situation: Situation) -> Floats:
    change = (means - np.nan_to_num(situation.reference)[:, None]) / situation.spread[:, None]
    index = outcome_index(change)
    return bounded(np.stack([(index == place).mean(axis=1) for place in range(3)], axis=1))


def _bridge(level: Floats) -> Floats:
    """The series from its first value on, gaps filled by straight lines; a single zero where there is none."""
    held = np.flatnonzero(~np.isnan(level))
    if not held.size:
        return np.zeros(1)
    places = np.arange(held[0], level.size)
    return np.asarray(np.interp(places, held, level[held]), dtype=np.float64)


def _package() -> Any:  # noqa: ANN401 - a module
    try:
        from statsforecast import models  # noqa: PLC0415 - an optional, heavy library
    except ImportError:
        raise ConfigError(
            "A series model of statsforecast was asked for.",
            "The package is not installed.",
            "Install it with `pip install 'detente[baselines]'`, or leave the model out.",
        ) from None
    return models
