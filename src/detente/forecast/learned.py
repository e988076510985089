"""Forecasters that train a mixture as of the origin: ``boosting-v5`` and ``blend-v5``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.errors import QuestionError
from detente.forecast.cases import Cases, build_cases, join, view_origin
from detente.forecast.drift import Drift
from detente.forecast.mixture import Mixture, mix, train_mixture
from detente.forecast.panel import Panel
from detente.forecast.pooled import Pooled
from detente.forecast.protocol import Forecaster, build_forecasts

#: Resolved questions, and weeks from the first to the last in which they were asked, before trees are worth growing.
MIN_CASES, MIN_WEEKS = 10_000, 26
#: Weeks that origins of several panels are set apart by.
_APART = 100_000


@dataclass(frozen=True)
class Blend:
    """Boosted trees and a logit on many predictors, mixed, trained on all that was known at the earliest origin.

    While the past holds fewer than 10,000 resolved questions from half a year of origins, ``pooled-v1`` answers, and
    the column ``model`` says so.

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

    version = "v5"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Blend:
        """Learn from the questions that were resolved by the earliest origin.

        Raises:
            QuestionError: when there is no origin, or one is not the end of a week of the panel.
        """
        if not origins:
            raise QuestionError("A forecaster was to be fitted.", "No origin was given.", "Name at least one.")
        origin = min(origins)
        simple = Pooled().fit(panel, [origin], horizon)
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
    panel: Panel,
    until: dt.date,
    horizon: Horizon,
    *,
    beside: Sequence[Panel] = (),
    with_ridge: bool = True,
    seed: int = 1,
) -> tuple[Cases, Mixture | None]:
    """The questions that were resolved by a day, and a mixture trained on them; None where they are too few.

    Args:
        panel: Weeks of all pairs; those after the day are not read.
        until: The last day to learn from; a week of the panel ends on it.
        horizon: How far ahead.
        beside: Other panels that end by that day: every question of theirs counts like one of the first.
        with_ridge: Whether a logit is trained too.
        seed: Where draws start.

    Raises:
        QuestionError: when the day is not the end of a week of the panel, or another panel goes beyond it.
    """
    later = [other.week_ends[-1] for other in beside if other.week_ends[-1] > until]
    if later:
        raise QuestionError(
            f"A model was to learn by {until}, from other data too.",
            f"Some of these go on until {max(later)}.",
            "Read them as known on that day.",
        )
    panels = [(panel, panel.position(until)), *((other, len(other.week_ends) - 1) for other in beside)]
    parts = [build_cases(each, position, horizon) for each, position in panels]
    cases = _side_by_side(parts)
    weeks = max(int(np.ptp(part.origin)) + 1 if part.origin.size else 0 for part in parts)
    if cases.outcome.size < MIN_CASES or weeks < MIN_WEEKS:
        return cases, None
    mirrored = _side_by_side([build_cases(each.mirror(), position, horizon) for each, position in panels])
    return cases, train_mixture(cases, mirrored, learned=until, horizon=horizon, with_ridge=with_ridge, seed=seed)


def _side_by_side(parts: Sequence[Cases]) -> Cases:
    """Cases of several panels as one; their origins are set far apart, so that no block of weeks spans two."""
    return join([replace(part, origin=part.origin + place * _APART) for place, part in enumerate(parts)])


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
