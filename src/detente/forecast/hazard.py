"""The hazard of a provocative move: at least one by A towards B within N weeks (``hazard-v1``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import HAZARDS, check_table
from detente.errors import QuestionError
from detente.forecast.dyad_days import DyadDays
from detente.forecast.hazard_features import HAZARD_FEATURES, base_rates, build_hazard_features, spans_with_a_move

Floats = npt.NDArray[np.float64]

#: Resolved questions with a move, and without one, that must be there before the model speaks.
MIN_OF_EACH = 50
#: Strength of the ridge on standardised features, in cases that do not overlap.
RIDGE = 10.0
_NEWTON_STEPS = 20
_BAND = 1.6449
#: Cases of one origin share the world's news: their standard errors are those of a tenth as many.
_CASE_WEIGHT = 0.1


@dataclass(frozen=True)
class Coefficients:
    """What a hazard model has learned.

    Args:
        weights: Intercept and slopes, shape (1 + features,); zeros where there was too little to learn from.
        covariance: Of the weights, shape (1 + features, 1 + features).
        centre: Means of the features in training, shape (features,).
        unit: Their standard deviations, same shape.
    """

    weights: Floats
    covariance: Floats
    centre: Floats
    unit: Floats


@dataclass(frozen=True)
class ProvocationHazard:
    """A logistic regression on a dyad's recent days, starting from its base rate shrunk to the pool.

    ``logit P = logit(shrunk base rate) + a + z·β`` with ``z`` the standardised features and a ridge on ``β``: with
    little to learn from, the answer is the shrunk base rate. One model serves all dyads.

    Args:
        found: What it has learned; None until then.
        learned: The last day it has learned from.
        horizon_weeks: The horizon it has learned for.
    """

    found: Coefficients | None = None
    learned: dt.date | None = None
    horizon_weeks: int = 0

    name = "hazard"
    version = "v1"

    def fit(self, days: DyadDays, origin: dt.date, horizon: Horizon) -> ProvocationHazard:
        """Learn from the questions of all dyads that were closed by an origin.

        Args:
            days: Days of all dyads; those after the origin are not read.
            origin: The day at whose end it learns.
            horizon: How far ahead.

        Raises:
            QuestionError: when the origin is not among the days.
        """
        known = days.until(origin)
        features, offset, happened = _past_cases(known, horizon)
        if min(happened.sum(), (~happened).sum()) < MIN_OF_EACH:
            return ProvocationHazard(_nothing_learned(), origin, horizon.weeks)
        centre, unit = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
        weight = min(1.0 / horizon.weeks, 1.0)  # questions are a week apart and overlap
        weights, covariance = _fit_logistic((features - centre) / unit, offset, happened, weight)
        return ProvocationHazard(Coefficients(weights, covariance, centre, unit), origin, horizon.weeks)

    def predict(self, days: DyadDays, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``hazards``: every dyad at one origin.

        Raises:
            QuestionError: when it has not learned for this horizon, or learned after the origin, or the origin is not
                among the days.
        """
        if self.found is None or self.learned is None or horizon.weeks != self.horizon_weeks or origin < self.learned:
            raise QuestionError(
                f"Hazards over {horizon} from {origin} were asked for.",
                f"The model has learned for {self.horizon_weeks} weeks, from what was known on {self.learned}.",
                "Fit it for this horizon and this origin or an earlier one.",
            )
        known = days.until(origin)
        happened, held = spans_with_a_move(known, horizon)
        own, shrunk = base_rates(happened, held, horizon)
        features = build_hazard_features(known, known.covered.size - 1, shrunk)
        design = _design((features - self.found.centre) / self.found.unit)
        middle = np.log(shrunk / (1 - shrunk)) + design @ self.found.weights
        doubt = np.sqrt(np.einsum("ci,ij,cj->c", design, self.found.covariance, design))
        doubt = np.maximum(doubt, _base_doubt(shrunk, held, horizon) if not self.found.weights.any() else 0.0)
        frame = pl.DataFrame(
            {
                "actor": [actor for actor, _ in days.dyads],
                "recipient": [recipient for _, recipient in days.dyads],
                "origin": [origin] * len(days.dyads),
                "horizon_weeks": [horizon.weeks] * len(days.dyads),
                "p": _logistic(middle),
                "p_low": _logistic(middle - _BAND * doubt),
                "p_high": _logistic(middle + _BAND * doubt),
                "base_rate": own,
                "model": [f"{self.name}-{self.version}"] * len(days.dyads),
            },
            schema=HAZARDS.schema,
        )
        return check_table(frame, HAZARDS)


def _nothing_learned() -> Coefficients:
    width = len(HAZARD_FEATURES)
    return Coefficients(np.zeros(1 + width), np.zeros((1 + width, 1 + width)), np.zeros(width), np.ones(width))


def resolve_hazards(days: DyadDays, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
    """What came out: ``actor, recipient, origin, horizon_weeks, happened``; empty where the span cannot be judged.

    Raises:
        QuestionError: when the origin is not among the days.
    """
    happened, held = spans_with_a_move(days, horizon)
    place = days.position(origin)
    schema = pl.Schema([*list(HAZARDS.schema.items())[:4], ("happened", pl.Boolean)])
    if not held[place]:
        return pl.DataFrame(schema=schema)
    count = len(days.dyads)
    return pl.DataFrame(
        {
            "actor": [actor for actor, _ in days.dyads],
            "recipient": [recipient for _, recipient in days.dyads],
            "origin": [origin] * count,
            "horizon_weeks": [horizon.weeks] * count,
            "happened": happened[:, place],
        },
        schema=schema,
    )


def _past_cases(known: DyadDays, horizon: Horizon) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Features, logits of the shrunk base rate and outcomes of all dyads, asked weekly and closed by the last day."""
    happened, held = spans_with_a_move(known, horizon)
    length = horizon.weeks * DAYS_IN_WEEK
    parts: list[tuple[Floats, Floats, npt.NDArray[np.bool_]]] = []
    for place in range(known.covered.size - 1 - length, -1, -DAYS_IN_WEEK):
        if not (held[place] and known.is_judged[: place + 1].any()):
            continue
        ended = np.arange(held.size) <= place - length  # spans that had ended when this question was asked
        _, shrunk = base_rates(happened, held & ended, horizon)
        features = build_hazard_features(known, place, shrunk)
        parts.append((features, np.log(shrunk / (1 - shrunk)), happened[:, place]))
    if not parts:
        return np.empty((0, len(HAZARD_FEATURES))), np.empty(0), np.empty(0, dtype=np.bool_)
    features, offset, outcome = (np.concatenate(column) for column in zip(*parts, strict=True))
    return features, offset, outcome


def _fit_logistic(
    features: Floats, offset: Floats, happened: npt.NDArray[np.bool_], weight: float
) -> tuple[Floats, Floats]:
    """Penalised maximum likelihood by Newton's method; the intercept is hardly pulled."""
    design = _design(features)
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 0.01
    beta = np.zeros(design.shape[1])
    curvature = np.diag(ridge)
    for _ in range(_NEWTON_STEPS):
        p = _logistic(offset + design @ beta)
        gradient = weight * design.T @ (happened - p) - ridge * beta
        curvature = weight * (design * (p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        beta = beta + np.linalg.solve(curvature, gradient)
    scaled = _CASE_WEIGHT * (curvature - np.diag(ridge)) + np.diag(ridge)
    return beta, np.asarray(np.linalg.inv(scaled), dtype=np.float64)


def _base_doubt(shrunk: Floats, held: npt.NDArray[np.bool_], horizon: Horizon) -> Floats:
    """Standard error of a base rate on the logit scale."""
    spans = held.sum() / (horizon.weeks * DAYS_IN_WEEK) + 1.0
    return np.asarray(1 / np.sqrt(np.maximum(spans * shrunk * (1 - shrunk), 0.05)), dtype=np.float64)


def _design(features: Floats) -> Floats:
    return np.concatenate([np.ones((features.shape[0], 1)), features], axis=1)


def _logistic(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), dtype=np.float64)
