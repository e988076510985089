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
_Node = tuple[int, float, bool, int]

#: Rows answered at once: so few that the table of nodes (rows × trees) stays in the processor's own memory.
_BATCH = 128


@dataclass(frozen=True)
class Trees:
    """A sum of trees for each of several scores. All trees share one array of nodes, the left child after its parent.

    Args:
        root: Index of each tree's first node, shape (trees,); trees take turns over the scores.
        feature: Column that a node asks about, shape (nodes,).
        number: Threshold of a node (rows with at most this go left), or what a leaf adds, shape (nodes,).
        missing_left: Whether rows with NaN go left, shape (nodes,).
        right: Nodes from here to the child on the right, shape (nodes,); 0 in a leaf.
        depth: Most questions on a way from root to leaf.
    """

    root: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int8]
    number: npt.NDArray[np.float32]
    missing_left: npt.NDArray[np.bool_]
    right: npt.NDArray[np.int16]
    depth: int

    def raw_scores(self, table: Floats, scores: int = 3) -> Floats:
        """Sums of the leaves that each row reaches, shape (rows, scores)."""
        return np.concatenate(
            [self._batch(table[first : first + _BATCH], scores) for first in range(0, max(table.shape[0], 1), _BATCH)]
        )

    def _batch(self, table: Floats, scores: int) -> Floats:
        trees = self.root.size
        right, feature = self.right.astype(np.intp), self.feature.astype(np.intp)
        node = np.tile(self.root.astype(np.intp), table.shape[0])
        values, first = table.ravel(), np.repeat(np.arange(table.shape[0]) * table.shape[1], trees)
        asking = np.flatnonzero(right.take(node))
        here = node.take(asking)
        step = right.take(here)
        while asking.size:  # rows that have reached their leaf ask no more: most do long before the deepest
            asked = values.take(first.take(asking) + feature.take(here))
            goes_left = asked <= self.number.take(here)
            missing = np.flatnonzero(np.isnan(asked))
            goes_left[missing] = self.missing_left.take(here.take(missing))
            here = here + np.where(goes_left, 1, step)
            node[asking] = here
            step = right.take(here)
            is_asking = step != 0
            asking, here, step = asking[is_asking], here[is_asking], step[is_asking]
        leaves = self.number.take(node).astype(np.float64).reshape(-1, trees)
        return np.stack([leaves[:, place::scores].sum(axis=1) for place in range(scores)], axis=1)

    def as_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by name, to be written to a file; ``from_arrays`` reads them back."""
        return {name: np.asarray(getattr(self, name)) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
        """Read back what ``as_arrays`` gave."""
        names = [name for name in cls.__dataclass_fields__ if name != "depth"]
        return cls(**{name: arrays[name] for name in names}, depth=int(arrays["depth"]))


def pack_trees(model: Mapping[str, Any]) -> Trees:
    """Pack a LightGBM model, as ``Booster.dump_model`` describes it.

    Thresholds are kept in single precision; they lie between values seen in training, so that no case there changes
    sides. One beyond single precision parts what is known from what is missing, and stays as large as can be.
    """
    nodes: list[_Node] = []
    roots, depths = [], [0]
    for tree in model["tree_info"]:
        roots.append(len(nodes))
        depths.append(_add_node(nodes, tree["tree_structure"]))
    feature, number, missing_left, right = zip(*nodes, strict=True)
    largest = float(np.finfo(np.float32).max)
    return Trees(
        np.array(roots, dtype=np.int32),
        np.array(feature, dtype=np.int8),
        np.clip(number, -largest, largest).astype(np.float32),
        np.array(missing_left, dtype=np.bool_),
        np.array(right, dtype=np.int16),
        max(depths),
    )


def _add_node(nodes: list[_Node], found: Mapping[str, Any]) -> int:
    """Add a node and all below it; return the number of questions below it."""
    here = len(nodes)
    if "split_feature" not in found:
        nodes.append((0, float(found["leaf_value"]), True, 0))
        return 0
    nodes.append((0, 0.0, True, 0))
    below_left = _add_node(nodes, found["left_child"])
    right = len(nodes) - here
    below_right = _add_node(nodes, found["right_child"])
    threshold = float(found["threshold"])
    # where a feature was never missing in training, LightGBM reads NaN as zero
    missing_left = bool(found["default_left"]) if found["missing_type"] == "NaN" else threshold >= 0
    nodes[here] = (int(found["split_feature"]), threshold, missing_left, right)
    return 1 + max(below_left, below_right)
