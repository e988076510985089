"""Boosted trees as plain arrays: trained by LightGBM, answered by numpy, shipped as a small file.

A forecast of a few hundred pairs takes some tens of milliseconds so, and needs no library at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Nodes = list[tuple[int, float, bool, int, int, float]]

#: Rows answered at once, so that the table of nodes (rows × trees) stays small.
_BATCH = 4096


@dataclass(frozen=True)
class Trees:
    """A sum of trees for each of several scores. All trees share one array of nodes; a leaf points to itself.

    Args:
        root: Index of each tree's first node, shape (trees,).
        score: Which score a tree adds to, shape (trees,).
        feature: Column that a node asks about, shape (nodes,).
        threshold: Rows with at most this go left, shape (nodes,).
        missing_left: Whether rows with NaN go left, shape (nodes,).
        left: Node on the left, shape (nodes,).
        right: Node on the right, shape (nodes,).
        value: What a leaf adds, shape (nodes,); 0 elsewhere.
        depth: Most questions on a way from root to leaf.
    """

    root: npt.NDArray[np.int32]
    score: npt.NDArray[np.int8]
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float64]
    missing_left: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]
    depth: int

    def raw_scores(self, table: Floats, scores: int = 3) -> Floats:
        """Sums of the leaves that each row reaches, shape (rows, scores)."""
        return np.concatenate(
            [self._batch(table[first : first + _BATCH], scores) for first in range(0, max(table.shape[0], 1), _BATCH)]
        )

    def _batch(self, table: Floats, scores: int) -> Floats:
        rows = np.arange(table.shape[0])[:, None]
        node = np.broadcast_to(self.root, (table.shape[0], self.root.size)).copy()
        for _ in range(self.depth):
            asked = table[rows, self.feature[node]]
            goes_left = np.where(np.isnan(asked), self.missing_left[node], asked <= self.threshold[node])
            node = np.where(goes_left, self.left[node], self.right[node])
        leaves = self.value[node].astype(np.float64)
        return np.stack([leaves[:, self.score == place].sum(axis=1) for place in range(scores)], axis=1)

    def as_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name, to be written to a file; ``from_arrays`` reads them back."""
        return {name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
        """Read back what ``as_arrays`` gave."""
        return cls(
            **{name: arrays[name] for name in cls.__dataclass_fields__ if name != "depth"}, depth=int(arrays["depth"])
        )


def pack_trees(models: list[dict[str, Any]], *, scores: int, share: float = 1.0) -> Trees:
    """Pack LightGBM models, as ``Booster.dump_model`` describes them, into one sum.

    Args:
        models: Descriptions of boosters whose trees take turns over the scores.
        scores: Number of scores.
        share: What every leaf is multiplied by; one over the number of models gives their mean.
    """
    nodes: Nodes = []
    roots, turns, depths = [], [], [0]
    for model in models:
        for number, tree in enumerate(model["tree_info"]):
            roots.append(len(nodes))
            turns.append(number % scores)
            depths.append(_add_node(nodes, tree["tree_structure"], share))
    feature, threshold, missing_left, left, right, value = zip(*nodes, strict=True)
    return Trees(
        np.array(roots, dtype=np.int32),
        np.array(turns, dtype=np.int8),
        np.array(feature, dtype=np.int16),
        np.array(threshold, dtype=np.float64),
        np.array(missing_left, dtype=np.bool_),
        np.array(left, dtype=np.int32),
        np.array(right, dtype=np.int32),
        np.array(value, dtype=np.float32),
        max(depths),
    )


def _add_node(nodes: Nodes, found: Mapping[str, Any], share: float) -> int:
    """Add a node and all below it; return the number of questions below it."""
    here = len(nodes)
    if "split_feature" not in found:
        nodes.append((0, 0.0, True, here, here, float(found["leaf_value"]) * share))
        return 0
    nodes.append((0, 0.0, True, here, here, 0.0))
    below = []
    places = []
    for side in ("left_child", "right_child"):
        places.append(len(nodes))
        below.append(_add_node(nodes, found[side], share))
    threshold = float(found["threshold"])
    # where a feature was never missing in training, LightGBM reads NaN as zero
    missing_left = bool(found["default_left"]) if found["missing_type"] == "NaN" else threshold >= 0
    nodes[here] = (int(found["split_feature"]), threshold, missing_left, places[0], places[1], 0.0)
    return 1 + max(below)
