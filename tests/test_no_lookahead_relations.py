"""Wild events planted after the as-of day change no bit of a week, level, status or explanation as of it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.domain.actors import Pair
from detente.domain.tables import CELLS, COVERAGE
from detente.relations import build_weeks, explain_change, measure_levels, read_status

_FIRST = dt.date(2018, 1, 1)
_DAYS = 140
_PAIR = Pair("USA", "RUS")
_TYPES = ("CONSULT", "ACCUSE", "SANCTION", None)


def _cell(day: int, forth: bool, kind: int, points: int) -> tuple[object, ...]:
    actor, recipient = ("USA", "RUS") if forth else ("RUS", "USA")
    milli = points * 1000
    row = (_FIRST + dt.timedelta(days=day), actor, recipient, True, _TYPES[kind], 1)
    return (*row, max(milli, 0), max(-milli, 0), milli, float(milli**2))


def _cells(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CELLS.schema, orient="row")


def _coverage(thin: set[int], days: int = _DAYS) -> pl.DataFrame:
    rows = [
        ("p", _FIRST + dt.timedelta(days=day), 9, dt.datetime(2018, 1, 1), "thin" if day in thin else "present")  # noqa: DTZ001 - naive UTC by schema
        for day in range(days)
    ]
    return pl.DataFrame(rows, schema=COVERAGE.schema, orient="row")


_DRAWN = st.lists(
    st.tuples(st.integers(0, _DAYS - 1), st.booleans(), st.integers(0, 3), st.integers(-10, 10)),
    min_size=1,
    max_size=80,
)
_THIN = st.sets(st.integers(0, _DAYS - 1), max_size=40)


@settings(max_examples=40, deadline=None)
@given(drawn=_DRAWN, thin=_THIN)
def test_reasons_add_up_to_the_change(drawn: list[tuple[int, bool, int, int]], thin: set[int]) -> None:
    """Whatever happened on whatever days, thin ones included, the contributions sum to recent minus usual."""
    as_of = _FIRST + dt.timedelta(days=_DAYS - 1)
    found = explain_change(_cells([_cell(*row) for row in drawn]), _coverage(thin), _PAIR, as_of=as_of)
    assert found.reasons["contribution"].sum() == pytest.approx(found.change, abs=1e-9)
    recent = [points for day, _, _, points in drawn if day >= _DAYS - 28 and day not in thin]
    days = 28 - len([day for day in thin if day >= _DAYS - 28])
    assert found.recent == pytest.approx(sum(recent) / days, abs=1e-9)
    dated = found.reasons["day"].drop_nulls().to_list()
    assert not {(day - _FIRST).days for day in dated} & thin


@settings(max_examples=25, deadline=None)
@given(drawn=_DRAWN, at=st.integers(100, _DAYS - 2))
def test_planted_events_change_nothing_before_them(drawn: list[tuple[int, bool, int, int]], at: int) -> None:
    """Weeks, levels, status and reasons as of a day are the same bits with a catastrophe on every later day."""
    as_of = _FIRST + dt.timedelta(days=at)
    rows = [_cell(*row) for row in drawn if row[0] <= at] + [_cell(0, True, 0, 3)]
    plants = [_cell(day, True, 2, -(10**6)) for day in range(at + 1, _DAYS)]
    results = []
    for cells, coverage in ((_cells(rows), _coverage(set(), at + 1)), (_cells(rows + plants), _coverage(set()))):
        weeks = build_weeks(cells, coverage, as_of=as_of, by="pair")
        levels = measure_levels(weeks)
        found = explain_change(cells, coverage, _PAIR, as_of=as_of)
        results.append((weeks, levels, read_status(levels), found.change, found.reasons))
    for first, second in zip(*results, strict=True):
        assert first.equals(second) if isinstance(first, pl.DataFrame) else first == second


def test_a_gap_is_null_and_a_quiet_week_is_zero() -> None:
    """A week with three covered days has no balance; a covered week without events has a balance of zero."""
    as_of = _FIRST + dt.timedelta(days=_DAYS - 1)
    thin = {_DAYS - 7 - day for day in range(1, 5)}
    weeks = build_weeks(_cells([_cell(0, True, 0, 5)]), _coverage(thin), as_of=as_of, by="pair")
    assert weeks["balance"].to_list()[-3:] == [0.0, None, 0.0]
    assert weeks["covered_days"].to_list()[-3:] == [7, 3, 7]
    assert weeks["n"].to_list()[-3:] == [0, None, 0]
