"""Tit for tat as a reader sees it: moves and the answers to them."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.answers import KINDS
from detente.domain.tables.columns import PAIR
from detente.domain.tables.schema import Column, Table

EXCHANGES = Table(
    "exchanges",
    "Unusual moves with the answers to them in kind (`exchanges-v1`), the weightiest first.",
    (
        PAIR,
        Column("kind", pl.String, "Cooperation answered by cooperation, or conflict by conflict.", allowed=KINDS),
        Column("actor", pl.String, "State that moved first.", "ISO 3166 alpha-3"),
        Column("recipient", pl.String, "State that answered.", "ISO 3166 alpha-3"),
        Column("moved", pl.Date, "Day of the move.", "UTC day"),
        Column("answered", pl.Date, "Day of the answer.", "UTC day"),
        Column("lag_days", pl.Int64, "Days between the two.", "days"),
        Column("move_types", pl.String, "PLOVER types of the move, the most frequent first."),
        Column("answer_types", pl.String, "PLOVER types of the answer."),
        Column("move_intensity", pl.Float64, "Sum of the intensities of the move's day.", "Goldstein points"),
        Column("answer_intensity", pl.Float64, "Sum of the intensities of the answer's day.", "Goldstein points"),
        Column("move_once_in", pl.Float64, "A day like the move, or more so, comes once in so many days.", "days"),
        Column("answer_once_in", pl.Float64, "A day like the answer, or more so, comes once in so many.", "days"),
        Column("is_same_quad", pl.Boolean, "Whether deeds were answered by deeds, words by words."),
        Column("weight", pl.Float64, "How unusual both are, less for a late answer or one of another quad.", "days"),
        Column("move_event", pl.String, "Named event that the move matches; null for none.", nullable=True),
        Column("answer_event", pl.String, "Named event that the answer matches; null for none.", nullable=True),
    ),
)
