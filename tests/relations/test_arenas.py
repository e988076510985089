"""Arenas: shares of what is known, changes that add up, and no arena made of a source that learns to name places."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import FIRST, as_cells, by_place, covered

from detente.domain.actors import Pair
from detente.relations import explain_by_arena, explain_change, measure_arenas

PAIR = Pair("USA", "RUS")
DAYS = 7 * 30
AS_OF = FIRST + dt.timedelta(days=DAYS - 1)
_CODES = ("042", "163", "190", "112", "010", "061")
_PLACES = ("USA", "RUS", "SYR", "CHE", None)
_MILLI = {"042": 1900, "163": -8000, "190": -10_000, "112": -2000, "010": 0, "061": 6400}
KINDS: tuple[Literal["place", "theme"], ...] = ("place", "theme")

Row = tuple[int, str, str | None, int, int]
_DRAWN = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.sampled_from(_CODES), st.sampled_from(_PLACES), st.integers(1, 3)),
    min_size=1,
    max_size=60,
)


def _rows(drawn: list[tuple[int, str, str | None, int]]) -> list[Row]:
    return [(day, code, place, n, _MILLI[code]) for day, code, place, n in drawn]


def _steady(places: tuple[str | None, ...] = _PLACES) -> list[Row]:
    """Every code once a week, in places by turns."""
    return [
        (7 * week + index, code, places[(week + index) % len(places)], 1, _MILLI[code])
        for week in range(30)
        for index, code in enumerate(_CODES)
    ]


@settings(max_examples=30, deadline=None)
@given(drawn=_DRAWN, thin=st.sets(st.integers(0, DAYS - 1), max_size=30))
def test_themes_add_up_to_the_change_that_is_explained(
    drawn: list[tuple[int, str, str | None, int]], thin: set[int]
) -> None:
    """Whatever happened, the themes' contributions sum to the change of explain-v1, the unknown ones included."""
    cells, days = by_place(_rows(drawn)), covered(DAYS, thin=thin)
    arenas = explain_by_arena(cells, days, PAIR, as_of=AS_OF, kind="theme")
    whole = explain_change(as_cells(cells), days, PAIR, as_of=AS_OF)
    assert arenas["change"].sum() == pytest.approx(whole.change, abs=1e-9)
    assert (arenas["recent"].sum(), arenas["usual"].sum()) == pytest.approx((whole.recent, whole.usual), abs=1e-9)
    variance = ((arenas["change_high"] - arenas["change_low"]) ** 2).sum()
    assert variance == pytest.approx((whole.change_high - whole.change_low) ** 2, rel=1e-9)


def test_places_add_up_where_all_are_known() -> None:
    """With a place for every event, the places' contributions sum to the same change."""
    cells = by_place([*_steady(("USA", "RUS", "SYR")), (DAYS - 3, "190", "SYR", 40, -10_000)])
    arenas = explain_by_arena(cells, covered(DAYS), PAIR, as_of=AS_OF, kind="place")
    whole = explain_change(as_cells(cells), covered(DAYS), PAIR, as_of=AS_OF)
    assert arenas["change"].sum() == pytest.approx(whole.change, abs=1e-9)
    assert arenas["arena"][0] == "SYR"
    assert arenas.row(0, named=True)["change_high"] < 0
    assert dict(arenas.select("arena", "soil").iter_rows()) == {"USA": "own", "RUS": "own", "SYR": "third"}


def test_a_source_that_begins_to_name_places_is_no_change() -> None:
    """Places known from the 15th week on are compared from there on alone, and what stays the same is no news."""
    rows = [(day, code, None if day < 98 else "RUS", n, milli) for day, code, _, n, milli in _steady()]
    arenas = explain_by_arena(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="place")
    assert arenas.select("arena", "recent_days", "usual_days").rows() == [("RUS", 28, DAYS - 28 - 98)]
    assert abs(arenas["change"].item()) < 1e-9


def test_too_short_a_past_has_no_change() -> None:
    """Places known for eleven weeks leave seven before the last four, and seven are too few."""
    rows = [(day, code, None if day < DAYS - 77 else "RUS", n, milli) for day, code, _, n, milli in _steady()]
    assert explain_by_arena(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="place").is_empty()
    assert not explain_by_arena(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="theme").is_empty()


@pytest.mark.parametrize("kind", KINDS)
def test_shares_are_of_what_is_known_and_lie_in_their_bands(kind: Literal["place", "theme"]) -> None:
    """The shares of the known arenas sum to one on either side; the unknown row has a count and no share."""
    arenas = measure_arenas(by_place(_steady()), covered(DAYS), PAIR, as_of=AS_OF, kind=kind)
    assert arenas["arena"].to_list()[-1] is None
    assert arenas["n"].sum() == 26 * len(_CODES)
    for name in ("cooperation_share", "conflict_share"):
        known = arenas.drop_nulls("arena")
        assert known[name].sum() == pytest.approx(1.0)
        assert (known[f"{name}_low"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_high"]).all()
        assert known[f"{name}_low"].min() >= 0  # type: ignore[operator]
        assert arenas[name][-1] is None


def test_repeated_reports_change_no_share() -> None:
    """Every report told three times leaves shares and bands where they were."""
    often = [(day, code, place, 3 * n, milli) for day, code, place, n, milli in _steady()]
    first, second = (
        measure_arenas(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="place") for rows in (_steady(), often)
    )
    floats = pl.selectors.float()
    np.testing.assert_allclose(first.select(floats).fill_null(-1), second.select(floats).fill_null(-1))


def test_few_events_have_no_shares() -> None:
    """Nineteen located events are counted, and no share is made of them."""
    rows = [(DAYS - 1 - 7 * week, "042", "CHE", 1, 1900) for week in range(19)]
    arenas = measure_arenas(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="place")
    assert arenas.select("arena", "n", "cooperation_share", "conflict_share").rows() == [("CHE", 19, None, None)]
    rows.append((DAYS - 1, "042", "FIN", 1, 1900))
    arenas = measure_arenas(by_place(rows), covered(DAYS), PAIR, as_of=AS_OF, kind="place")
    assert arenas.select("arena", "cooperation_share", "conflict_share").row(0) == ("CHE", 0.95, None)


@settings(max_examples=10, deadline=None)
@given(later=st.integers(1, 30), code=st.sampled_from(_CODES), place=st.sampled_from(_PLACES))
def test_planted_events_change_nothing_before_them(later: int, code: str, place: str | None) -> None:
    """Arenas and their changes as of a day are the same bits with wild events on any later day."""
    planted = by_place([*_steady(), (DAYS - 1 + later, code, place, 5000, -10_000)])
    for kind in KINDS:
        for measure in (measure_arenas, explain_by_arena):
            before = measure(by_place(_steady()), covered(DAYS), PAIR, as_of=AS_OF, kind=kind)
            assert before.equals(measure(planted, covered(DAYS + 30), PAIR, as_of=AS_OF, kind=kind))


def test_codes_of_another_system_have_no_theme() -> None:
    """A code whose type is not the one that CAMEO gives it is not read as CAMEO: WEIS 190 is no fighting."""
    cells = by_place(_steady()).with_columns(pl.lit("SANCTION").alias("event_type"))
    themes = measure_arenas(cells, covered(DAYS), PAIR, as_of=AS_OF, kind="theme")
    assert themes["arena"].to_list() == [None]
