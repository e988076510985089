"""What no manifest names: left by loads that were interrupted, or kept a while for readers of batches that were merged.

A reader opens the files that the manifest named when it began. So the files of batches that were merged stay for a day
after that; ``RETIRED.json`` says since when. Everything else that is not named is swept by the next writer.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from detente.store.manifest import FILES, FOLDERS, Batch, write_durably

NAME = "RETIRED.json"
SPOOL = ".spool-"
#: So long the files of merged batches stay for readers that began before: longer than any question takes.
KEPT_FOR = dt.timedelta(days=1)


def retire(store: Path, names: Iterable[str], *, now: dt.datetime) -> None:
    """Note that batches are about to be replaced; to be called before the manifest that no longer names them."""
    noted = _read(store) | dict.fromkeys(names, now.isoformat(timespec="seconds"))
    write_durably(store / NAME, (json.dumps(noted, indent=0) + "\n").encode())


def retired(store: Path) -> set[str]:
    """The batches that were replaced and whose files may still be read."""
    return set(_read(store))


def sweep(store: Path, batches: Iterable[Batch], *, now: dt.datetime | None = None) -> None:
    """Remove spools, half-written files, and files that no manifest names and no reader may still need.

    Args:
        store: The store's directory, locked.
        batches: What its manifest names.
        now: The moment (UTC); by default the clock's.
    """
    for spool in store.glob(f"{SPOOL}*"):
        shutil.rmtree(spool, ignore_errors=True)
    for half_written in store.glob(".*.tmp"):
        half_written.unlink(missing_ok=True)
    noted = _read(store)
    now = now or dt.datetime.now(dt.UTC).replace(tzinfo=None)
    kept = {name: since for name, since in noted.items() if now - dt.datetime.fromisoformat(since) < KEPT_FOR}
    for path in unnamed(store, {batch.id for batch in batches} | kept.keys()):
        path.unlink(missing_ok=True)
    if kept != noted:
        write_durably(store / NAME, (json.dumps(kept, indent=0) + "\n").encode())


def left_over(store: Path, batches: Iterable[Batch]) -> list[Path]:
    """What an interrupted load left; what is kept for readers is not among it."""
    left = list(unnamed(store, {batch.id for batch in batches} | retired(store)))
    return [*left, *store.glob(f"{SPOOL}*"), *store.glob(".*.tmp")]


def kept_bytes(store: Path, batches: Iterable[Batch]) -> int:
    """Bytes of files that are kept for readers alone."""
    named, noted = {batch.id for batch in batches}, retired(store)
    return sum(path.stat().st_size for path in unnamed(store, named) if path.stem in noted)


def unnamed(store: Path, names: set[str]) -> Iterator[Path]:
    """Files of batches that are not among these."""
    for folder in (*FOLDERS, FILES):
        for path in (store / folder).glob("*") if (store / folder).is_dir() else ():
            if path.stem not in names:
                yield path


def _read(store: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads((store / NAME).read_text("utf-8"))
    except (OSError, ValueError):  # then nothing is known to be kept, and what no manifest names is swept
        return {}
    return noted
