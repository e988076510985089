"""A small network that scores the candidates of a question against each other.

Two hidden layers read a candidate's features and learned vectors of the relation and of the candidate's sector; to
their answer is added how well learned vectors of subject, relation and candidate agree. Each true answer of a list is
made likely against the false ones, those within reach first. Written out in numpy: forward, backward, Adam.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Small = npt.NDArray[np.int32]
Parameters = dict[str, Floats]

#: Widths chosen on the validation month of ICEWS14.
HIDDEN, NARROW, RELATION_WIDTH, ACTOR_WIDTH = 128, 64, 16, 24
BETAS, EPSILON, TINY = (0.9, 0.99), 1e-7, 1e-30
#: How soon an answer that looks hopeless is given up: it weighs by its share to this power. Chosen likewise.
GIVEN_UP = 0.25
#: Features are cut off so many standard deviations from their mean.
CUT = 5.0


@dataclass(frozen=True)
class Batch:
    """Some lists: numbers of what is asked, candidates, their features and which are true."""

    subject: Small
    relation: Small
    chosen: Small
    features: Floats
    is_answer: npt.NDArray[np.bool_]


@dataclass
class Network:
    """The network's weights and how features are put on one scale.

    Attributes:
        mean: Of each feature.
        scale: Standard deviation of each feature.
        weights: By name.
    """

    mean: Floats
    scale: Floats
    weights: Parameters = field(repr=False)

    @classmethod
    def start(cls, sample: Floats, *, actors: int, relations: int, seed: int) -> Network:
        """A network that has learned nothing yet.

        Args:
            sample: Features of some candidates, shape (candidates, features); the first is the mixture's logarithm.
            actors: How many there are.
            relations: How many there are, turned ones among them.
            seed: Of the first weights.
        """
        rng = np.random.default_rng(seed)
        n = sample.shape[1] + 2 * RELATION_WIDTH
        shapes = {
            "w1": (n, HIDDEN), "w2": (HIDDEN, NARROW), "w3": (NARROW, 1),
            "relation": (relations, RELATION_WIDTH), "candidate": (actors, RELATION_WIDTH),
            "subject_vector": (actors, ACTOR_WIDTH), "relation_vector": (relations, ACTOR_WIDTH),
            "object_vector": (actors, ACTOR_WIDTH),
        }  # fmt: skip
        weights = {
            name: (rng.standard_normal(shape) * (np.sqrt(2 / shape[0]) if name in ("w1", "w2") else 0.05)).astype(
                np.float32
            )
            for name, shape in shapes.items()
        }
        weights["relation_vector"] += 1
        weights |= {"b1": np.zeros(HIDDEN, np.float32), "b2": np.zeros(NARROW, np.float32), "m": np.ones(1, np.float32)}
        return cls(sample.mean(axis=0), sample.std(axis=0) + 1e-3, weights)

    def scores(self, batch: Batch) -> Floats:
        """Scores of all candidates, shape (questions, candidates)."""
        return self._forward(batch, None, 0.0)[0]

    def slopes(self, batch: Batch) -> Parameters:
        """Slopes of the mean loss of a true answer, by name of weight."""
        return self.learn_from(batch, None, 0.0)[0]

    def learn_from(self, batch: Batch, rng: np.random.Generator | None, dropout: float) -> tuple[Parameters, float]:
        """Slopes and the mean loss of a true answer.

        Args:
            batch: Lists with at least one true answer each.
            rng: Of the dropout; None for none.
            dropout: Share of the first layer left out.
        """
        scores, kept = self._forward(batch, rng, dropout)
        found, answers = AgainstFalse.of(scores, batch.is_answer), int(batch.is_answer.sum())
        loss = (1 - found.share[batch.is_answer] ** GIVEN_UP).mean() / GIVEN_UP
        return self._gradients(batch, (found.first / answers).astype(np.float32), kept), float(loss)

    def _forward(
        self, batch: Batch, rng: np.random.Generator | None, dropout: float
    ) -> tuple[Floats, dict[str, Floats]]:
        w = self.weights
        n, k, _ = batch.features.shape
        scaled = np.clip((batch.features - self.mean) / self.scale, -CUT, CUT)
        relation = np.broadcast_to(w["relation"][batch.relation][:, None], (n, k, RELATION_WIDTH))
        x = np.concatenate([scaled, relation, w["candidate"][batch.chosen]], axis=2).reshape(n * k, -1)
        h1 = np.maximum(x @ w["w1"] + w["b1"], 0)
        keep = np.ones_like(h1)
        if rng is not None and dropout:
            keep = (rng.random(h1.shape, dtype=np.float32) > dropout).astype(np.float32) / np.float32(1 - dropout)
        h1 = h1 * keep
        h2 = np.maximum(h1 @ w["w2"] + w["b2"], 0)
        asked = w["subject_vector"][batch.subject] * w["relation_vector"][batch.relation]
        objects = w["object_vector"][batch.chosen]
        agree = np.einsum("qv,qkv->qk", asked, objects, optimize=True)
        out = (h2 @ w["w3"]).reshape(n, k) + agree + w["m"] * batch.features[:, :, 0]
        return out, {"x": x, "h1": h1, "keep": keep, "h2": h2, "asked": asked, "objects": objects}

    def _gradients(self, batch: Batch, error: Floats, kept: dict[str, Floats]) -> Parameters:
        w = self.weights
        n, k = error.shape
        flat = error.reshape(-1, 1)
        g: Parameters = {
            "w3": kept["h2"].T @ flat,
            "m": np.asarray([(error * batch.features[:, :, 0]).sum()], dtype=np.float32),
        }
        d2: Floats = (flat @ w["w3"].T) * (kept["h2"] > 0)
        g |= {"w2": kept["h1"].T @ d2, "b2": np.asarray(d2.sum(axis=0), dtype=np.float32)}
        d1: Floats = (d2 @ w["w2"].T) * (kept["h1"] > 0) * kept["keep"]
        g |= {"w1": kept["x"].T @ d1, "b1": np.asarray(d1.sum(axis=0), dtype=np.float32)}
        first = batch.features.shape[2]
        dx: Floats = (d1 @ w["w1"][first:].T).reshape(n, k, -1)
        of_relation: Floats = dx[:, :, :RELATION_WIDTH].sum(axis=1)
        g["relation"] = _gather(batch.relation, of_relation, w["relation"].shape)
        g["candidate"] = _gather(
            batch.chosen.ravel(), dx[:, :, RELATION_WIDTH:].reshape(n * k, -1), w["candidate"].shape
        )
        pull: Floats = np.einsum("qk,qkv->qv", error, kept["objects"], optimize=True)
        g["subject_vector"] = _gather(
            batch.subject, pull * w["relation_vector"][batch.relation], w["subject_vector"].shape
        )
        g["relation_vector"] = _gather(
            batch.relation, pull * w["subject_vector"][batch.subject], w["relation_vector"].shape
        )
        push = (error[:, :, None] * kept["asked"][:, None]).reshape(n * k, -1)
        g["object_vector"] = _gather(batch.chosen.ravel(), push, w["object_vector"].shape)
        return g


@dataclass(frozen=True)
class AgainstFalse:
    """Each true answer in a softmax over itself and the false ones alone, as the filtered rank holds it.

    What is lost by a share p is (1 - p^q) / q, q being `GIVEN_UP` (the generalised cross-entropy of Zhang and Sabuncu
    2018): the slope of the negative logarithm, times p^q. A reciprocal rank, too, hardly asks whether an answer is the
    fiftieth or the hundredth.

    Attributes:
        share: What a true answer gets, 0 at false ones, shape (questions, candidates).
        first: Slopes of the summed loss by score, same shape.
        second: Second derivatives of it by score, p^q held as it is, same shape.
    """

    share: npt.NDArray[Any]
    first: npt.NDArray[Any]
    second: npt.NDArray[Any]

    @classmethod
    def of(cls, scores: npt.NDArray[Any], is_answer: npt.NDArray[np.bool_]) -> AgainstFalse:
        """From scores and which are true, both of shape (questions, candidates)."""
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        false = np.where(is_answer, 0, raised).sum(axis=1, keepdims=True)
        held = np.where(is_answer, 1 / (raised + false + TINY), 0)
        share = raised * held
        weight = share**GIVEN_UP
        each, squares = (np.sum(weight * held**power, axis=1, keepdims=True) for power in (1, 2))
        return cls(
            share,
            np.where(is_answer, weight * (share - 1), raised * each),
            np.where(is_answer, weight * share * (1 - share), raised * each - raised**2 * squares),
        )


def _gather(places: Small, values: Floats, shape: tuple[int, ...]) -> Floats:
    """Sums of rows by place."""
    from scipy import sparse  # noqa: PLC0415 - heavy

    at = sparse.csr_matrix(
        (np.ones(places.size, np.float32), (places, np.arange(places.size))), shape=(shape[0], places.size)
    )
    summed: Floats = at @ values
    return summed


@dataclass
class Adam:
    """Adam's running moments, with a learning rate that rises and falls once."""

    rate: float
    steps: int
    decay: float = 1e-5
    step: int = 0
    first: Parameters = field(default_factory=dict)
    second: Parameters = field(default_factory=dict)

    def take(self, weights: Parameters, gradients: Parameters) -> None:
        """One step down."""
        self.step += 1
        share = self.step / self.steps
        rate = self.rate * min(1.0, self.step / 200) * 0.5 * (1 + np.cos(np.pi * min(share, 1.0)))
        for name, gradient in gradients.items():
            m = self.first.setdefault(name, np.zeros_like(weights[name]))
            v = self.second.setdefault(name, np.zeros_like(weights[name]))
            m += (1 - BETAS[0]) * (gradient - m)
            v += (1 - BETAS[1]) * (gradient * gradient - v)
            right = np.sqrt(1 - BETAS[1] ** self.step) / (1 - BETAS[0] ** self.step)
            weights[name] -= (rate * right * m / (np.sqrt(v) + EPSILON)).astype(np.float32)
            if weights[name].ndim == 2:
                weights[name] *= 1 - np.float32(rate * self.decay)


def train(
    network: Network, batches: Iterator[Batch], adam: Adam, *, seed: int, dropout: float = 0.2
) -> Iterator[float]:
    """Learn from batches; yields the mean loss of a true answer of each.

    Args:
        network: Changed in place.
        batches: Lists with at least one true answer each.
        adam: The way down.
        seed: Of the dropout.
        dropout: Share of the first layer left out at each step.
    """
    rng = np.random.default_rng(seed)
    for batch in batches:
        slopes, loss = network.learn_from(batch, rng, dropout)
        adam.take(network.weights, slopes)
        yield loss
