"""The one engine of a process: starting one takes longer than most reads and small loads."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

import duckdb

#: Memory that sorting, grouping and finding repeats may use; beyond it, the engine spills to the temporary directory.
_MEMORY = "700MB"


def open_cursor() -> duckdb.DuckDBPyConnection:
    """A connection with views and temporary tables of its own; to be closed after use."""
    return _engine(os.getpid()).cursor()


@cache
def _engine(process: int) -> duckdb.DuckDBPyConnection:
    """An engine does not survive a fork: a child process starts its own."""
    spill = Path(tempfile.gettempdir()) / f"detente-{process}"
    return duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(spill)})
