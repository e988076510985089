"""What scores refuse: probabilities that do not add up, outcomes that are none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.errors import DataError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: How far from one the probabilities of a forecast may add up: rounding, not more.
TOLERANCE = 1e-6


def check_forecasts(probabilities: npt.ArrayLike, outcomes: npt.ArrayLike) -> tuple[Floats, Ints]:
    """Return probabilities and outcomes as arrays when they can be scored.

    Args:
        probabilities: Shape (cases, classes); each row adds up to one.
        outcomes: Index of the class that came out, shape (cases,).

    Raises:
        DataError: when shapes, sums or indices do not fit, or a value is not finite.
    """
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(outcomes)
    if p.ndim != 2 or y.shape != p.shape[:1]:
        raise _refusal(f"the shapes are {p.shape} and {y.shape}")
    if not np.isfinite(p).all() or (p < -TOLERANCE).any() or (np.abs(p.sum(axis=1) - 1) > TOLERANCE).any():
        raise _refusal("some probabilities are negative, not finite, or do not add up to one")
    index = y.astype(np.int64)
    if y.size and ((index != y).any() or index.min() < 0 or index.max() >= p.shape[1]):
        raise _refusal(f"some outcomes are no class from 0 to {p.shape[1] - 1}")
    return p, index


def check_shares(probability: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the probabilities and outcomes (0 or 1) of yes-or-no forecasts as arrays of one shape.

    Raises:
        DataError: when the shapes differ, or a value is out of range or not finite.
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    if p.ndim != 1 or p.shape != y.shape:
        raise _refusal(f"the shapes are {p.shape} and {y.shape}")
    if not np.isfinite(p).all() or ((p < 0) | (p > 1)).any() or not np.isin(y, (0.0, 1.0)).all():
        raise _refusal("some probabilities are not between 0 and 1, or some outcomes neither 0 nor 1")
    return p, y


def _refusal(found: str) -> DataError:
    return DataError(
        "Scores of forecasts were asked for.",
        f"They cannot be scored: {found}.",
        "Hand over one row of probabilities and one outcome for each case.",
    )
