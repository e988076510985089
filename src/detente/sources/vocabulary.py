"""The codebook, asked by whole columns: each distinct value is looked up once for each file.

Only this module of the room knows the codebook's functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import polars as pl

from detente import codebook
from detente.errors import CodebookError

#: Families of country codes that a table may hold by mistake, with what to call them.
FAMILY_WORDS = {
    "iso2": "ISO 3166 alpha-2 codes",
    "cow": "Correlates of War numbers",
    "gw": "Gleditsch–Ward numbers",
    "fips": "FIPS 10-4 codes",
    "cameo": "CAMEO country codes",
    "keds": "KEDS actor codes",
    "name": "country names",
}

#: Rows below which Python's own dictionary is quicker than setting up a translation of a column.
_FEW = 5000


class Lookup:
    """A function of one text, remembered: each distinct value costs one call, whatever the column or file."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find
        self._known: dict[str, str | None] = {}

    def __call__(self, values: pl.Series) -> pl.Series:
        """The function of every value; null stays null."""
        if values.len() < _FEW:
            texts = values.to_list()
            for text in texts:
                if text is not None and text not in self._known:
                    self._known[text] = self._find(text)
            return pl.Series(values.name, [self._known.get(text) for text in texts], pl.String)
        distinct = values.drop_nulls().unique()
        for value in distinct:
            if value not in self._known:
                self._known[value] = self._find(value)
        table = {value: self._known[value] for value in distinct}
        return values.replace_strict(table, default=None, return_dtype=pl.String)


def find_iso3_by_name(name: str) -> str | None:
    """The state of a country name; None where the codebook holds no such name."""
    try:
        return codebook.find_state(name)
    except CodebookError:
        return None


def likely_family(values: Iterable[str]) -> str | None:
    """The family of country codes that most of some values belong to, in words; None where none fits."""
    distinct = {value.strip().upper() for value in values}
    shares = {}
    for family in FAMILY_WORDS:
        codes = {code.upper() for code in codebook.codes_to_iso3(family)}
        shares[family] = len(distinct & codes)
    best = max(shares, key=lambda family: shares[family])
    return FAMILY_WORDS[best] if distinct and 2 * shares[best] > len(distinct) else None


@cache
def cameo_codes() -> pl.DataFrame:
    """CAMEO codes as ``provider_code, event_type, typical_milli``."""
    return _codes(codebook.cameo_table())


@cache
def weis_codes() -> pl.DataFrame:
    """WEIS codes, with the same columns."""
    return _codes(codebook.weis_table())


def role_codes() -> Mapping[str, str]:
    """Roles by three-letter CAMEO role code."""
    return codebook.cameo_roles()


def offices_held(names: pl.Series, days: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Which names belong to known persons and bodies, and the role that each of these had on its day (else null)."""
    spells, texts = _offices(), names.to_list()
    roles = [
        next((role for since, until, role in spells[text] if since <= day <= until), None) if text in spells else None
        for text, day in zip(texts, days.to_list(), strict=True)
    ]
    return pl.Series([text in spells for text in texts], dtype=pl.Boolean), pl.Series(roles, dtype=pl.String)


@cache
def _offices() -> Mapping[str, list[tuple[dt.date, dt.date, str]]]:
    """First and last day of each office that a known name held, and its role."""
    offices: dict[str, list[tuple[dt.date, dt.date, str]]] = {}
    for row in codebook.speakers_table().iter_rows(named=True):
        offices.setdefault(row["name"], []).append((row["since"], row["until"] or dt.date.max, row["role"]))
    return offices


@cache
def type_intensities() -> pl.DataFrame:
    """PLOVER types as ``event_type, type_milli``."""
    types = list(codebook.quads())
    return pl.DataFrame(
        {"event_type": types, "type_milli": [codebook.intensity_milli_of_type(name) for name in types]},
        schema={"event_type": pl.String, "type_milli": pl.Int64},
    )


@cache
def quad_intensities() -> pl.DataFrame:
    """Quads as ``quad, quad_milli``."""
    names = list(dict.fromkeys(codebook.quads().values()))
    return pl.DataFrame(
        {"quad": names, "quad_milli": [codebook.intensity_milli_of_quad(name) for name in names]},
        schema={"quad": pl.String, "quad_milli": pl.Int64},
    )


def _codes(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(provider_code="code", event_type="event_type", typical_milli="intensity_milli")


def with_codes(rows: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Add ``event_type`` and ``typical_milli`` by ``provider_code``, in the same order; null for unknown codes."""
    return rows.join(codes, on="provider_code", how="left", maintain_order="left")
