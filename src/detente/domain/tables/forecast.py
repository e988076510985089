"""What is forecast, and what came out."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import CHANCES, HORIZON, ORIGIN, OUTCOMES, PAIR
from detente.domain.tables.schema import Column, Table

FORECASTS = Table(
    "forecasts",
    "Answers to three-way questions: the probabilities add up to one.",
    (
        PAIR,
        ORIGIN,
        HORIZON,
        *CHANCES,
        Column("model", pl.String, "Name and version of the model."),
    ),
)

RESOLUTIONS = Table(
    "resolutions",
    "What came out of three-way questions, by the rule of `outcome-v3`.",
    (
        PAIR,
        ORIGIN,
        HORIZON,
        Column("reference", pl.Float64, "Mean level of the 13 weeks up to the origin.", "level"),
        Column("future", pl.Float64, "Mean level of the weeks of the horizon.", "level"),
        Column("spread", pl.Float64, "Standard deviation of such changes as known at the origin.", "level"),
        Column("outcome", pl.String, "What happened.", allowed=OUTCOMES),
    ),
)
