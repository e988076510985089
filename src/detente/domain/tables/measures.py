"""What measures of a relation say as of a day: one tidy table for all of them."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import PAIR
from detente.domain.tables.schema import Column, Table

MEASURES = Table(
    "measures",
    "What registered measures say of a pair as of a day: a number a row, with its 90 % band and what it rests on.",
    (
        Column("measure", pl.String, "Name and version of the measure: `attention-v1`."),
        PAIR,
        Column("as_of", pl.Date, "Day at whose end it is measured; nothing later is used.", "UTC day"),
        Column("actor", pl.String, "State that acts; null where the number is of both together.", nullable=True),
        Column("recipient", pl.String, "State that receives; null where the number is of both.", nullable=True),
        Column(
            "item",
            pl.String,
            "What the number is about where a measure has several of a kind: a third state, role, place, day, lag.",
            nullable=True,
        ),
        Column("quantity", pl.String, "What is measured: a name that the measure's guide explains."),
        Column("value", pl.Float64, "The number; null where it is not known, and the note says why.", nullable=True),
        Column("low", pl.Float64, "Lower end of its 90 % band; the value itself where it is counted.", nullable=True),
        Column("high", pl.Float64, "Upper end of its 90 % band; the value itself where it is counted.", nullable=True),
        Column("n", pl.Int64, "Events that it rests on.", "events"),
        Column("since", pl.Date, "First day of what it rests on.", "UTC day", nullable=True),
        Column("until", pl.Date, "Last day of what it rests on.", "UTC day", nullable=True),
        Column("unit", pl.String, "Unit of value, low and high."),
        Column("note", pl.String, "How the band was made, or why there is no value.", nullable=True),
    ),
)

MEASURE_REASONS = Table(
    "measure_reasons",
    "What moved a measure from one day to another: contributions that add up to the change, left-over rows included.",
    (
        Column("week_end", pl.Date, "Last day of the step of up to seven days that the row belongs to.", "UTC day"),
        Column("day", pl.Date, "Day of the cell; null where the row is no cell.", "UTC day", nullable=True),
        Column("actor", pl.String, "State that acted; null where the row is no cell.", nullable=True),
        Column("recipient", pl.String, "State that received; null where the row is no cell.", nullable=True),
        Column(
            "event_type", pl.String, "PLOVER type; null for statements, and where the row is no cell.", nullable=True
        ),
        Column("n", pl.Int64, "Events in the row; null where it is not about events of the pair.", nullable=True),
        Column("contribution", pl.Float64, "Share of the change.", "unit of the measure"),
        Column("what", pl.String, "The row in words."),
    ),
)
