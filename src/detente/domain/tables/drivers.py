"""Outside series: what the world paid for oil and how much risk and doubt its newspapers saw."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import PROVIDER, TIME
from detente.domain.tables.schema import Column, Table

DRIVERS = Table(
    "drivers",
    "Outside series: one row is one value of one series, with the two clocks.",
    (
        PROVIDER,
        Column("series", pl.String, "Name of the series, such as oil_brent, gpr, gpr_country or epu."),
        Column("state", pl.String, "State it is about; null for the world.", "ISO 3166 alpha-3", nullable=True),
        Column("period_end", pl.Date, "Last day of the day or month that the value is about.", "UTC day"),
        Column("value", pl.Float64, "The value, as last revised before the file was made."),
        Column("known_at", TIME, "From when it is taken to have been known (see the card).", "UTC"),
        Column("unit", pl.String, "Unit of the value."),
    ),
)
