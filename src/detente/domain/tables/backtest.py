"""What a backtest asks and gets: questions of the past with their outcomes, and what each model said."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import HORIZON, ORIGIN, OUTCOMES, PAIR
from detente.domain.tables.schema import Column, Table

BACKTEST_PAIRS = Table(
    "backtest_pairs",
    "The pairs of a backtest and what was known of them before its first origin.",
    (
        PAIR,
        Column("active_share", pl.Float64, "Share of covered days with an event between the two.", "0 to 1"),
        Column("events_a_day", pl.Float64, "Events per covered day (rows, for a provider of bare scores).", "events"),
        Column("activity", pl.String, "Third of the pairs by `events_a_day`.", allowed=("quiet", "middle", "busy")),
        Column("region", pl.String, "UN region of both states, or `across regions`."),
    ),
)

BACKTEST_CASES = Table(
    "backtest_cases",
    "One model's answer to one question of the past, beside what came out.",
    (
        PAIR,
        ORIGIN,
        HORIZON,
        Column("model", pl.String, "The model's name in the registry."),
        Column("p_deteriorate", pl.Float64, "Probability of `deteriorate`.", "0 to 1"),
        Column("p_hold", pl.Float64, "Probability of `hold`.", "0 to 1"),
        Column("p_improve", pl.Float64, "Probability of `improve`.", "0 to 1"),
        Column("outcome", pl.String, "What happened, by `outcome-v3`.", allowed=OUTCOMES),
        Column("is_shocked", pl.Boolean, "Whether one of the last four weeks was a shock, by `shock-v3`."),
    ),
)
