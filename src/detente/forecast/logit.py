"""Climatology, corrected by where the relation has just been: a small multinomial logit (``logit-v1``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.domain.tables import FORECASTS
from detente.errors import QuestionError
from detente.forecast.bands import dirichlet_bands
from detente.forecast.climatology import Climatology, posterior_counts
from detente.forecast.features import FEATURES, build_features
from detente.forecast.outcomes import describe_situation, outcome_index, realised_changes
from detente.forecast.panel import Panel
from detente.forecast.protocol import build_forecasts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Questions of the past that must be resolved before the model speaks; with fewer, climatology does.
MIN_RESOLVED = 300
#: Strength of the ridge that pulls the correction to none, in cases that do not overlap: the best of 3, 10, 30 and 100
#: on GDELT dyad scores, origins July 2019 to December 2020.
RIDGE = 3.0
#: Cases that share one period are worth a tenth each: pairs share the world's news (as in climatology's pool).
CASE_WEIGHT = 0.1
#: Past origins learned from; more overlap so much that they add time and little else.
_MOST_ORIGINS = 16
_NEWTON_STEPS = 12


@dataclass(frozen=True)
class Logit:
    """Multinomial logit with climatology as its offset: ``log P = log climatology + X·β`` up to a constant.

    With little to learn from, the ridge leaves ``β`` near 0 and the answer near climatology. ``fit`` learns from
    questions that all pairs' past answers by the earliest origin, and from nothing else.

    Args:
        weights: ``β``, shape (1 + features, 3), zero for hold; None until it has learned, or where it could not.
        learned: The last day it has learned from.
        horizon_weeks: The horizon it has learned for.
    """

    weights: Floats | None = None
    learned: dt.date | None = None
    horizon_weeks: int = 0

    name = "logit"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Logit:
        """Learn from the questions resolved by the earliest origin; with fewer than 300, learn nothing.

        Raises:
            QuestionError: when there is no origin, or one is not the end of a week of the panel.
        """
        if not origins:
            raise QuestionError("A forecaster was to be fitted.", "No origin was given.", "Name at least one.")
        origin = min(origins)
        cases = _past_cases(panel, panel.position(origin), horizon)
        weights = _fit_weights(*cases) if cases[2].size >= MIN_RESOLVED else None
        return Logit(weights, origin, horizon.weeks)

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts``; the column ``model`` names climatology where that had to answer.

        Bands are those of climatology's counts around the corrected probabilities.

        Raises:
            QuestionError: when an origin is before what was learned from, the horizon another, or an origin not the end
                of a week of the panel.
        """
        self._check_question(origins, horizon)
        if self.weights is None:
            return Climatology().predict(panel, origins, horizon)
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            counts = posterior_counts(situation, horizon)
            total = counts.sum(axis=1, keepdims=True)
            probabilities = _softmax(np.log(counts / total) + _design(build_features(situation)) @ self.weights)
            low, high = dirichlet_bands(probabilities * total)
            model = f"{self.name}-{self.version}"
            frames.append(
                build_forecasts(panel, origin, horizon, probabilities=probabilities, low=low, high=high, model=model)
            )
        return pl.concat(frames)

    def _check_question(self, origins: Sequence[dt.date], horizon: Horizon) -> None:
        if self.learned is None or horizon.weeks != self.horizon_weeks or any(day < self.learned for day in origins):
            raise QuestionError(
                f"Forecasts over {horizon} were asked for.",
                f"The forecaster has learned for {self.horizon_weeks} weeks, from what was known on {self.learned}.",
                "Fit it for this horizon and for the earliest of these origins.",
            )


def _past_cases(panel: Panel, position: int, horizon: Horizon) -> tuple[Floats, Floats, Ints, Floats]:
    """Features, log climatology, outcomes and weights of the busy pairs' questions closed by a column."""
    known = panel.cut(position)
    newest, oldest = position - horizon.weeks, REFERENCE_WEEKS - 1
    step = max(horizon.weeks // 4, -(-(newest - oldest + 1) // _MOST_ORIGINS), 1)
    parts: list[tuple[Floats, Floats, Ints]] = []
    for past in range(newest, oldest - 1, -step):
        situation = describe_situation(known.until(past), horizon)
        _, change = realised_changes(known, past, horizon, situation)
        index = outcome_index(change)
        use = situation.is_busy & (index >= 0)
        counts = posterior_counts(situation, horizon)[use]
        parts.append((build_features(situation)[use], np.log(counts / counts.sum(axis=1, keepdims=True)), index[use]))
    if not parts:
        return np.empty((0, len(FEATURES))), np.empty((0, 3)), np.empty(0, dtype=np.int64), np.empty(0)
    features, offset, outcome = (np.concatenate(column) for column in zip(*parts, strict=True))
    weight = np.full(outcome.size, CASE_WEIGHT * min(step / horizon.weeks, 1.0))
    return features, offset, outcome, weight


def _design(features: Floats) -> Floats:
    return np.concatenate([np.ones((features.shape[0], 1)), features], axis=1)


def _fit_weights(features: Floats, offset: Floats, outcome: Ints, weight: Floats) -> Floats:
    """Penalised maximum likelihood by Newton's method; hold is the class whose weights are zero."""
    design, free = _design(features), [0, 2]
    width = design.shape[1]
    beta = np.zeros((width, 3))
    happened = np.eye(3)[outcome]
    for _ in range(_NEWTON_STEPS):
        p = _softmax(offset + design @ beta)
        gradient = (design.T @ (weight[:, None] * (happened - p)) - RIDGE * beta)[:, free]
        curvature = np.zeros((2 * width, 2 * width))
        for i, row in enumerate(free):
            for j, column in enumerate(free):
                mix = weight * p[:, row] * ((row == column) - p[:, column])
                curvature[i * width : (i + 1) * width, j * width : (j + 1) * width] = design.T @ (mix[:, None] * design)
        curvature += RIDGE * np.eye(2 * width)
        beta[:, free] += np.linalg.solve(curvature, gradient.T.ravel()).reshape(2, width).T
    return beta


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)
