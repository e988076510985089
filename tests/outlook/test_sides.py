"""Charts with two sides: valid, repeatable, the numbers said in words, nothing drawn of what is not known."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from detente.domain.tables import ARENA_CHANGES, ARENAS, VOICES
from detente.outlook.sides import Bar, TwoSided, arena_rows, change_rows, draw_sides, find_reach, voice_rows

_SVG = "{http://www.w3.org/2000/svg}"
_DAY = dt.date(2019, 3, 25)
_ROWS = [
    TwoSided("executive", Bar(1.0, 0.5, 1.5), Bar(2.0, 1.8, 2.2), "100 events"),
    TwoSided("<military>", Bar(6.0, 5.0, 7.5), None, "30 events"),
]


def _classes(text: str) -> list[str]:
    return [element.get("class", "") for element in ET.fromstring(text).iter()]  # noqa: S314 - our own text


def test_a_chart_is_valid_xml_and_says_its_numbers() -> None:
    """Every bar has a whisker, a hostile label is escaped, and the description tells values and bands."""
    text = draw_sides(_ROWS, title="a & b", unit="points")
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.findtext(f"{_SVG}title") == "a & b"
    assert "executive: conflict 1.0 (band 0.5 to 1.5), cooperation 2.0" in (root.findtext(f"{_SVG}desc") or "")
    classes = _classes(text)
    assert (classes.count("bar deteriorate"), classes.count("bar improve"), classes.count("whisker")) == (2, 1, 3)
    assert text == draw_sides(_ROWS, title="a & b", unit="points")


def test_everything_stays_inside_the_drawing() -> None:
    """The longest whisker ends inside, and nothing is drawn of no rows."""
    assert find_reach(_ROWS) > 7.5
    for element in ET.fromstring(draw_sides(_ROWS, title="t", unit="u")).iter(f"{_SVG}rect"):  # noqa: S314 - ours
        assert 0 <= float(element.get("x", "-1")) < 760
    assert draw_sides([], title="t", unit="u") == ""


@pytest.mark.parametrize(("change", "side"), [(-2.0, "conflict"), (2.0, "cooperation")])
def test_a_change_stands_on_its_side_with_its_band(change: float, side: str) -> None:
    """What made it worse goes left and what made it better right; a band may reach over the middle."""
    row = ("A-B", "place", None, None, _DAY, _DAY, 9, 28, 300, 0.0, 0.0, change, change - 3, change + 3)
    (found,) = change_rows(pl.DataFrame([row], schema=ARENA_CHANGES.schema, orient="row"))
    assert getattr(found, side) == Bar(2.0, -1.0, 5.0)
    assert found.label == "place not known"
    assert found.end == ("−2.0" if change < 0 else "+2.0")


def test_what_is_not_known_is_not_drawn() -> None:
    """Branches hardly heard and arenas without shares have no row."""
    voice = ("A-B", "USA", "RUS", "military", _DAY, _DAY, 3, 0.1, *(None,) * 9)
    assert voice_rows(pl.DataFrame([voice], schema=VOICES.schema, orient="row")) == []
    arena = ("A-B", "place", "CHE", "third", _DAY, _DAY, 3, *(None,) * 6)
    assert arena_rows(pl.DataFrame([arena], schema=ARENAS.schema, orient="row")) == []
    known = (*arena[:7], 0.5, 0.2, 0.6, None, None, None)
    (found,) = arena_rows(pl.DataFrame([known], schema=ARENAS.schema, orient="row"))
    assert (found.label, found.conflict, found.cooperation) == ("Switzerland", None, Bar(50.0, 20.0, 60.0))
