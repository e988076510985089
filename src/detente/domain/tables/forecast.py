"""What is forecast, and what came out."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import HORIZON, ORIGIN, OUTCOMES, PAIR
from detente.domain.tables.schema import Column, Table

FORECASTS = Table(
    "forecasts",
    "Answers to three-way questions: the probabilities add up to one.",
    (
        PAIR,
        ORIGIN,
        HORIZON,
        Column("p_deteriorate", pl.Float64, "Probability of `deteriorate`.", "0 to 1"),
        Column("p_hold", pl.Float64, "Probability of `hold`.", "0 to 1"),
        Column("p_improve", pl.Float64, "Probability of `improve`.", "0 to 1"),
        Column("p_deteriorate_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_deteriorate_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("p_hold_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_hold_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("p_improve_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_improve_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("model", pl.String, "Name and version of the model."),
    ),
)

RESOLUTIONS = Table(
    "resolutions",
    "What came out of three-way questions, by the rule of `outcome-v2`.",
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
