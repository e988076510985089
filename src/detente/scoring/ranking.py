"""Whether cases that came out were said to be likelier than cases that did not: the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_shares


def auc(probability: npt.ArrayLike, happened: npt.ArrayLike, *, weight: npt.ArrayLike | None = None) -> float:
    """Area under the ROC curve (Hanley & McNeil 1982: hanley-mcneil-1982): 1 is a perfect order, 0.5 none.

    The chance that a case that came out had the higher probability than one that did not, ties counted half.

    Args:
        probability: Probabilities of one event, shape (cases,).
        happened: Whether it came out (0 or 1), same shape.
        weight: How often each case counts; by default once.

    Returns:
        NaN where all or none came out.

    Raises:
        DataError: when they cannot be compared.

    >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    p, y = check_shares(probability, happened)
    w = np.ones(p.size) if weight is None else np.asarray(weight, dtype=np.float64)
    _, place = np.unique(p, return_inverse=True)
    hits, misses = np.bincount(place, w * y), np.bincount(place, w * (1 - y))
    if not hits.sum() or not misses.sum():
        return float("nan")
    below = np.cumsum(misses) - misses / 2
    return float((hits * below).sum() / (hits.sum() * misses.sum()))
