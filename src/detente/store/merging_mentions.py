"""Merging small batches of mentions, as batches of events are merged: the same rows in fewer files.

A reader takes the same sentence of an article once, wherever it lies; so every row is kept here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import polars as pl

from detente.errors import StoreError
from detente.store import queries
from detente.store.manifest import Batch, FilesApart, digest, sync_all, write_files_apart
from detente.store.mentions import (
    FOLDER,
    NAME,
    MentionBatch,
    files_list,
    mention_batches,
    sweep_mentions,
    write_mention_batches,
)
from detente.store.sweeping import retire

#: A batch of events or of mentions.
B = TypeVar("B", Batch, MentionBatch)


def mention_groups(batches: Sequence[MentionBatch], most_rows: int) -> list[tuple[MentionBatch, ...]]:
    """Runs of batches that would become one each; a batch that outweighs those after it is left alone."""
    return [group for run in _runs(batches, most_rows) if len(group := worth_merging(run)) > 1]


def worth_merging(run: Sequence[B]) -> tuple[B, ...]:
    """What is worth merging of batches that may become one.

    A batch at their beginning that outweighs the others stays: so a row is written anew a handful of times in all.
    """
    rows = sum(batch.rows for batch in run)
    while len(run) > 1 and 2 * run[0].rows > rows:
        rows -= run[0].rows
        run = run[1:]
    return tuple(run)


def in_place_of(group: Sequence[B], merged: B, *, among: Sequence[B]) -> list[B]:
    """All batches with the merged one where the last of its group was."""
    gone, last = {batch.id for batch in group[:-1]}, group[-1].id
    return [merged if batch.id == last else batch for batch in among if batch.id not in gone]


def merge_mentions(store: Path, *, now: dt.datetime, most_rows: int) -> tuple[int, int]:
    """Merge what can be merged, each merge committed by itself; returns how many batches there were, and are.

    The store's lock is held by the caller.

    Raises:
        StoreError: when a batch is damaged; merges that were committed before stay.
    """
    batches = mention_batches(store)
    before = len(batches)
    sweep_mentions(store, batches)
    for group in mention_groups(batches, most_rows):
        merged = _write_merged(store, group)
        retire(store, [batch.id for batch in group], now=now)
        batches = in_place_of(group, merged, among=batches)
        write_mention_batches(store, batches)
    return before, len(batches)


def _runs(batches: Sequence[MentionBatch], most_rows: int) -> Iterator[list[MentionBatch]]:
    run: list[MentionBatch] = []
    rows = 0
    for batch in batches:
        is_small = 2 * batch.rows <= most_rows
        is_theirs = len({one.provider for one in (*run[-1:], batch) if one.provider}) < 2
        if not (is_small and is_theirs and rows + batch.rows <= most_rows):
            yield run
            run, rows = [], 0
        if is_small:
            run.append(batch)
            rows += batch.rows
    yield run


def _write_merged(store: Path, group: Sequence[MentionBatch]) -> MentionBatch:
    """Write the file of one batch for several, and the list of what it came from; their manifest makes them count."""
    paths = [store / FOLDER / f"{batch.id}.parquet" for batch in group]
    for path, batch in zip(paths, group, strict=True):
        if not path.exists() or digest(path) != batch.sha256:
            what = "is not what was written" if path.exists() else "is missing"
            raise StoreError(
                f"Batches of mentions of {store} were to be merged.",
                f"{FOLDER}/{path.name} {what}.",
                f"Delete {NAME}, and sync or load the mentions again.",
            )
    rows = pl.scan_parquet(paths).sort("event_key", "known_at", "line", maintain_order=True).collect()
    name = hashlib.sha256("\n".join(batch.id for batch in group).encode()).hexdigest()[:20]
    target, listed = store / FOLDER / f"{name}.parquet", files_list(store, name)
    half, half_listed = store / FOLDER / f".{name}.tmp", store / FOLDER / f".{name}.files.tmp"
    rows.write_parquet(half, compression="zstd", row_group_size=queries.ROW_GROUP)
    files = write_files_apart(half_listed, (file for batch in group for file in batch.files))
    half_listed.replace(listed)
    half.replace(target)
    sync_all([target, listed])
    filled = [batch for batch in group if batch.rows]
    return MentionBatch(
        id=name,
        provider=next((batch.provider for batch in filled), ""),
        files=FilesApart(listed, len(files)),
        rows=rows.height,
        first_key=min((batch.first_key for batch in filled), default=0),
        last_key=max((batch.last_key for batch in filled), default=0),
        sha256=digest(target),
    )
