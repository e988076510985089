"""What we hold and when we learned it: append through a writer, read through a View as of a day."""

from __future__ import annotations

from detente.store.manifest import Batch
from detente.store.store import Finding, Receipt, Store, open_store
from detente.store.view import View

__all__ = ["Batch", "Finding", "Receipt", "Store", "View", "open_store"]
