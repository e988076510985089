"""Breaks: found where they are planted, seldom where none is, never before they could be seen."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest

from detente.domain.actors import Pair
from detente.domain.tables import CELLS, COVERAGE
from detente.relations import Readings, cuts, find_measure
from detente.relations.cuts import cut_spells, search_by_front_door
from detente.relations.shifts import PENALTY, SHORTEST_SPELL, _find_breaks, _long_run_variance

_FIRST = dt.date(2016, 1, 4)
_PAIR = Pair("USA", "RUS")
_MEASURE = find_measure("shifts")


def _readings(weekly: np.ndarray, spread: np.ndarray, seed: int) -> Readings:
    """A daily stream of one dyad whose points a day have a mean and a spread of their own in each week."""
    days = len(weekly) * 7
    points = np.random.default_rng(seed).normal(np.repeat(weekly, 7), np.repeat(spread, 7)) * 1000
    rows = [
        (_FIRST + dt.timedelta(days=i), "USA", "RUS", True, "CONSULT", 1, max(int(p), 0), max(-int(p), 0), 0, p * p)
        for i, p in enumerate(points)
    ]
    covered = [("p", row[0], 9, dt.datetime(2016, 1, 1), "present") for row in rows]  # noqa: DTZ001 - naive UTC by schema
    assert len(rows) == days
    return Readings(
        pl.DataFrame(rows, schema=CELLS.schema, orient="row"),
        pl.DataFrame(covered, schema=COVERAGE.schema, orient="row"),
    )


def _found(readings: Readings, weeks: int, quantity: str) -> pl.DataFrame:
    as_of = _FIRST + dt.timedelta(days=7 * weeks - 1)
    rows = _MEASURE(readings, _PAIR, as_of)
    return rows.filter(pl.col("actor") == "USA", pl.col("quantity") == quantity)


def test_a_planted_break_is_found_with_its_day_and_its_delay() -> None:
    """A fall of the level after 50 of 80 weeks is found in its week, for the worse, and not before it could be."""
    weekly = np.where(np.arange(80) < 50, 4.0, -4.0)
    readings = _readings(weekly, np.full(80, 6.0), 1)
    (row,) = _found(readings, 80, "level_shift").iter_rows(named=True)
    planted = _FIRST + dt.timedelta(days=7 * 50)
    assert row["since"] <= planted <= row["until"] + dt.timedelta(days=7)
    assert row["high"] < 0
    delay = _found(readings, 80, "level_shift_delay")["value"].item()
    assert 1 <= delay < 10
    seen = 50 + round(delay)
    assert _found(readings, seen, "level_shift").height == 1
    assert _found(readings, seen - 1, "level_shift").height == 0


def test_a_planted_storm_is_found() -> None:
    """Weeks that become four times as unsteady about the same mean are a break of volatility, not of level."""
    spread = np.where(np.arange(100) < 50, 2.0, 10.0)
    readings = _readings(np.full(100, 6.0), spread, 2)
    (row,) = _found(readings, 100, "volatility_shift").iter_rows(named=True)
    assert row["low"] > 1
    assert abs((row["since"] - _FIRST).days // 7 - 50) < 15


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_noise_seldom_breaks(correlation: float) -> None:
    """In steady series, independent or autocorrelated, a break is found in at most one of ten."""
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(200):
        noise = rng.normal(size=104)
        for week in range(1, 104):
            noise[week] += correlation * noise[week - 1]
        false += len(_find_breaks(noise)) > 0
    assert false <= 20


def test_the_band_of_the_day_covers() -> None:
    """Of found breaks of two standard deviations the band holds the planted week in at least nine of ten."""
    rng = np.random.default_rng(4)
    held = found = 0
    for _ in range(150):
        place = int(rng.integers(15, 65))
        series = rng.normal(size=80) + np.where(np.arange(80) < place, 0.0, 2.0)
        near = [one for one in _find_breaks(series) if abs(one.place - place) <= 6]
        found += bool(near)
        held += any(abs(one.place - place) <= one.reach for one in near)
    assert found >= 120
    assert held >= 0.9 * found


def test_cuts_are_those_of_the_library() -> None:
    """The library's front door, and what stands in where its compiled part is elsewhere, give the same edges."""
    rng = np.random.default_rng(6)
    for size in (0.0, 1.0, 3.0):
        for _ in range(10):
            series = rng.normal(size=90) + size * (np.arange(90) // 30)
            expected = search_by_front_door(series.reshape(-1, 1), 4 * math.log(90), SHORTEST_SPELL)
            assert cut_spells(series, penalty=4 * math.log(90), shortest=SHORTEST_SPELL) == [0, *expected]


def test_where_the_library_keeps_its_search_elsewhere_the_front_door_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version of the library without that file changes nothing but the time to load it."""
    monkeypatch.setattr(cuts, "find_spec", lambda _: None)
    cuts._search.cache_clear()
    assert cuts._search() is search_by_front_door
    cuts._search.cache_clear()
    monkeypatch.undo()
    assert cuts._search() is not search_by_front_door


def test_no_other_cuts_cost_less() -> None:
    """Breaks are those of a plain search through all ways to cut, on series with and without a step."""
    rng = np.random.default_rng(5)
    for size in (0.0, 1.0, 3.0):
        for _ in range(4):
            series = rng.normal(size=60) + size * (np.arange(60) // 20)
            penalty = PENALTY * _long_run_variance(series) * math.log(60)
            best: list[tuple[float, list[int]]] = [(-penalty, [])]
            for end in range(1, 61):
                ways = [(math.inf, [0])]
                for start in range(end - SHORTEST_SPELL + 1):
                    cost = float(((series[start:end] - series[start:end].mean()) ** 2).sum()) + penalty
                    ways.append((best[start][0] + cost, [*best[start][1], start]))
                best.append(min(ways))
            assert [one.place for one in _find_breaks(series)] == best[60][1][1:]
