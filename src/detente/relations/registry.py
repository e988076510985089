"""The registry of measures: one table, in the order in which a reader meets them.

To add a measure, write its module with a ``MEASURE`` and put it in the tuple below: one line. The contract tests, the
reference page, `detente measures` and whatever shows measures take it from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from detente.domain.actors import Pair
from detente.domain.tables import MEASURES
from detente.errors import ConfigError
from detente.relations import (
    answering,
    arenas,
    attention,
    consistency,
    network,
    own_past,
    provocation,
    ranked,
    shifts,
    voices,
)
from detente.relations.measure import Measure
from detente.relations.readings import Readings

REGISTRY: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        own_past.LEVEL_MEASURE,
        own_past.STATUS_MEASURE,
        ranked.MEASURE,
        answering.MEASURE,
        provocation.MEASURE,
        voices.MEASURE,
        arenas.MEASURE,
        consistency.MEASURE,
        attention.MEASURE,
        shifts.MEASURE,
        network.MEASURE,
    )
}


def find_measure(name: str) -> Measure:
    """The measure of that name, with or without its version.

    Raises:
        ConfigError: when there is none, or several versions.
    """
    if name in REGISTRY:
        return REGISTRY[name]
    found = [measure for key, measure in REGISTRY.items() if key.rsplit("-", 1)[0] == name.strip().lower()]
    if len(found) != 1:
        raise ConfigError(
            f"The measure {name!r} was asked for.",
            "There is no such measure." if not found else "It has several versions.",
            f"Measures are: {', '.join(REGISTRY)}.",
        )
    return found[0]


def measure_pair(
    tables: Readings, pair: Pair, as_of: dt.date, *, measures: Iterable[Measure] | None = None
) -> pl.DataFrame:
    """What all measures say of one pair as of a day.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure; later rows are not used.
        measures: Which measures; by default all registered ones.

    Returns:
        Rows of ``measures``, in the order of the registry.
    """
    chosen = REGISTRY.values() if measures is None else measures
    return pl.concat([MEASURES.empty(), *(measure(tables, pair, as_of) for measure in chosen)])


def measure_pairs(
    tables: Readings, pairs: Iterable[Pair], as_of: dt.date, *, measures: Iterable[Measure] | None = None
) -> pl.DataFrame:
    """What all measures say of many pairs as of a day; rows of ``measures``, pair after pair."""
    chosen = list(REGISTRY.values() if measures is None else measures)
    tables.known(as_of).expect_many()
    rows = [measure(tables, pair, as_of) for pair in pairs for measure in chosen]
    return pl.concat([MEASURES.empty(), *rows])
