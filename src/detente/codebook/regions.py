"""The five regions of the United Nations' geoscheme (M49), from the subregions of the list of states."""

from __future__ import annotations

from functools import cache

from detente.codebook.reading import read_data

_REGIONS = {
    "Africa": ("Eastern Africa", "Middle Africa", "Northern Africa", "Southern Africa", "Western Africa"),
    "Americas": ("Caribbean", "Central America", "Northern America", "South America"),
    "Asia": ("Central Asia", "Eastern Asia", "South-Eastern Asia", "Southern Asia", "Western Asia"),
    "Europe": ("Eastern Europe", "Northern Europe", "Southern Europe", "Western Europe"),
    "Oceania": ("Australia and New Zealand", "Melanesia", "Micronesia", "Polynesia"),
}


def region_of(iso3: str) -> str | None:
    """The UN region of a state by its ISO3 code; None for the few territories that the list puts in none.

    >>> region_of("RUS"), region_of("IRN"), region_of("ATA")
    ('Europe', 'Asia', None)
    """
    return _by_state().get(iso3)


@cache
def _by_state() -> dict[str, str]:
    region_of_part = {part: region for region, parts in _REGIONS.items() for part in parts}
    return {
        row["iso3"]: region_of_part[row["region"]] for row in read_data("states") if row["region"] in region_of_part
    }
