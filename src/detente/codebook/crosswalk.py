"""States: names and codes of every family to ISO 3166 alpha-3, by date.

Facts from ISO 3166, the Correlates of War and Gleditsch–Ward state lists, FIPS 10-4 and the CAMEO country list; dated
codes are complete from 1946. A code is translated only when its family is named: 69 of the FIPS codes are another
country's ISO-2 code.
"""

from __future__ import annotations

import datetime as dt
import difflib
import unicodedata
from collections.abc import Mapping
from functools import cache

from detente.codebook.reading import read_data
from detente.errors import CodebookError

#: Families of codes; ``keds`` are the first three letters of KEDS actors.
FAMILIES = ("iso3", "iso2", "cow", "gw", "fips", "cameo", "keds")
#: Families of numbers, which some files pad with zeros (COW 002).
_NUMBERS = ("cow", "gw")
_SEPARATOR = ";"
#: Names this short are near to nearly anything: three letters of Rusia are USA.
_SHORTEST_NEAR = 3
_NEVER, _EVER = dt.date.min, dt.date.max


def iso3_of(code: str | int, family: str, *, on: dt.date | None = None) -> str:
    """Translate a code of a named family.

    Args:
        code: The code; numbers may be padded with zeros.
        family: One of ``FAMILIES``, or ``name`` for names as ``find_state`` takes them.
        on: The date at which it was used; by default today's meaning, then the last one.

    Raises:
        CodebookError: when the family is not known, or does not hold the code at that date; the message names the
            family in which the code exists.
    """
    if family == "name":
        return find_state(str(code), on=on)
    _check_family(family)
    text = str(code).strip().upper()
    if family in _NUMBERS:
        text = text.lstrip("0")
    found = _find_code(text, family, on)
    if found is None:
        raise CodebookError(
            f"{text!r} was given as a code of family {family!r}" + (f" on {on}." if on else "."),
            _likely_families(text, family),
            "Name the right family, or correct the code.",
        )
    return found


def check_iso3(code: str) -> str:
    """Return an ISO 3166 alpha-3 code in capitals.

    Raises:
        CodebookError: when it is none; the message says what it would be in other families.
    """
    return iso3_of(code, "iso3")


def find_state(text: str, *, on: dt.date | None = None) -> str:
    """Find a state by ISO3 code or any usual name, whatever its case, accents and punctuation.

    Args:
        text: The name.
        on: The date at which it was used; a historic state is found at its own time, or by its own name.

    Raises:
        CodebookError: when no state has that name; the message offers the nearest names.
    """
    names = _names()
    key = fold_name(text)
    matches = names.get(key, [])
    for row in matches:
        if on is None or _is_valid(row, on):
            return row["iso3"]
    if matches:
        return matches[0]["iso3"]
    raise CodebookError(f"{text!r} was given as a state.", *_found_and_next(text, key))


@cache
def codes_to_iso3(family: str) -> Mapping[str, str]:
    """All codes of a family in their present meaning (a historic one where there is no other).

    The family ``name`` holds every name, demonym excepted, as it is usually written.

    Raises:
        CodebookError: when the family is not known.
    """
    if family == "name":
        return {
            text: row["iso3"]
            for row in reversed(_rows())
            for text in (row["name"], *split_cell(row["aliases"]))
            if text
        }
    _check_family(family)
    return {code: rows[0]["iso3"] for code, rows in _holders(family).items()}


@cache
def cameo_not_states() -> frozenset[str]:
    """CAMEO country codes of regions: never a state."""
    return frozenset(row["code"] for row in read_data("not_states") if row["family"] == "cameo")


def state_name(iso3: str) -> str:
    """The usual English name of a state."""
    return _row(iso3)["name"]


def demonym(iso3: str) -> str:
    """The adjective of a state, or its name where there is none in use."""
    row = _row(iso3)
    return row["demonym"] or row["name"]


def capital(iso3: str) -> str:
    """The capital of a state; empty where the codebook holds none."""
    return _row(iso3)["capital"]


def states(*, on: dt.date | None = None) -> list[str]:
    """ISO3 codes of the states, disputed ones included and territories left out, at a date (default: today's)."""
    chosen = [row for row in _rows() if row["status"] != "territory"]
    if on is None:
        return sorted(row["iso3"] for row in chosen if row["status"] != "historic")
    return sorted({row["iso3"] for row in chosen if _is_valid(row, on)})


def _check_family(family: str) -> None:
    if family not in FAMILIES:
        raise CodebookError(
            f"The code family {family!r} was named.", "It is not known.", f"Use: {', '.join(FAMILIES)} or name."
        )


def _found_and_next(text: str, key: str) -> tuple[str, str]:
    """What a text is that names no state, and what to write instead."""
    upper = text.strip().upper()
    meant = dict.fromkeys(codes_to_iso3(family)[upper] for family in ("iso2", "fips") if upper in codes_to_iso3(family))
    if meant:
        return _likely_families(upper, "iso3"), f"Write {' or '.join(meant)}."
    for row in read_data("not_states"):
        if row["family"] == "name" and fold_name(row["code"]) == key:
            return f"It is {row['what']}.", "Use the state that the provider counts it to."
    long = [name for name in _names() if len(name) > _SHORTEST_NEAR]
    near = [_names()[name][0]["name"] for name in difflib.get_close_matches(key, long, n=3, cutoff=0.7)]
    hint = f"Did you mean {' or '.join(dict.fromkeys(near))}?" if near else "Use an English name or an ISO3 code."
    return "No state of that name is known.", hint


def _find_code(text: str, family: str, on: dt.date | None) -> str | None:
    if on is None:
        return codes_to_iso3(family).get(text)
    return next((row["iso3"] for row in _holders(family).get(text, []) if _is_valid(row, on)), None)


@cache
def _holders(family: str) -> dict[str, list[dict[str, str]]]:
    """The rows that hold each code of a family, whatever their time."""
    holders: dict[str, list[dict[str, str]]] = {}
    for row in _rows():
        for code in split_cell(row[family]):
            holders.setdefault(code, []).append(row)
    return holders


def _likely_families(text: str, asked: str) -> str:
    """Say where a code does exist."""
    elsewhere = [
        f"{family.upper()} {text} is {state_name(codes_to_iso3(family)[text])}"
        for family in FAMILIES
        if family != asked and text in codes_to_iso3(family)
    ]
    return "; ".join(elsewhere) + "." if elsewhere else "No family of codes holds it."


@cache
def _rows() -> tuple[dict[str, str], ...]:
    """Present states first, so that a code or name means the present state unless a date says otherwise."""
    return tuple(
        sorted(read_data("states"), key=lambda row: (row["status"] == "historic", row["status"] == "territory"))
    )


@cache
def _names() -> dict[str, list[dict[str, str]]]:
    names: dict[str, list[dict[str, str]]] = {}
    for row in _rows():
        for text in dict.fromkeys((row["iso3"], row["name"], *split_cell(row["aliases"]))):
            if text and row not in names.setdefault(fold_name(text), []):
                names[fold_name(text)].append(row)
    return names


def _row(iso3: str) -> dict[str, str]:
    return _holders("iso3")[check_iso3(iso3)][0]


def split_cell(text: str) -> list[str]:
    """The entries of a cell that holds several."""
    return [part for part in text.split(_SEPARATOR) if part]


def spell(row: Mapping[str, str]) -> tuple[dt.date, dt.date]:
    """First and last day of a row of the list of states."""
    first = dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else _NEVER
    last = dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else _EVER
    return first, last


def _is_valid(row: Mapping[str, str], on: dt.date) -> bool:
    first, last = spell(row)
    return first <= on <= last


def fold_name(text: str) -> str:
    """Letters and digits only, without accents and case, and without a leading article."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    kept = "".join(
        char if char.isalnum() else " " for char in plain if not unicodedata.combining(char) and char not in ".'’"
    )
    words = kept.split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
