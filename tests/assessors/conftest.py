"""An empty book of proposals; the proposals made up for the tests can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detente.assessors import open_book
from detente.store import Chain

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def book(tmp_path: Path) -> Chain:
    """An empty book of proposals."""
    return open_book(tmp_path / "ledger")
