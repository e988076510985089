"""Loading mentions: which articles told of the events that are held. Files share a commit; each has its account."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import SourceError
from detente.pipeline import LoadPlan, LoadReport, Progress, find_files
from detente.sources.gdelt_mentions import read_mentions
from detente.store.mentions import MentionFile, mention_batches

if TYPE_CHECKING:
    from detente.store import Store

#: Under this name the command line loads them.
MENTIONS = "mentions"
#: A change of how files are read makes a repeated load another load.
_READER = "mentions-v1"
_FILES_A_COMMIT, _ROWS_A_COMMIT = 500, 500_000


def plan_mentions(store: Store, paths: Sequence[Path]) -> LoadPlan:
    """Say what a load would do, without doing it.

    Raises:
        SourceError: when a path does not exist or no file is found.
    """
    held = {identity for batch in mention_batches(store.path) for identity in batch.identities}
    files = tuple((path, path.stat().st_size, _identity(path) in held) for path in find_files(paths))
    return LoadPlan(MENTIONS, store.path, files)


def load_mentions(store: Store, paths: Sequence[Path], *, progress: Progress | None = None) -> LoadReport:
    """Load files of mentions; load the events first, since mentions of events that are not held are left out.

    Raises:
        SourceError: when a path does not exist or no file is found.
        StoreError: when the store cannot be written; files committed before stay loaded.
    """
    ledgers, again, failed = [], [], list[tuple[str, str]]()
    waiting: list[tuple[Path, MentionFile]] = []

    def commit() -> None:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        fresh = store.append_mentions([file for _, file in waiting], loaded_at=now)
        for (path, file), is_new in zip(waiting, fresh, strict=True):
            if is_new:
                ledgers.append(file.ledger)
            else:
                again.append(str(path))
        waiting.clear()

    files = find_files(paths)
    for index, path in enumerate(files):
        if progress:
            progress(path.name, index, len(files))
        try:
            rows, ledger = read_mentions(path)
        except SourceError as error:
            failed.append((str(path), str(error)))
            continue
        waiting.append((path, MentionFile(rows, ledger, path.name, _identity(path))))
        if len(waiting) >= _FILES_A_COMMIT or sum(file.rows.height for _, file in waiting) >= _ROWS_A_COMMIT:
            commit()
    if waiting:
        commit()
    return LoadReport(MENTIONS, tuple(ledgers), tuple(again), tuple(failed))


def _identity(path: Path) -> str:
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} read by {_READER}"
