"""What a trained model has lately got wrong on the whole, and a correction that follows it.

A model's world is the one it was trained in; where relations at large have since worsened more often than it expects,
its answers are moved that way. Only questions asked since it was trained, and resolved by the origin, are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.forecast.cases import keep_busiest, view_origin
from detente.forecast.mixture import Mixture
from detente.forecast.outcomes import describe_situation, outcome_index, realised_changes
from detente.forecast.panel import Panel
from detente.forecast.ridge import softmax

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Weeks of origins that are looked back on, the steps within a horizon, and the pairs (the busiest).
WINDOW_WEEKS, STEPS, PAIRS = 26, 2, 400
#: What one horizon's worth of origins counts for, in cases, and the ridge that pulls the correction to none. Pairs
#: share the world's news, and what relations at large did in one quarter says little of the next: with 10 cases the
#: correction chased it. Chosen on GDELT dyad scores: trained to June and to December 2019, origins up to 2020.
CASES, RIDGE = 3.0, 1.0
_NEWTON_STEPS = 8
_FREE = (0, 2)


@dataclass(frozen=True)
class Drift:
    """A correction of a mixture's log probabilities at the origins of one panel.

    Args:
        mixture: The model.
        panel: Weeks of all pairs; at each origin only those up to it are read.
        horizon: How far ahead.
    """

    mixture: Mixture
    panel: Panel
    horizon: Horizon
    _answers: dict[int, tuple[Floats, Ints]] = field(default_factory=dict)

    def correction(self, position: int) -> Floats:
        """What to add to the log probabilities at a column, shape (3,); zero for hold, all zero without evidence."""
        parts = [self._answer(past) for past in self._origins(position)]
        parts = [part for part in parts if part[1].size]
        if not parts:
            return np.zeros(3)
        per_origin = CASES * self._step / self.horizon.weeks
        weight = np.concatenate([np.full(outcome.size, per_origin / outcome.size) for _, outcome in parts])
        logs, outcome = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
        return _fit(logs, outcome, weight)

    @property
    def _step(self) -> int:
        return max(self.horizon.weeks // STEPS, 1)

    def _origins(self, position: int) -> Iterator[int]:
        """Origins since the model was trained whose questions are closed by a column, the newest first."""
        newest = position - self.horizon.weeks
        for past in range(newest, max(newest - WINDOW_WEEKS, REFERENCE_WEEKS), -self._step):
            if self.panel.week_ends[past] >= self.mixture.learned:
                yield past

    def _answer(self, past: int) -> tuple[Floats, Ints]:
        """Log probabilities of the busiest pairs at a past column, and what came out."""
        if past not in self._answers:
            known = keep_busiest(self.panel, past, past + self.horizon.weeks, most=PAIRS)
            situation = describe_situation(known.until(past), self.horizon)
            outcome = outcome_index(realised_changes(known, past, self.horizon, situation)[1])
            use = situation.is_busy & (outcome >= 0)
            seen = view_origin(known, past, self.horizon).take(use)
            self._answers[past] = self.mixture.log_probabilities(seen).mean(axis=0), outcome[use]
        return self._answers[past]


def _fit(logs: Floats, outcome: Ints, weight: Floats) -> Floats:
    """Penalised maximum likelihood of the correction, by Newton's method."""
    happened = np.eye(3)[outcome]
    found = np.zeros(3)
    for _ in range(_NEWTON_STEPS):
        p = softmax(logs + found)
        gradient = (weight[:, None] * (happened - p)).sum(axis=0) - RIDGE * found
        curvature = np.diag((weight[:, None] * p).sum(axis=0) + RIDGE) - (weight[:, None] * p).T @ p
        step = np.linalg.solve(curvature[np.ix_(_FREE, _FREE)], gradient[list(_FREE)])
        found[list(_FREE)] += step
    return found
