"""The continuous ranked probability score: how far a whole distribution is from what came out.

Matheson & Winkler 1976: matheson-winkler-1976; Gneiting & Raftery 2007: gneiting-raftery-2007. In the unit of the
forecast quantity; less is better; for a forecast that is a single number it is the absolute error.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from detente.errors import DataError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Counts up to here are scored one by one; beyond, in cells that grow by so much each.
_EXACT, _GROWTH = 64, 1.04


def crps_ensemble(draws: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
    """CRPS of each case from draws of its distribution: ``E|X − y| − ½·E|X − X′|``.

    Args:
        draws: Shape (cases, draws).
        values: What came out, shape (cases,).

    Raises:
        DataError: when the shapes do not fit, or a value is not finite.

    >>> crps_ensemble([[1.0, 3.0]], [2.0]).tolist()
    [0.5]
    """
    x, y = np.sort(np.asarray(draws, dtype=np.float64), axis=1), np.asarray(values, dtype=np.float64)
    _check(
        x.ndim == 2 and y.shape == x.shape[:1] and x.shape[1] > 0, bool(np.isfinite(x).all() and np.isfinite(y).all())
    )
    count = x.shape[1]
    weight = (2 * np.arange(count) - count + 1) / count**2
    return np.asarray(np.abs(x - y[:, None]).mean(axis=1) - x @ weight, dtype=np.float64)


def crps_normal(mean: npt.ArrayLike, deviation: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
    """CRPS of normal distributions in closed form.

    Args:
        mean: Means, shape (cases,).
        deviation: Standard deviations, positive, same shape.
        values: What came out, same shape.

    Raises:
        DataError: when the shapes differ, a value is not finite or a deviation not positive.

    >>> crps_normal([0.0], [1.0], [0.0]).round(4).tolist()
    [0.2337]
    """
    m, s, y = (np.asarray(part, dtype=np.float64) for part in (mean, deviation, values))
    _check(m.shape == s.shape == y.shape, bool(np.isfinite(m + s + y).all() and (s > 0).all()))
    z = (y - m) / s
    below = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2)))
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return np.asarray(s * (z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi)), dtype=np.float64)


def count_cells(most: int) -> tuple[Ints, Ints]:
    """Cells of counts from 0 to at least ``most``: the count that stands for each cell, and where each begins.

    Counts to 63 have a cell of their own; larger ones share cells that grow by 4 %.

    Args:
        most: The largest count that must be held.

    Returns:
        Middles, shape (cells,), and edges, shape (cells + 1,): cell ``j`` holds ``edges[j] ≤ k < edges[j + 1]``.

    >>> middles, edges = count_cells(3)
    >>> middles[:3].tolist(), edges[:3].tolist()
    ([0, 1, 2], [0, 1, 2])
    """
    edges = list(range(_EXACT + 1))
    while edges[-1] <= most:
        edges.append(max(edges[-1] + 1, math.ceil(edges[-1] * _GROWTH)))
    ends = np.array(edges, dtype=np.int64)
    return (ends[:-1] + ends[1:] - 1) // 2, ends


def crps_counts(below: npt.ArrayLike, edges: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
    """CRPS of count distributions: ``Σ (F(k) − [k ≥ y])²`` over the counts, by cells.

    Args:
        below: ``F`` at the middle of each cell, shape (cases, cells).
        edges: Where the cells begin, and where the last ends, shape (cells + 1,), from ``count_cells``.
        values: What came out, shape (cases,), below the last edge.

    Raises:
        DataError: when the shapes do not fit, a value lies beyond the cells, or ``F`` is no distribution.

    >>> middles, edges = count_cells(3)
    >>> crps_counts([(middles >= 2).astype(float)], edges, [5]).tolist()
    [3.0]
    """
    f, e, y = np.asarray(below, dtype=np.float64), np.asarray(edges), np.asarray(values)
    fits = f.ndim == 2 and e.shape == (f.shape[1] + 1,) and y.shape == f.shape[:1]
    _check(fits, bool(np.isfinite(f).all() and (f >= -1e-9).all() and (f <= 1 + 1e-9).all()))
    _check(bool((y >= 0).all() and (y < e[-1]).all()), True)
    width = np.diff(e)
    at_least = np.clip(e[1:] - np.maximum(e[:-1], y[:, None]), 0, width)  # counts of the cell that are y or more
    return np.asarray((at_least * (1 - f) ** 2 + (width - at_least) * f**2).sum(axis=1), dtype=np.float64)


def _check(fits: bool, sound: bool) -> None:
    if fits and sound:
        return
    raise DataError(
        "CRPS of distributions was asked for.",
        "The shapes do not fit." if not fits else "Some values are not finite or no distribution.",
        "Hand over one distribution and one value for each case.",
    )
