"""Event types and what other code systems mean in them: CAMEO and WEIS to PLOVER, and intensities.

Sources of fact: the PLOVER crosswalk (CAMEO2PLOVER-2021, Open Event Data Alliance) for types; the CAMEO scale as used
by ICEWS for intensities; Goldstein, J. S. (1992), A conflict-cooperation scale for WEIS events data, Journal of
Conflict Resolution 36(2), for WEIS. WEIS codes that later coders added take the mean weight of their cue category.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from detente.codebook.reading import read_data
from detente.errors import CodebookError

if TYPE_CHECKING:
    import polars as pl

#: Types by the names of other lists of PLOVER types, and by ours. The list of the labelled sets has YIELD for our
#: CONCEDE and RETREAT in one, and counts it as material cooperation, as RETREAT is.
TYPE_ALIASES = {"YIELD": "RETREAT"}
#: Event codes that say that no event was coded.
NO_EVENT_CODES = frozenset({"---", "--", "-", "X", "000"})


@cache
def quads() -> dict[str, str]:
    """Quad class by event type."""
    return {row["event_type"]: row["quad"] for row in read_data("event_types")}


def known_type(name: str) -> str:
    """Our name of a PLOVER type, which other lists of types may call otherwise; a name that is none stays as it is."""
    return TYPE_ALIASES.get(name, name)


def quad_of(event_type: str) -> str:
    """The quad class of a PLOVER type, by our name or another list's.

    Raises:
        CodebookError: when it is no PLOVER type.
    """
    try:
        return quads()[known_type(event_type)]
    except KeyError:
        raise CodebookError(
            f"The event type {event_type!r} was given.",
            "It is not a PLOVER type.",
            f"PLOVER types are: {', '.join(quads())}.",
        ) from None


@cache
def phrases() -> dict[str, str]:
    """What states did, in words, by event type: ``used force``."""
    return {row["event_type"]: row["phrase"] for row in read_data("event_types")}


@cache
def cameo_table() -> pl.DataFrame:
    """All CAMEO codes: ``code, event_type, quad, intensity_milli, label``; no type for 01 statements."""
    return _code_table("cameo")


@cache
def weis_table() -> pl.DataFrame:
    """All WEIS codes, with the same columns; no type for comments, votes and denials."""
    return _code_table("weis")


@cache
def intensity_milli_of_type(event_type: str) -> int:
    """The typical intensity of a type, in thousandths: the mean over its CAMEO root and base codes (2–3 digits).

    Raises:
        CodebookError: when it is no PLOVER type.
    """
    quad_of(event_type)
    return _mean_milli({known_type(event_type)})


@cache
def intensity_milli_of_quad(quad: str) -> int:
    """The typical intensity of a quad, in thousandths: the mean over its CAMEO root and base codes (2–3 digits).

    Raises:
        CodebookError: when it is no quad.
    """
    types = {name for name, found in quads().items() if found == quad}
    if not types:
        raise CodebookError(
            f"The quad {quad!r} was given.",
            "It is not a quad.",
            f"Quads are: {', '.join(dict.fromkeys(quads().values()))}.",
        )
    return _mean_milli(types)


def _mean_milli(types: set[str]) -> int:
    values = [
        int(row["intensity_milli"])
        for row in read_data("cameo")
        if row["event_type"] in types and len(row["code"]) <= 3
    ]
    return round(sum(values) / len(values))


def _code_table(name: str) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - only readers of files need frames

    rows = [
        {
            "code": row["code"],
            "event_type": row["event_type"] or None,
            "quad": quads().get(row["event_type"]),
            "intensity_milli": int(row["intensity_milli"]),
            "label": row["label"],
        }
        for row in read_data(name)
    ]
    text = dict.fromkeys(("code", "event_type", "quad", "label"), pl.String)
    schema = {key: text.get(key, pl.Int64) for key in ("code", "event_type", "quad", "intensity_milli", "label")}
    return pl.DataFrame(rows, schema=schema)
