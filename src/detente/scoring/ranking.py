"""Whether cases that came out were said to be likelier than cases that did not: the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.scoring.checks import check_shares


def auc(probability: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Area under the ROC curve (Hanley & McNeil 1982: hanley-mcneil-1982): 1 is a perfect order, 0.5 none.

    The chance that a case that came out had the higher probability than one that did not, ties counted half.

    Args:
        probability: Probabilities of one event, shape (cases,).
        happened: Whether it came out (0 or 1), same shape.

    Returns:
        NaN where all or none came out.

    Raises:
        DataError: when they cannot be compared.

    >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    p, y = check_shares(probability, happened)
    hits = int(y.sum())
    misses = y.size - hits
    if not hits or not misses:
        return float("nan")
    _, place, count = np.unique(p, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2  # the mean rank of equal values
    ranks = float(middle[place][y == 1].sum())
    return (ranks - hits * (hits + 1) / 2) / (hits * misses)
