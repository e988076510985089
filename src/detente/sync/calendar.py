"""Rows of the gap calendar: what a file of the archive is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.tables import SLOTS
from detente.sources.gdelt_lists import Listed, Slot
from detente.sync.plan import PROVIDER


def found_in(account: Ledger) -> tuple[str, str | None]:
    """What a file that was loaded is in the gap calendar: no gap, unless it broke off or held nothing."""
    if account.failed["damaged_file"] or account.failed["truncated_file"]:
        return "corrupt", "loaded_up_to_where_it_breaks"
    return ("loaded", None) if account.read else ("empty", "no_line_in_it")


def calendar_row(
    slot: Slot, status: str, rule: str | None, now: dt.datetime, listed: Listed | None = None
) -> dict[str, object]:
    """One row: of a file that is listed, with the size and digest of the list."""
    size, md5 = (listed.bytes, listed.md5) if listed else (None, None)
    values = (PROVIDER, slot.family, slot.start, slot.name, status, rule, size, md5, now)
    return dict(zip(SLOTS.names, values, strict=True))


def calendar(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Rows as the table ``slots``."""
    return pl.DataFrame(list(rows), schema=SLOTS.schema)
