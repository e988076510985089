"""The days of a panel's weeks: built from cells, cut and turned with the weeks, read only up to the origin."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_up import make_panel

from detente.domain.periods import Horizon
from detente.domain.tables import CELLS, COVERAGE
from detente.forecast import Panel, add_days, build_panel, describe_situation
from detente.forecast.cases import build_cases, view_origin
from detente.forecast.predictors import predictor_names
from detente.forecast.within_weeks import describe_days
from detente.relations import build_weeks

_FIRST = dt.date(2018, 1, 1)


@pytest.fixture(scope="module")
def daily() -> Panel:
    """40 pairs, 80 weeks, with days that scatter around their week."""
    weekly = make_panel(40, 80, seed=5)
    noise = np.random.default_rng(6).normal(size=(40, 80, 7))
    noise -= noise.mean(axis=2, keepdims=True)
    return replace(weekly, days=(weekly.balance[:, :, None] + noise).reshape(40, -1))


def _tables(days: int, gap: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One pair's events on some days, in both directions, and a coverage with one day missing."""
    all_days = [_FIRST + dt.timedelta(days=day) for day in range(days)]
    rows = [
        {"occurred": day, "actor": actor, "recipient": recipient, "directed": True, "event_type": "CONSULT", "n": 1}
        | {"cooperation_milli": 1000 * place, "conflict_milli": 500, "lowest_milli": None, "square_milli": 1.0}
        for place, day in enumerate(all_days)
        for actor, recipient in (("FRA", "DEU"), ("DEU", "FRA"))
        if place % 3
    ]
    cells = pl.DataFrame(rows, schema=CELLS.schema)
    coverage = pl.DataFrame(
        {
            "provider": "made-up",
            "day": all_days,
            "rows": 1,
            "known_at": dt.datetime.combine(_FIRST, dt.time()),
            "status": ["absent" if place == gap else "present" for place in range(days)],
        },
        schema=COVERAGE.schema,
    )
    return cells, coverage


def test_days_add_up_to_their_weeks() -> None:
    """The mean of a week's covered days is its balance; a day not covered is a gap, one without events a zero."""
    cells, coverage = _tables(21, gap=4)
    panel = build_panel(build_weeks(cells, coverage, as_of=_FIRST + dt.timedelta(days=20)))
    found = add_days(panel, cells, coverage)
    assert found.days is not None
    assert found.days.shape == (1, 21)
    assert np.flatnonzero(np.isnan(found.days[0])).tolist() == [4]
    assert found.days[0, [0, 3]].tolist() == [0.0, 0.0]
    assert found.days[0, 5] == pytest.approx(2 * (5 - 0.5))
    np.testing.assert_allclose(np.nanmean(found.days.reshape(1, 3, 7), axis=2), panel.balance)


def test_days_go_with_their_weeks(daily: Panel) -> None:
    """Cut, turned or added to, a panel's days stay the days of its weeks."""
    part = daily.cut(50, first=10, rows=np.array([3, 5]))
    turned, more = daily.mirror(), daily.add(4, 60, 2.0)
    for panel in (part, turned, more):
        assert panel.days is not None
        np.testing.assert_allclose(panel.days.reshape(*panel.balance.shape, 7).mean(axis=2), panel.balance)
    np.testing.assert_array_equal(part.days_until(40, 4), daily.days_until(50, 4)[[3, 5]])
    assert np.isnan(make_panel(3, 20).days_until(10, 2)).all()


def test_days_after_the_origin_are_not_read(daily: Panel) -> None:
    """Wild days planted after an origin change no predictor at it and no case closed by it."""
    assert daily.days is not None
    days = daily.days.copy()
    days[:, 61 * 7 :] = 1e6
    wild = replace(daily, days=days)
    seen, again = (view_origin(panel, 60, Horizon(4)).predictors for panel in (daily, wild))
    np.testing.assert_array_equal(seen, again)
    first, second = (build_cases(panel, 60, Horizon(4)).predictors for panel in (daily, wild))
    np.testing.assert_array_equal(first, second)


def test_the_newest_days_weigh_most_and_rough_days_show(daily: Panel) -> None:
    """A week that ends worse than it began pulls the means down, the shorter the more; a wild day makes it rough."""
    situation = describe_situation(daily.until(70), Horizon(4))
    days = np.zeros((40, 91))
    days[0, -2:] = -5 * situation.scale[0]
    found = describe_days(days, situation)
    assert found["days_1.5"][0] < found["days_4"][0] < found["days_25"][0] < 0
    assert found["worst_day"][0] < -2
    assert found["bad_days"][0] > 0
    assert found["rough_days"][0] > 0.5
    assert found["rough_days"][1] == 0
    unknown = describe_days(np.full((40, 91), np.nan), situation)
    assert all(np.isnan(unknown[name]).all() for name in ("days_4", "active_days", "rough_days"))
    assert {*found} <= set(predictor_names())
