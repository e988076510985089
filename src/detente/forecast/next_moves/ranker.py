"""Learning to order candidates: draws of lists, boosted trees on the mixture, the network, and their blend.

All learn the same thing: in a softmax over a true answer and the false ones of a list, the true one is made likely.
Trees start from the mixture's logarithm and add to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.lists import Lists
from detente.forecast.next_moves.network import Adam, AgainstFalse, Batch, Network, train

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

#: Candidates of a list learned from: all true ones, and of the others twice as many of the likelier as of the rest.
DRAWN = 48
PARAMETERS: Mapping[str, Any] = {
    "objective": "none",
    "num_leaves": 47,
    "learning_rate": 0.1,
    "min_data_in_leaf": 100,
    "min_sum_hessian_in_leaf": 5.0,
    "feature_fraction": 0.4,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
_CHUNK = 512


@dataclass(frozen=True)
class Draw:
    """Which candidates of which lists are learned from: list numbers, and places within each list."""

    lists: Whole
    places: Whole

    @classmethod
    def of(cls, lists: Lists, *, seed: int, share: float = 1.0, drawn: int = DRAWN) -> Draw:
        """Draw from the lists that hold a true answer.

        Args:
            lists: Drawn from.
            seed: Of the draw.
            share: Of the lists.
            drawn: Candidates of each.
        """
        rng = np.random.default_rng(seed)
        held = np.flatnonzero(lists.is_answer.any(axis=1) & (rng.random(lists.day.size) < share))
        return cls(held, draw_places(lists.is_answer[held], rng, drawn))


def draw_places(is_answer: npt.NDArray[np.bool_], rng: np.random.Generator, drawn: int) -> Whole:
    """Places of some candidates of each list, ascending: all true ones, and rather the likelier of the others."""
    width = is_answer.shape[1]
    late = np.where(np.arange(width) < drawn * 2 // 3, 0.0, 1.0) + rng.random(is_answer.shape) / 2
    order = np.where(is_answer, -1.0, late)
    return np.sort(np.argpartition(order, min(drawn, width) - 1, axis=1)[:, :drawn], axis=1)


def train_trees(lists: Lists, draw: Draw, *, rounds: int, seed: int) -> Any:  # noqa: ANN401 - LightGBM ships no types
    """A LightGBM booster whose raw scores are added to the mixture's logarithm (the first feature)."""
    import lightgbm  # noqa: PLC0415 - heavy

    n, drawn = draw.places.shape
    table = np.empty((n, drawn, lists.features.shape[2]), dtype=np.float32)
    for begin in range(0, n, _CHUNK):
        where = slice(begin, begin + _CHUNK)
        picked = lists.features[draw.lists[where]]
        table[where] = np.take_along_axis(picked, draw.places[where][:, :, None], axis=1)
    true = np.take_along_axis(lists.is_answer[draw.lists], draw.places, axis=1)
    begin_at = table[:, :, 0].astype(np.float64).ravel()
    flat = table.reshape(n * drawn, -1)
    bins = {name: PARAMETERS[name] for name in ("max_bin", "verbosity", "num_threads")}
    data = lightgbm.Dataset(flat, true.ravel(), init_score=begin_at, params=bins).construct()
    del table, flat
    booster = lightgbm.Booster({**PARAMETERS, "seed": seed}, data)
    for _ in range(rounds):
        booster.update(fobj=lambda scores, _data: _slopes(scores, true))
    return booster


def _slopes(scores: npt.NDArray[np.float64], true: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """First and second derivatives of the loss of each list."""
    found = AgainstFalse.of(scores.reshape(true.shape), true)
    return found.first.ravel(), found.second.ravel() + 1e-6


def tree_scores(booster: Any, lists: Lists) -> Floats:  # noqa: ANN401 - LightGBM ships no types
    """Scores of all candidates by trees, shape (questions, candidates)."""
    parts = [np.zeros((0, lists.chosen.shape[1]))]
    for begin in range(0, lists.day.size, _CHUNK):
        features = np.asarray(lists.features[begin : begin + _CHUNK], dtype=np.float32)
        n, k, width = features.shape
        added = booster.predict(features.reshape(n * k, width), raw_score=True, num_threads=1).reshape(n, k)
        parts.append(features[:, :, 0] + added)
    return np.concatenate(parts).astype(np.float32)


@dataclass(frozen=True)
class Lesson:
    """How a network is taught: passes over the lists, lists a step, learning rate, share left out."""

    passes: int = 2
    lists: int = 64
    rate: float = 1e-3
    dropout: float = 0.2


def train_network(
    lists: Lists, *, actors: int, relations: int, seed: int, lesson: Lesson | None = None, share: float = 1.0
) -> Network:
    """A network taught on draws of the lists, drawn anew at each pass."""
    how, rng = lesson or Lesson(), np.random.default_rng(seed)
    held = np.flatnonzero(lists.is_answer.any(axis=1) & (rng.random(lists.day.size) < share))
    sample = np.sort(rng.choice(held, min(500, held.size), replace=False))
    width = lists.features.shape[2]
    seen = np.asarray(lists.features[sample], dtype=np.float32).reshape(-1, width)
    network = Network.start(seen, actors=actors, relations=relations, seed=seed)
    adam = Adam(how.rate, how.passes * (held.size // how.lists))
    for _ in train(network, _batches(lists, held, how, rng), adam, seed=seed, dropout=how.dropout):
        pass
    return network


def _batches(lists: Lists, held: Whole, how: Lesson, rng: np.random.Generator) -> Iterator[Batch]:
    for _ in range(how.passes):
        order = rng.permutation(held)
        for begin in range(0, order.size - how.lists + 1, how.lists):
            rows = np.sort(order[begin : begin + how.lists])
            true = lists.is_answer[rows]
            places = draw_places(true, rng, DRAWN)
            features = np.take_along_axis(lists.features[rows], places[:, :, None], axis=1).astype(np.float32)
            chosen = np.take_along_axis(lists.chosen[rows], places, axis=1)
            yield Batch(
                lists.subject[rows], lists.relation[rows], chosen, features, np.take_along_axis(true, places, axis=1)
            )


def network_scores(network: Network, lists: Lists) -> Floats:
    """Scores of all candidates by a network, shape (questions, candidates)."""
    parts = [np.zeros((0, lists.chosen.shape[1]), dtype=np.float32)]
    for begin in range(0, lists.day.size, _CHUNK // 2):
        where = slice(begin, begin + _CHUNK // 2)
        features = np.asarray(lists.features[where], dtype=np.float32)
        batch = Batch(
            lists.subject[where], lists.relation[where], lists.chosen[where], features, lists.is_answer[where]
        )
        parts.append(network.scores(batch))
    return np.concatenate(parts)


def log_shares(scores: Floats) -> Floats:
    """Scores as logarithms of shares within each list, so that models can be averaged."""
    top = scores - scores.max(axis=1, keepdims=True)
    shares: Floats = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
    return shares
