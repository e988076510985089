"""Two sides that answer each other by a known rule, as levels, and as cells of events among other states."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from detente.domain.tables import CELLS, COVERAGE
from detente.relations.response import ANSWER_STEPS, HABIT_STEPS, build_controls

FIRST = dt.date(2018, 1, 1)
#: A rule of answering: 0.45 in all, half of it within 4 days and a half; and one of habit.
ANSWER = np.array([0.10, 0.10, 0.15, 0.10])
HABIT = np.array([0.15, 0.10, 0.10, 0.0, 0.05])
NONE = np.zeros(len(ANSWER_STEPS))


def simulate_sides(
    generator: np.random.Generator,
    *,
    answers: tuple[np.ndarray, np.ndarray],
    days: int = 450,
    quiet: float = 0.4,
    together: float = 0.4,
    shock: float = 0.3,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels of two sides whose means are linear in both pasts; most of what differs is skewed, spread-out noise.

    A day is 0 with probability ``quiet``, else gamma-distributed (shape 1.2) around a mean that makes the whole come
    out right. The two sides' noise of one day correlates by ``together``; a common shock moves both.

    Args:
        generator: Of all randomness.
        answers: Each side's answer to the other, by ``ANSWER_STEPS``.
        days: How many, after a fortnight's start.
        quiet: Share of days without anything.
        together: Correlation of the noise within a day.
        shock: How much the common series moves both.

    Returns:
        The first side's levels, the second's, and the common series, each of shape (days,).
    """
    from scipy.special import gammaincinv, ndtr

    burn = 60
    total = days + burn
    common = np.zeros(total)
    for day in range(1, total):
        common[day] = 0.8 * common[day - 1] + 0.6 * generator.standard_normal()
    noise = generator.multivariate_normal([0, 0], [[1, together], [together, 1]], size=total)
    levels = np.zeros((2, total))
    shape = 1.2
    for day in range(total):
        for side in (0, 1):
            mean = 0.25 + shock * max(common[day], -0.6) * 0.4
            for (first, last), weight in zip(HABIT_STEPS, HABIT, strict=True):
                mean += weight * levels[side, max(day - last, 0) : max(day - first + 1, 0)].sum() / (last - first + 1)
            for (first, last), weight in zip(ANSWER_STEPS, answers[side], strict=True):
                past = levels[1 - side, max(day - last, 0) : max(day - first + 1, 0)]
                mean += weight * past.sum() / (last - first + 1)
            rank = ndtr(noise[day, side])
            if rank > quiet:
                drawn = gammaincinv(shape, (rank - quiet) / (1 - quiet)) / shape
                levels[side, day] = max(mean, 0.02) / (1 - quiet) * drawn
    return levels[0, burn:], levels[1, burn:], np.maximum(common[burn:], -0.6)


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
    first, second, _ = simulate_sides(generator, answers=(rule, rule), days=days, shock=0.0)
    sides = {("USA", "RUS"): first, ("RUS", "USA"): second}
    for dyad in (("FRA", "USA"), ("USA", "FRA"), ("RUS", "DEU"), ("FRA", "DEU")):
        sides[dyad] = simulate_sides(generator, answers=(NONE, NONE), days=days, shock=0.0)[0]
    return sides
