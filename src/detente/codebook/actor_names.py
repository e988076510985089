"""What actors are called in news: states, peoples, capitals, seats of government, institutions, organisations.

Facts from general knowledge, written by hand: ``actor_names.csv`` (names that mean an actor by themselves, with the
days between which they do), ``peoples.csv`` (adjectives and peoples beside each state's demonym) and
``institution_words.csv`` (what stands after a state's name or adjective: *foreign ministry*, *troops*).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from detente.codebook.crosswalk import spell, split_cell
from detente.codebook.reading import read_data

KINDS = ("name", "demonym", "capital", "seat", "institution", "organisation")
#: Demonyms of the state list that are a name rather than an adjective, or mean another people as often.
_NO_ADJECTIVES = frozenset({"DRC", "Macedonia", "Myanmar", "Vatican City", "Republic of the Congo", "Saudi Arabia"})
#: Capitals that are also the state, another city as well known, or a common word.
_NO_CAPITALS = frozenset({"Male", "Victoria", "Georgetown", "San Jose", "Singapore", "Djibouti", "Monaco", "Luxembourg",
                          "San Marino", "Kingston", "Amsterdam", "Rome", "Brussels", "Santiago", "Freetown", "Roseau",
                          "Valletta", "Apia", "Suva", "Dili", "Palikir", "Majuro", "Yaren", "Funafuti", "Castries",
                          "Basseterre", "Kingstown", "Bridgetown", "Nassau", "Hamilton"})  # fmt: skip
#: Rome and Brussels do mean governments, but Rome has two and Brussels three.
_ALSO_CAPITALS = {"Rome": "ITA", "Santiago": "CHL"}


@dataclass(frozen=True)
class ActorName:
    """A text that means an actor.

    Args:
        text: As it is written.
        iso3: The state; None for organisations of no state.
        role: Who of the state it is; None for the state as a whole.
        kind: One of ``KINDS``.
        first: First day on which it means that.
        last: Last such day.
    """

    text: str
    iso3: str | None
    role: str | None
    kind: str
    first: dt.date
    last: dt.date


@cache
def actor_names() -> Mapping[str, tuple[ActorName, ...]]:
    """All names by their text; several where a name changed its meaning."""
    found: dict[str, list[ActorName]] = {}
    for name in (*_of_states(), *_of_the_table()):
        held = found.setdefault(name.text, [])
        if not any((other.iso3, other.first) == (name.iso3, name.first) for other in held):
            held.append(name)
    return {text: tuple(names) for text, names in found.items()}


def actor_named(text: str, on: dt.date) -> ActorName | None:
    """What a name means on a day; None where it means nothing, or more than one thing."""
    found = [name for name in actor_names().get(text, ()) if name.first <= on <= name.last]
    return found[0] if len({name.iso3 for name in found}) == 1 else None


@cache
def institution_words() -> Mapping[str, tuple[str, str | None]]:
    """Role and, where it is one, office of the words that follow a state's name."""
    return {row["text"]: (row["role"], row["office"] or None) for row in read_data("institution_words")}


def _of_states() -> list[ActorName]:
    names = []
    peoples = {row["iso3"]: split_cell(row["words"]) for row in read_data("peoples")}
    for row in read_data("states"):
        if row["status"] == "territory":
            continue
        iso3, (first, last) = row["iso3"], spell(row)
        plain = [text for text in (row["name"], *split_cell(row["aliases"])) if "(" not in text]
        names += [ActorName(text, iso3, None, "name", first, last) for text in plain]
        adjectives = [row["demonym"]] if row["demonym"] and row["demonym"] not in _NO_ADJECTIVES else []
        plural = [f"{word}s" for word in adjectives if word.endswith(("an", "i"))]
        names += [
            ActorName(text, iso3, None, "demonym", first, last)
            for text in dict.fromkeys((*adjectives, *plural, *peoples.get(iso3, ())))
        ]
        if row["capital"] and row["capital"] not in _NO_CAPITALS:
            names.append(ActorName(row["capital"], iso3, "executive", "capital", first, last))
    names += [ActorName(text, iso3, "executive", "capital", dt.date.min, dt.date.max)
              for text, iso3 in _ALSO_CAPITALS.items()]  # fmt: skip
    return names


def _of_the_table() -> list[ActorName]:
    return [
        ActorName(row["text"], row["iso3"] or None, row["role"], row["kind"], *spell(row))
        for row in read_data("actor_names")
    ]
