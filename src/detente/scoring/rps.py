"""The ranked probability score: the score for classes in an order (Epstein 1969: epstein-1969)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_forecasts

Floats = npt.NDArray[np.float64]


def rps(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> Floats:
    """Ranked probability score of each case: 0 is perfect, 1 the worst.

    ``Σ (P − O)² / (classes − 1)`` over the classes, with ``P`` and ``O`` the cumulated probabilities and outcome: an
    "improve" that came out as "deteriorate" costs more than one that came out as "hold".

    Args:
        probabilities: Shape (cases, classes), classes in order.
        outcomes: Index of the class that came out, shape (cases,).

    Raises:
        DataError: when they cannot be scored.

    >>> rps([[0.2, 0.5, 0.3]] * 3, [0, 1, 2]).round(3).tolist()
    [0.365, 0.065, 0.265]
    """
    p, y = check_forecasts(probabilities, outcomes)
    distance = np.cumsum(p - np.eye(p.shape[1])[y], axis=1)[:, :-1]
    return np.asarray((distance**2).sum(axis=1) / max(p.shape[1] - 1, 1), dtype=np.float64)
