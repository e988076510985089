"""How likely a provocative move is."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, HORIZON, ORIGIN, RECIPIENT
from detente.domain.tables.schema import Column, Table

HAZARDS = Table(
    "hazards",
    "Answers to the question: at least one provocative move (`provoked-v1`) by a state towards another?",
    (
        ACTOR,
        RECIPIENT,
        ORIGIN,
        HORIZON,
        Column("p", pl.Float64, "Probability of at least one provocative move.", "0 to 1", nullable=True),
        Column("p_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1", nullable=True),
        Column("p_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1", nullable=True),
        Column(
            "base_rate", pl.Float64, "How often such spans held one in the dyad's own past.", "0 to 1", nullable=True
        ),
        Column(
            "threshold",
            pl.Float64,
            "Material conflict that a day must pass, as known at the origin.",
            "Goldstein points",
            nullable=True,
        ),
        Column(
            "days_since",
            pl.Int64,
            "Days since the last day that passed this threshold; null where none is held.",
            "days",
            nullable=True,
        ),
        Column("reason", pl.String, "Why no probability is given.", nullable=True),
        Column("model", pl.String, "Name and version of the model."),
    ),
)
