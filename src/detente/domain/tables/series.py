"""Sums by week or month of every dyad: the plainest series, read without touching single events."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, DIRECTED, RECIPIENT, N
from detente.domain.tables.schema import Column, Table

SERIES = Table(
    "series",
    "Events of each dyad added up by calendar week or month; a period without a row has no event, or was not covered.",
    (
        Column("period_start", pl.Date, "First day of the week (a Monday) or month.", "UTC day"),
        ACTOR,
        RECIPIENT,
        DIRECTED,
        N,
        Column("cooperation_milli", pl.Int64, "Sum of the positive intensities.", "thousandths of a Goldstein point"),
        Column(
            "conflict_milli",
            pl.Int64,
            "Sum of the negative intensities, without the sign.",
            "thousandths of a Goldstein point",
        ),
    ),
)
