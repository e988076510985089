"""One writer at a time: a directory's lock, which the system gives back when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from detente.errors import StoreError

_LOCK = ".lock"
_BETWEEN_TRIES_SECONDS = 0.01


@contextlib.contextmanager
def locked(directory: Path, what: str, *, wait_seconds: float) -> Iterator[None]:
    """Hold a directory's lock; wait a little for another writer, then say who has it.

    Args:
        directory: What is to be written; it must exist.
        what: What it is, in words for people.
        wait_seconds: How long to wait.

    Raises:
        StoreError: when another process still holds it.
    """
    with (directory / _LOCK).open("a+") as file:
        deadline = time.monotonic() + wait_seconds
        while not _is_taken(file.fileno()):
            if time.monotonic() > deadline:
                file.seek(0)
                raise StoreError(
                    f"The {what} {directory} was to be written.",
                    f"Process {file.read().strip() or 'unknown'} is writing to it.",
                    "Wait until it is done, or stop it; nothing it has saved is lost.",
                )
            time.sleep(_BETWEEN_TRIES_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _is_taken(file: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
