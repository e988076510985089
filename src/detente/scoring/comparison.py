"""Comparing forecasters: skill, its band by block bootstrap over time, and the Diebold–Mariano test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Skill:
    """A skill score with its 95 % band: 1 is perfect, 0 as good as the reference, below 0 worse."""

    value: float
    low: float
    high: float


def skill(scores: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Skill score ``1 − mean score / mean score of the reference``, for scores of which less is better.

    Args:
        scores: Scores of the forecaster, one for each case.
        reference: Scores of the reference on the same cases.

    Raises:
        DataError: when there are no cases, or not the same number, or the reference is perfect.

    >>> round(skill([0.1, 0.2], [0.2, 0.2]), 3)
    0.25
    """
    s, r = _check_same(scores, reference)
    if r.mean() == 0:
        raise _refusal("the reference is perfect on all cases")
    return float(1 - s.mean() / r.mean())


def bootstrap_skill(
    scores: npt.ArrayLike,
    reference: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    seed: int,
    block: int = 8,
    draws: int = 1000,
) -> Skill:
    """Skill with a 95 % band by moving blocks of time (Künsch 1989: kuensch-1989).

    All cases of one time stay together, since pairs move together; blocks of neighbouring times stay together, since
    horizons overlap.

    Args:
        scores: Scores of the forecaster, one for each case.
        reference: Scores of the reference on the same cases.
        times: When each case was asked, sortable, shape (cases,).
        seed: Seed of the draws.
        block: Times in a block; at most all of them.
        draws: Number of draws.

    Raises:
        DataError: as for ``skill``, or when ``times`` is of another length.
    """
    s, r = _check_same(scores, reference)
    moments, place = np.unique(np.asarray(times), return_inverse=True)
    if place.shape != s.shape:
        raise _refusal(f"there are {s.size} scores and {place.size} times")
    sums = np.stack([np.bincount(place, s), np.bincount(place, r)])
    length = min(block, moments.size)
    starts = np.random.default_rng(seed).integers(
        0, moments.size - length + 1, size=(draws, math.ceil(moments.size / length))
    )
    drawn = (starts[:, :, None] + np.arange(length)).reshape(draws, -1)[:, : moments.size]
    mine, theirs = sums[:, drawn].sum(axis=2)
    value = skill(s, r)
    low, high = np.quantile(1 - mine / theirs, (0.025, 0.975))
    return Skill(value, float(low), float(high))


def diebold_mariano(scores: npt.ArrayLike, reference: npt.ArrayLike, *, overlap: int = 1) -> tuple[float, float]:
    """Test of equal accuracy of two series of scores in time order (Diebold & Mariano 1995: diebold-mariano-1995).

    With the small-sample factor of Harvey, Leybourne & Newbold (1997: harvey-leybourne-newbold-1997) and a normal
    reference distribution.

    Args:
        scores: Mean scores of the forecaster at each time, in order.
        reference: Those of the other.
        overlap: Horizon in steps of time: differences up to ``overlap − 1`` steps apart are taken to be correlated.

    Returns:
        The statistic, negative where the forecaster is better, and the two-sided p-value; NaN where the differences
        do not vary.

    Raises:
        DataError: when there are no cases or not the same number.
    """
    s, r = _check_same(scores, reference)
    difference = s - r
    centred, count = difference - difference.mean(), difference.size
    # Bartlett weights keep the long-run variance positive
    variance = float(centred @ centred) / count
    for lag in range(1, min(overlap, count)):
        variance += 2 * (1 - lag / overlap) * float(centred[lag:] @ centred[:-lag]) / count
    if variance <= 1e-24:
        return float("nan"), float("nan")
    factor = max((count + 1 - 2 * overlap + overlap * (overlap - 1) / count) / count, 0.0)
    statistic = float(difference.mean()) / math.sqrt(variance / count) * math.sqrt(factor)
    return statistic, math.erfc(abs(statistic) / math.sqrt(2))


def _check_same(scores: npt.ArrayLike, reference: npt.ArrayLike) -> tuple[Floats, Floats]:
    s, r = np.asarray(scores, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if s.ndim != 1 or s.shape != r.shape or not s.size:
        raise _refusal(f"the shapes of the scores are {s.shape} and {r.shape}")
    return s, r


def _refusal(found: str) -> DataError:
    return DataError(
        "A comparison of two forecasters was asked for.",
        f"It cannot be made: {found}.",
        "Hand over the scores of both on the same cases, in one dimension.",
    )
