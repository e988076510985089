"""A logistic model of moves, fitted at the origin on the store's own past (``moves-v1``).

It starts from weights learned beforehand on other years, where these end before the origin, and moves away from them
as far as the store's own past says. Questions of the past, whose answers are known by the origin, are asked anew every
few days: of a draw of dyads all kinds that either side had shown and a tenth of the others, which count tenfold, and of
all dyads the answers in kind to fresh moves. Fits to parts of the past tell how sure the weights are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from detente.forecast.move_days import Floats, Ints, MoveDays
from detente.forecast.move_features import FEATURES, SPEAKING, Past, describe_moves, happened
from detente.forecast.shipped_weights import read_weights

#: At most so many questions' days, so many dyads of each; a tenth of kinds never shown.
ORIGINS, DYADS, BUSIEST, RARE_SHARE = 12, 240, 80, 0.1
#: Faded days with a move that a dyad must have for being asked about.
_ALIVE = 0.2
#: Moves of the last so many days are fresh: each is asked whether it will be answered.
FRESH_DAYS = 3
#: Days of history before the first question, and fewest questions' days worth learning from.
FIRST_DAY, MIN_ORIGINS = 28, 3
#: Strength of the ridge, in questions; most steps of a fit, and the gain that ends it; parts left out for the band.
RIDGE, STEPS, GAIN, PARTS = 50.0, 25, 1e-6, 6
#: Standard errors to either side that hold 90 %.
_BAND = 1.645
#: Where the weights to start from lie.
SHIPPED = Path(__file__).parent / "move_weights"


@dataclass(frozen=True)
class Start:
    """Weights learned on other years.

    Attributes:
        learned: The last day they had seen.
        centre: Means that features are put on one scale by.
        scale: Standard deviations likewise.
        weights: Intercept and weights.
    """

    learned: dt.date
    centre: Floats
    scale: Floats
    weights: Floats


@cache
def load_start(path: Path = SHIPPED / "weights.json") -> Start:
    """The shipped weights to start from.

    Raises:
        DataError: when they are of other features than this version's.
    """
    held = read_weights(path, FEATURES, script="scripts/train_moves.py")
    numbers = (np.array(held[name]) for name in ("centre", "scale", "weights"))
    return Start(dt.date.fromisoformat(held["learned"]), *numbers)


@dataclass(frozen=True)
class Questions:
    """Past questions with their answers: features, whether it came, weights, and the day asked, all by question."""

    features: Floats
    came: Floats
    weight: Floats
    day: Ints


@dataclass(frozen=True)
class MoveModel:
    """Fitted weights.

    Attributes:
        centre: Means of the features.
        scale: Their standard deviations.
        weights: Intercept and weights, shape (1 + features,).
        replicates: The same fitted with parts of the past left out, shape (parts, 1 + features).
    """

    centre: Floats
    scale: Floats
    weights: Floats
    replicates: Floats

    def log_odds(self, features: Floats) -> Floats:
        """Log odds, shape (1 + parts, moves): of the model, then of each replicate."""
        design = self.design(features)
        return np.vstack([self.weights, self.replicates]) @ design.T

    def design(self, features: Floats) -> Floats:
        """Features on one scale behind a column of ones, shape (moves, 1 + features)."""
        return np.concatenate([np.ones((features.shape[0], 1)), (features - self.centre) / self.scale], axis=1)

    def probabilities(self, features: Floats) -> tuple[Floats, Floats, Floats]:
        """Probability of each move and the ends of its 90 % band.

        The band is the jackknife's over parts of the past, on log odds: how sure the weights are, not the world.
        """
        odds = self.log_odds(features)
        spread = odds[1:] - odds[1:].mean(axis=0)
        parts = odds.shape[0] - 1
        error = np.sqrt((parts - 1) / parts * (spread**2).sum(axis=0))
        p, low, high = (1 / (1 + np.exp(-(odds[0] + side * _BAND * error))) for side in (0, -1, 1))
        return p, low, high


def fit_moves(moves: MoveDays, days: int, *, seed: int = 1, start: Start | None = None) -> MoveModel | None:
    """Learn from the questions whose answers are known by the origin; None where they are too few.

    Args:
        moves: Days with moves up to the origin.
        days: How far ahead.
        seed: Of the draw of questions.
        start: Weights to start from; the ridge pulls towards them, or else towards none.
    """
    origins = question_days(moves, days)
    if len(origins) < MIN_ORIGINS:
        return None
    asked = ask_questions(moves, days, origins, seed)
    centre, scale = asked.features.mean(axis=0), asked.features.std(axis=0) + 1e-6
    towards = np.zeros(centre.size + 1)
    if start is not None:
        centre, scale, towards = start.centre, start.scale, start.weights
    model = MoveModel(centre, scale, towards, towards[None])
    design = model.design(asked.features)
    weights = fit_weights(design, asked.came, asked.weight, towards)
    part = np.searchsorted(np.unique(asked.day), asked.day) % PARTS
    fits = [
        fit_weights(design[part != left], asked.came[part != left], asked.weight[part != left], towards, begin=weights)
        for left in np.unique(part)
    ]
    return MoveModel(centre, scale, weights, np.stack(fits))


def question_days(moves: MoveDays, days: int) -> list[int]:
    """Days in the past from which questions are asked whose answers are known, newest first."""
    step = max(days, 3)
    newest = moves.origin - days
    return list(range(newest, FIRST_DAY - 1, -step))[:ORIGINS]


def draw_dyads(past: Past, rng: np.random.Generator) -> Ints:
    """Numbers of the dyads asked about: the busiest, which are asked about most in use, and a draw of the others."""
    volume = past.tables["dyad"][2]
    order = np.argsort(-volume, kind="stable")[: int((volume > _ALIVE).sum())]
    others = rng.choice(order[BUSIEST:], min(DYADS - BUSIEST, max(order.size - BUSIEST, 0)), replace=False)
    return np.sort(np.concatenate([order[:BUSIEST], others]))


def possible_moves(
    past: Past, actor: Ints, recipient: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Floats]:
    """Kinds of moves of some dyads: all that either side had shown, and a draw of the others with their weights."""
    moves = past.moves
    kinds = np.arange(len(moves.kinds))
    a, b, k = np.repeat(actor, kinds.size), np.repeat(recipient, kinds.size), np.tile(kinds, actor.size)
    shown = (past.last[moves.find(a, b, k)] >= 0) | (past.last[moves.find(b, a, k)] >= 0)
    kept = shown | (rng.random(a.size) < RARE_SHARE)
    return a[kept], b[kept], k[kept], np.where(shown[kept], 1.0, 1 / RARE_SHARE)


def fresh_answers(past: Past) -> tuple[Ints, Ints, Ints, Floats]:
    """All moves that would answer one of the last days in kind: seldom among any dyads drawn, and telling."""
    moves = past.moves
    fresh = np.flatnonzero(past.last[:-1] > past.day - FRESH_DAYS)
    return moves.recipient[fresh], moves.actor[fresh], moves.kind[fresh], np.ones(fresh.size)


def ask_questions(moves: MoveDays, days: int, origins: list[int], seed: int) -> Questions:
    """Questions of some days in the past, with their answers."""
    rng, parts = np.random.default_rng(seed), []
    for day in origins:
        past = Past(moves, day)
        states = len(moves.states)
        drawn = draw_dyads(past, rng)
        usual = possible_moves(past, drawn // states, drawn % states, rng)
        actor, recipient, kind, weight = (np.concatenate(both) for both in zip(usual, fresh_answers(past), strict=True))
        came = happened(moves, day, days, moves.find(actor, recipient, kind))
        parts.append((describe_moves(past, actor, recipient, kind, days), came, weight, np.full(came.size, day)))
    features, came, weight, day_of = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Questions(features, came.astype(np.float64), weight, day_of)


def fit_weights(
    design: Floats, came: Floats, weight: Floats, towards: Floats, *, begin: Floats | None = None
) -> Floats:
    """Penalised maximum likelihood; what can only speak for a move gets no weight below 0, the intercept is free.

    Newton's method with projection (Bertsekas 1982): weights that stand at 0 and are pushed below are left out of a
    step, and a step is halved until it gains.
    """
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = 0
    least = np.full(design.shape[1], -np.inf)
    least[1 + np.array(SPEAKING)] = 0.0

    def loss(beta: Floats) -> float:
        odds = design @ beta
        return float(weight @ (np.logaddexp(0, odds) - came * odds) + penalty @ (beta - towards) ** 2 / 2)

    beta = np.maximum(towards if begin is None else begin, least)
    now = loss(beta)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weight * (p - came)) + penalty * (beta - towards)
        free = np.flatnonzero((beta > least) | (slope < 0))
        some = design[:, free]
        curve = (some * (weight * p * (1 - p) + 1e-9)[:, None]).T @ some + np.diag(penalty[free])
        step = np.zeros(beta.size)
        step[free] = -np.linalg.solve(curve, slope[free])
        tried = [np.maximum(beta + step / 2**halved, least) for halved in range(6)]
        better = next((each for each in tried if loss(each) < now), beta)
        before, beta, now = now, better, loss(better)
        if before - now < GAIN * abs(before):
            break
    return np.asarray(beta)
