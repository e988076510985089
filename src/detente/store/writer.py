"""The only way in: one batch at a time, whole or not at all.

Files are spooled to a hidden directory; a commit marks repeats, writes the kept rows sorted, makes them durable and
renames the manifest last. Small files share a commit, since each costs more than reading them. Killed at any moment, a
load leaves at most hidden files or files that no manifest names; the next writer sweeps them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import EVENTS
from detente.errors import StoreError
from detente.store import queries
from detente.store.engine import open_cursor
from detente.store.manifest import Batch, LoadedFile, digest, read_manifest, sync_all, write_manifest
from detente.store.repeats import find_repeats
from detente.store.spool import Spool

CoverageRule = Literal["every_day_has_rows", "span"]
ALREADY_HELD = "event_already_held"
_SPOOL = ".spool-"
_KEPT = "kept"
_TOTALS = ("read", "kept", "ignored", "failed", "notes")
_FOLDERS = ("events", "days", "ledgers")
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
    """

    def __init__(self, store: Path, spool: Path, engine: duckdb.DuckDBPyConnection) -> None:
        self._store, self._directory, self._engine = store, spool, engine
        self._batches = read_manifest(store)
        self._ledgers = {file.identity: _totals(file) for batch in self._batches for file in batch.files}
        self._open: _OpenBatch | None = None
        #: The identity of every file that is held or waits for its commit, with the provider it is held for.
        self.held = {file.identity: batch.provider for batch in self._batches for file in batch.files}

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
        if identity in self._ledgers:
            return Receipt(self._ledgers[identity], already_held=True)
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

    def _open_batch(self, provider: str, repeats: Repeats | None, coverage_rule: CoverageRule) -> _OpenBatch:
        directory = Path(tempfile.mkdtemp(dir=self._directory))
        return _OpenBatch(provider, repeats, coverage_rule, directory, Spool(directory))

    def _write_kept(self, fresh: _OpenBatch, held: list[Batch]) -> dict[str, Any]:
        """Write the rows that are no repeats, sorted, and move the others in their files' ledgers.

        Returns:
            What a ``Batch`` says about its events file.
        """
        target, files = fresh.directory / _KEPT, fresh.spool.files()
        reach: tuple[Any, ...] = (0, None, None, None, None)
        if files:
            reach = self._write_sorted(files, target, held, fresh)
        else:
            EVENTS.empty().with_columns(file_index=pl.lit(None, pl.Int32)).write_parquet(target)
        for ledger in fresh.spool.ledgers:
            ledger.check()
        names = ("first_day", "last_day", "first_known", "last_known")
        about = {name: value.isoformat() if value else "" for name, value in zip(names, reach[1:], strict=True)}
        return {"rows": reach[0], "bytes": target.stat().st_size, "sha256": digest(target), **about}

    def _write_sorted(self, files: list[Path], target: Path, held: list[Batch], fresh: _OpenBatch) -> tuple[Any, ...]:
        span = pl.scan_parquet(files).select(pl.col("occurred").min().alias("a"), pl.col("occurred").max().alias("z"))
        first, last = (str(day) for day in span.collect().row(0))
        near = [b.id for b in held if b.rows and b.first_day <= last and b.last_day >= first]
        earlier = queries.sql_list([self._store / "events" / f"{name}.parquet" for name in near]) if near else None
        self._engine.execute(queries.SPOOLED.format(paths=queries.sql_list(files)))
        self._engine.execute(queries.held_events(earlier))
        find_repeats(self._engine, fresh.repeats, earlier)
        rule = fresh.repeats.rule if fresh.repeats else "repeat"
        for index, again, repeated in self._engine.execute(queries.LEFT_OUT).fetchall():
            fresh.spool.ledgers[index].move_to_ignored(ALREADY_HELD, again)
            fresh.spool.ledgers[index].move_to_ignored(rule, repeated)
        reach: tuple[Any, ...] = self._engine.execute(queries.REACH).fetchall()[0]
        self._engine.execute(queries.WRITE_KEPT.format(target=queries.sql_text(target)))
        return reach


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
            _sweep(store)
            spool = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix=_SPOOL, dir=store)))
            engine = opened.enter_context(open_cursor())
            writer = Writer(store, spool, engine)
        try:
            yield writer
        finally:
            writer.commit()


def _name_files(store: Path, fresh: _OpenBatch, batch: Batch) -> list[Path]:
    """Write the batch's files and give them their names; what makes them count is the manifest."""
    fresh.spool.days().write_parquet(fresh.directory / "days", compression="zstd")
    accounts = [ledger.as_dict() for ledger in fresh.spool.ledgers]
    (fresh.directory / "ledgers").write_text(json.dumps(accounts, ensure_ascii=False), "utf-8")
    named = []
    for folder, written, ending in (
        ("events", _KEPT, "parquet"),
        ("days", "days", "parquet"),
        ("ledgers", "ledgers", "json"),
    ):
        (store / folder).mkdir(exist_ok=True)
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


def _sweep(store: Path) -> None:
    """Remove what interrupted loads left: spools, half-written files, files that no manifest names."""
    named = {batch.id for batch in read_manifest(store)}
    for spool in store.glob(f"{_SPOOL}*"):
        shutil.rmtree(spool, ignore_errors=True)
    for half_written in store.glob(".*.tmp"):
        half_written.unlink(missing_ok=True)
    for folder in _FOLDERS:
        for path in (store / folder).glob("*") if (store / folder).is_dir() else ():
            if path.stem not in named:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def only_writer(store: Path) -> Iterator[None]:
    """Hold the store's lock; wait a little for another writer, then say who has it."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / ".lock").open("a+") as file:
        deadline = time.monotonic() + _LOCK_WAIT_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    file.seek(0)
                    raise StoreError(
                        f"The store {store} was to be written.",
                        f"Process {file.read().strip() or 'unknown'} is writing to it.",
                        "Wait until it is done, or stop it; nothing it has saved is lost.",
                    ) from None
                time.sleep(0.05)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
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
