"""Addresses: what the parts of a path mean, and how pages and series are named."""

from __future__ import annotations

import datetime as dt
import re

from detente.codebook import check_iso3
from detente.domain.actors import Pair
from detente.domain.periods import parse_day
from detente.errors import CodebookError, ConfigError
from detente.outlook.html import Links

LATEST = "latest"
_PAIR = re.compile(r"[A-Z]{3}-[A-Z]{3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_pair(text: str) -> Pair:
    """The pair that a path names: two ISO3 codes in capitals.

    Raises:
        CodebookError: when it names none.
    """
    if not _PAIR.fullmatch(text):
        raise CodebookError(
            f"The pair {text[:80]!r} was asked for.",
            "A pair is two ISO 3166 alpha-3 codes, as in USA-RUS.",
            "Search for it by name: /search?q=…",
        )
    first, second = text.split("-")
    if first == second:
        raise CodebookError(f"The pair {text} was asked for.", "It is one state.", "Name two different states.")
    return Pair(check_iso3(first), check_iso3(second))


def read_state(text: str | None, default: str) -> str:
    """The state that a query names; a default where it names none.

    Raises:
        CodebookError: when the code is no state's.
    """
    return check_iso3(text[:80]) if text else default


def read_day(text: str | None, *, what: str = "as-of date") -> dt.date | None:
    """The day that a path or a query names; None for the latest.

    Raises:
        ConfigError: when it is no day.
    """
    if text is None or text in {"", LATEST}:
        return None
    if not _DAY.fullmatch(text):
        raise ConfigError(
            f"The {what} {text[:80]!r} was given.", "It is not a day.", "Write it as YYYY-MM-DD, as in 2018-07-20."
        )
    return parse_day(text, what=what)


def pair_address(pair: str, day: dt.date | str | None = None, rest: str = "") -> str:
    """The address of a pair's page, or of what lies under it."""
    return f"/pair/{pair}{f'/{day}' if day else ''}{rest}"


def links_of(pair: str, day: dt.date | None) -> Links:
    """Where the parts of a pair's brief lead, as of a day (None: the latest)."""
    as_of = f"&as_of={day}" if day else ""
    return Links(
        week=lambda end: f"/pair/{pair}/events?week={end}{as_of}",
        day=lambda one: f"/pair/{pair}/events?since={one}&until={one}{as_of}",
        version=lambda other: pair_address(pair, other),
        series=lambda name, ending: pair_address(pair, day, f"/series/{name}.{ending}"),
    )
