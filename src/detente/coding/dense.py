"""Linear classifiers over the encoder's vectors, and what they say together with those over words.

A file holds a weight for each number of the vector and each class, and the temperature and threshold of both
classifiers together. No file holds code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from detente.coding.linear import load_model

#: A class that one of the two has never seen counts as so improbable.
_LEAST = 1e-9


@dataclass(frozen=True)
class DenseModel:
    """A multinomial logistic regression over a vector.

    Args:
        classes: What it tells apart.
        weights: Shape ``(numbers, classes)``.
        intercepts: Shape ``(classes,)``.
        temperature: What the scores of this and the classifier over words together are divided by.
        threshold: The probability of both from which a class is taken, where one was chosen.
    """

    classes: tuple[str, ...]
    weights: Any
    intercepts: Any
    temperature: float = 1.0
    threshold: float = 0.0

    def probabilities(self, vector: Any) -> dict[str, float]:  # noqa: ANN401 - an array
        """The probability of each class by this classifier alone."""
        scores = vector @ self.weights + self.intercepts
        odds = np.exp(scores - scores.max())
        return dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True))


def blend(one: Mapping[str, float], other: Mapping[str, float], temperature: float) -> dict[str, float]:
    """What two classifiers say together: the mean of their scores.

    Args:
        one: Probabilities of classes.
        other: The other's, of the same or other classes.
        temperature: What the mean is divided by.
    """
    classes = list(dict.fromkeys([*one, *other]))
    scores = np.array([[max(odds.get(name, 0.0), _LEAST) for name in classes] for odds in (one, other)])
    mean = np.log(scores).mean(axis=0) / temperature
    odds = np.exp(mean - mean.max())
    return dict(zip(classes, (odds / odds.sum()).tolist(), strict=True))


def probabilities(name: str, features: Iterable[str], vector: Any | None) -> dict[str, float]:  # noqa: ANN401
    """What a model of the package says of a pair: by its words, and by its vector where there is one.

    Args:
        name: The model's name.
        features: What ``pair_features`` says of the pair.
        vector: What the encoder says of it, or None.
    """
    by_words = load_model(name).probabilities(features)
    if vector is None:
        return by_words
    model = load_dense(name)
    return blend(by_words, model.probabilities(vector), model.temperature)


def write_dense(path: Path, model: DenseModel) -> None:
    """Write a model; the same model gives the same file."""
    np.savez_compressed(
        path,
        classes=np.frombuffer("\n".join(model.classes).encode(), np.uint8),
        weights=np.asarray(model.weights, np.float32),
        intercepts=np.asarray(model.intercepts, np.float64),
        settings=np.asarray([model.temperature, model.threshold], np.float64),
    )


@cache
def load_dense(name: str) -> DenseModel:
    """The classifier over vectors that belongs to a model of the package, read once.

    Args:
        name: The model's name.
    """
    with (
        as_file(files("detente.coding").joinpath("models", f"{name}_vectors.npz")) as path,
        np.load(path, allow_pickle=False) as held,
    ):
        classes = tuple(str(held["classes"].tobytes(), "utf-8").split("\n"))
        settings = (float(value) for value in held["settings"])
        return DenseModel(classes, held["weights"].astype(np.float64), held["intercepts"], *settings)
