"""The Brier score: squared distance of the probabilities from what came out (Brier 1950: brier-1950)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_forecasts

Floats = npt.NDArray[np.float64]


def brier(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> Floats:
    """Brier score of each case: ``Σ (p − o)²`` over the classes; 0 is perfect, 2 the worst.

    Args:
        probabilities: Shape (cases, classes).
        outcomes: Index of the class that came out, shape (cases,).

    Raises:
        DataError: when they cannot be scored.

    >>> brier([[0.2, 0.5, 0.3]], [1]).round(2).tolist()
    [0.38]
    """
    p, y = check_forecasts(probabilities, outcomes)
    return np.asarray(((p - np.eye(p.shape[1])[y]) ** 2).sum(axis=1), dtype=np.float64)
