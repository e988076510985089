"""Which store is read: the one named, the user's own, or the bundled sample."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.sample import sample_store_path
from detente.store import DEFAULT_ENGINE, open_store

if TYPE_CHECKING:
    from detente.store import Store


def default_store_path() -> Path:
    """Where loaded data live: ``DETENTE_STORE``, else the user's data directory."""
    if chosen := os.environ.get("DETENTE_STORE"):
        return Path(chosen)
    from platformdirs import user_data_path  # noqa: PLC0415 - only needed where no store is named

    return user_data_path("detente", appauthor=False) / "store"


def find_store(path: str | Path | None = None, *, engine: str | None = None) -> tuple[Store, bool]:
    """The store to read, and whether it is the bundled sample (where none is named and none has been filled).

    Args:
        path: The store's directory.
        engine: What runs its reads; by default what ``DETENTE_ENGINE`` says, else DuckDB.

    Raises:
        ConfigError: when there is no such engine.
    """
    chosen_engine = engine or os.environ.get("DETENTE_ENGINE") or DEFAULT_ENGINE
    chosen = Path(path) if path is not None else default_store_path()
    if path is None and not (chosen / "MANIFEST.json").exists():
        chosen = sample_store_path()
    return open_store(chosen, read_only=True, engine=chosen_engine), chosen == sample_store_path()
