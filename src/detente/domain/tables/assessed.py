"""Other people's assessments: what became of each, and how their makers have scored."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import HORIZON, OUTCOMES, PROVIDER
from detente.domain.tables.schema import Column, Table

STANDINGS = ("resolved", "void", "open", "repeated")
_ASSESSOR = Column("assessor", pl.String, "Who judged: the full name where the text gives one.")
_AFFILIATION = Column("affiliation", pl.String, "The organisation the assessor belongs to.", nullable=True)

ASSESSED = Table(
    "assessed",
    "Accepted assessments with what became of them, beside the model and the base rates as of the day of publication.",
    (
        Column("id", pl.String, "Id of the proposal."),
        _ASSESSOR,
        _AFFILIATION,
        PROVIDER,
        Column("pair", pl.String, "Pair id; null where the text leaves it open.", nullable=True),
        Column("origin", pl.Date, "Day of publication: all is asked as of its end.", nullable=True),
        Column(**(vars(HORIZON) | {"nullable": True})),
        Column("horizon_assumed", pl.Boolean, "Whether the statement names no horizon, so that 13 weeks are taken."),
        Column("closes", pl.Date, "Last day of the horizon.", "UTC day", nullable=True),
        Column(
            "direction", pl.String, "The change that is spoken of; `none` where none is.", allowed=(*OUTCOMES, "none")
        ),
        Column("p_low", pl.Float64, "Lower end of its probability, by the words used.", "0 to 1", nullable=True),
        Column("p_high", pl.Float64, "Its upper end.", "0 to 1", nullable=True),
        Column("p", pl.Float64, "The middle, which is scored.", "0 to 1", nullable=True),
        Column("saved_in_time", pl.Boolean, "Whether it was saved before its horizon had passed.", nullable=True),
        Column("standing", pl.String, "resolved; void; open; repeated (said before).", allowed=STANDINGS),
        Column("reason", pl.String, "Why it is void or open.", nullable=True),
        Column("outcome", pl.String, "What happened, by the rule outcome-v3.", nullable=True, allowed=OUTCOMES),
        Column("change", pl.Float64, "Future minus reference.", "spreads", nullable=True),
        Column("came", pl.Boolean, "Whether the change spoken of came.", nullable=True),
        Column(
            "on_side",
            pl.Boolean,
            "Whether what came lay on the side said; null at a middle of one half.",
            nullable=True,
        ),
        Column("brier", pl.Float64, "Squared distance of `p` from what came.", "0 to 1", nullable=True),
        Column("model", pl.String, "Name and version of the model asked the same.", nullable=True),
        Column("model_p", pl.Float64, "The model's probability of the same change, same day.", "0 to 1", nullable=True),
        Column("model_brier", pl.Float64, "Its squared distance from what came.", "0 to 1", nullable=True),
        Column("base_p", pl.Float64, "The base rate of the same change on the same day.", "0 to 1", nullable=True),
        Column("base_brier", pl.Float64, "Its squared distance from what came.", "0 to 1", nullable=True),
        Column("quote", pl.String, "The sentence."),
    ),
)

ASSESSORS = Table(
    "assessors",
    "The record of those who judged; bands are 95 % by bootstrap over blocks of time, null with fewer than three.",
    (
        _ASSESSOR,
        _AFFILIATION,
        Column("resolved", pl.Int64, "Assessments resolved and scored.", "assessments"),
        Column("void", pl.Int64, "Assessments that cannot be resolved.", "assessments"),
        Column("open", pl.Int64, "Assessments whose horizon has not passed.", "assessments"),
        Column("brier", pl.Float64, "Mean Brier score.", "0 to 1", nullable=True),
        Column("brier_low", pl.Float64, "Lower end of its band.", "0 to 1", nullable=True),
        Column("brier_high", pl.Float64, "Upper end of its band.", "0 to 1", nullable=True),
        Column("model_brier", pl.Float64, "Mean of the model, asked the same.", "0 to 1", nullable=True),
        Column("base_brier", pl.Float64, "Mean of the base rates of the same days.", "0 to 1", nullable=True),
        Column("on_side", pl.Float64, "Share whose outcome lay on the side said.", "0 to 1", nullable=True),
    ),
)
