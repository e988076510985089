"""Which state a name means: its ISO 3166 code, its other codes, and how much of it the data hold."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.answers.draft import Draft, check_detail, data_version, source_of
from detente.codebook import codes_to_iso3, demonym, find_state, state_name
from detente.codebook.crosswalk import FAMILIES, capital, spell
from detente.codebook.reading import read_data
from detente.domain.periods import parse_day
from detente.errors import CutoffError

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds

_PARTNERS = {"brief": 3, "normal": 10, "full": 60}
_CODES = {
    "provider": "codebook",
    "title": "Détente's list of states",
    "citation": "Facts from ISO 3166, Correlates of War, Gleditsch–Ward, FIPS 10-4 and CAMEO",
    "terms": "Apache-2.0",
    "locator": None,
}


def resolve_country(worlds: Worlds, *, name: str, as_of: str | None = None, detail: str = "normal") -> dict[str, Any]:
    """The state that a name or ISO3 code means, on a day; with whom the data know it to deal most.

    Args:
        worlds: Whose data.
        name: Any usual English name, or an ISO3 code.
        as_of: The day at which the name was used, and as of which the data are counted.
        detail: How much.

    Raises:
        CodebookError: when no state has that name; the nearest are offered.
    """
    size = check_detail(detail)
    day = parse_day(as_of, what="as-of date") if as_of is not None else None
    iso3 = find_state(name, on=day)
    head: dict[str, Any] = {
        "asked": name,
        "iso3": iso3,
        "name": state_name(iso3),
        "summary": f"{name!r} is {state_name(iso3)} ({iso3}).",
    }
    parts: dict[str, Any] = {}
    if size != "brief":
        families = {family: _codes(family, iso3) for family in FAMILIES if family != "iso3"}
        head |= {"demonym": demonym(iso3), "capital": capital(iso3) or None, "existed": _spells(iso3)}
        parts["codes"] = {family: codes for family, codes in families.items() if codes}
    draft = Draft("resolve_country", size, day, head, parts, sources=[_CODES], rules=["codebook-v1"])
    try:
        world = worlds.world(day)
    except CutoffError as error:
        head |= {"events": None, "note": f"How much the data hold is not known on that day: {error.found}"}
        return draft.finish()
    pairs = world.pairs().filter(pl.col("pair").str.split("-").list.contains(iso3))
    partners = [
        {"iso3": (other := pair.replace(iso3, "").strip("-")), "name": state_name(other), "events": events}
        for pair, events in pairs.head(_PARTNERS[size]).select("pair", "n").iter_rows()
    ]
    head["events"] = int(pairs["n"].sum())
    draft.as_of, draft.data = world.as_of, data_version(world)
    draft.parts["busiest_partners"] = partners
    draft.sources.append(source_of(world))
    return draft.finish()


def _codes(family: str, iso3: str) -> list[str]:
    return [code for code, state in codes_to_iso3(family).items() if state == iso3]


def _spells(iso3: str) -> list[dict[str, str | None]]:
    """From when to when the state was one; null where the list has no end."""
    rows = [row for row in read_data("states") if row["iso3"] == iso3]
    ends = [spell(row) for row in rows]
    return [
        {
            "from": None if first == dt.date.min else str(first),
            "to": None if last == dt.date.max else str(last),
            "status": row["status"],
        }
        for row, (first, last) in zip(rows, ends, strict=True)
    ]
