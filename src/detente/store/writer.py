"""The only way in: one batch at a time, whole or not at all.

Files are spooled to a hidden directory; a commit marks repeats, writes the kept rows sorted, makes them durable and
renames the manifest last. Small files share a commit, since each costs more than reading them. Killed at any moment, a
load leaves at most hidden files or files that no manifest names; the next writer sweeps them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.errors import StoreError
from detente.store import queries
from detente.store.engine import open_cursor
from detente.store.lock import locked
from detente.store.manifest import FOLDERS, Batch, LoadedFile, digest, read_manifest, sync_all, write_manifest
from detente.store.repeats import find_left_out
from detente.store.spool import Spool
from detente.store.sums import sum_up
from detente.store.sweeping import SPOOL, sweep

CoverageRule = Literal["every_day_has_rows", "span"]
ALREADY_HELD = "event_already_held"
_KEPT = "kept"
_TOTALS = ("read", "kept", "ignored", "failed", "notes")
_LOCK_WAIT_SECONDS = 5.0
#: A batch is committed when it holds so many rows or files: what a kill may cost, a second or two of work. Where it
#: ends depends on the files alone, so that a load that was killed and begun again gives the same batches.
_ROWS_A_COMMIT = 200_000
_FILES_A_COMMIT = 1000


@dataclass(frozen=True)
class Receipt:
    """What became of an append.

    Args:
        ledger: The file's account; repeats move to it when the batch is committed.
        already_held: Whether it had been loaded before, so that nothing changed.
    """

    ledger: Ledger
    already_held: bool


class Writer:
    """Appends files to one store, one after another, while no other process may; made by ``Store.writer``.

    Args:
        store: The store's directory, locked and swept.
        spool: A hidden directory in it, for what is not committed yet.
        engine: What sorts rows and finds repeats.
        batches: What is committed.
    """

    def __init__(self, store: Path, spool: Path, engine: duckdb.DuckDBPyConnection, batches: list[Batch]) -> None:
        self._store, self._directory, self._engine = store, spool, engine
        self._batches = batches
        self._ledgers: dict[str, Ledger] = {}
        self._open: _OpenBatch | None = None
        #: The identity of every file that is held or waits for its commit, with the provider it is held for.
        self.held = {identity: batch.provider for batch in self._batches for identity in batch.identities}

    def append(
        self,
        provider: str,
        parts: Iterable[Part],
        *,
        path: str,
        identity: str,
        repeats: Repeats | None = None,
        coverage_rule: CoverageRule = "every_day_has_rows",
        loaded_at: dt.datetime | None = None,
    ) -> Receipt:
        """Append one file: whole and once, or not at all.

        It is held from the next commit on: after some 200,000 rows, or when the writer is given back.

        Args:
            provider: Whose data.
            parts: The file's parts; consumed one by one, never all in memory.
            path: Name of the file, for people.
            identity: What makes a later load the same load; one that is held already changes nothing.
            repeats: The provider's rule for repeats, applied inside the batch and against what is held.
            coverage_rule: Whether a day without rows is a gap (``every_day_has_rows``) or quiet (``span``).
            loaded_at: When it is loaded (UTC), for the record; the store reads no clock.

        Raises:
            StoreError: when the store cannot be written; nothing is then changed.
            DataError: when a part breaks its schema or the ledger does not add up; other files are unharmed.
        """
        if identity in self.held:
            return Receipt(self._ledger_of(identity), already_held=True)
        if self._open and (self._open.provider, self._open.repeats, self._open.coverage_rule) != (
            provider,
            repeats,
            coverage_rule,
        ):
            self.commit()
        with translated(self._store):
            self._open = self._open or self._open_batch(provider, repeats, coverage_rule)
            ledger = self._open.spool.add(parts, path, provider)
        self._open.identities.append(identity)
        self._open.loaded_at.append(loaded_at.isoformat(timespec="seconds") if loaded_at else "")
        self._ledgers[identity], self.held[identity] = ledger, provider
        if self._open.spool.rows >= _ROWS_A_COMMIT or len(self._open.identities) >= _FILES_A_COMMIT:
            self.commit()
        return Receipt(ledger, already_held=False)

    def commit(self) -> None:
        """Write what was appended as one batch, make it durable, then let the manifest name it.

        Raises:
            StoreError: when the disk refuses; nothing since the last commit is then held.
        """
        if not self._open or not self._open.identities:
            return
        fresh, self._open = self._open, None
        with translated(self._store):
            earlier = [batch for batch in self._batches if batch.provider == fresh.provider]
            kept = self._write_kept(fresh, earlier)
            ledgers = fresh.spool.ledgers
            files = tuple(
                LoadedFile(ledger.path, identity, _account(ledger), loaded_at)
                for ledger, identity, loaded_at in zip(ledgers, fresh.identities, fresh.loaded_at, strict=True)
            )
            batch = Batch(
                id=hashlib.sha256("\n".join(fresh.identities).encode()).hexdigest()[:20],
                provider=fresh.provider,
                files=files,
                coverage_rule=fresh.coverage_rule,
                **kept,
            )
            sync_all(_name_files(self._store, fresh, batch))
            write_manifest(self._store, [*self._batches, batch])
            self._batches.append(batch)
            shutil.rmtree(fresh.directory)

    def _ledger_of(self, identity: str) -> Ledger:
        """The account of a file that is held or waits for its commit."""
        if identity not in self._ledgers:
            self._ledgers[identity] = _totals(self._earlier[identity])
        return self._ledgers[identity]

    @cached_property
    def _earlier(self) -> dict[str, LoadedFile]:
        """Every file of the batches that are committed, by its identity."""
        return {file.identity: file for batch in self._batches for file in batch.files}

    def _open_batch(self, provider: str, repeats: Repeats | None, coverage_rule: CoverageRule) -> _OpenBatch:
        directory = Path(tempfile.mkdtemp(dir=self._directory))
        return _OpenBatch(provider, repeats, coverage_rule, directory, Spool(directory))

    def _write_kept(self, fresh: _OpenBatch, held: list[Batch]) -> dict[str, Any]:
        """Write the rows that are no repeats, sorted, and their sums; move the others in their files' ledgers.

        Returns:
            What a ``Batch`` says about its events file.
        """
        target = fresh.directory / _KEPT
        frame = fresh.spool.frame()
        files = [] if frame is not None else fresh.spool.files()
        rows = pl.scan_parquet(files) if frame is None else frame.lazy()
        left_out = self._left_out(rows, held, fresh)
        if frame is None:
            self._engine.register("left_out", left_out.select("row_index").to_arrow())
            self._engine.execute(queries.SPOOLED.format(paths=queries.sql_list(files)))
            without = "row_index" if _uses_alike(fresh.repeats) else "row_index, alike"
            self._engine.execute(queries.WRITE_KEPT.format(target=queries.sql_text(target), without=without))
        else:
            kept = frame.join(left_out, on="row_index", how="anti").sort("actor", "recipient", "occurred", "row_index")
            kept = kept.drop("row_index" if _uses_alike(fresh.repeats) else ["row_index", "alike"])
            kept.write_parquet(target, compression="zstd", row_group_size=queries.ROW_GROUP)
        events = pl.scan_parquet(target) if frame is None else kept.lazy()
        sum_up(events).write_parquet(fresh.directory / "sums", compression="zstd", row_group_size=queries.ROW_GROUP)
        return {"bytes": target.stat().st_size, "sha256": digest(target), "has_sums": True, **_reach(events)}

    def _left_out(self, rows: pl.LazyFrame, held: list[Batch], fresh: _OpenBatch) -> pl.DataFrame:
        """Find the rows that are not kept, and move them in the ledgers of their files."""
        about, repeats = _reach(rows), fresh.repeats
        filled = [batch for batch in held if batch.rows] if about["rows"] else []
        near = [batch for batch in filled if batch.first_day <= about["last_day"]]
        near = [batch for batch in near if batch.last_day >= about["first_day"]]
        left_out = find_left_out(
            rows,
            repeats,
            same_ids=self._events_of([batch for batch in filled if _may_share_ids(batch, about, near)]),
            same_days=self._events_of(
                [batch for batch in near if _is_in_reach(batch, about, repeats)], alike=_uses_alike(repeats)
            ),
        )
        rule = repeats.rule if repeats else "repeat"
        for index, is_held, count in left_out.group_by("file_index", "is_held").len().iter_rows():
            fresh.spool.ledgers[index].move_to_ignored(ALREADY_HELD if is_held else rule, count)
        for ledger in fresh.spool.ledgers:
            ledger.check()
        return left_out

    def _events_of(self, batches: list[Batch], *, alike: bool = False) -> pl.LazyFrame | None:
        paths = [self._store / "events" / f"{batch.id}.parquet" for batch in batches]
        if not paths:
            return None
        return pl.concat([_with_alike(path) for path in paths], how="diagonal") if alike else pl.scan_parquet(paths)


@dataclass(frozen=True)
class _OpenBatch:
    """What was appended since the last commit: files of one provider under one rule."""

    provider: str
    repeats: Repeats | None
    coverage_rule: CoverageRule
    directory: Path
    spool: Spool
    identities: list[str] = field(default_factory=list)
    loaded_at: list[str] = field(default_factory=list)


@contextlib.contextmanager
def open_writer(store: Path) -> Iterator[Writer]:
    """Lock a store, sweep what interrupted loads left there, and give its writer.

    Raises:
        StoreError: when another process is writing, or the store cannot be written.
    """
    with contextlib.ExitStack() as opened:
        with translated(store):
            opened.enter_context(only_writer(store))
            batches = read_manifest(store)
            sweep(store, batches)
            spool = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix=SPOOL, dir=store)))
            engine = opened.enter_context(open_cursor())
            writer = Writer(store, spool, engine, batches)
        try:
            yield writer
        finally:
            writer.commit()


def _reach(events: pl.LazyFrame) -> dict[str, Any]:
    """How many events there are, and the reach of both clocks and of the provider's own ids."""
    key = pl.col("event_key").cast(pl.Int64, strict=False)
    is_number = (key.is_not_null() | pl.col("event_key").is_null()).all()
    rows, *clocks, first, last = (
        events.select(
            pl.len(),
            *(pl.col(name).min().alias(f"first_{name}") for name in ("occurred", "known_at")),
            *(pl.col(name).max().alias(f"last_{name}") for name in ("occurred", "known_at")),
            pl.when(is_number).then(key.min()).alias("first_key"),
            pl.when(is_number).then(key.max()).alias("last_key"),
        )
        .collect()
        .row(0)
    )
    names = ("first_day", "first_known", "last_day", "last_known")
    about = {name: value.isoformat() if value else "" for name, value in zip(names, clocks, strict=True)}
    return {"rows": rows, **about, "first_key": first, "last_key": last}


def _uses_alike(repeats: Repeats | None) -> bool:
    """Whether what is not in the table of events tells repeats apart, and is kept for those that come later."""
    return repeats is not None and "alike" in repeats.columns


def _with_alike(path: Path) -> pl.LazyFrame:
    """Events of a batch; one that was written under another rule has nothing beside the table."""
    events = pl.scan_parquet(path)
    if "alike" in events.collect_schema():
        return events
    return events.with_columns(pl.lit(None, pl.String).alias("alike"))


def _may_share_ids(batch: Batch, about: dict[str, Any], near: list[Batch]) -> bool:
    """Whether an earlier batch may hold an id of the rows; where ids are no numbers, whether it shares a day."""
    if batch.first_key is None or batch.last_key is None or about["first_key"] is None:
        return batch in near
    return batch.first_key <= int(about["last_key"]) and batch.last_key >= int(about["first_key"])


def _is_in_reach(batch: Batch, about: dict[str, Any], repeats: Repeats | None) -> bool:
    """Whether a row may repeat one of an earlier batch: by a rule with a window, one known about as long."""
    if repeats is None or repeats.within_minutes is None:
        return repeats is not None
    window = dt.timedelta(minutes=repeats.within_minutes)
    first, last = (dt.datetime.fromisoformat(about[name]) for name in ("first_known", "last_known"))
    return not (
        dt.datetime.fromisoformat(batch.first_known) > last + window
        or dt.datetime.fromisoformat(batch.last_known) < first - window
    )


def _name_files(store: Path, fresh: _OpenBatch, batch: Batch) -> list[Path]:
    """Write the batch's files and give them their names; what makes them count is the manifest."""
    fresh.spool.days().write_parquet(fresh.directory / "days", compression="zstd")
    accounts = [ledger.as_dict() for ledger in fresh.spool.ledgers]
    (fresh.directory / "ledgers").write_text(json.dumps(accounts, ensure_ascii=False), "utf-8")
    named = []
    for folder in FOLDERS:
        (store / folder).mkdir(exist_ok=True)
        written = _KEPT if folder == "events" else folder
        ending = "json" if folder == "ledgers" else "parquet"
        named.append((fresh.directory / written).replace(store / folder / f"{batch.id}.{ending}"))
    return named


def _account(ledger: Ledger) -> dict[str, Any]:
    """The totals of an account, without the failed rows themselves."""
    return {key: value for key, value in ledger.as_dict().items() if key in _TOTALS}


def _totals(file: LoadedFile) -> Ledger:
    ledger = Ledger(file.path, read=file.ledger["read"], kept=file.ledger["kept"])
    ledger.ignored.update(file.ledger["ignored"])
    ledger.failed.update(file.ledger["failed"])
    ledger.notes.update(file.ledger["notes"])
    return ledger


@contextlib.contextmanager
def only_writer(store: Path) -> Iterator[None]:
    """Hold the store's lock; wait a little for another writer, then say who has it."""
    store.mkdir(parents=True, exist_ok=True)
    with locked(store, "store", wait_seconds=_LOCK_WAIT_SECONDS):
        yield


@contextlib.contextmanager
def translated(store: Path) -> Iterator[None]:
    """Say failures of disk and engine in the product's words; what was committed before stays."""
    try:
        yield
    except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
        raise StoreError(
            f"The store {store} was to be written.",
            f"{str(error).splitlines()[0]}.",
            "Check free space and access rights there, then load again; what was saved before is unharmed.",
        ) from error
