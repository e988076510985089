"""Mentions beside the events of a store: where each event can be read.

Only mentions of events that are held are kept; the others are counted as ``event_not_held``. They have a manifest of
their own, ``MENTIONS.json``, whose renaming is the commit. The store's lock is theirs too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.tables import MENTIONS, check_table
from detente.errors import StoreError
from detente.store.manifest import (
    FilesApart,
    LoadedFile,
    digest,
    identities,
    read_listing,
    read_manifest,
    sync_all,
    write_durably,
)
from detente.store.sweeping import retired

NAME, FOLDER, FORMAT = "MENTIONS.json", "mentions", 2
NOT_HELD = "event_not_held"
_KEY = ["event_key", "locator", "sentence"]


@dataclass(frozen=True)
class MentionBatch:
    """Some loaded files of mentions.

    Args:
        id: Name of its own file.
        provider: Whose mentions.
        files: The files it came from.
        rows: Mentions kept.
        first_key: The least id of their events.
        last_key: The greatest.
        sha256: Digest of its file.
    """

    id: str
    provider: str
    files: Sequence[LoadedFile]
    rows: int
    first_key: int
    last_key: int
    sha256: str

    @property
    def identities(self) -> list[str]:
        """What makes a repeated load of each file the same load."""
        return identities(self.files)

    def as_dict(self) -> dict[str, Any]:
        """The batch as it stands in the manifest: of files that are listed apart only their number."""
        is_apart = isinstance(self.files, FilesApart)
        files = len(self.files) if is_apart else [vars(file) for file in self.files]
        return vars(self) | {"files": files}


@dataclass(frozen=True)
class MentionFile:
    """A file of mentions that was read: its rows of the table ``mentions``, its account, and what it is."""

    rows: pl.DataFrame
    ledger: Ledger
    path: str
    identity: str


def append_mentions(store: Path, files: Sequence[MentionFile], *, loaded_at: dt.datetime) -> list[bool]:
    """Append files of one provider as one batch; says of each whether it is new.

    Args:
        store: The store's directory.
        files: The files; mentions of events that are not held move to ``ignored`` in their accounts.
        loaded_at: When they are loaded (UTC).

    Raises:
        StoreError: when the store cannot be written; nothing is then changed.
        DataError: when rows break their schema.
    """
    from detente.store.writer import only_writer, translated  # noqa: PLC0415 - readers need no writer

    with translated(store), only_writer(store):
        batches = mention_batches(store)
        sweep_mentions(store, batches)
        seen = {identity for batch in batches for identity in batch.identities}
        fresh = [file for file in files if file.identity not in seen]
        if fresh:
            rows = pl.concat(_of_held_events(store, file) for file in fresh)
            batches.append(_write(store, rows, fresh, loaded_at))
            write_mention_batches(store, batches)
    return [file.identity not in seen for file in files]


def mention_batches(store: Path) -> list[MentionBatch]:
    """What is held, in the order of loading.

    Raises:
        StoreError: when the manifest is damaged.
    """
    return read_listing(
        store / NAME,
        lambda raw: _batch(store, raw),
        what="mentions",
        next_step="Delete it, and sync or load the mentions again.",
    )


def write_mention_batches(store: Path, batches: Sequence[MentionBatch]) -> None:
    """Commit: write their manifest beside the old one, make it durable, and rename it into place."""
    content = {"format": FORMAT, "batches": [batch.as_dict() for batch in batches]}
    write_durably(store / NAME, (json.dumps(content, ensure_ascii=False) + "\n").encode())


def read_mentions(store: Path, provider: str, keys: pl.Series, as_of: dt.date) -> pl.DataFrame:
    """Mentions of some events as known at the end of a day: rows of ``mentions``, by event and by time.

    Args:
        store: The store's directory.
        provider: Whose.
        keys: Ids of the events, as they stand in the table ``events``.
        as_of: The day.

    Raises:
        StoreError: when a file is missing or damaged.
    """
    wanted = keys.cast(pl.Int64, strict=False).drop_nulls().unique().sort()
    frames = [MENTIONS.empty()]
    moment = dt.datetime.combine(as_of, dt.time.max)
    for batch in mention_batches(store):
        inside = wanted.filter(wanted.is_between(batch.first_key, batch.last_key))
        if batch.provider != provider or not batch.rows or inside.is_empty():
            continue
        found = pl.scan_parquet(store / FOLDER / f"{batch.id}.parquet")
        try:
            near = found.filter(pl.col("event_key").is_between(inside.min(), inside.max()))
            is_wanted = pl.col("event_key").is_in(inside.implode()) & (pl.col("known_at") <= moment)
            frames.append(near.filter(is_wanted).collect())
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"The mentions of {store} were to be read.",
                f"{FOLDER}/{batch.id}.parquet cannot be: {str(error).splitlines()[0]}.",
                f"Delete {NAME}, and sync or load the mentions again.",
            ) from None
    rows = pl.concat(frames).sort("event_key", "known_at", "locator", "sentence")
    return check_table(rows.unique(_KEY, keep="first", maintain_order=True), MENTIONS)


def check_mentions(store: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the mentions held, each with what to do about it."""
    for batch in mention_batches(store):
        path = store / FOLDER / f"{batch.id}.parquet"
        if isinstance(batch.files, FilesApart) and not files_list(store, batch.id).exists():
            yield (
                f"{FOLDER}/{batch.id}.files.parquet is missing.",
                f"Delete {NAME}, and sync or load the mentions again.",
            )
        if not path.exists() or digest(path) != batch.sha256:
            what = "is not what was written" if path.exists() else "is missing"
            yield f"{FOLDER}/{path.name} {what}.", f"Delete {NAME}, and sync or load the mentions again."


def _of_held_events(store: Path, file: MentionFile) -> pl.DataFrame:
    """The mentions of events that are held; the account of the file tells of the others."""
    rows = check_table(file.rows, MENTIONS)
    keys = rows.select(pl.col("event_key").cast(pl.String)).unique()
    held = [pl.DataFrame(schema={"event_key": pl.String})]
    first, last = rows["event_key"].min(), rows["event_key"].max()
    for batch in read_manifest(store) if rows.height else ():
        is_far = batch.first_key is not None and not (batch.first_key <= last and batch.last_key >= first)  # type: ignore[operator]
        if batch.rows and not is_far and batch.provider == rows["provider"][0]:
            events = pl.scan_parquet(store / "events" / f"{batch.id}.parquet").select("event_key")
            held.append(events.join(keys.lazy(), on="event_key", how="semi").collect())
    ours = pl.concat(held)["event_key"].cast(pl.Int64, strict=False)
    kept = rows.filter(pl.col("event_key").is_in(ours.implode()))
    file.ledger.move_to_ignored(NOT_HELD, rows.height - kept.height)
    file.ledger.check()
    return kept


def _write(store: Path, rows: pl.DataFrame, files: Sequence[MentionFile], loaded_at: dt.datetime) -> MentionBatch:
    name = hashlib.sha256("\n".join(file.identity for file in files).encode()).hexdigest()[:20]
    (store / FOLDER).mkdir(exist_ok=True)
    target, temporary = store / FOLDER / f"{name}.parquet", store / FOLDER / f".{name}.tmp"
    rows.sort("event_key", "known_at", "line").write_parquet(temporary, compression="zstd", row_group_size=32768)
    temporary.replace(target)
    sync_all([target])
    about = [
        LoadedFile(file.path, file.identity, _account(file.ledger), loaded_at.isoformat(timespec="seconds"))
        for file in files
    ]
    first, last = rows.select(pl.col("event_key").min(), pl.col("event_key").max().alias("last")).row(0)
    provider = next((str(file.rows["provider"][0]) for file in files if file.rows.height), "")
    return MentionBatch(name, provider, tuple(about), rows.height, first or 0, last or 0, digest(target))


def _account(ledger: Ledger) -> dict[str, Any]:
    return {key: value for key, value in ledger.as_dict().items() if key != "path"}


def files_list(store: Path, name: str) -> Path:
    """Where the files of a merged batch are listed."""
    return store / FOLDER / f"{name}.files.parquet"


def _batch(store: Path, raw: dict[str, Any]) -> MentionBatch:
    if isinstance(count := raw["files"], int):
        return MentionBatch(**raw | {"files": FilesApart(files_list(store, raw["id"]), count)})
    return MentionBatch(**raw | {"files": tuple(LoadedFile(**file) for file in raw["files"])})


def sweep_mentions(store: Path, batches: Sequence[MentionBatch]) -> None:
    """Remove files that their manifest does not name and no reader may still need."""
    named = {batch.id for batch in batches} | retired(store)
    for left in (store / FOLDER).glob("*") if (store / FOLDER).is_dir() else ():
        if left.name.partition(".")[0] not in named:
            left.unlink()
