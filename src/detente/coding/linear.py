"""Linear classifiers over named features: small files of numbers in the package, evaluated with numpy alone.

A file holds the names of the features, how much each counts (inverse document frequency), a weight for each class, and
the temperature that makes the probabilities fit how often they came true in cross-validation. No file holds code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

#: A feature's weights are kept in half precision: the scores move in the fourth digit.
WEIGHT_TYPE = np.float16


@dataclass(frozen=True)
class LinearModel:
    """A multinomial logistic regression over named features.

    Args:
        classes: What it tells apart.
        places: Row of each feature.
        counts: How much each feature counts, before a row is brought to length 1; shape ``(features,)``.
        weights: Shape ``(features, classes)``.
        intercepts: Shape ``(classes,)``.
        temperature: What scores are divided by before they become probabilities.
        threshold: The probability from which a class is taken, where one was chosen.
    """

    classes: tuple[str, ...]
    places: dict[str, int]
    counts: Any
    weights: Any
    intercepts: Any
    temperature: float
    threshold: float

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """The probability of each class; features that were not seen in training do not count."""
        rows = [self.places[name] for name in dict.fromkeys(features) if name in self.places]
        values = self.counts[rows]
        length = float(np.sqrt(values @ values)) or 1.0
        scores = (values / length) @ self.weights[rows] + self.intercepts
        scores = scores / self.temperature
        odds = np.exp(scores - scores.max())
        return dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True))


def write_model(path: Path, model: LinearModel) -> None:
    """Write a model; the same model gives the same file."""
    names = sorted(model.places, key=model.places.__getitem__)
    np.savez_compressed(
        path,
        classes=_packed(model.classes),
        names=_packed(names),
        counts=np.asarray(model.counts, np.float32),
        weights=np.asarray(model.weights, WEIGHT_TYPE),
        intercepts=np.asarray(model.intercepts, np.float64),
        settings=np.asarray([model.temperature, model.threshold], np.float64),
    )


@cache
def load_model(name: str) -> LinearModel:
    """A model of the package, read once.

    Args:
        name: File name in ``coding/models`` without its ending.
    """
    with as_file(files("detente.coding").joinpath("models", f"{name}.npz")) as path:
        return read_model(path)


def read_model(path: Path) -> LinearModel:
    """Read a model from its file."""
    with np.load(path, allow_pickle=False) as held:
        names = _unpacked(held["names"])
        return LinearModel(
            tuple(_unpacked(held["classes"])),
            {name: place for place, name in enumerate(names)},
            held["counts"].astype(np.float64),
            held["weights"].astype(np.float64),
            held["intercepts"],
            *(float(value) for value in held["settings"]),
        )


def _packed(words: Iterable[str]) -> Any:  # noqa: ANN401 - an array of bytes
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def _unpacked(array: Any) -> list[str]:  # noqa: ANN401 - an array of bytes
    return str(array.tobytes(), "utf-8").split("\n")
