"""The gap calendar of an archive: what became of every file that a provider's lists name or should name."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import PROVIDER, TIME
from detente.domain.tables.schema import Column, Table

#: ``loaded`` is no gap; all the others are.
SLOT_STATUSES = ("loaded", "missing", "empty", "corrupt", "late")

SLOTS = Table(
    "slots",
    "The archive's files: one row is one file that was loaded, or that should be there and is a gap.",
    (
        PROVIDER,
        Column("family", pl.String, "Family of files, such as events_1 or events_2."),
        Column("slot", TIME, "Beginning of the time that the file is about.", "UTC"),
        Column("name", pl.String, "Name of the file."),
        Column(
            "status",
            pl.String,
            "loaded; missing (not listed, or listed and not there); empty; corrupt (not what the list says, or "
            "unreadable); late (not listed yet, and may still come).",
            allowed=SLOT_STATUSES,
        ),
        Column("rule", pl.String, "Why it is a gap: a known gap by its name, or what was found.", nullable=True),
        Column("bytes", pl.Int64, "Size that the list gives.", "bytes", nullable=True),
        Column("md5", pl.String, "MD5 that the list gave: the vintage that was loaded.", nullable=True),
        Column("seen_at", TIME, "When this was first found.", "UTC"),
    ),
)
