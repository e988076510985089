"""Measures in words: the number, its band and its reading say one thing."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.domain.actors import Dyad, Pair
from detente.outlook import guide_lines, read_measures
from detente.relations import REGISTRY, find_measure
from detente.relations.measure import Row, build_rows

_DAY = dt.date(2019, 3, 1)


def _one(measure: str, row: Row) -> object:
    found = find_measure(measure)
    rows = build_rows(found.name, found.quantities, Pair("USA", "RUS"), _DAY, [row])
    ((_, (reading,)),) = read_measures(rows)
    return reading


def test_shares_are_read_in_per_cent() -> None:
    """A share is shown in per cent with its band, and the words of its step."""
    found = _one("attention", Row("share", 0.068, 0.055, 0.2, 10, _DAY, _DAY, Dyad("USA", "RUS")))
    assert (found.who, found.value, found.band) == ("US → Russia", "6.8 %", "5.5 to 20")
    assert (
        found.says
        == "a sizeable part of its agenda (band: a sizeable part of its agenda to a large part of its agenda)"
    )
    assert found.as_dict()["since"] == "2019-03-01"


def test_an_item_is_named() -> None:
    """A third state is named; a horizon is shown as it is."""
    gained = _one("attention", Row("displaced_by", 0.1, 0.05, 0.2, 9, _DAY, _DAY, Dyad("USA", "RUS"), "VEN"))
    assert gained.who == "US → Russia, Venezuela"
    chance = _one("provocation", Row("chance", 0.5, 0.1, 0.9, 9, _DAY, _DAY, Dyad("USA", "RUS"), "13w"))
    assert chance.who == "US → Russia, 13w"


def test_what_is_not_known_says_why() -> None:
    """A number that is not known is a dash with the reason, never zero."""
    found = _one("status", Row("z", None, note="3 earlier weeks are covered"))
    assert (found.who, found.value, found.band) == ("both", "–", "")
    assert found.says == "3 earlier weeks are covered"


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_guide_has_all_its_parts(name: str) -> None:
    """A guide says what the measure says, its formula, how to read it, and what it cannot tell."""
    headings = [heading for heading, _ in guide_lines(REGISTRY[name])]
    assert headings[:6] == ["What it says", "Formula", "High", "Low", "Missing", "What it cannot tell"]
