"""How likely a provocative move is."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, HORIZON, ORIGIN, RECIPIENT
from detente.domain.tables.schema import Column, Table

HAZARDS = Table(
    "hazards",
    "Answers to the question: at least one provocative move (`provocation-v1`) by a state towards another?",
    (
        ACTOR,
        RECIPIENT,
        ORIGIN,
        HORIZON,
        Column("p", pl.Float64, "Probability of at least one provocative move within the horizon.", "0 to 1"),
        Column("p_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("base_rate", pl.Float64, "How often such spans held one in the dyad's own past.", "0 to 1"),
        Column("model", pl.String, "Name and version of the model."),
    ),
)
