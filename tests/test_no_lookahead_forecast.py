"""Wild values planted after the origin change no bit of a forecast made at it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.domain.periods import Horizon
from detente.forecast import Climatology, Forecaster, Logit, Panel, describe_situation, resolve
from detente.forecast.registry import FORECASTERS

_WEEKS, _PAIRS = 100, 30


def _panel(*, planted_after: int | None = None, value: float = 0.0) -> Panel:
    balance = np.random.default_rng(9).normal(size=(_PAIRS, _WEEKS)) * 4
    if planted_after is not None:
        balance[:, planted_after + 1 :] = value
    ends = tuple(dt.date(2018, 1, 7) + dt.timedelta(days=7 * week) for week in range(_WEEKS))
    return Panel(tuple(f"A-{row:02d}" for row in range(_PAIRS)), ends, balance)


_SLOW = {"auto-ets", "auto-arima", "theta"}  # of another package; too slow to fit to thirty pairs again and again


@pytest.mark.parametrize("name", sorted(set(FORECASTERS) - _SLOW))
@pytest.mark.parametrize(("position", "weeks", "value"), [(85, 4, 1e6), (70, 13, np.nan)])
def test_no_registered_forecaster_sees_planted_weeks(name: str, position: int, weeks: int, value: float) -> None:
    """Every forecaster that can be named, fitted once and asked later on, keeps its bits whatever comes after."""
    answers = []
    whole = _panel()
    cut = Panel(whole.pairs, whole.week_ends[: position + 1], whole.balance[:, : position + 1].copy())
    for panel in (whole, _panel(planted_after=position, value=value), cut):
        fitted = FORECASTERS[name]().fit(panel, [panel.week_ends[position - 8]], Horizon(weeks))
        answers.append(fitted.predict(panel, [panel.week_ends[position]], Horizon(weeks)))
    assert answers[0].equals(answers[1])
    assert answers[0].equals(answers[2])


@pytest.mark.parametrize("forecaster", [Climatology(), Logit()])
@settings(max_examples=20, deadline=None)
@given(
    position=st.integers(5, _WEEKS - 2), weeks=st.sampled_from([4, 13, 26]), value=st.sampled_from([1e6, -1e6, np.nan])
)
def test_planted_weeks_change_no_forecast(forecaster: Forecaster, position: int, weeks: int, value: float) -> None:
    """Fitted and asked at an origin, a forecaster gives the same bits whatever comes after it."""
    answers = []
    for panel in (_panel(), _panel(planted_after=position, value=value)):
        origin, horizon = [panel.week_ends[position]], Horizon(weeks)
        answers.append(forecaster.fit(panel, origin, horizon).predict(panel, origin, horizon))
    assert answers[0].equals(answers[1])


@settings(max_examples=20, deadline=None)
@given(position=st.integers(5, _WEEKS - 2), weeks=st.sampled_from([4, 13, 26]))
def test_weeks_cut_off_change_no_forecast(position: int, weeks: int) -> None:
    """A panel that ends on the origin gives the same bits as one that goes on."""
    whole = _panel()
    cut = Panel(whole.pairs, whole.week_ends[: position + 1], whole.balance[:, : position + 1].copy())
    origin, horizon = [whole.week_ends[position]], Horizon(weeks)
    first, second = (Logit().fit(panel, origin, horizon).predict(panel, origin, horizon) for panel in (whole, cut))
    assert first.equals(second)


def test_a_later_origin_teaches_an_earlier_one_nothing() -> None:
    """Fitted for two origins, the forecaster has learned from the weeks up to the earlier one only."""
    whole = _panel()
    wild = _panel(planted_after=60, value=1e6)
    origins, horizon = [whole.week_ends[80], whole.week_ends[60]], Horizon(4)
    first, second = (
        Logit().fit(panel, origins, horizon).predict(panel, origins[1:], horizon) for panel in (whole, wild)
    )
    assert first.equals(second)


def test_the_scale_and_spread_of_a_resolution_are_those_of_its_origin() -> None:
    """What comes after the origin decides the outcome, and neither the reference nor the spread it is measured in."""
    whole, wild = _panel(), _panel(planted_after=60, value=1e6)
    first, second = (resolve(panel, [panel.week_ends[60]], Horizon(13)) for panel in (whole, wild))
    assert first["spread"].equals(second["spread"])
    assert first["reference"].equals(second["reference"])
    assert set(second["outcome"]) == {"improve"}
    situation = describe_situation(wild.until(60), Horizon(13))
    assert first["spread"].to_list() == situation.spread.tolist()
