"""Weeks to panels."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from detente.domain.tables import WEEKS
from detente.errors import DataError, QuestionError
from detente.forecast import build_panel

_DAY = dt.date(2018, 1, 7)


def _week(pair: str, number: int, balance: float | None, actor: str | None = None) -> dict[str, object]:
    end = _DAY + dt.timedelta(days=7 * number)
    return {"pair": pair, "actor": actor, "week_end": end, "covered_days": 7, "balance": balance}


def _weeks(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=WEEKS.schema)


def test_a_panel_sets_pairs_side_by_side_and_keeps_gaps() -> None:
    """Each balance stands in its pair's row and its week's column; null and missing weeks are NaN, not zero."""
    panel = build_panel(_weeks(_week("C-D", 2, 3.0), _week("A-B", 0, 1.0), _week("A-B", 1, None), _week("C-D", 0, 0.0)))
    assert panel.pairs == ("A-B", "C-D")
    assert panel.week_ends == tuple(_DAY + dt.timedelta(days=7 * number) for number in range(3))
    np.testing.assert_array_equal(panel.balance, [[1.0, np.nan, np.nan], [0.0, np.nan, 3.0]])


def test_an_origin_is_found_only_where_a_week_ends() -> None:
    """The column of an origin is its week's; any other day is an error that says which weeks there are."""
    panel = build_panel(_weeks(_week("A-B", 0, 1.0), _week("A-B", 3, 1.0)))
    assert panel.position(_DAY + dt.timedelta(days=21)) == 3
    for days in (-7, 1, 28):
        with pytest.raises(QuestionError, match="No week of the panel ends on that day"):
            panel.position(_DAY + dt.timedelta(days=days))


def test_no_weeks_make_an_empty_panel() -> None:
    """An empty table gives an empty panel, in which no origin is found."""
    panel = build_panel(WEEKS.empty())
    assert panel.pairs == ()
    with pytest.raises(QuestionError, match="none"):
        panel.position(_DAY)


def test_directions_and_repeated_weeks_are_refused() -> None:
    """Dyads' rows, or a week twice, would overwrite one another in silence; they are an error."""
    for rows in ([_week("A-B", 0, 1.0, actor="A")], [_week("A-B", 0, 1.0)] * 2):
        with pytest.raises(DataError, match="panel of pairs"):
            build_panel(_weeks(*rows))
