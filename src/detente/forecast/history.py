"""Questions of the past with their outcomes: what simple forecasters count, each as it stood at its own origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.forecast.outcomes import describe_situation, outcome_index, realised_changes
from detente.forecast.panel import Panel

Ints = npt.NDArray[np.int64]

#: Outcomes of a pair's past that a forecaster counts are those of questions asked in so many weeks.
HISTORY_WEEKS = 104
#: The first column from which a question can be asked: half of the reference must be there.
FIRST_POSITION = REFERENCE_WEEKS // 2


def past_outcomes(panel: Panel, first: int, last: int, horizon: Horizon) -> Ints:
    """Outcomes of the questions asked at each week from one column to another, on the scale known at that week.

    Args:
        panel: Weeks of all pairs.
        first: Column of the first question.
        last: Column of the last question; the panel should go on for the horizon after it.
        horizon: How far ahead.

    Returns:
        Shape (pairs, last − first + 1), 0 deteriorate, 1 hold, 2 improve, −1 where a question cannot be resolved.
        The column of week ``t`` reads the weeks up to ``t`` + horizon and none after.
    """
    outcomes = np.full((len(panel.pairs), max(last - first + 1, 0)), -1, dtype=np.int64)
    for column, position in enumerate(range(first, last + 1)):
        situation = describe_situation(panel.until(position), horizon)
        _, change = realised_changes(panel, position, horizon, situation)
        outcomes[:, column] = outcome_index(change)
    return outcomes


def count_outcomes(outcomes: Ints) -> npt.NDArray[np.float64]:
    """How often each pair's questions deteriorated, held and improved, shape (pairs, 3)."""
    return np.stack([(outcomes == place).sum(axis=1) for place in range(3)], axis=1).astype(np.float64)
