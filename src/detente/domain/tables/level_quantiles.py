"""Levels that are forecast as distributions: what is drawn as a fan, and what a backtest scores."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import HORIZON, ORIGIN, PAIR
from detente.domain.tables.schema import Column, Table

#: Ten quantiles, each the middle of a tenth: a score of them is a score of the distribution.
TENTHS = (5, 15, 25, 35, 45, 55, 65, 75, 85, 95)
#: What a fan is drawn from.
FAN = (5, 25, 50, 75, 95)


def _quantile(percent: int) -> Column:
    return Column(
        f"q{percent:02d}", pl.Float64, f"The level lies below this with a probability of {percent} %.", "level"
    )


LEVEL_QUANTILES = Table(
    "level_quantiles",
    "The forecast level of a pair as quantiles, on the scale known at the origin.",
    (
        PAIR,
        ORIGIN,
        Column(
            "kind",
            pl.String,
            "`level`: the mean level of all weeks up to `horizon_weeks`; `level-end`: the level of that week alone.",
            allowed=("level", "level-end"),
        ),
        HORIZON,
        *(_quantile(percent) for percent in FAN),
        Column("scale", pl.Float64, "The pair's scale: a level is asinh(balance / volume / scale).", "points a day"),
        Column("model", pl.String, "Name and version of the model."),
    ),
)

LEVEL_CASES = Table(
    "level_cases",
    "One model's distribution of a mean level of the past, beside what came out.",
    (
        PAIR,
        ORIGIN,
        HORIZON,
        Column("model", pl.String, "The model's name."),
        *(_quantile(percent) for percent in TENTHS),
        Column("level", pl.Float64, "The mean level that came out, on the scale of the origin.", "level"),
    ),
)
