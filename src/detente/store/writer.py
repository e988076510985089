"""The only way in: one batch at a time, whole or not at all.

Parts are spooled to a hidden directory, repeats are marked, the kept rows are written sorted and given their names.
The commit makes all of that durable and renames the manifest last; small files share a commit, since waiting for the
disk costs more than reading them. Killed at any moment, a load leaves at most hidden files or files that no manifest
names; the next writer sweeps them.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS, check_table
from detente.errors import StoreError
from detente.store import queries
from detente.store.manifest import Batch, digest, read_manifest, sync_all, write_manifest
from detente.store.repeats import find_repeats

CoverageRule = Literal["every_day_has_rows", "span"]
ALREADY_HELD = "event_already_held"
_SPOOL = ".spool-"
_KEPT = "kept"
_TOTALS = ("read", "kept", "ignored", "failed", "notes")
_FOLDERS = ("events", "days", "ledgers")
_LOCK_WAIT_SECONDS = 5.0
#: Batches are committed together while a load is this young since the last commit: what a kill may cost.
_COMMIT_SECONDS = 1.0
#: Memory that the engine may use for sorting and for finding repeats; beyond it, it spills to the spool.
_ENGINE_MEMORY = "700MB"


@dataclass(frozen=True)
class Receipt:
    """What became of an append.

    Args:
        batch: The batch that holds the file now.
        ledger: The file's account, repeats included.
        already_held: Whether it had been loaded before, so that nothing changed.
    """

    batch: Batch
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
        self._store, self._spool, self._engine = store, spool, engine
        self._batches = read_manifest(store)
        self._staged: list[Path] = []
        self._committed_at = time.monotonic()

    @property
    def batches(self) -> tuple[Batch, ...]:
        """What the store holds, with what was appended and is not committed yet."""
        return tuple(self._batches)

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
        """Append one file as one batch: whole and once, or not at all.

        It is durable from the next commit on: after a second of appending, or when the writer is given back.

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
            DataError: when a part breaks its schema or the ledger does not add up.
        """
        with _translated(self._store):
            for batch in self._batches:
                if batch.identity == identity:
                    return Receipt(batch, _totals(batch), already_held=True)
            with tempfile.TemporaryDirectory(dir=self._spool) as name:
                spool, ledger = Path(name), Ledger(path)
                days = _spool_parts(parts, spool, ledger, provider)
                kept = self._write_kept(spool, ledger, [b for b in self._batches if b.provider == provider], repeats)
                batch = Batch(
                    id=hashlib.sha256(identity.encode()).hexdigest()[:20],
                    identity=identity,
                    provider=provider,
                    path=path,
                    coverage_rule=coverage_rule,
                    ledger={key: value for key, value in ledger.as_dict().items() if key in _TOTALS},
                    loaded_at=loaded_at.isoformat(timespec="seconds") if loaded_at else "",
                    **kept,
                )
                self._staged += _name_files(self._store, spool, batch, days, ledger)
            self._batches.append(batch)
            if time.monotonic() - self._committed_at > _COMMIT_SECONDS:
                self.commit()
            return Receipt(batch, ledger, already_held=False)

    def commit(self) -> None:
        """Make what was appended durable, then let the manifest name it.

        Raises:
            StoreError: when the disk refuses; nothing since the last commit is then held.
        """
        if self._staged:
            with _translated(self._store):
                sync_all(self._staged)
                write_manifest(self._store, self._batches)
                self._staged = []
        self._committed_at = time.monotonic()

    def _write_kept(self, spool: Path, ledger: Ledger, held: list[Batch], repeats: Repeats | None) -> dict[str, Any]:
        """Write the rows that are no repeats, sorted, and move the others in the ledger.

        Returns:
            What a ``Batch`` says about its events file.
        """
        target = spool / _KEPT
        files = sorted(spool.glob("*.parquet"))
        if files:
            counted = self._write_sorted(files, target, held, repeats)
        else:
            EVENTS.empty().write_parquet(target)
            counted = (0, 0, 0, None, None, None, None)
        rows, again, repeated, *reach = counted
        ledger.move_to_ignored(ALREADY_HELD, again)
        ledger.move_to_ignored(repeats.rule if repeats else "repeat", repeated)
        ledger.check()
        said = dict(zip(("first_day", "last_day", "first_known", "last_known"), reach, strict=True))
        about = {name: value.isoformat() if value else "" for name, value in said.items()}
        return {"rows": rows, "bytes": target.stat().st_size, "sha256": digest(target), **about}

    def _write_sorted(
        self, files: list[Path], target: Path, held: list[Batch], repeats: Repeats | None
    ) -> tuple[Any, ...]:
        span = pl.scan_parquet(files).select(pl.col("occurred").min().alias("a"), pl.col("occurred").max().alias("z"))
        first, last = (str(day) for day in span.collect().row(0))
        near = [b.id for b in held if b.rows and b.first_day <= last and b.last_day >= first]
        earlier = queries.sql_list([self._store / "events" / f"{name}.parquet" for name in near]) if near else None
        self._engine.execute(queries.SPOOLED.format(paths=queries.sql_list(files)))
        self._engine.execute(queries.held_events(earlier))
        find_repeats(self._engine, repeats, earlier)
        counted = self._engine.execute(queries.COUNT).fetchall()[0]
        self._engine.execute(queries.WRITE_KEPT.format(target=queries.sql_text(target)))
        return counted


@contextlib.contextmanager
def open_writer(store: Path) -> Iterator[Writer]:
    """Lock a store, sweep what interrupted loads left there, and give its writer.

    Raises:
        StoreError: when another process is writing, or the store cannot be written.
    """
    with contextlib.ExitStack() as opened:
        with _translated(store):
            opened.enter_context(_only_writer(store))
            _sweep(store)
            spool = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix=_SPOOL, dir=store)))
            engine = opened.enter_context(duckdb.connect())
            engine.execute(f"set memory_limit = '{_ENGINE_MEMORY}'")
            engine.execute("set temp_directory = ?", [str(spool / "engine")])
            writer = Writer(store, spool, engine)
        try:
            yield writer
        finally:
            writer.commit()


def _spool_parts(parts: Iterable[Part], spool: Path, ledger: Ledger, provider: str) -> pl.DataFrame:
    """Write each part's events to the spool; return the days, added up."""
    days = [COVERAGE.empty()]
    for index, part in enumerate(parts):
        events = check_table(part.events, EVENTS).with_columns(pl.lit(provider).alias("provider"))
        days.append(check_table(part.days, COVERAGE).with_columns(pl.lit(provider).alias("provider")))
        ledger.add(part.ledger)
        if events.height:
            events.write_parquet(spool / f"{index:06}.parquet", compression="lz4", statistics=False)
    ledger.check()
    return (
        pl.concat(days)
        .group_by("provider", "day", "status", maintain_order=True)
        .agg(pl.col("rows").sum(), pl.col("known_at").max())
        .select(COVERAGE.names)
        .sort("day", "status")
    )


def _name_files(store: Path, spool: Path, batch: Batch, days: pl.DataFrame, ledger: Ledger) -> list[Path]:
    """Write the batch's files and give them their names; what makes them count is the manifest."""
    days.write_parquet(spool / "days", compression="zstd")
    (spool / "ledger").write_text(json.dumps(ledger.as_dict(), ensure_ascii=False), "utf-8")
    named = []
    for folder, written, ending in (
        ("events", _KEPT, "parquet"),
        ("days", "days", "parquet"),
        ("ledgers", "ledger", "json"),
    ):
        (store / folder).mkdir(exist_ok=True)
        named.append((spool / written).replace(store / folder / f"{batch.id}.{ending}"))
    return named


def _totals(batch: Batch) -> Ledger:
    ledger = Ledger(batch.path, read=batch.ledger["read"], kept=batch.ledger["kept"])
    ledger.ignored.update(batch.ledger["ignored"])
    ledger.failed.update(batch.ledger["failed"])
    ledger.notes.update(batch.ledger["notes"])
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
def _only_writer(store: Path) -> Iterator[None]:
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
def _translated(store: Path) -> Iterator[None]:
    """Say failures of disk and engine in the product's words; what was committed before stays."""
    try:
        yield
    except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
        raise StoreError(
            f"The store {store} was to be written.",
            f"{str(error).splitlines()[0]}.",
            "Check free space and access rights there, then load again; what was saved before is unharmed.",
        ) from error
