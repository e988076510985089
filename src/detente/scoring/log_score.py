"""The logarithmic score: the surprise of what came out (Good 1952: good-1952)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_forecasts

Floats = npt.NDArray[np.float64]


def log_score(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> Floats:
    """Logarithmic score of each case: ``−log p`` of what came out, in nats; 0 is perfect, infinity a denied outcome.

    Args:
        probabilities: Shape (cases, classes).
        outcomes: Index of the class that came out, shape (cases,).

    Raises:
        DataError: when they cannot be scored.

    >>> log_score([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]], [1, 2]).round(3).tolist()
    [0.693, inf]
    """
    p, y = check_forecasts(probabilities, outcomes)
    given = np.clip(p[np.arange(y.size), y], 0.0, 1.0)
    surprise = np.full(y.size, np.inf)
    np.log(given, out=surprise, where=given > 0)
    return np.where(given > 0, -surprise, np.inf)
