"""The gap calendar beside the events: one small file, replaced as a whole.

It tells what was seen of the archive. That a file is loaded is decided by the manifest alone; a calendar that lags
behind it, after a kill, is made whole by the next sync.
"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from detente.domain.tables import SLOTS, check_table
from detente.errors import StoreError
from detente.store.manifest import write_durably

NAME = "SLOTS.parquet"
_KEY = ["provider", "family", "name"]


def read_slots(store: Path) -> pl.DataFrame:
    """Rows of the table ``slots``, in order of time; none where nothing was ever synced.

    Raises:
        StoreError: when the file is damaged.
    """
    path = store / NAME
    if not path.exists():
        return SLOTS.empty()
    try:
        return check_table(pl.read_parquet(path), SLOTS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            f"The gap calendar of {store} was to be read.",
            f"{NAME} is damaged ({str(error).splitlines()[0]}).",
            "Remove that file and run `detente sync` again; no event is lost.",
        ) from None


def save_slots(store: Path, rows: pl.DataFrame, *, looked_over: pl.DataFrame | None = None) -> None:
    """Note what became of files; what was noted of the same files before is replaced.

    Args:
        store: The store's directory.
        rows: Rows of the table ``slots``.
        looked_over: Spans that were looked over as a whole (``provider, family, since, until``): gaps noted in them
            before are gone unless ``rows`` has them.

    Raises:
        StoreError: when the store is being written or cannot be written.
        DataError: when the rows break their schema.
    """
    from detente.store.writer import only_writer, translated  # noqa: PLC0415 - readers need no writer

    check_table(rows, SLOTS)
    with translated(store), only_writer(store):
        before = held = read_slots(store)
        rows = _first_seen(rows, before)
        for provider, family, since, until in looked_over.iter_rows() if looked_over is not None else ():
            is_in_span = pl.col("slot").is_between(since, until, closed="left")
            is_theirs = (pl.col("provider") == provider) & (pl.col("family") == family)
            held = held.filter(~(is_theirs & is_in_span & (pl.col("status") != "loaded")))
        merged = pl.concat([held, rows]).unique(_KEY, keep="last", maintain_order=True).sort("slot", "family", "name")
        if merged.equals(before):
            return
        content = io.BytesIO()
        merged.write_parquet(content, compression="zstd")
        write_durably(store / NAME, content.getvalue())


def _first_seen(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """What was seen just so before keeps the time at which it was first seen."""
    same = [name for name in SLOTS.names if name != "seen_at"]
    seen = rows.join(before, on=same, how="left", nulls_equal=True, suffix="_before", maintain_order="left")
    return seen.with_columns(seen_at=pl.coalesce("seen_at_before", "seen_at")).select(SLOTS.names)
