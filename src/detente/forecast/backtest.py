"""Rolling origins: questions of the past asked again, answered from what was known at the time, and resolved.

A forecaster is fitted on a panel that ends on the day it is fitted for, so that it cannot learn from later weeks, and
answers from panels that end on the last day before its next fitting. What it does with them is its own affair: the
tests plant wild weeks after an origin and expect the same bits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import BACKTEST_CASES, check_table
from detente.errors import QuestionError
from detente.forecast.outcomes import describe_situation, resolve
from detente.forecast.panel import Panel
from detente.forecast.protocol import Forecaster

Floats = npt.NDArray[np.float64]
#: Called with the model and horizon under way, the steps finished, and the steps in all.
Progress = Callable[[str, int, int], None]

#: Public, versioned name of the rule in ``is_shocked``.
SHOCK_NAME = "shock-v3"
#: Standard deviations from the mean of the weeks before, beyond which a week is a shock.
_SHOCK = 2.0
_SHOCK_WEEKS, _USUAL_WEEKS, _FEWEST_USUAL = 4, 52, 13
_ANSWERS = ("pair", "origin", "horizon_weeks", "p_deteriorate", "p_hold", "p_improve")


@dataclass(frozen=True)
class Schedule:
    """When questions are asked and models refitted.

    Args:
        origins: Days on which questions are asked, oldest first.
        refit_weeks: Weeks after which every model is fitted anew.
    """

    origins: tuple[dt.date, ...]
    refit_weeks: int = 26

    @classmethod
    def between(cls, start: dt.date, end: dt.date, *, step_weeks: int = 1, refit_weeks: int = 26) -> Schedule:
        """Origins from a day on, some weeks apart, none after another day.

        Raises:
            QuestionError: when the steps are not positive, or the end lies before the start.
        """
        if step_weeks < 1 or refit_weeks < 1 or end < start:
            raise QuestionError(
                f"Origins from {start} to {end}, {step_weeks} weeks apart, were asked for.",
                "There are none.",
                "Choose an end on or after the start, and steps of at least one week.",
            )
        count = (end - start).days // (DAYS_IN_WEEK * step_weeks) + 1
        days = (start + dt.timedelta(days=DAYS_IN_WEEK * step_weeks * place) for place in range(count))
        return cls(tuple(days), refit_weeks)

    def blocks(self) -> list[list[dt.date]]:
        """The origins between one fitting and the next."""
        blocks: list[list[dt.date]] = []
        for origin in self.origins:
            if not blocks or (origin - blocks[-1][0]).days >= DAYS_IN_WEEK * self.refit_weeks:
                blocks.append([])
            blocks[-1].append(origin)
        return blocks


def replay(
    truth: Panel,
    forecasters: Mapping[str, Forecaster],
    schedule: Schedule,
    horizons: Sequence[Horizon],
    *,
    pairs: Sequence[str] | None = None,
    known: Callable[[dt.date], Panel] | None = None,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Ask every model every question of the past that can be resolved.

    Args:
        truth: Weeks of all pairs, those that resolve the questions included.
        forecasters: Models by name, not yet fitted.
        schedule: When they are asked and fitted.
        horizons: How far ahead.
        pairs: Which pairs' answers to keep; by default all. The others still teach and make the pools.
        known: The panel as it was known at the end of a day, where that differs from the truth cut off there (events
            published late); each origin is then answered by itself.
        progress: Called as work goes on.

    Returns:
        Rows of the table ``backtest_cases``: the same questions for every model.

    Raises:
        QuestionError: when an origin is not the end of a week of the panel.
    """
    blocks, done = schedule.blocks(), 0
    total = len(horizons) * len(forecasters) * len(blocks)
    frames = [BACKTEST_CASES.empty()]
    for horizon in horizons:
        questions = _questions(truth, schedule, horizon)
        if pairs is not None:
            questions = questions.filter(pl.col("pair").is_in(list(pairs)))
        if questions.is_empty():
            continue
        for name, forecaster in forecasters.items():
            for block in blocks:
                if progress:
                    progress(f"{name}, {horizon}", done, total)
                answers = pl.concat(_answer(truth, forecaster, block, horizon, known))
                frames.append(_cases(questions, answers, name))
                done += 1
    return check_table(pl.concat(frames).sort("horizon_weeks", "model", "origin", "pair"), BACKTEST_CASES)


def is_shocked(level: Floats) -> npt.NDArray[np.bool_]:
    """Whether a relation has just had a shock (``shock-v3``).

    One of the last four weeks lies more than two standard deviations from the mean of the 52 weeks before them. With
    fewer than 13 such weeks nothing is called a shock.

    Args:
        level: Levels up to the origin, shape (pairs, weeks); NaN in a gap.
    """
    recent, usual = level[:, -_SHOCK_WEEKS:], level[:, -_SHOCK_WEEKS - _USUAL_WEEKS : -_SHOCK_WEEKS]
    held = ~np.isnan(usual)
    count = held.sum(axis=1)
    mean = np.where(held, usual, 0.0).sum(axis=1) / np.maximum(count, 1)
    deviation = np.sqrt(np.where(held, (usual - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count - 1, 1))
    far = np.abs(np.nan_to_num(recent - mean[:, None])) > _SHOCK * deviation[:, None]
    return np.asarray(far.any(axis=1) & (count >= _FEWEST_USUAL), dtype=np.bool_)


def cut_panel(panel: Panel, origin: dt.date) -> Panel:
    """The panel without the weeks after an origin."""
    return panel.cut(panel.position(origin))


def _questions(truth: Panel, schedule: Schedule, horizon: Horizon) -> pl.DataFrame:
    """The questions that can be resolved: pair, origin, horizon, outcome, whether shocked."""
    frames = [
        resolve(truth, [origin], horizon).join(_shocks(truth, origin, horizon), on="pair", maintain_order="left")
        for origin in schedule.origins
    ]
    return pl.concat(frames).select("pair", "origin", "horizon_weeks", "outcome", "is_shocked")


def _shocks(truth: Panel, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
    level = describe_situation(truth.until(truth.position(origin)), horizon).level
    return pl.DataFrame({"pair": truth.pairs, "is_shocked": is_shocked(level)})


def _answer(
    truth: Panel,
    forecaster: Forecaster,
    block: Sequence[dt.date],
    horizon: Horizon,
    known: Callable[[dt.date], Panel] | None,
) -> Iterator[pl.DataFrame]:
    if known is None:
        fitted = forecaster.fit(cut_panel(truth, block[0]), block[:1], horizon)
        yield fitted.predict(cut_panel(truth, block[-1]), block, horizon).select(_ANSWERS)
        return
    fitted = forecaster.fit(known(block[0]), block[:1], horizon)
    for origin in block:
        yield fitted.predict(known(origin), [origin], horizon).select(_ANSWERS)


def _cases(questions: pl.DataFrame, answers: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = questions.join(answers, on=["pair", "origin", "horizon_weeks"], how="inner")
    return joined.with_columns(pl.lit(name).alias("model")).select(BACKTEST_CASES.names)
