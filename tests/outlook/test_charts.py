"""Charts are valid, repeatable SVG that says in words what it shows, and never joins a gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.domain.tables import LEVELS
from detente.outlook import Brief
from detente.outlook.chart_frame import _nice_step
from detente.outlook.charts import draw_level_chart, draw_probabilities, find_ceiling, numbered_events

Make = Callable[..., Brief]
_SVG = "{http://www.w3.org/2000/svg}"


def _parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text


def _of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.get("class") == name]


def test_a_chart_is_valid_xml_and_says_what_it_shows(brief: Brief) -> None:
    """It has a role, a title and a description, even where the title is hostile."""
    root = _parse(draw_level_chart(brief.levels, title='A <b>"bold"</b> & title'))
    assert root.get("role") == "img"
    assert root.findtext(f"{_SVG}title") == 'A <b>"bold"</b> & title'
    assert "In the week to 20 April 2018" in (root.findtext(f"{_SVG}desc") or "")


def test_the_same_weeks_give_the_same_drawing(brief: Brief) -> None:
    """Whatever the order of the rows."""
    shuffled = brief.levels.sample(fraction=1.0, shuffle=True, seed=3)
    assert draw_level_chart(brief.levels, title="t") == draw_level_chart(shuffled, title="t")


def test_gaps_are_shaded_and_never_joined(make_brief: Make) -> None:
    """Two gaps break a line in three: two lines and a dot for a week alone between them."""
    root = _parse(draw_level_chart(make_brief(weeks=20, gaps={9, 11}).levels, title="t"))
    assert len(_of_class(root, "gap")) == 2
    assert len(_of_class(root, "line conflict")) == 2
    assert len(_of_class(root, "dot conflict")) == 1
    assert len(_of_class(root, "volume")) == 18
    assert "2 of 20 weeks are gaps" in (root.findtext(f"{_SVG}desc") or "")


def test_nothing_but_gaps_draws_no_line(make_brief: Make) -> None:
    """And says so; without any week there is no chart at all."""
    root = _parse(draw_level_chart(make_brief(weeks=5, gaps=set(range(5))).levels, title="t"))
    assert not _of_class(root, "line conflict")
    assert root.findtext(f"{_SVG}desc") == "No week has enough covered days."
    assert draw_level_chart(LEVELS.empty(), title="t") == ""


def test_covered_weeks_without_events_lie_on_zero(make_brief: Make) -> None:
    """A true zero is drawn; a volume of nothing needs no bar."""
    zeros = make_brief(weeks=8).levels.with_columns(
        *(pl.lit(0.0).alias(name) for name in ("cooperation", "conflict", "balance")), pl.lit(0, pl.Int64).alias("n")
    )
    root = _parse(draw_level_chart(zeros, title="t"))
    assert len(_of_class(root, "line conflict")) == 1
    assert not _of_class(root, "volume")


@pytest.mark.parametrize("width", [360, 760])
@pytest.mark.parametrize("weeks", [1, 2, 8, 60, 300, 1500])
def test_labels_of_the_axis_do_not_touch(make_brief: Make, weeks: int, width: int) -> None:
    """Months are set apart at any length of history and any width, and stay in the drawing."""
    root = _parse(draw_level_chart(make_brief(weeks=weeks).levels, title="t", width=width))
    months = [text for text in root.iter(f"{_SVG}text") if (text.text or "").isalpha() and len(text.text or "") == 3]
    places = sorted(float(text.get("x", "0")) for text in months)
    assert all(right - left >= 28 for left, right in pairwise(places))
    assert all(place <= width - 26 for place in places)


@given(st.lists(st.integers(0, 400), max_size=9, unique=True))
def test_markers_do_not_cover_one_another(days: list[int]) -> None:
    """However close the events, their numbers stay apart, in order and inside the drawing."""
    first = dt.date(2018, 1, 1)
    events = [(n, first + dt.timedelta(days=day), f"e{n}") for n, day in enumerate(sorted(days), start=1)]
    row = {"pair": "RUS-USA", "covered_days": 0, "scale": 1.0}
    levels = pl.DataFrame(
        [row | {"week_end": first + dt.timedelta(days=7 * week)} for week in range(1, 59)], schema=LEVELS.schema
    )
    root = _parse(draw_level_chart(levels, events, title="t", width=360))
    places = [float(circle.get("cx", "")) for circle in root.iter(f"{_SVG}circle")]
    assert len(places) == len(days)
    assert all(right - left >= 16.9 for left, right in pairwise(places))
    assert all(40 <= place <= 352 for place in places)


def test_one_number_for_each_day_the_latest_nine(brief: Brief) -> None:
    """Events of one day share a number and a line of the legend."""
    events = numbered_events(brief.chronology, brief.as_of - dt.timedelta(days=90), brief.as_of)
    assert [(number, label) for number, _, label in events] == [
        (1, "A visit"), (2, "Envoys sent home"), (3, "An answer in kind"),
    ]  # fmt: skip
    row = brief.chronology.head(1)
    many = pl.concat([row.with_columns(pl.col("day") + pl.duration(days=back)) for back in range(12)])
    twice = pl.concat([many, many.with_columns(pl.lit("Again").alias("label"))])
    found = numbered_events(twice, row["day"][0], brief.as_of)
    assert [number for number, _, _ in found] == list(range(1, 10))
    assert found[-1][2] == "A visit / Again"


def test_charts_side_by_side_share_an_axis(brief: Brief) -> None:
    """The common ceiling holds both; nothing at all still has a scale."""
    assert find_ceiling([brief.levels, brief.dyads]) > find_ceiling([brief.levels.head(3)])
    assert find_ceiling([LEVELS.empty()]) == find_ceiling([]) == 1.0


def test_bars_state_their_numbers() -> None:
    """Each bar has its number and band in the picture and in the description."""
    root = _parse(draw_probabilities([("hold", 0.34, 0.23, 0.46), ("x<y", 0.001, 0.0, 0.02)], title="T"))
    said = root.findtext(f"{_SVG}desc") or ""
    assert "hold 34 %, band 23–46 %" in said
    assert "x<y <1 %, band <1–2 %" in said
    assert "34 % (23–46 %)" in " ".join("".join(text.itertext()) for text in root.iter(f"{_SVG}text"))


@given(st.floats(1e-6, 1e9))
def test_steps_of_an_axis_are_round(size: float) -> None:
    """1, 2 or 5 times a power of ten, not below the size and less than 2.5 times it."""
    step = _nice_step(size)
    assert size * 0.999 <= step <= size * 2.501
    assert f"{step:e}"[0] in "125"
