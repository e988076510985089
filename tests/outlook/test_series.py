"""Outside series in a brief: shown with their date and how unusual they are, and said not to be used."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest

from detente.domain.actors import Pair
from detente.domain.tables import DRIVERS
from detente.outlook import Brief, read_series, render_markdown
from detente.outlook.series import NOT_USED


def series(*values: float, name: str = "gpr", state: str | None = None, unit: str = "index") -> pl.DataFrame:
    """Monthly values, the last one of March 2018."""
    end, rows = dt.date(2018, 3, 31), []
    for value in reversed(values):
        rows.append((name, name, state, end, value, dt.datetime.combine(end, dt.time.min), unit))
        end = end.replace(day=1) - dt.timedelta(days=1)
    return pl.DataFrame(rows, schema=DRIVERS.schema, orient="row")


def test_the_last_value_is_shown_with_its_place() -> None:
    """Thirty months of which nine in ten are lower; a short series has no place; other states' are left out."""
    table = pl.concat(
        [
            series(*[100.0] * 27, 300.0, 300.0, 300.0, 200.0),
            series(0.5, 0.7, name="gpr_country", state="RUS"),
            series(0.5, name="gpr_country", state="CHN"),
            series(66.0, name="oil_brent", unit="USD per barrel"),
        ]
    )
    found = read_series(table, Pair("USA", "RUS"))
    assert [(reading.series, reading.state) for reading in found] == [
        ("oil_brent", None), ("gpr", None), ("gpr_country", "RUS"),
    ]  # fmt: skip
    assert found[1].share_below == pytest.approx(0.9)
    assert found[2].share_below is None
    assert str(found[0]).startswith("Brent oil 66 USD (to 31 March 2018")


def test_the_brief_says_that_they_do_not_enter_the_forecast(make_brief: Callable[..., Brief]) -> None:
    """With series there is a note, in Markdown and JSON; without, none."""
    plain = make_brief()
    shown = dataclasses.replace(plain, series=read_series(series(100.0), plain.pair))
    assert NOT_USED in render_markdown(shown)
    assert NOT_USED not in render_markdown(plain)
    assert shown.as_dict()["outside_series"][0]["used_in_forecast"] is False
    assert shown.as_dict()["forecasts"] == plain.as_dict()["forecasts"]
