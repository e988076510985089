"""The level to come as a distribution: what a three-way answer implies of it, and the fan of weeks (``level-fan-v1``).

A three-way answer says how probable a mean level below one edge and above another is; two such probabilities place a
distribution of a given shape. So the fan and the probabilities beside it say the same. Between the horizons that were
answered, a filter of the pair's own past gives the weeks their course.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FAN, FORECASTS, LEVEL_QUANTILES, check_table
from detente.errors import QuestionError
from detente.forecast.outcomes import THRESHOLD, Situation, describe_situation
from detente.forecast.panel import Panel
from detente.forecast.reverting import Reverting, filter_reverting

Floats = npt.NDArray[np.float64]

#: Public, versioned name of the rule in this module.
FAN_NAME = "level-fan-v1"
#: The shape is Student's t with 6 degrees of freedom: of the normal and 4, 6 and 10 degrees it scored best on GDELT
#: dyad scores, origins of 2019 and 2020. Its standard deviation is √(6/4) of its width.
_DEGREES = 6
_DEVIATION = math.sqrt(_DEGREES / (_DEGREES - 2))
#: The table of the distribution function reaches so far out, where one in a million lies beyond; and its steps.
_REACH, _STEPS = 16.0, 6401


@dataclass(frozen=True)
class Placed:
    """A Student distribution for each pair.

    Args:
        centre: Medians, shape (pairs,).
        width: What a quantile of the standard distribution is multiplied by, same shape.
    """

    centre: Floats
    width: Floats

    def quantiles(self, percents: tuple[int, ...]) -> Floats:
        """Quantiles, shape (pairs, percents)."""
        standard = student_quantiles(np.array(percents) / 100)
        return np.asarray(self.centre[:, None] + self.width[:, None] * standard, dtype=np.float64)


def student_quantiles(p: Floats) -> Floats:
    """Quantiles of Student's t with 6 degrees of freedom, by straight lines between tabled values.

    >>> student_quantiles(np.array([0.05, 0.5, 0.95])).round(2).tolist()
    [-1.94, 0.0, 1.94]
    """
    points, below = _student_table()
    return np.interp(p, below, points)


@cache
def _student_table() -> tuple[Floats, Floats]:
    points = np.linspace(-_REACH, _REACH, _STEPS)
    sine = points / np.sqrt(points**2 + _DEGREES)
    cosine = 1 - sine**2
    return points, 0.5 + 0.5 * sine * (1 + cosine / 2 + 3 * cosine**2 / 8)


def implied_levels(p_worse: Floats, p_better: Floats, situation: Situation) -> Placed:
    """The distribution of the mean level of the weeks ahead that a three-way answer implies.

    Args:
        p_worse: Probability of *deteriorate*, shape (pairs,).
        p_better: Probability of *improve*, same shape.
        situation: What is known at the origin: reference and spread; NaN where the reference is not known.
    """
    worse, better = student_quantiles(p_worse), student_quantiles(1 - p_better)
    width = 2 * THRESHOLD * situation.spread / np.maximum(better - worse, 1e-3)
    return Placed(situation.reference - THRESHOLD * situation.spread - width * worse, width)


def build_fan(panel: Panel, origin: dt.date, forecasts: pl.DataFrame, *, pair: str | None = None) -> pl.DataFrame:
    """Quantiles of the level of every week ahead, and of the mean levels that the forecasts are about.

    Args:
        panel: Weeks of all pairs.
        origin: When the forecasts were made.
        forecasts: Rows of ``forecasts`` from that origin, one or more horizons.
        pair: The only pair wanted; by default all.

    Returns:
        Rows of ``level_quantiles``: kind ``level`` at each horizon of the forecasts, kind ``level-end`` for every week
        up to the longest. Pairs whose reference is not known have none.

    Raises:
        QuestionError: when there is no forecast from that origin, or the origin is not the end of a week of the panel.
    """
    check_table(forecasts, FORECASTS)
    asked = forecasts.filter(pl.col("origin") == origin, True if pair is None else pl.col("pair") == pair)
    if asked.is_empty():
        raise QuestionError(
            f"A fan of levels from {origin} was asked for.",
            "There is no three-way forecast from that day.",
            "Make one first: the fan follows its probabilities.",
        )
    rows = np.array([panel.pairs.index(name) for name in asked["pair"].unique().sort()])
    known, frames = panel.until(panel.position(origin)), []
    found = filter_reverting(describe_situation(known, Horizon(1)))  # levels are the same at every horizon
    shifts: dict[int, tuple[Floats, Floats]] = {}
    for weeks in asked["horizon_weeks"].unique().sort():
        situation = describe_situation(known, Horizon(weeks))
        answers = asked.filter(pl.col("horizon_weeks") == weeks).sort("pair")
        placed = _placed(answers, panel, situation)
        expected, deviation = found.distribution(1, weeks)
        shifts[weeks] = placed.centre - expected, placed.width * _DEVIATION / deviation
        frames.append(_rows(panel, origin, "level", weeks, placed, situation, rows, answers["model"][0]))
    models = asked.sort("horizon_weeks")["model"]
    for week in range(1, max(shifts) + 1):
        placed = _week(found, shifts, week)
        frames.append(_rows(panel, origin, "level-end", week, placed, situation, rows, models[-1]))
    return check_table(pl.concat(frames).sort("pair", "kind", "horizon_weeks"), LEVEL_QUANTILES)


def _placed(answers: pl.DataFrame, panel: Panel, situation: Situation) -> Placed:
    """What the answers imply, in the order of the panel; NaN for pairs without one."""
    chances = np.full((len(panel.pairs), 2), np.nan)
    place = {name: row for row, name in enumerate(panel.pairs)}
    chances[[place[name] for name in answers["pair"]]] = answers.select("p_deteriorate", "p_improve").to_numpy()
    return implied_levels(chances[:, 0], chances[:, 1], situation)


def _week(found: Reverting, shifts: dict[int, tuple[Floats, Floats]], week: int) -> Placed:
    """The distribution of one week's level: the filter's, moved and stretched as the answers are against it.

    The mean over each horizon must be moved by what its answer says; so the weeks between two horizons are moved by
    what the longer leaves over, and the weeks between their middles by straight lines.
    """
    horizons = sorted(shifts)
    middles, moves, before, moved = [], [], 0, np.zeros_like(found.mean)
    for weeks in horizons:
        total = weeks * shifts[weeks][0]
        middles.append((before + weeks + 1) / 2)
        moves.append((total - moved) / (weeks - before))
        before, moved = weeks, total
    expected, deviation = found.distribution(week, week)
    stretch = np.exp(_between(week, horizons, [np.log(shifts[weeks][1]) for weeks in horizons]))
    return Placed(expected + _between(week, middles, moves), deviation * stretch / _DEVIATION)


def _between(at: float, points: list[int] | list[float], values: list[Floats]) -> Floats:
    """Straight lines between values known at some points; beyond them the nearest."""
    right = int(np.searchsorted(points, at))
    if right == 0 or right == len(points):
        return values[min(right, len(points) - 1)]
    share = (at - points[right - 1]) / (points[right] - points[right - 1])
    return (1 - share) * values[right - 1] + share * values[right]


def _rows(
    panel: Panel,
    origin: dt.date,
    kind: str,
    weeks: int,
    placed: Placed,
    situation: Situation,
    rows: npt.NDArray[np.intp],
    model: str,
) -> pl.DataFrame:
    held = rows[np.isfinite(placed.centre[rows]) & np.isfinite(placed.width[rows])]
    quantiles = placed.quantiles(FAN)[held]
    columns: dict[str, object] = {
        "pair": [panel.pairs[row] for row in held],
        "origin": origin,
        "kind": kind,
        "horizon_weeks": weeks,
        **{f"q{percent:02d}": quantiles[:, place] for place, percent in enumerate(FAN)},
        "scale": situation.scale[held],
        "model": f"{FAN_NAME} of {model}",
    }
    return pl.DataFrame(columns, schema=LEVEL_QUANTILES.schema)
