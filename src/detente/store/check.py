"""Looking a store over without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from detente.store.drivers import check_drivers
from detente.store.manifest import FILES, Batch, digest, read_manifest
from detente.store.mentions import check_mentions
from detente.store.sweeping import left_over

_RELOAD = "Load its file again into a new store."


def check_store(store: Path, *, deep: bool) -> Iterator[tuple[str, str]]:
    """What is wrong, each with what to do about it.

    Args:
        store: The store's directory.
        deep: Read every events file to its end and compare its digest.
    """
    batches = read_manifest(store)
    for batch in batches:
        yield from _check_batch(store, batch, deep=deep)
    yield from check_drivers(store)
    yield from check_mentions(store)
    if left := left_over(store, batches):
        yield f"{len(left)} files are left over from an interrupted load.", "The next load removes them."


def _check_batch(store: Path, batch: Batch, *, deep: bool) -> Iterator[tuple[str, str]]:
    path = store / "events" / f"{batch.id}.parquet"
    sums = [store / "sums" / f"{batch.id}.parquet"] if batch.has_sums else []
    lists = [store / FILES / f"{batch.id}.parquet"] if batch.is_listed_apart else []
    others = (store / "days" / f"{batch.id}.parquet", store / "ledgers" / f"{batch.id}.json")
    missing = [needed for needed in (path, *sums, *lists, *others) if not needed.exists()]
    for needed in missing:
        yield f"{needed.parent.name}/{needed.name} of {batch.path} is missing.", _RELOAD
    if not path.exists():
        return
    if path.stat().st_size != batch.bytes:
        yield f"events/{path.name} of {batch.path} has {path.stat().st_size} bytes, not {batch.bytes}.", _RELOAD
    elif deep:
        yield from _check_content(path, batch)


def _check_content(path: Path, batch: Batch) -> Iterator[tuple[str, str]]:
    try:
        rows = pl.read_parquet(path).height
        is_same = not batch.sha256 or digest(path) == batch.sha256
    except (OSError, pl.exceptions.PolarsError) as error:
        yield f"events/{path.name} of {batch.path} cannot be read: {str(error).splitlines()[0]}.", _RELOAD
        return
    if rows != batch.rows:
        yield f"events/{path.name} of {batch.path} has {rows} rows, not {batch.rows}.", _RELOAD
    elif not is_same:
        yield f"events/{path.name} of {batch.path} is not what was written: its digest differs.", _RELOAD
