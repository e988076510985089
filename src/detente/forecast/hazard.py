"""The hazard of a provocative move: at least one by A towards B within N weeks (``hazard-v3``), by ``provoked-v1``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import HAZARDS, check_table
from detente.errors import QuestionError
from detente.forecast.dyad_days import Bools, DyadDays, Floats, Ints
from detente.forecast.hazard_features import HAZARD_FEATURES, build_hazard_features
from detente.forecast.hazard_history import BaseRates, History, base_rates, build_history
from detente.forecast.hazard_start import Pull, load_hazard_start
from detente.forecast.provoked import answers
from detente.forecast.rules import DAYS_NEEDED

#: Public, versioned names of the model and of the base rate beside it.
HAZARD, OWN_RATE = "hazard-v3", "own-rate-v1"
#: Resolved questions with a move, and without one, that must be there before the model speaks.
MIN_OF_EACH = 50
#: Strength of the ridge on standardised features, in cases that do not overlap.
RIDGE = 10.0
#: It learns from at most so many origins, evenly spread, and cases, drawn from them: a brief waits for it.
MOST_ORIGINS, MOST_CASES = 52, 8_000
#: The busiest dyads stand for the pool: so many are enough to learn from, and all else is answered from them.
POOL_DYADS = 400
_NEWTON_STEPS, _STILL, _SEED = 20, 1e-4, 1
_BAND = 1.6449
#: Cases of one origin share the world's news: their standard errors are those of a tenth as many.
_CASE_WEIGHT = 0.1


@dataclass(frozen=True)
class Coefficients:
    """What a hazard model has learned for one horizon.

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

    ``logit P = logit(shrunk base rate) + a + z·β`` with ``z`` the standardised features. A ridge pulls ``β`` towards
    weights learned on other years (`hazard_start`), or towards none as of a day that they had seen past; with too few
    cases the answer is the shrunk base rate. One model serves all dyads.

    Args:
        found: What it has learned, by horizon in weeks.
        learned: The last day it has learned from; None until then.
        pool: How many dyads, from the first, it learned from; the others are only asked about.
        is_pulled: Whether fits are pulled towards weights learned on other years.
        most_origins: It learns from so many origins at most, evenly spread …
        most_cases: … and from so many cases, drawn from them.
    """

    found: dict[int, Coefficients] | None = None
    learned: dt.date | None = None
    pool: int | None = None
    is_pulled: bool = True
    most_origins: int = MOST_ORIGINS
    most_cases: int = MOST_CASES

    name = "hazard"
    version = "v3"

    def fit(
        self, days: DyadDays, origin: dt.date, horizons: Sequence[Horizon], *, pool: int | None = None
    ) -> ProvocationHazard:
        """Learn from questions of all dyads that were closed by an origin, a week or more apart.

        Args:
            days: Days of all dyads; those after the origin are not read.
            origin: The day at whose end it learns.
            horizons: How far ahead.
            pool: How many dyads, from the first, to learn from; by default all.

        Raises:
            QuestionError: when the origin is not among the days.
        """
        known = days.until(origin)
        past = build_history(known if pool is None else known.of(np.arange(min(pool, len(known.dyads)))))
        asked = np.flatnonzero(past.is_judged)
        asked = asked[:: max(-(-asked.size // self.most_origins), 1)]
        features = build_hazard_features(past, asked)
        found = {}
        for horizon in horizons:
            pull = load_hazard_start().pull(origin, horizon.weeks) if self.is_pulled else None
            found[horizon.weeks] = _learn(past, asked, features, horizon, pull=pull, most_cases=self.most_cases)
        return replace(self, found=found, learned=origin, pool=pool)

    def predict(self, days: DyadDays, origin: dt.date, horizons: Sequence[Horizon]) -> pl.DataFrame:
        """Rows of the table ``hazards``: every dyad at one origin, horizon by horizon.

        Raises:
            QuestionError: when it has not learned for a horizon, or learned after the origin, or the origin is not
                among the days.
        """
        weeks = [horizon.weeks for horizon in horizons]
        if self.found is None or self.learned is None or set(weeks) - set(self.found) or origin < self.learned:
            raise QuestionError(
                f"Chances of provocative moves over {', '.join(map(str, weeks))} weeks from {origin} were asked for.",
                f"The model has learned for {sorted(self.found or {})} weeks, from what was known on {self.learned}.",
                "Fit it for these horizons and this origin or an earlier one.",
            )
        past = build_history(days.until(origin))
        features = build_hazard_features(past, np.array([past.places.size - 1]), pool=self.pool)[0]
        since = _days_since(past)
        return pl.concat([self._answer(past, features, since, horizon, origin) for horizon in horizons])

    def _answer(self, past: History, features: Floats, since: Ints, horizon: Horizon, origin: dt.date) -> pl.DataFrame:
        """Rows at one horizon; null with the reason where too few weeks can be judged."""
        coefficients = (self.found or {})[horizon.weeks]
        happened, held = past.spans(horizon)
        rates = base_rates(happened, held, horizon, pool=self.pool)
        logit = np.log(rates.shrunk / (1 - rates.shrunk))
        design = _design((np.column_stack([logit, features]) - coefficients.centre) / coefficients.unit)
        middle = logit + design @ coefficients.weights
        doubt = np.sqrt(np.einsum("ci,ij,cj->c", design, coefficients.covariance, design))
        doubt = np.maximum(doubt, 0.0 if coefficients.weights.any() else _base_doubt(rates, horizon))
        bars, reason = past.bars[:, -1], _reason(past, rates)
        known = {
            "p": _logistic(middle),
            "p_low": _logistic(middle - _BAND * doubt),
            "p_high": _logistic(middle + _BAND * doubt),
            "base_rate": rates.own,
        }
        count = len(past.days.dyads)
        frame = pl.DataFrame(
            {
                "actor": [actor for actor, _ in past.days.dyads],
                "recipient": [recipient for _, recipient in past.days.dyads],
                "origin": [origin] * count,
                "horizon_weeks": [horizon.weeks] * count,
                **{name: [None] * count if reason else values for name, values in known.items()},
                "threshold": [None if np.isnan(bar) else float(bar) for bar in bars],
                "days_since": [None if day < 0 else int(day) for day in since],
                "reason": [reason] * count,
                "model": [HAZARD] * count,
            },
            schema=HAZARDS.schema,
        )
        return check_table(frame, HAZARDS)


def resolve_hazards(days: DyadDays, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
    """What came out by ``provoked-v1``: ``actor, recipient, origin, horizon_weeks, happened``; without the void.

    Raises:
        QuestionError: when the origin or the last day of the span is not among the days.
    """
    found = answers(days, origin, origin + dt.timedelta(days=DAYS_IN_WEEK * horizon.weeks))
    rows = [
        (actor, recipient, origin, horizon.weeks, bool(answer))
        for (actor, recipient), answer in zip(days.dyads, found, strict=True)
        if answer >= 0
    ]
    schema = pl.Schema([*list(HAZARDS.schema.items())[:4], ("happened", pl.Boolean)])
    return pl.DataFrame(rows, schema=schema, orient="row")


def _learn(
    past: History, asked: Ints, features: Floats, horizon: Horizon, *, pull: Pull | None, most_cases: int
) -> Coefficients:
    """Fit one horizon to the questions that had closed, each with the base rate of its own day."""
    happened, held = past.spans(horizon)
    parts = []
    for place, origin in enumerate(asked):
        if held[origin]:
            ended = held & (np.arange(held.size) <= origin - horizon.weeks)
            shrunk = base_rates(happened, ended, horizon).shrunk
            logit = np.log(shrunk / (1 - shrunk))
            parts.append((np.column_stack([logit, features[place]]), logit, happened[:, origin]))
    if not parts:
        return _nothing_learned()
    columns, offset, outcome = (np.concatenate(part) for part in zip(*parts, strict=True))
    size = outcome.size
    if size > most_cases:
        drawn = np.sort(np.random.default_rng(_SEED).choice(size, most_cases, replace=False))
        columns, offset, outcome = columns[drawn], offset[drawn], outcome[drawn]
    if min(outcome.sum(), (~outcome).sum()) < MIN_OF_EACH:
        return _nothing_learned()
    centre, unit = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-6)
    apart = float(np.diff(asked).min()) if asked.size > 1 else 1.0
    weight = size / outcome.size * min(apart / horizon.weeks, 1.0)  # questions overlap; those left out are spoken for
    weights, covariance = _fit_logistic((columns - centre) / unit, offset, outcome, weight, pull)
    return Coefficients(weights, covariance, centre, unit)


def _nothing_learned() -> Coefficients:
    width = len(HAZARD_FEATURES)
    return Coefficients(np.zeros(1 + width), np.zeros((1 + width, 1 + width)), np.zeros(width), np.ones(width))


def _fit_logistic(
    features: Floats, offset: Floats, happened: Bools, weight: float, pull: Pull | None
) -> tuple[Floats, Floats]:
    """Penalised maximum likelihood by Newton's method; the intercept is hardly pulled.

    The covariance is that of a fit pulled towards nothing: how sure the learned weights are is not known, so they make
    no answer surer.
    """
    design = _design(features)
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 0.01
    start, stronger = pull or (np.zeros(ridge.size), np.zeros(ridge.size))
    strength = np.maximum(ridge, stronger)
    beta, information = start, np.zeros((ridge.size, ridge.size))
    for _ in range(_NEWTON_STEPS):
        p = _logistic(offset + design @ beta)
        gradient = weight * design.T @ (happened - p) - strength * (beta - start)
        information = weight * (design * (p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(information + np.diag(strength), gradient)
        beta = beta + step
        if np.abs(step).max() < _STILL:
            break
    return beta, np.asarray(np.linalg.inv(_CASE_WEIGHT * information + np.diag(ridge)), dtype=np.float64)


def _base_doubt(rates: BaseRates, horizon: Horizon) -> Floats:
    """Standard error of a base rate on the logit scale."""
    spans = rates.weeks / horizon.weeks + 1.0
    return np.asarray(1 / np.sqrt(np.maximum(spans * rates.shrunk * (1 - rates.shrunk), 0.05)), dtype=np.float64)


def _days_since(past: History) -> Ints:
    """Days since the last day above the threshold of today, of the two years looked at; −1 where there is none."""
    with np.errstate(invalid="ignore"):
        back = (past.days.candidate > past.bars[:, -1:])[:, ::-1]
    return np.where(back.any(axis=1), back.argmax(axis=1), -1)


def _reason(past: History, rates: BaseRates) -> str | None:
    """Why no chance is given; None where one is."""
    if not past.is_judged.size or not past.is_judged[-1]:
        return f"fewer than {DAYS_NEEDED} covered days in the two years up to the origin"
    if rates.weeks < rates.needed:
        return f"{rates.weeks} weeks can be judged; {rates.needed} are needed"
    return None


def _design(features: Floats) -> Floats:
    return np.concatenate([np.ones((features.shape[0], 1)), features], axis=1)


def _logistic(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), dtype=np.float64)
