"""The scorecard: forecasts as they were issued, what became of them, and how they scored."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import HORIZON, ORIGIN, OUTCOMES, PAIR, PROVIDER, TIME
from detente.domain.tables.schema import Column, Table

RECORDS = ("live", "replay")
STANDINGS = ("resolved", "void", "open", "repeated")

ISSUED = Table(
    "issued",
    "The ledger of forecasts: each answer to a three-way question as it was issued, beside the base rates of that day.",
    (
        Column("id", pl.String, "Short id, made from the question and the answer."),
        Column("number", pl.Int64, "Place in the ledger, counted from 1."),
        Column("issued_at", TIME, "When it was written down: the second clock.", "UTC"),
        Column(
            "record",
            pl.String,
            "live (issued within a week of its origin, from data that ended there) or replay (made of the past).",
            allowed=RECORDS,
        ),
        PROVIDER,
        PAIR,
        ORIGIN,
        HORIZON,
        Column("closes", pl.Date, "Last day of the horizon.", "UTC day"),
        Column("rule", pl.String, "Name of the rule that resolves it."),
        Column("model", pl.String, "Name and version of the model."),
        *(Column(f"p_{name}", pl.Float64, f"Probability of `{name}`.", "0 to 1") for name in OUTCOMES),
        *(Column(f"base_{name}", pl.Float64, f"Base rate of `{name}` on that day.", "0 to 1") for name in OUTCOMES),
        Column("scale", pl.Float64, "The pair's scale as known at the origin.", "points a day"),
        Column("reference", pl.Float64, "Mean level of the 13 weeks up to the origin.", "level", nullable=True),
        Column("spread", pl.Float64, "Standard deviation of such changes as known at the origin.", "level"),
        Column(
            "usual_news",
            pl.Float64,
            "Other pairs' news in the usual week as known at the origin; null under outcome-v1, and under "
            "outcome-v2 for bare scores.",
            "events a day",
            nullable=True,
        ),
        Column("data_version", pl.String, "Digest of the provider's files: the same files give the same."),
        Column("data_until", pl.Date, "Last day that the store held when it was issued.", "UTC day"),
    ),
)

SCORED = Table(
    "scored",
    "Issued forecasts with what became of them; scores are of those resolved, less is better.",
    (
        *ISSUED.columns,
        Column(
            "standing",
            pl.String,
            "resolved; void (closed, but cannot be resolved); open; repeated (a later answer to an answered question).",
            allowed=STANDINGS,
        ),
        Column("reason", pl.String, "Why it is void or open.", nullable=True),
        Column("future", pl.Float64, "Mean level of the weeks of the horizon.", "level", nullable=True),
        Column("change", pl.Float64, "Future minus reference.", "spreads", nullable=True),
        Column("outcome", pl.String, "What happened.", nullable=True, allowed=OUTCOMES),
        Column("rps", pl.Float64, "Ranked probability score.", "0 to 1", nullable=True),
        Column("base_rps", pl.Float64, "The base rates' ranked probability score.", "0 to 1", nullable=True),
        Column("brier", pl.Float64, "Brier score.", "0 to 2", nullable=True),
        Column("base_brier", pl.Float64, "The base rates' Brier score.", "0 to 2", nullable=True),
        Column("log_score", pl.Float64, "Logarithmic score.", "nats", nullable=True),
        Column("base_log_score", pl.Float64, "The base rates' logarithmic score.", "nats", nullable=True),
    ),
)

SCORES = Table(
    "scores",
    "The record of a group of forecasts; bands are 95 % by bootstrap over blocks of time, null with fewer than three.",
    (
        Column("record", pl.String, "live or replay.", allowed=RECORDS),
        Column("group", pl.String, "Pair, horizon, model, or `all`."),
        Column("resolved", pl.Int64, "Forecasts resolved and scored.", "forecasts"),
        Column("void", pl.Int64, "Forecasts closed that cannot be resolved.", "forecasts"),
        Column("open", pl.Int64, "Forecasts not closed yet.", "forecasts"),
        Column("rps", pl.Float64, "Mean ranked probability score.", "0 to 1", nullable=True),
        Column("rps_low", pl.Float64, "Lower end of its band.", "0 to 1", nullable=True),
        Column("rps_high", pl.Float64, "Upper end of its band.", "0 to 1", nullable=True),
        Column("base_rps", pl.Float64, "Mean of the base rates issued at the same time.", "0 to 1", nullable=True),
        Column("skill", pl.Float64, "1 − rps / base_rps; below 0 is worse than base rates.", nullable=True),
        Column("skill_low", pl.Float64, "Lower end of its band.", nullable=True),
        Column("skill_high", pl.Float64, "Upper end of its band.", nullable=True),
        Column("brier", pl.Float64, "Mean Brier score.", "0 to 2", nullable=True),
        Column("base_brier", pl.Float64, "Mean of the base rates.", "0 to 2", nullable=True),
        Column("log_score", pl.Float64, "Mean logarithmic score; infinite is null.", "nats", nullable=True),
        Column("base_log_score", pl.Float64, "Mean of the base rates.", "nats", nullable=True),
    ),
)

BINS = Table(
    "bins",
    "Calibration of the record: what was said against what came, the three outcomes pooled.",
    (
        Column("record", pl.String, "live or replay.", allowed=RECORDS),
        Column("from", pl.Float64, "Least probability of the bin.", "0 to 1"),
        Column("to", pl.Float64, "Greatest.", "0 to 1"),
        Column("said", pl.Float64, "Mean probability of the forecasts in it.", "0 to 1"),
        Column("came", pl.Float64, "Share of them that came out.", "0 to 1"),
        Column("forecasts", pl.Int64, "Probabilities in the bin.", "probabilities"),
    ),
)
