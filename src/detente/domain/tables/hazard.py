"""How likely a provocative move is."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, HORIZON, ORIGIN, PROVIDER, RECIPIENT, TIME
from detente.domain.tables.schema import Column, Table
from detente.domain.tables.scored import RECORDS, STANDINGS

HAZARDS = Table(
    "hazards",
    "The chance of at least one provocative move (`provoked-v1`) by a state towards another.",
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

ISSUED_PROVOCATIONS = Table(
    "issued_provocations",
    "The ledger of chances of provocative moves, each as it was issued, beside the base rate of that day.",
    (
        Column("id", pl.String, "Short id, made from the question and the answer."),
        Column("number", pl.Int64, "Place in the ledger, counted from 1."),
        Column("issued_at", TIME, "When it was written down: the second clock.", "UTC"),
        Column("record", pl.String, "live or replay, as for outlooks.", allowed=RECORDS),
        PROVIDER,
        ACTOR,
        RECIPIENT,
        ORIGIN,
        HORIZON,
        Column("closes", pl.Date, "Last day of the horizon.", "UTC day"),
        Column("rule", pl.String, "Name of the rule that resolves it."),
        Column("model", pl.String, "Name and version of the model."),
        Column("p", pl.Float64, "Probability of at least one provocative move.", "0 to 1"),
        Column("base_rate", pl.Float64, "The dyad's own base rate on that day.", "0 to 1"),
        Column("threshold", pl.Float64, "What a day must pass, as known at the origin.", "Goldstein points"),
        Column("data_version", pl.String, "Digest of the provider's files: the same files give the same."),
        Column("data_until", pl.Date, "Last day that the store held when it was issued.", "UTC day"),
    ),
)

SCORED_PROVOCATIONS = Table(
    "scored_provocations",
    "Chances of provocative moves with what became of them; of Brier scores less is better.",
    (
        *ISSUED_PROVOCATIONS.columns,
        Column("standing", pl.String, "resolved, void, open or repeated, as for outlooks.", allowed=STANDINGS),
        Column("reason", pl.String, "Why it is void or open.", nullable=True),
        Column("happened", pl.Boolean, "Whether there was such a move.", nullable=True),
        Column("brier", pl.Float64, "Squared distance of the probability from what came.", "0 to 1", nullable=True),
        Column("base_brier", pl.Float64, "The same of the base rate.", "0 to 1", nullable=True),
    ),
)

PROVOCATION_SCORES = Table(
    "provocation_scores",
    "The record of chances of provocative moves; bands are 95 % by bootstrap over at least three blocks of time.",
    (
        Column("record", pl.String, "live or replay.", allowed=RECORDS),
        Column("group", pl.String, "Horizon in weeks, or `all`."),
        Column("resolved", pl.Int64, "Chances resolved and scored.", "forecasts"),
        Column("void", pl.Int64, "Closed, but without an answer.", "forecasts"),
        Column("open", pl.Int64, "Not closed yet.", "forecasts"),
        Column("said", pl.Float64, "Mean probability of those resolved.", "0 to 1", nullable=True),
        Column("came", pl.Float64, "Share of them that came out.", "0 to 1", nullable=True),
        Column("brier", pl.Float64, "Mean Brier score.", "0 to 1", nullable=True),
        Column("brier_low", pl.Float64, "Lower end of its band.", "0 to 1", nullable=True),
        Column("brier_high", pl.Float64, "Upper end of its band.", "0 to 1", nullable=True),
        Column("base_brier", pl.Float64, "Mean of the base rates issued at the same time.", "0 to 1", nullable=True),
        Column("skill", pl.Float64, "1 − brier / base_brier; below 0 is worse than base rates.", nullable=True),
        Column("skill_low", pl.Float64, "Lower end of its band.", nullable=True),
        Column("skill_high", pl.Float64, "Upper end of its band.", nullable=True),
    ),
)
