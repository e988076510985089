"""Pairs by any usual spelling: `India–Pakistan`, `usa russia`, `Kreml`, `IND-PAK`.

Names are those of the codebook (states, their aliases, adjectives, capitals, seats of government), and beginnings of
them of three letters or more. Guesses are offered, never taken: only a text that means two states alone is one pair.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from detente.codebook import find_state, state_name, states
from detente.codebook.actor_names import actor_names
from detente.codebook.crosswalk import fold_name
from detente.errors import CodebookError
from detente.outlook.words import short_name

if TYPE_CHECKING:
    from detente.world import World

#: Longest text that is looked at, and most pairs that are offered.
LONGEST_QUERY, OFFERED = 120, 12
_BEGINNING = 3
_SPLIT = re.compile(r"\s*(?:[-–—/,;:&+|>→↔]+|\bvs?\b\.?|\bversus\b|\band\b|\bagainst\b|\btowards?\b)\s*", re.IGNORECASE)


def find_pairs(world: World, text: str) -> dict[str, Any]:
    """What a text may mean.

    Args:
        world: The pairs that can be offered.
        text: What was typed; cut after 120 characters.

    Returns:
        ``query``, ``pair`` (the one pair that is meant, in the order typed; null where that is open) and ``pairs``:
        each with its id, name and events, the likeliest first.
    """
    query = " ".join(text[:LONGEST_QUERY].split())
    meant = read_two(query)
    held = world.pairs()
    counts: dict[str, int] = dict(held.select("pair", "n").iter_rows())
    found: list[tuple[str, str]] = [meant] if meant else []
    if not meant and query:
        first, second = _sides(query)
        ordered = [tuple(pair.split("-")) for pair in counts]
        found = [side for pair in ordered if (side := _fits(pair[0], pair[1], first, second))][:OFFERED]
    pairs = [
        {"pair": f"{a}-{b}", "name": f"{short_name(a)} – {short_name(b)}", "n": counts.get("-".join(sorted((a, b))), 0)}
        for a, b in found
    ]
    return {"query": query, "pair": "-".join(meant) if meant else None, "pairs": pairs}


def read_two(text: str) -> tuple[str, str] | None:
    """The two states that a text names, in its order; None where it does not name two and nothing else."""
    parts = _SPLIT.split(text)
    words = text.split()
    ways = [(" ".join(parts[:cut]), " ".join(parts[cut:])) for cut in range(1, len(parts))]
    ways += [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    for one, other in ways:
        a, b = _state(one), _state(other)
        if a and b and a != b:
            return a, b
    return None


def _state(text: str) -> str | None:
    """The one state that a name means today."""
    try:
        found = find_state(text)
    except CodebookError:
        meanings = _index().get(fold_name(text), set())
        return next(iter(meanings)) if len(meanings) == 1 else None
    return found if found in _present() else None


def _sides(text: str) -> tuple[set[str], set[str] | None]:
    """The states that either half of a text may begin; the second None where there is only one half."""
    parts = [part for part in _SPLIT.split(text) if part]
    whole = _beginning(" ".join(parts))
    ways = [(" ".join(parts[:cut]), " ".join(parts[cut:])) for cut in range(1, len(parts))]
    words = " ".join(parts).split()
    ways += [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words) - 1, 0, -1)]
    for one, other in ways:
        first, second = _beginning(one), _beginning(other)
        if first and second and not whole:
            return first, second
    return whole, None


def _fits(a: str, b: str, first: set[str], second: set[str] | None) -> tuple[str, str] | None:
    """The pair in the order of the halves; None where it is not meant."""
    for one, other in ((a, b), (b, a)):
        if one in first and (second is None or other in second):
            return one, other
    return None


def _beginning(text: str) -> set[str]:
    """The states of which a name begins so."""
    key = fold_name(text)
    if state := _state(text):
        return {state}
    if len(key) < _BEGINNING:
        return set()
    return {iso3 for name, meanings in _index().items() if name.startswith(key) for iso3 in meanings}


@cache
def _present() -> frozenset[str]:
    return frozenset(states())


@cache
def _index() -> dict[str, set[str]]:
    """Folded names and what they mean today."""
    today = dt.datetime.now(dt.UTC).date()
    found: dict[str, set[str]] = {}
    for text, names in actor_names().items():
        for name in names:
            if name.iso3 in _present() and name.first <= today <= name.last:
                found.setdefault(fold_name(text), set()).add(name.iso3 or "")
    for iso3 in _present():
        found.setdefault(fold_name(state_name(iso3)), set()).add(iso3)
    return found
