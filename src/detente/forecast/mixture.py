"""A trained model: boosted trees and a logit, mixed; what it has learned from; its probabilities and their bands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.domain.periods import Horizon
from detente.forecast.boosting import train_members
from detente.forecast.cases import Cases, View
from detente.forecast.ridge import Ridge, softmax, train_ridge
from detente.forecast.trees import Trees

Floats = npt.NDArray[np.float64]

#: Share of the trees in the mean of log probabilities. Chosen on GDELT dyad scores, origins July 2019 to December 2020,
#: refitted every half-year.
TREES_SHARE = 0.6
#: No outcome is given less than this: surprises are the world's habit.
FLOOR = 0.01
#: Two-sided 90 % point of Student's t for the members' number less one.
_STUDENT_90 = {1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132}


@dataclass(frozen=True)
class Mixture:
    """Members that correct climatology, mixed in log probabilities.

    Args:
        members: Boosted trees, each taught on other blocks of weeks.
        ridge: The logit; None where trees alone answer.
        learned: The last day that was known when it was trained.
        horizon_weeks: The horizon it was trained for.
    """

    members: tuple[Trees, ...]
    ridge: Ridge | None
    learned: dt.date
    horizon_weeks: int

    def log_probabilities(self, view: View) -> Floats:
        """Each member's log probabilities up to a constant a row, shape (members, pairs, 3)."""
        smooth = 0.0 if self.ridge is None else self.ridge.raw_scores(view.predictors)
        share = 1.0 if self.ridge is None else TREES_SHARE
        return np.stack(
            [view.offset + share * member.raw_scores(view.predictors) + (1 - share) * smooth for member in self.members]
        )


def train_mixture(
    cases: Cases, mirrored: Cases, *, learned: dt.date, horizon: Horizon, with_ridge: bool = True, seed: int = 1
) -> Mixture:
    """Train the members and the logit on resolved questions; the same cases and seed give the same model.

    The logit learns from the world as it was alone: it is too stiff to learn its turns by heart, and the mirror took
    away what it knows of friends and foes.
    """
    ridge = train_ridge(cases) if with_ridge else None
    return Mixture(tuple(train_members(cases, mirrored, seed=seed)), ridge, learned, horizon.weeks)


def mix(log_probabilities: Floats) -> tuple[Floats, Floats, Floats]:
    """Probabilities and the ends of their 90 % bands.

    The probability is the mean of the members' in logarithms. The band is that of a mean of so few members: Student's t
    times the spread of the members' probabilities, pooled with the usual spread of all pairs at that origin.

    Args:
        log_probabilities: Shape (members, pairs, 3).

    Returns:
        Probabilities, lower and upper ends, each of shape (pairs, 3).
    """
    p = with_floor(softmax(log_probabilities.mean(axis=0)))
    each = np.stack([with_floor(softmax(member)) for member in log_probabilities])
    count = each.shape[0]
    logit, logits = np.log(p / (1 - p)), np.log(each / (1 - each))
    own = ((logits - logit) ** 2).sum(axis=0) / max(count - 1, 1)
    variance = (own + np.median(own, axis=0, keepdims=True)) / 2 if own.size else own
    reach = _STUDENT_90.get(2 * (count - 1), 2.0) * np.sqrt(variance)
    return p, _logistic(logit - reach), _logistic(logit + reach)


def with_floor(p: Floats) -> Floats:
    """Probabilities of which none is below the floor; rows still add up to one."""
    return np.asarray(FLOOR + (1 - 3 * FLOOR) * p, dtype=np.float64)


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), dtype=np.float64)
