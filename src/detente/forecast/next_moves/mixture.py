"""A mixture of components: a probability for every actor, weights by how much past the question has.

Weights are fitted by expectation-maximisation on past questions, apart for questions asked seldom and often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
#: Lower bounds of the classes of past: how often (subject, relation) had happened.
BOUNDS = np.asarray([1, 3, 10, 30, 100])


def past_class(count: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Class of each question by how often it had an answer before."""
    return np.searchsorted(BOUNDS, count, side="right")


@dataclass(frozen=True)
class Mixture:
    """Weights of the components, shape (classes, components), rows summing to 1."""

    weights: Floats

    @classmethod
    def fit(cls, shares: Floats, classes: npt.NDArray[np.int64], *, steps: int = 60) -> Mixture:
        """Weights that make the answers that came likeliest.

        Args:
            shares: What each component gave the answer, shape (answers, components).
            classes: Class of past of each, shape (answers,).
            steps: Of expectation-maximisation.
        """
        n = shares.shape[1]
        weights = np.full((BOUNDS.size + 1, n), 1 / n)
        for _ in range(steps):
            part = shares * weights[classes]
            part = part / part.sum(axis=1, keepdims=True)
            for group in np.unique(classes):
                weights[group] = part[classes == group].mean(axis=0)
        return cls(weights.astype(np.float32))

    def of(self, classes: npt.NDArray[np.int64]) -> Floats:
        """Weights for questions of some classes of past, shape (questions, components)."""
        return self.weights[classes]
