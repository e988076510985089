"""Multinomial logit on all predictors, with climatology as its offset and a ridge: the smooth half of the blend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.cases import Cases

Floats = npt.NDArray[np.float64]

#: Strength of the ridge, in cases: the best of 50 and 300 on GDELT dyad scores, origins July 2019 to December 2020.
RIDGE = 300.0
#: Every third case is learned from: neighbouring weeks ask nearly the same question.
_EVERY = 3
#: Predictors are cut here before, and in standard deviations after, they are put on one scale.
_CLIP, _STANDARD_CLIP = 4.0, 3.0
#: Mean distance from zero of a standard normal: columns of sizes are centred by it.
_MEAN_SIZE = 0.8
_NEWTON_STEPS = 8
_SMALL = 1e-6
_FREE = (0, 2)


@dataclass(frozen=True)
class Ridge:
    """A fitted logit.

    Args:
        centre: Means of the predictors, shape (predictors,).
        scale: Their standard deviations, same shape.
        weights: Shape (1 + 2·predictors, 2): intercept, predictors and their sizes; for deteriorate and improve.
    """

    centre: Floats
    scale: Floats
    weights: Floats

    def raw_scores(self, predictors: Floats) -> Floats:
        """What is added to the log probabilities of climatology, shape (rows, 3); zero for hold."""
        scores = np.zeros((predictors.shape[0], 3))
        scores[:, _FREE] = _design(predictors, self.centre, self.scale) @ self.weights
        return scores

    def as_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name, to be written to a file."""
        return {"centre": self.centre, "scale": self.scale, "weights": self.weights}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Ridge:
        """Read back what ``as_arrays`` gave."""
        return cls(*(arrays[name].astype(np.float64) for name in ("centre", "scale", "weights")))


def train_ridge(cases: Cases) -> Ridge:
    """Penalised maximum likelihood by Newton's method."""
    cases = cases.take(np.arange(0, cases.outcome.size, _EVERY))
    clipped = np.clip(cases.predictors, -_CLIP, _CLIP)
    held = ~np.isnan(clipped)
    count = np.maximum(held.sum(axis=0), 1)
    centre = np.where(held, clipped, 0.0).sum(axis=0) / count
    scale = np.sqrt(np.where(held, (clipped - centre) ** 2, 0.0).sum(axis=0) / count) + _SMALL
    design = _design(cases.predictors, centre, scale)
    weights = np.zeros((design.shape[1], 2))
    happened = np.eye(3)[cases.outcome]
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(design, cases.offset, happened, weights)
        weights = weights + step
        if np.abs(step).max() < 1e-4:
            break
    return Ridge(centre, scale, weights)


def softmax(scores: Floats) -> Floats:
    """Probabilities from log probabilities that lack a constant; rows add up to one."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def _newton_step(design: Floats, offset: Floats, happened: Floats, weights: Floats) -> Floats:
    width = design.shape[1]
    scores = offset.copy()
    scores[:, _FREE] += design @ weights
    p = softmax(scores)
    gradient = design.T @ (happened - p)[:, _FREE] - RIDGE * weights
    curvature = RIDGE * np.eye(2 * width)
    for i, row in enumerate(_FREE):
        for j, column in enumerate(_FREE[: i + 1]):
            mix = p[:, row] * ((row == column) - p[:, column])
            block = design.T @ (mix[:, None] * design)
            curvature[i * width : (i + 1) * width, j * width : (j + 1) * width] += block
            if i != j:
                curvature[j * width : (j + 1) * width, i * width : (i + 1) * width] += block.T
    return np.asarray(np.linalg.solve(curvature, gradient.T.ravel()).reshape(2, width).T, dtype=np.float64)


def _design(predictors: Floats, centre: Floats, scale: Floats) -> Floats:
    standard = (np.clip(predictors, -_CLIP, _CLIP) - centre) / scale
    standard = np.clip(np.nan_to_num(standard), -_STANDARD_CLIP, _STANDARD_CLIP)
    return np.concatenate([np.ones((standard.shape[0], 1)), standard, np.abs(standard) - _MEAN_SIZE], axis=1)
