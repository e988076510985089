"""Who held which office when: heads of state and of government, foreign ministers, paramount leaders.

Facts only, written by hand and dated; ``leaders.yaml`` is the card: until when the table was kept, what it was compared
with, what it lacks. A start or end known only to the month or the year names nobody within that month or year.
"""

from __future__ import annotations

import calendar
import datetime as dt
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.codebook.reading import read_data

OFFICES = ("head of state", "head of government", "foreign minister", "supreme leader", "party leader")
#: Letters that lose their mark only by hand: Unicode does not decompose them.
_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss"})


@dataclass(frozen=True)
class Spell:
    """One person in one office of one state.

    Args:
        iso3: The state.
        office: One of ``OFFICES``.
        name: The usual full name.
        short: The name that newspapers use alone.
        aliases: Other spellings of the full name.
        first: First day on which the person surely held the office.
        last: Last such day; None while no end is known.
        earliest: First day on which the person may have held it.
        latest: Last such day; None while no end is known.
    """

    iso3: str
    office: str
    name: str
    short: str
    aliases: tuple[str, ...]
    first: dt.date
    last: dt.date | None
    earliest: dt.date
    latest: dt.date | None

    def surely_holds(self, on: dt.date) -> bool:
        """Whether the person held the office on a day for certain."""
        return self.first <= on and (self.last is None or on <= self.last)

    def may_hold(self, on: dt.date) -> bool:
        """Whether the person may have held the office on a day."""
        return self.earliest <= on and (self.latest is None or on <= self.latest)

    def is_last_known(self, on: dt.date) -> bool:
        """Whether a day is later than the table was kept, so that the holder is only the last one known."""
        return self.last is None and on > known_until()


@cache
def leaders_card() -> dict[str, Any]:
    """The card of the table of leaders."""
    import yaml  # noqa: PLC0415 - not needed before the card is read

    text = files("detente.codebook").joinpath("data", "leaders.yaml").read_text("utf-8")
    card: dict[str, Any] = yaml.safe_load(text)
    return card


@cache
def known_until() -> dt.date:
    """The day until which the table was kept."""
    day: dt.date = leaders_card()["as_known_on"]
    return day


@cache
def spells() -> tuple[Spell, ...]:
    """All spells, by state, office and start."""
    return tuple(_spell(row) for row in read_data("leaders"))


def holder(iso3: str, office: str, on: dt.date) -> Spell | None:
    """Who surely held an office on a day; None where nobody is known or the day is a border known only roughly."""
    found = [spell for spell in _by_office().get((iso3, office), ()) if spell.surely_holds(on)]
    return found[0] if len(found) == 1 else None


def find_leader(name: str) -> tuple[Spell, ...]:
    """All spells of those who bear a full name, whatever its accents and hyphens; none where nobody does."""
    return _by_name().get(plain_name(name), ())


def plain_name(name: str) -> str:
    """A name without accents, hyphens, points and case."""
    letters = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    kept = "".join(" " if char in "-–'’." else char for char in letters if not unicodedata.combining(char))
    return " ".join(kept.casefold().split())


@cache
def _by_office() -> dict[tuple[str, str], tuple[Spell, ...]]:
    found: dict[tuple[str, str], tuple[Spell, ...]] = {}
    for spell in spells():
        found[spell.iso3, spell.office] = (*found.get((spell.iso3, spell.office), ()), spell)
    return found


@cache
def _by_name() -> dict[str, tuple[Spell, ...]]:
    found: dict[str, tuple[Spell, ...]] = {}
    for spell in spells():
        for name in dict.fromkeys(plain_name(text) for text in (spell.name, *spell.aliases)):
            found[name] = (*found.get(name, ()), spell)
    return found


def _spell(row: dict[str, str]) -> Spell:
    earliest, first = _range(row["start"])
    end_first, end_last = _range(row["end"]) if row["end"] else (None, None)
    return Spell(
        iso3=row["iso3"],
        office=row["office"],
        name=row["name"],
        short=row["short"],
        aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
        first=first,
        last=end_first - dt.timedelta(days=1) if end_first else None,
        earliest=earliest,
        latest=end_last,
    )


def _range(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day that a date of a day, a month or a year can mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return dt.date(*parts), dt.date(*parts)
    if len(parts) == 2:
        year, month = parts
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    return dt.date(parts[0], 1, 1), dt.date(parts[0], 12, 31)
