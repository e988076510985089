"""Two sides that answer each other by a known rule, as levels, and as cells of events among other states."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from detente.domain.tables import CELLS, COVERAGE
from detente.relations.response import ANSWER_STEPS, HABIT_STEPS, _by_day, build_controls

FIRST = dt.date(2018, 1, 1)
#: A rule of answering: 0.35 within a week, 0.45 within two; and one of habit.
ANSWER = np.array([0.10, 0.10, 0.15, 0.10])
HABIT = np.array([0.15, 0.10, 0.10, 0.0, 0.05])
NONE = np.zeros(len(ANSWER_STEPS))
#: Of the gamma distribution of a day's size: levels of the busy pairs of the sample vary so on active days.
SHAPE = 4.0


def simulate_sides(
    generator: np.random.Generator,
    *,
    answers: tuple[np.ndarray, np.ndarray],
    days: int = 450,
    base: float = 0.1,
    together: float = 0.4,
    shock: float = 0.1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels of two sides whose means are linear in both pasts, as sparse and uneven as real ones.

    A day is active with a probability equal to its mean (at most 0.9), and then gamma-distributed so that the mean
    comes out right; both sides are active together more often than by chance, and a common series moves both.

    Args:
        generator: Of all randomness.
        answers: Each side's answer to the other, by ``ANSWER_STEPS``.
        days: How many.
        base: Mean level of a day without any past.
        together: Correlation of the chances of being active on one day.
        shock: How much the common series moves both.

    Returns:
        The first side's levels, the second's, and the common series, each of shape (days,).
    """
    from scipy.special import ndtr

    burn = 90
    total = days + burn
    common = np.zeros(total)
    for day in range(1, total):
        common[day] = 0.8 * common[day - 1] + 0.6 * generator.standard_normal()
    common = np.maximum(common, -1.0)
    chance = ndtr(generator.multivariate_normal([0, 0], [[1, together], [together, 1]], size=total))
    size = generator.gamma(SHAPE, 1 / SHAPE, size=(total, 2))
    kernels = [(_by_day(answer, ANSWER_STEPS), _by_day(HABIT, HABIT_STEPS)) for answer in answers]
    levels = np.zeros((2, total))
    for day in range(burn // 3, total):
        for side, (answer, habit) in enumerate(kernels):
            mean = base + shock * (1.0 + common[day])
            mean += answer @ levels[1 - side, day - answer.size : day][::-1]
            mean += habit @ levels[side, day - habit.size : day][::-1]
            active = min(mean, 0.9)
            levels[side, day] = mean / active * size[day, side] if chance[day, side] < active else 0.0
    return levels[0, burn:], levels[1, burn:], common[burn:]


def controls_of(common: np.ndarray) -> np.ndarray:
    """The controls of a simulated pair: the calendar, the drift and the common series."""
    days = common.size
    weekdays = np.arange(days) % 7
    return build_controls(weekdays=weekdays, attention=np.zeros(days), same_day=[common])


def cells_of(sides: dict[tuple[str, str], np.ndarray], *, times: int | np.ndarray = 1) -> pl.DataFrame:
    """Events of intensity −2 whose number rises with a level: rows of ``cells``; ``times`` repeats every report."""
    rows = []
    for (actor, recipient), levels in sides.items():
        counts = np.rint(3 * np.sinh(levels)).astype(int) * times
        for day in np.flatnonzero(counts):
            n = int(counts[day])
            occurred = FIRST + dt.timedelta(days=int(day))
            rows.append((occurred, actor, recipient, True, "ACCUSE", n, 0, 2000 * n, -2000, 4e6 * n))
    return pl.DataFrame(rows, schema=CELLS.schema, orient="row")


def coverage_of(days: int, *, thin: frozenset[int] = frozenset()) -> pl.DataFrame:
    """Rows of ``coverage``; the days in ``thin`` are gaps."""
    rows = [
        ("p", FIRST + dt.timedelta(days=day), 9, dt.datetime(2018, 1, 1), "thin" if day in thin else "present")  # noqa: DTZ001 - naive UTC by schema
        for day in range(days)
    ]
    return pl.DataFrame(rows, schema=COVERAGE.schema, orient="row")


def world_of(
    generator: np.random.Generator, *, days: int = 450, answers: bool = True
) -> dict[tuple[str, str], np.ndarray]:
    """One pair that answers each other (or not), USA and RUS, among four other dyads that do not."""
    rule = ANSWER * 1.3 if answers else NONE
    first, second, _ = simulate_sides(generator, answers=(rule, rule), days=days, shock=0.05)
    sides = {("USA", "RUS"): first, ("RUS", "USA"): second}
    for dyad in (("FRA", "USA"), ("USA", "FRA"), ("RUS", "DEU"), ("FRA", "DEU")):
        sides[dyad] = simulate_sides(generator, answers=(NONE, NONE), days=days, shock=0.05)[0]
    return sides
