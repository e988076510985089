"""Training a vintage from a panel: one mixture a horizon, with an account of what it learned from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.domain.periods import Horizon
from detente.errors import CutoffError
from detente.forecast.learned import MIN_CASES, MIN_WEEKS, learn
from detente.forecast.mixture import Mixture
from detente.forecast.panel import Panel

#: Called with the horizon under way, the horizons finished, and the horizons in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Lesson:
    """What one horizon's model learned from.

    Args:
        horizon: How far ahead.
        cases: Resolved questions.
        origins: Weeks in which they were asked.
        shares: Shares of deteriorate, hold and improve among them.
        mixture: The model; None where there was too little to learn from.
    """

    horizon: Horizon
    cases: int
    origins: int
    shares: tuple[float, float, float]
    mixture: Mixture | None


def train_vintage(
    panel: Panel,
    until: dt.date,
    horizons: Sequence[Horizon],
    *,
    beside: Sequence[Panel] = (),
    seed: int = 1,
    progress: Progress | None = None,
) -> list[Lesson]:
    """Train a model for each horizon on the questions that were resolved by a day.

    Args:
        panel: Weeks of all pairs; those after the day are not read.
        until: The last day to learn from; a week of the panel ends on it.
        horizons: How far ahead.
        beside: Other providers' panels that end by that day, learned from too.
        seed: Where draws start; the same panel and seed give the same models.
        progress: Called as work goes on.

    Raises:
        CutoffError: when no horizon has enough resolved questions.
        QuestionError: when the day is not the end of a week of the panel, or another panel goes beyond it.
    """
    lessons = []
    for done, horizon in enumerate(horizons):
        if progress:
            progress(str(horizon), done, len(horizons))
        cases, mixture = learn(panel, until, horizon, beside=beside, seed=seed)
        size = max(cases.outcome.size, 1)
        worse, hold, better = (float(np.count_nonzero(cases.outcome == place) / size) for place in range(3))
        origins = int(np.unique(cases.origin).size)
        lessons.append(Lesson(horizon, int(cases.outcome.size), origins, (worse, hold, better), mixture))
    if all(lesson.mixture is None for lesson in lessons):
        most = max(lessons, key=lambda lesson: lesson.cases)
        raise CutoffError(
            f"A model was to be trained on what was known on {until}.",
            f"At best, at {most.horizon}, there are {most.cases:,} resolved questions from {most.origins} weeks; "
            f"{MIN_CASES:,} over {MIN_WEEKS} weeks are needed.",
            "Load more data, choose a shorter horizon, or a later `--until`.",
        )
    return lessons
