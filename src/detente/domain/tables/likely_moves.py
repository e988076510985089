"""What states are likely to do to each other in the next days."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, EVENT_TYPE, ORIGIN, QUADS, RECIPIENT
from detente.domain.tables.schema import Column, Table

LIKELY_MOVES = Table(
    "likely_moves",
    "How likely each kind of move is within the next days, beside how usual it is, and the history that speaks for it.",
    (
        ACTOR,
        RECIPIENT,
        ORIGIN,
        Column("days", pl.Int64, "How far ahead: the days after the origin.", "days"),
        Column("kind", pl.String, "CAMEO base code, or the PLOVER type; null for no event of any kind.", nullable=True),
        Column("label", pl.String, "The kind in words."),
        EVENT_TYPE,
        Column("quad", pl.String, "Its quad class.", nullable=True, allowed=QUADS),
        Column("p", pl.Float64, "Probability of at least one such event (of none, where the kind is null).", "0 to 1"),
        Column("p_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1"),
        Column("p_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1"),
        Column("base_rate", pl.Float64, "Share of spans as long, over the past held, in which it came.", "0 to 1"),
        Column("days_since", pl.Int64, "Days since the last such event of the dyad.", "days", nullable=True),
        Column("active_days", pl.Int64, "Days with such an event, of the last 90.", "days"),
        Column("partner_days_since", pl.Int64, "Days since the recipient last did so.", "days", nullable=True),
        Column("partner_active_days", pl.Int64, "Days of the last 14 on which the recipient did so.", "days"),
        Column("answerable", pl.Int64, "Earlier such moves by the recipient whose week of answer is over.", "moves"),
        Column("answered", pl.Int64, "Those of them that the actor answered in kind within a week.", "moves"),
        Column("reasons", pl.String, "The history that speaks for it, weightiest first, in words; | between reasons."),
        Column("model", pl.String, "Name and version of the model."),
    ),
)
