"""The sync that is killed.

    python tests/sync_to_kill.py STORE DOWNLOADS BASE

says ``start`` when the imports are behind it, syncs a day in chunks of few files, and ends with 0 when all is done.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from detente import sync
from detente.sources.downloads import Downloads
from detente.sources.fetch import Door
from detente.store import open_store
from detente.sync import run

SINCE, UNTIL = dt.date(2015, 3, 1), dt.date(2015, 3, 1)
NOW = dt.datetime(2015, 3, 5, 12, 0)  # noqa: DTZ001 - the tables' clock is UTC without a zone
FILES_A_CHUNK = 4


def sync_all(store: Path, folder: Path, base: str) -> sync.SyncReport:
    """Plan and run, a few files a chunk."""
    usual, run._FILES_A_CHUNK = run._FILES_A_CHUNK, FILES_A_CHUNK
    try:
        held, downloads = open_store(store), Downloads(Door())
        plan = sync.plan_sync(held, downloads, sync.SyncRequest(SINCE, UNTIL, NOW, base, folder))
        return sync.run_sync(held, downloads, plan)
    finally:
        run._FILES_A_CHUNK = usual


if __name__ == "__main__":
    sys.stdout.write("start\n")
    sys.stdout.flush()
    started = time.perf_counter()
    report = sync_all(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    sys.stdout.write(f"{time.perf_counter() - started}\n")
    raise SystemExit(0 if report.is_whole else 1)
