"""Loading outside series: each file is saved whole or not at all, with an account of its values that adds up."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import SourceError
from detente.pipeline import LoadPlan, LoadReport, Progress, find_files
from detente.sources import read_drivers
from detente.store.drivers import driver_batches

if TYPE_CHECKING:
    from detente.store import Store

#: Under this name the command line loads them.
DRIVERS = "drivers"
#: A change of how files are read makes a repeated load another load.
_READER = "drivers-v1"


def plan_drivers(store: Store, paths: Sequence[Path]) -> LoadPlan:
    """Say what a load would do, without doing it.

    Raises:
        SourceError: when a path does not exist or no file is found.
    """
    held = {batch.identity for batch in driver_batches(store.path)}
    files = tuple((path, path.stat().st_size, _identity(path) in held) for path in find_files(paths))
    return LoadPlan(DRIVERS, store.path, files)


def load_drivers(store: Store, paths: Sequence[Path], *, progress: Progress | None = None) -> LoadReport:
    """Load files of outside series.

    Args:
        store: Where to.
        paths: Files, or directories of files.
        progress: Told before each file.

    Raises:
        SourceError: when a path does not exist or no file is found.
        StoreError: when the store cannot be written; files loaded before stay loaded.
    """
    ledgers, again, failed = [], [], []
    files = find_files(paths)
    for index, path in enumerate(files):
        if progress:
            progress(path.name, index, len(files))
        try:
            _, rows, ledger = read_drivers(path)
        except SourceError as error:
            failed.append((str(path), str(error)))
            continue
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        if store.append_drivers(rows, ledger, path=path.name, identity=_identity(path), loaded_at=now):
            ledgers.append(ledger)
        else:
            again.append(str(path))
    return LoadReport(DRIVERS, tuple(ledgers), tuple(again), tuple(failed))


def _identity(path: Path) -> str:
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} read by {_READER}"
