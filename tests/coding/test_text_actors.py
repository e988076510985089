"""Actors in a text, as of its date: who is meant, for whom they act, and what is left out."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from detente.codebook import leaders
from detente.codebook.actor_linter import check_actors, leader_gaps
from detente.coding.actors import find_actors

DAY = dt.date(2017, 8, 11)


def _seen(text: str, on: dt.date = DAY) -> dict[str, tuple[str | None, str | None]]:
    return {mention.text: (mention.iso3, mention.role) for mention in find_actors(text, on).mentions}


def _left_out(text: str, on: dt.date = DAY) -> dict[str, str]:
    return {left.text: left.why for left in find_actors(text, on).left_out}


def test_the_actor_tables_pass_their_linter() -> None:
    """Offices have one holder at a time, states, roles and offices are known, names mean one thing."""
    assert check_actors() == []


def test_leaders_are_known_of_sixty_states_and_three_offices() -> None:
    """At least sixty states have a head and a foreign minister in most years from 1990 until the table's date."""
    years = range(1991, leaders.known_until().year + 1)
    kept = Counter(
        iso3
        for iso3 in {spell.iso3 for spell in leaders.spells()}
        for year in years
        if any(leaders.holder(iso3, o, dt.date(year, 6, 15)) for o in ("head of state", "head of government"))
        and leaders.holder(iso3, "foreign minister", dt.date(year, 6, 15))
    )
    assert sum(count >= 0.7 * len(years) for count in kept.values()) >= 60


def test_gaps_of_an_office_are_listed() -> None:
    """A gap of more than a year between two known holders is found, and most spells have none."""
    gaps = leader_gaps()
    assert 0 < len(gaps) < 0.05 * len(leaders.spells())
    assert all(after > before for _, _, before, after in gaps)


@pytest.mark.parametrize(
    ("iso3", "office", "day", "name"),
    [
        ("USA", "head of state", dt.date(2017, 1, 19), "Barack Obama"),
        ("USA", "head of state", dt.date(2017, 1, 20), "Donald Trump"),
        ("USA", "foreign minister", dt.date(1997, 6, 1), "Madeleine Albright"),
        ("RUS", "head of state", dt.date(2009, 6, 1), "Dmitry Medvedev"),
        ("RUS", "head of government", dt.date(2009, 6, 1), "Vladimir Putin"),
        ("DEU", "head of government", dt.date(2021, 12, 8), "Olaf Scholz"),
        ("JPN", "foreign minister", dt.date(2013, 5, 1), "Fumio Kishida"),
        ("IRN", "supreme leader", dt.date(2010, 1, 1), "Ali Khamenei"),
    ],
)
def test_an_office_has_the_holder_of_the_day(iso3: str, office: str, day: dt.date, name: str) -> None:
    """The day of a change belongs to the one who comes in."""
    found = leaders.holder(iso3, office, day)
    assert found is not None
    assert found.name == name


def test_a_change_known_only_to_the_month_names_nobody_in_it() -> None:
    """Between two foreign ministers whose change is known to the month, that month is left open."""
    assert leaders.holder("SRB", "head of state", dt.date(2001, 1, 1)) is not None
    assert leaders.holder("EGY", "foreign minister", dt.date(1991, 4, 30)) is not None
    assert leaders.holder("EGY", "foreign minister", dt.date(1991, 5, 15)) is None
    assert leaders.holder("EGY", "foreign minister", dt.date(1991, 6, 1)) is not None


def test_states_peoples_capitals_and_seats_are_actors_with_roles() -> None:
    """A state's name has no role; a government's seat speaks for the executive, a parliament for the legislature."""
    seen = _seen("The Kremlin told Washington that Russian troops left; the State Duma and Iranian diplomats agreed.")
    assert seen == {
        "Kremlin": ("RUS", "executive"),
        "Washington": ("USA", "executive"),
        "Russian troops": ("RUS", "military"),
        "State Duma": ("RUS", "legislature"),
        "Iranian diplomats": ("IRN", "executive"),
    }


def test_a_ministry_is_read_with_its_state() -> None:
    """Adjective or possessive, the institution belongs to the state before it."""
    seen = _seen("The Russian foreign ministry answered China's deputy foreign minister and US senators.")
    assert seen["Russian foreign ministry"] == ("RUS", "executive")
    assert seen["China's deputy foreign minister"] == ("CHN", "executive")
    assert seen["US senators"] == ("USA", "legislature")


def test_names_mean_what_they_meant_on_the_day() -> None:
    """Moscow spoke for the Soviet Union until it ended, and a leader out of office speaks for no office."""
    assert _seen("Moscow protested.", dt.date(1990, 5, 1)) == {"Moscow": ("SUN", "executive")}
    assert _seen("Moscow protested.") == {"Moscow": ("RUS", "executive")}
    assert _seen("Barack Obama spoke.") == {"Barack Obama": ("USA", None)}
    assert _seen("Barack Obama spoke.", dt.date(2012, 1, 1)) == {"Barack Obama": ("USA", "executive")}


def test_a_leader_after_the_tables_date_is_not_certain() -> None:
    """Who was last known to hold an office is named with that warning, not as a fact."""
    later = leaders.known_until() + dt.timedelta(days=300)
    (mention,) = find_actors("Donald Trump spoke.", later).mentions
    assert not mention.certain
    assert "older" in mention.note


def test_the_state_of_georgia_is_told_from_the_american_one() -> None:
    """With signs of neither, Georgia is left out."""
    assert _seen("Georgia and Russia fought over South Ossetia.")["Georgia"] == ("GEO", None)
    assert "Georgia" not in _seen("Voters in Georgia chose a governor near Atlanta.")
    assert _left_out("Georgia said it would wait.") == {"Georgia": "which Georgia is not said"}


def test_a_name_inside_another_name_is_no_actor() -> None:
    """Newspapers, institutes and persons called like states are left out."""
    seen = _seen("The Washington Post quoted Michael Jordan of New Mexico and the China Institutes.")
    assert seen == {}
    assert "Washington" not in _seen("They met in Washington.")


def test_a_namesake_of_a_leader_is_not_the_leader() -> None:
    """A relative with another first name is not taken for the president."""
    assert _seen("Ivanka Trump opened a shop.") == {}
    assert _seen("May is a warm month, and Brown is a colour.", dt.date(2018, 5, 1)) == {}


def test_the_president_is_whoever_the_text_named() -> None:
    """A bare office is the one state's that the text before it allows; with two, or none, it is left out."""
    found = find_actors("Donald Trump spoke on Monday. The President left.", DAY)
    office = next(mention for mention in found.mentions if mention.text == "The President")
    assert (office.iso3, office.person, office.certain) == ("USA", "Donald Trump", False)
    assert "The President" in _left_out("Vladimir Putin and Xi Jinping met. The President left.")
    assert "The minister" in _left_out("The minister left.")


def test_congress_needs_a_state_in_the_text() -> None:
    """Congress is the American one where the United States are in the text, and nobody's in a text without states."""
    assert _seen("US exports fell and Congress acted.")["Congress"] == ("USA", "legislature")
    assert _left_out("Congress acted.") == {"Congress": "no state in the text has one"}


def test_pronouns_are_never_actors() -> None:
    """He, she, they and it stand for nobody by themselves."""
    assert _seen("He said they would do it, and she agreed.") == {}


def test_heads_agree_with_archigos(reference_data: object) -> None:
    """Of the heads in Archigos (1990-2015, sixty days or more) at least 85 in 100 have a namesake in the table."""
    polars = pytest.importorskip("polars")
    from pathlib import Path

    from detente.codebook import codes_to_iso3

    path = Path(str(reference_data)) / "reference" / "states" / "archigos_4_1_leaders.parquet"
    if not path.is_file():
        pytest.skip("Archigos is not among the data sets here")
    frame = polars.read_parquet(path).filter(polars.col("enddate") >= dt.date(1990, 3, 1))
    known = {spell.iso3 for spell in leaders.spells()}
    agreed = missed = 0
    for row in frame.iter_rows(named=True):
        iso3 = codes_to_iso3("gw").get(str(row["gwcode"]))
        if iso3 not in known or (row["enddate"] - row["startdate"]).days < 60:
            continue
        parts = {part for part in leaders.plain_name(row["leader"]).replace(",", "").split() if len(part) > 2}
        names = " ".join(leaders.plain_name(s.name) for s in leaders.spells() if s.iso3 == iso3)
        agreed += any(part in names for part in parts)
        missed += not any(part in names for part in parts)
    assert agreed + missed > 500
    assert agreed / (agreed + missed) > 0.85
