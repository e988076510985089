"""What a registered measure is: a function, what it claims of itself, and how a reader is told what it means.

A measure is a pure function of `Readings`, a pair and an as-of day that answers rows of the table ``measures``. What it
claims (directions, bounds, history needed, how little repeats and volume move it) is attacked by the contract tests.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import MEASURES, check_table
from detente.relations.readings import Readings


class MeasureFunction(Protocol):
    """Tables, a pair and a day in; rows of the table ``measures`` out."""

    def __call__(self, tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
        """Measure one pair as of a day."""


@dataclass(frozen=True)
class Quantity:
    """One number that a measure gives.

    Args:
        name: Its name in the column ``quantity``.
        meaning: What it is, in one sentence.
        unit: Its unit.
        lowest: It is never below this.
        highest: It is never above this.
        steps: How it is read: upper bounds (exclusive, the last infinite), each with a phrase.
        is_headline: Whether it is shown first, and must be null below the history that the measure needs.
        repeats: The most it moves when every report of any one event is there twice; None where no such claim is made.
        volume: The most it moves when all news of a period doubles; None where it is sensitive to volume.
    """

    name: str
    meaning: str
    unit: str
    lowest: float = -math.inf
    highest: float = math.inf
    steps: tuple[tuple[float, str], ...] = ()
    is_headline: bool = False
    repeats: float | None = None
    volume: float | None = None

    def reading(self, value: float | None, low: float | None = None, high: float | None = None) -> str:
        """The number in words; where its band spans several steps, its ends are said too."""
        if value is None or not self.steps:
            return "" if value is not None else "not known"
        said = self._phrase(value)
        ends = list(dict.fromkeys(self._phrase(end) for end in (low, high) if end is not None))
        return f"{said} (band: {' to '.join(ends)})" if len(ends) > 1 else said

    def _phrase(self, value: float) -> str:
        return next((phrase for bound, phrase in self.steps if value < bound), self.steps[-1][1])


@dataclass(frozen=True)
class Guide:
    """How to read a measure; shown to users as it stands.

    Args:
        sentence: What it says, for a reader of newspapers.
        formula: How it is computed, band included.
        high: What a high number means.
        low: What a low number means.
        missing: When there is no number.
        cannot_tell: What it cannot tell.
    """

    sentence: str
    formula: str
    high: str
    low: str
    missing: str
    cannot_tell: str


@dataclass(frozen=True)
class Measure:
    """One row of the registry.

    Args:
        name: Public name and version, ``attention-v1``; a changed result is a new name.
        title: A heading.
        function: What computes it.
        quantities: The numbers that it gives, headlines first.
        is_directed: Whether it tells A towards B from B towards A.
        weeks_needed: With fewer covered weeks of history than this, every headline is null.
        guide: How to read it.
        citations: Keys of the bibliography.
    """

    name: str
    title: str
    function: MeasureFunction
    quantities: tuple[Quantity, ...]
    is_directed: bool
    weeks_needed: int
    guide: Guide
    citations: tuple[str, ...] = ()

    def __call__(self, tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
        """Measure one pair as of a day; the rows are checked against the schema."""
        return check_table(self.function(tables, pair, as_of), MEASURES)

    def quantity(self, name: str) -> Quantity:
        """The quantity of that name."""
        return next(quantity for quantity in self.quantities if quantity.name == name)

    @property
    def headlines(self) -> tuple[str, ...]:
        """Names of the quantities that are shown first."""
        return tuple(quantity.name for quantity in self.quantities if quantity.is_headline)


@dataclass(frozen=True)
class Row:
    """One number of a measure, before it becomes a row of the table.

    Args:
        quantity: Which one.
        value: The number; None or NaN where it is not known.
        low: Lower end of its band; the value where None.
        high: Upper end of its band; the value where None.
        n: Events that it rests on.
        since: First day of what it rests on.
        until: Last day of what it rests on.
        dyad: Who acts towards whom; None for both together.
        item: What it is about, where there are several of a kind.
        note: How the band was made, or why there is no value.
    """

    quantity: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    since: dt.date | None = None
    until: dt.date | None = None
    dyad: Dyad | None = None
    item: str | None = None
    note: str | None = None


def build_rows(
    name: str, quantities: Iterable[Quantity], pair: Pair, as_of: dt.date, rows: Iterable[Row]
) -> pl.DataFrame:
    """Rows of the table ``measures``; bands are widened to hold their value, and are null where it is.

    Args:
        name: The measure's name.
        quantities: Its quantities, for their units and bounds (bands are cut at them).
        pair: The pair.
        as_of: The day.
        rows: The numbers.
    """
    known = {quantity.name: quantity for quantity in quantities}
    table = []
    for row in rows:
        kind = known[row.quantity]
        value, low, high = _banded(row, kind)
        actor, recipient = (row.dyad.actor, row.dyad.recipient) if row.dyad else (None, None)
        who = (name, pair.id, as_of, actor, recipient, row.item, row.quantity)
        table.append((*who, value, low, high, row.n, row.since, row.until, kind.unit, row.note))
    return pl.DataFrame(table, schema=MEASURES.schema, orient="row")


def _banded(row: Row, kind: Quantity) -> tuple[float | None, float | None, float | None]:
    if row.value is None or math.isnan(row.value):
        return None, None, None
    low = row.value if row.low is None or math.isnan(row.low) else row.low
    high = row.value if row.high is None or math.isnan(row.high) else row.high
    return row.value, max(min(low, row.value), kind.lowest), min(max(high, row.value), kind.highest)
