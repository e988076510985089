"""Measures of a pair in words: each number with its band and its reading, and each measure's guide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.codebook import reference_of, states
from detente.outlook.words import format_change, format_number, short_name
from detente.relations import REGISTRY, Measure, Quantity

_PER_CENT, _POINTS = "0 to 1", "−1 to 1"


@dataclass(frozen=True)
class Reading:
    """One number of a measure, as people read it.

    Args:
        who: The direction, or both; with the item it is about.
        quantity: Its name.
        value: The number with its unit; a dash where it is not known.
        band: Its 90 % band; empty where there is none, or where the number is counted.
        says: The number in words, or why there is none.
        row: The row of ``measures`` that it shows.
    """

    who: str
    quantity: str
    value: str
    band: str
    says: str
    row: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The row with its reading, as JSON-ready values."""
        days = ("as_of", "since", "until")
        shown = {name: str(value) if name in days and value else value for name, value in self.row.items()}
        return {**shown, "reading": self.says}


def read_measures(rows: pl.DataFrame) -> Iterator[tuple[Measure, list[Reading]]]:
    """Each measure of a pair with its numbers in words, in the order of the registry.

    Args:
        rows: Rows of ``measures`` of one pair.
    """
    for name, measure in REGISTRY.items():
        mine = rows.filter(pl.col("measure") == name)
        if mine.height:
            yield measure, [_reading(measure, row) for row in mine.iter_rows(named=True)]


def guide_lines(measure: Measure) -> list[tuple[str, str]]:
    """The reading guide of a measure: heading and text."""
    guide = measure.guide
    return [
        ("What it says", guide.sentence),
        ("Formula", guide.formula),
        ("High", guide.high),
        ("Low", guide.low),
        ("Missing", guide.missing),
        ("What it cannot tell", guide.cannot_tell),
        *(("See", reference_of(key)) for key in measure.citations),
    ]


def _reading(measure: Measure, row: dict[str, Any]) -> Reading:
    quantity = measure.quantity(row["quantity"])
    who = f"{short_name(row['actor'])} → {short_name(row['recipient'])}" if row["actor"] else "both"
    if row["item"]:
        who += f", {short_name(row['item']) if row['item'] in states() else row['item']}"
    value, low, high = row["value"], row["low"], row["high"]
    says = quantity.reading(value, low, high) if value is not None else row["note"] or "not known"
    if not says and row["item"] and row["note"]:
        says = row["note"].split("; ")[0]
    band = "" if value is None or low == high else f"{_number(low, quantity)} to {_number(high, quantity)}"
    return Reading(who, quantity.name.replace("_", " "), _with_unit(value, quantity), band, says, row)


def _with_unit(value: float | None, quantity: Quantity) -> str:
    shown = _number(value, quantity)
    if value is None:
        return shown
    if quantity.unit == _PER_CENT:
        return f"{shown} %"
    return f"{shown} points" if quantity.unit == _POINTS else shown


def _number(value: float | None, quantity: Quantity) -> str:
    if value is None:
        return format_number(None)
    if quantity.unit == _PER_CENT:
        return format_number(100 * value, 1 if value < 0.1 else 0)
    if quantity.unit == _POINTS:
        return format_change(100 * value)
    return format_number(value, 0 if value == round(value) else 1 if abs(value) >= 10 else 2)
