"""The only way in: one batch at a time, whole or not at all.

Parts are spooled to a hidden directory, repeats are marked, the kept rows are written sorted, files are made durable
and named, and the manifest is renamed last: that is the commit. Killed at any moment, a load leaves at most hidden
files or files that no manifest names; the next writer sweeps them.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS, check_table
from detente.errors import StoreError
from detente.store import queries
from detente.store.manifest import Batch, publish, read_manifest, write_durably, write_manifest

CoverageRule = Literal["every_day_has_rows", "span"]
ALREADY_HELD = "event_already_held"
_SPOOL = ".spool-"
_FOLDERS = ("events", "days", "ledgers")
_LOCK_WAIT_SECONDS = 5.0
#: Memory that the engine may use for sorting and for finding repeats; beyond it, it spills to the spool.
_ENGINE_MEMORY = "700MB"


def append_batch(
    store: Path,
    provider: str,
    parts: Iterable[Part],
    *,
    path: str,
    identity: str,
    repeats: Repeats | None,
    coverage_rule: CoverageRule,
) -> tuple[Batch, Ledger, bool]:
    """Append one file's parts as one batch; see ``Store.append``.

    Returns:
        The batch, its ledger, and whether it had been held already.
    """
    with _translated(store), _only_writer(store):
        _sweep(store)
        held = read_manifest(store)
        for batch in held:
            if batch.identity == identity:
                return batch, _totals(batch), True
        with tempfile.TemporaryDirectory(prefix=_SPOOL, dir=store) as spool:
            ledger = Ledger(path)
            days = _spool_parts(parts, Path(spool), ledger, provider)
            batch = _write_batch(
                store,
                Path(spool),
                days,
                ledger,
                held=[b for b in held if b.provider == provider],
                repeats=repeats,
                about=(provider, path, identity, coverage_rule),
            )
        write_manifest(store, [*held, batch])
        return batch, ledger, False


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


def _write_batch(
    store: Path,
    spool: Path,
    days: pl.DataFrame,
    ledger: Ledger,
    *,
    held: list[Batch],
    repeats: Repeats | None,
    about: tuple[str, str, str, CoverageRule],
) -> Batch:
    provider, path, identity, coverage_rule = about
    name = hashlib.sha256(identity.encode()).hexdigest()[:20]
    for folder in _FOLDERS:
        (store / folder).mkdir(exist_ok=True)
    target = spool / "kept"
    kept, first, last = _write_kept(store, spool, target, ledger, held, repeats)
    ledger.check()
    size = target.stat().st_size
    publish(target, store / "events" / f"{name}.parquet")
    days.write_parquet(spool / "days", compression="zstd")
    publish(spool / "days", store / "days" / f"{name}.parquet")
    account = ledger.as_dict()
    write_durably(store / "ledgers" / f"{name}.json", json.dumps(account, ensure_ascii=False).encode())
    totals = {key: account[key] for key in ("read", "kept", "ignored", "failed", "notes")}
    return Batch(name, identity, provider, path, kept, first, last, size, coverage_rule, totals)


def _write_kept(
    store: Path, spool: Path, target: Path, ledger: Ledger, held: list[Batch], repeats: Repeats | None
) -> tuple[int, str, str]:
    """Write the rows that are no repeats, sorted; move the others in the ledger."""
    files = sorted(spool.glob("*.parquet"))
    if not files:
        EVENTS.empty().write_parquet(target)
        return 0, "", ""
    span = pl.scan_parquet(files).select(pl.col("occurred").min().alias("a"), pl.col("occurred").max().alias("z"))
    first, last = (str(day) for day in span.collect().row(0))
    earlier = [
        store / "events" / f"{b.id}.parquet" for b in held if b.rows and b.first_day <= last and b.last_day >= first
    ]
    with duckdb.connect() as engine:
        engine.execute(f"set memory_limit = '{_ENGINE_MEMORY}'")
        engine.execute(f"set temp_directory = '{spool}'")
        columns = repeats.columns if repeats else ()
        within = repeats.within_minutes if repeats else None
        held_files = queries.sql_list(earlier) if earlier else None
        engine.execute(queries.flag_repeats(queries.sql_list(files), held_files, columns, within))
        counted = engine.execute(queries.COUNT_FLAGGED).fetchall()
        engine.execute(queries.WRITE_KEPT.format(target=target))
    kept, again, repeated, first_kept, last_kept = counted[0]
    ledger.move_to_ignored(ALREADY_HELD, again)
    ledger.move_to_ignored(repeats.rule if repeats else "repeat", repeated)
    return kept, str(first_kept or ""), str(last_kept or "")


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
