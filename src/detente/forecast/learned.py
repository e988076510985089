"""Forecasters that train a mixture as of the origin: ``boosting-v3`` and ``blend-v3``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.errors import QuestionError
from detente.forecast.cases import Cases, build_cases, view_origin
from detente.forecast.drift import Drift
from detente.forecast.logit import Logit
from detente.forecast.mixture import Mixture, mix, train_mixture
from detente.forecast.panel import Panel
from detente.forecast.protocol import Forecaster, build_forecasts

#: Resolved questions, and weeks from the first to the last in which they were asked, before trees are worth growing.
MIN_CASES, MIN_WEEKS = 10_000, 26


@dataclass(frozen=True)
class Blend:
    """Boosted trees and a logit on many predictors, mixed, trained on all that was known at the earliest origin.

    While the past holds fewer than 10,000 resolved questions from half a year of origins, ``logit-v1`` answers (or
    climatology, while that has too few), and the column ``model`` says so.

    Args:
        name: Public name.
        with_ridge: Whether the logit has its share; without it trees alone answer.
        mixture: What it has learned; None until then, or where it could not.
        simple: Who answers instead.
    """

    name: str = "blend"
    with_ridge: bool = True
    mixture: Mixture | None = None
    simple: Forecaster | None = None

    version = "v3"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Blend:
        """Learn from the questions that were resolved by the earliest origin.

        Raises:
            QuestionError: when there is no origin, or one is not the end of a week of the panel.
        """
        if not origins:
            raise QuestionError("A forecaster was to be fitted.", "No origin was given.", "Name at least one.")
        origin = min(origins)
        simple = Logit().fit(panel, [origin], horizon)
        _, mixture = learn(panel, origin, horizon, with_ridge=self.with_ridge)
        return Blend(self.name, self.with_ridge, mixture, simple)

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts``.

        Raises:
            QuestionError: when it has not been fitted, an origin is before what was learned from, the horizon another,
                or an origin not the end of a week of the panel.
        """
        if self.simple is None:
            raise QuestionError(
                f"Forecasts over {horizon} were asked for.", "The forecaster has not learned yet.", "Fit it first."
            )
        if self.mixture is None:
            return self.simple.predict(panel, origins, horizon)
        check_learned_before(self.mixture, origins, horizon)
        return answer(self.mixture, panel, origins, horizon, model=f"{self.name}-{self.version}")


def learn(
    panel: Panel, until: dt.date, horizon: Horizon, *, with_ridge: bool = True, seed: int = 1
) -> tuple[Cases, Mixture | None]:
    """The questions that were resolved by a day, and a mixture trained on them; None where they are too few.

    Raises:
        QuestionError: when the day is not the end of a week of the panel.
    """
    position = panel.position(until)
    cases = build_cases(panel, position, horizon)
    if cases.outcome.size < MIN_CASES or int(np.ptp(cases.origin)) + 1 < MIN_WEEKS:
        return cases, None
    mirrored = build_cases(panel.mirror(), position, horizon)
    return cases, train_mixture(cases, mirrored, learned=until, horizon=horizon, with_ridge=with_ridge, seed=seed)


def answer(mixture: Mixture, panel: Panel, origins: Sequence[dt.date], horizon: Horizon, *, model: str) -> pl.DataFrame:
    """A mixture's rows of the table ``forecasts`` for every pair at every origin, corrected for drift."""
    frames = [FORECASTS.empty()]
    drift = Drift(mixture, panel, horizon)
    for origin in origins:
        position = panel.position(origin)
        view = view_origin(panel, position, horizon)
        p, low, high = mix(mixture.log_probabilities(view) + drift.correction(position))
        frames.append(build_forecasts(panel, origin, horizon, probabilities=p, low=low, high=high, model=model))
    return pl.concat(frames)


def check_learned_before(mixture: Mixture, origins: Sequence[dt.date], horizon: Horizon) -> None:
    """Refuse what a mixture cannot honestly answer.

    Raises:
        QuestionError: when the horizon is another, or an origin is before the last day it has learned from.
    """
    if horizon.weeks != mixture.horizon_weeks or any(day < mixture.learned for day in origins):
        raise QuestionError(
            f"Forecasts over {horizon} from {min(origins, default=None)} were asked for.",
            f"The model has learned for {mixture.horizon_weeks} weeks, from what was known on {mixture.learned}.",
            "Use one that was trained for this horizon on what was known by then.",
        )
