"""Baselines that count: climatology of the pool, of the pair, their mix, a Markov chain, and "nothing changes".

They are what a forecast must beat to be worth its trouble. All count questions of the past that were closed by the
origin, each on the scale and spread that were known when it was asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.forecast.bands import dirichlet_bands
from detente.forecast.climatology import INDEPENDENT_PAIRS
from detente.forecast.history import FIRST_POSITION, HISTORY_WEEKS, Ints, count_outcomes, past_outcomes
from detente.forecast.panel import Panel
from detente.forecast.protocol import build_forecasts

Floats = npt.NDArray[np.float64]

#: Added to every count, so that what has not been seen yet is not called impossible.
_UNSEEN = 1.0


class _Counter:
    """What counting baselines share: they learn nothing ahead, and count anew at each origin."""

    name: ClassVar[str] = ""
    version: ClassVar[str] = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Self:  # noqa: ARG002
        """Nothing to learn ahead: each prediction counts what is known at its origin."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        if not origins:
            return FORECASTS.empty()
        places = [panel.position(origin) for origin in origins]
        lag = horizon.weeks
        first = max(min(places) - 2 * lag - HISTORY_WEEKS + 1, FIRST_POSITION)
        outcomes = past_outcomes(panel, first, max(places) - lag, horizon)
        frames = [FORECASTS.empty()]
        for origin, place in zip(origins, places, strict=True):
            known = outcomes[:, : max(place - lag - first + 1, 0)]
            counts = self._counts(known, horizon)
            low, high = dirichlet_bands(counts)
            probabilities = counts / counts.sum(axis=1, keepdims=True)
            model = f"{self.name}-{self.version}"
            frames.append(
                build_forecasts(panel, origin, horizon, probabilities=probabilities, low=low, high=high, model=model)
            )
        return pl.concat(frames)

    def _counts(self, known: Ints, horizon: Horizon) -> Floats:
        raise NotImplementedError


class PooledClimatology(_Counter):
    """How often the relations of all pairs deteriorated, held and improved, asked in the past 104 weeks."""

    name = "climatology-pool"

    def _counts(self, known: Ints, horizon: Horizon) -> Floats:
        share = _shares(count_outcomes(_recent(known)).sum(axis=0, keepdims=True))
        return np.repeat(share * _weight(known, horizon, pairs=INDEPENDENT_PAIRS), known.shape[0], axis=0)


class PairClimatology(_Counter):
    """How often this pair's relation deteriorated, held and improved, asked in the past 104 weeks."""

    name = "climatology-pair"

    def _counts(self, known: Ints, horizon: Horizon) -> Floats:
        return _shares(count_outcomes(_recent(known))) * _weight(known, horizon, pairs=1.0)


class MixedClimatology(_Counter):
    """Half the pool's climatology, half the pair's: the benchmark that skill is stated against."""

    name = "climatology-mix"

    def _counts(self, known: Ints, horizon: Horizon) -> Floats:
        counts = count_outcomes(_recent(known))
        mix = (_shares(counts) + _shares(counts.sum(axis=0, keepdims=True))) / 2
        return mix * _weight(known, horizon, pairs=INDEPENDENT_PAIRS)


class Persistence(_Counter):
    """A Markov chain of the last change: what followed, over all pairs, on a change like the one just completed.

    The state of a pair is the outcome of the question asked one horizon ago, or "not known".
    """

    name = "persistence"

    def _counts(self, known: Ints, horizon: Horizon) -> Floats:
        lag = horizon.weeks
        now = known[:, -1] if known.shape[1] else np.full(known.shape[0], -1)
        after = _recent(known[:, lag:])
        before = known[:, known.shape[1] - lag - after.shape[1] : known.shape[1] - lag]
        chain = np.empty((4, 3))
        for state in range(-1, 3):
            taken = after if state < 0 else np.where(before == state, after, -1)
            chain[state] = _shares(count_outcomes(taken).sum(axis=0, keepdims=True))[0]
        return np.asarray(chain[now] * _weight(known, horizon, pairs=INDEPENDENT_PAIRS), dtype=np.float64)


class AlwaysHold:
    """Nothing changes, for certain: what a reader without a forecast tends to assume. It claims no band."""

    name = "always-hold"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> AlwaysHold:  # noqa: ARG002
        """Nothing to learn."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts``: all probability on hold.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        sure = np.tile([0.0, 1.0, 0.0], (len(panel.pairs), 1))
        frames = [FORECASTS.empty()]
        for origin in origins:
            panel.position(origin)
            frames.append(
                build_forecasts(
                    panel, origin, horizon, probabilities=sure, low=sure, high=sure, model=f"{self.name}-{self.version}"
                )
            )
        return pl.concat(frames)


def _recent(known: Ints) -> Ints:
    return known[:, -HISTORY_WEEKS:]


def _shares(counts: Floats) -> Floats:
    counts = counts + _UNSEEN
    return np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)


def _weight(known: Ints, horizon: Horizon, *, pairs: float) -> float:
    """How many independent cases the counts stand for: spans that do not overlap, times independent pairs."""
    spans: int = min(known.shape[1], HISTORY_WEEKS)
    return pairs * spans / horizon.weeks + 3 * _UNSEEN
