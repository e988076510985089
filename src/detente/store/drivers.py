"""Outside series beside the events of a store: appended whole or not at all, read as of a day.

They have a manifest of their own, ``DRIVERS.json``, whose renaming is the commit; files that it does not name were
never committed. The store's lock is theirs too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.tables import DRIVERS, check_table
from detente.errors import StoreError
from detente.store.manifest import digest, read_listing, sync_all, write_durably

NAME, FOLDER = "DRIVERS.json", "drivers"
FORMAT = 1


@dataclass(frozen=True)
class DriverBatch:
    """One loaded file of outside series.

    Args:
        id: Name of its file.
        identity: What makes a repeated load the same load.
        provider: Whose series.
        path: Name of the file it came from.
        rows: Values kept.
        sha256: Digest of its file.
        ledger: Its account.
        loaded_at: When it was loaded (UTC).
    """

    id: str
    identity: str
    provider: str
    path: str
    rows: int
    sha256: str
    ledger: dict[str, Any]
    loaded_at: str


def append_drivers(
    store: Path, rows: pl.DataFrame, ledger: Ledger, *, path: str, identity: str, loaded_at: dt.datetime
) -> bool:
    """Append one file's series; returns False where it is held already and nothing changed.

    Args:
        store: The store's directory.
        rows: Rows of the table ``drivers``, of one provider.
        ledger: The file's account.
        path: Name of the file, for people.
        identity: What makes a later load the same load.
        loaded_at: When it is loaded (UTC).

    Raises:
        StoreError: when the store cannot be written; nothing is then changed.
        DataError: when the rows break their schema.
    """
    from detente.store.writer import only_writer, translated  # noqa: PLC0415 - readers need no writer

    check_table(rows, DRIVERS)
    with translated(store), only_writer(store):
        batches = driver_batches(store)
        if any(batch.identity == identity for batch in batches):
            return False
        name = hashlib.sha256(identity.encode()).hexdigest()[:20]
        (store / FOLDER).mkdir(exist_ok=True)
        for left in (store / FOLDER).iterdir():
            if left.stem not in {batch.id for batch in batches}:
                left.unlink()
        target, temporary = store / FOLDER / f"{name}.parquet", store / FOLDER / f".{name}.tmp"
        rows.sort("series", "state", "period_end").write_parquet(temporary, compression="zstd")
        temporary.replace(target)
        sync_all([target])
        account = {key: value for key, value in ledger.as_dict().items() if key != "path"}
        provider = str(rows["provider"][0]) if rows.height else ""
        batches.append(
            DriverBatch(name, identity, provider, path, rows.height, digest(target), account, str(loaded_at))
        )
        content = {"format": FORMAT, "batches": [vars(batch) for batch in batches]}
        write_durably(store / NAME, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    return True


def driver_batches(store: Path) -> list[DriverBatch]:
    """What is held, in the order of loading.

    Raises:
        StoreError: when the manifest is damaged.
    """
    return read_listing(
        store / NAME,
        lambda raw: DriverBatch(**raw),
        what="outside series",
        next_step="Delete it, and load the series again with `detente load drivers`.",
    )


def read_drivers(store: Path, as_of: dt.date) -> pl.DataFrame:
    """All series as known at the end of a day: rows of ``drivers``, sorted; of several vintages the last known.

    Args:
        store: The store's directory.
        as_of: The day; a value is seen if its period was over and it was known by then.

    Raises:
        StoreError: when a file is missing or damaged.
    """
    moment = dt.datetime.combine(as_of, dt.time.max)
    frames = [DRIVERS.empty()]
    for batch in driver_batches(store):
        try:
            frames.append(check_table(pl.read_parquet(store / FOLDER / f"{batch.id}.parquet"), DRIVERS))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"The outside series of {store} were to be read.",
                f"{FOLDER}/{batch.id}.parquet of {batch.path} cannot be: {str(error).splitlines()[0]}.",
                f"Delete {NAME}, and load the series again with `detente load drivers`.",
            ) from None
    key = ("series", "state", "period_end")
    return (
        pl.concat(frames)
        .filter(pl.col("known_at") <= moment, pl.col("period_end") <= as_of)
        .sort(*key, "known_at", maintain_order=True)
        .unique(key, keep="last", maintain_order=True)
    )


def check_drivers(store: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the series held, each with what to do about it."""
    for batch in driver_batches(store):
        path = store / FOLDER / f"{batch.id}.parquet"
        if not path.exists() or digest(path) != batch.sha256:
            what = "is not what was written" if path.exists() else "is missing"
            yield f"{FOLDER}/{path.name} of {batch.path} {what}.", f"Delete {NAME}, and load the series again."
