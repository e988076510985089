"""What we hold and when we learned it: append through a writer, read through a View as of a day."""

from __future__ import annotations

from detente.store.chain import CHAIN_NAME, Appended, Chain
from detente.store.engines import DEFAULT as DEFAULT_ENGINE
from detente.store.manifest import Batch, LoadedFile
from detente.store.store import Finding, Store, open_store
from detente.store.view import View
from detente.store.writer import Receipt, Writer

__all__ = [
    "CHAIN_NAME",
    "DEFAULT_ENGINE",
    "Appended",
    "Batch",
    "Chain",
    "Finding",
    "LoadedFile",
    "Receipt",
    "Store",
    "View",
    "Writer",
    "open_store",
]
