"""Days, weeks that end on the origin, horizons."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.domain.periods import Horizon, parse_day, week_ends
from detente.errors import ConfigError


@pytest.mark.parametrize(("text", "weeks"), [("13w", 13), ("4", 4), (26, 26), (" 52 weeks ", 52), ("1 week", 1)])
def test_horizons_are_whole_weeks(text: str | int, weeks: int) -> None:
    """The usual spellings of a horizon are read, and it prints one way."""
    assert Horizon.parse(text) == Horizon(weeks)
    assert str(Horizon.parse(text)) == f"{weeks}w"


@pytest.mark.parametrize("text", ["", "0w", "-4", "13 months", "105w", "soon", "1.5w"])
def test_a_horizon_that_is_none_is_refused(text: str) -> None:
    """A horizon that cannot be meant is an error that shows how to write one."""
    with pytest.raises(ConfigError, match="`13w`"):
        Horizon.parse(text)


def test_days_are_read_from_text_dates_and_times() -> None:
    """A day may be text, a date or a time stamp."""
    day = dt.date(2018, 7, 20)
    assert parse_day("2018-07-20") == parse_day(day) == parse_day(dt.datetime(2018, 7, 20, 13)) == day  # noqa: DTZ001


@pytest.mark.parametrize("text", ["20.7.2018", "2018-02-30", "yesterday", ""])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    """Something that is no day is an error that shows how to write one."""
    with pytest.raises(ConfigError, match="YYYY-MM-DD"):
        parse_day(text, what="as-of date")


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 2000))
def test_weeks_end_on_the_origin_and_fill_the_span(as_of: dt.date, days: int) -> None:
    """Weeks are seven days apart, end on the origin, and none starts before the first day."""
    first = as_of - dt.timedelta(days=days)
    ends = week_ends(as_of, first=first)
    assert len(ends) == (days + 1) // 7
    if ends:
        assert ends[-1] == as_of
        assert ends[0] - dt.timedelta(days=6) >= first
    assert all((later - sooner).days == 7 for sooner, later in itertools.pairwise(ends))
