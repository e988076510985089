"""Bands of probabilities: quantiles of the beta distribution by plain numerical integration."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Points between 0 and 1 at which the density is taken; quantiles are right to about half a thousandth.
_POINTS = 400


def dirichlet_bands(counts: Floats) -> tuple[Floats, Floats]:
    """Ends of the 90 % bands of the probabilities of a Dirichlet distribution.

    The share of one outcome under Dirichlet(a) is Beta(a_i, Σa − a_i).

    Args:
        counts: Shape (cases, outcomes), all positive.

    Returns:
        Lower and upper ends, each of the shape of ``counts``.
    """
    total = counts.sum(axis=1, keepdims=True)
    low, high = beta_quantiles(counts.ravel(), (total - counts).ravel(), (0.05, 0.95))
    return low.reshape(counts.shape), high.reshape(counts.shape)


def beta_quantiles(a: Floats, b: Floats, levels: tuple[float, ...]) -> list[Floats]:
    """Quantiles of Beta(a, b) for arrays of parameters.

    Args:
        a: First parameters, shape (cases,), positive.
        b: Second parameters, same shape.
        levels: Probabilities.

    Returns:
        For each level an array of shape (cases,).
    """
    edges = np.linspace(0.0, 1.0, _POINTS + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    logs = np.outer(a - 1, np.log(middle))
    logs += np.outer(b - 1, np.log1p(-middle))
    logs -= logs.max(axis=1, keepdims=True)
    below = np.zeros((a.size, edges.size))
    np.cumsum(np.exp(logs, out=logs), axis=1, out=below[:, 1:])
    below /= below[:, -1:]
    return [_invert(below, edges, level) for level in levels]


def _invert(below: Floats, edges: Floats, level: float) -> Floats:
    """Where each row of distribution values passes a level, by straight lines between the edges."""
    right = np.clip(np.count_nonzero(below < level, axis=1), 1, edges.size - 1)
    rows = np.arange(below.shape[0])
    start, end = below[rows, right - 1], below[rows, right]
    share = (level - start) / np.maximum(end - start, 1e-300)
    return np.asarray(edges[right - 1] + share * (edges[right] - edges[right - 1]), dtype=np.float64)
