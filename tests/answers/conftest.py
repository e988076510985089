"""Worlds of a made-up table, opened once; what they are made of can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detente.answers import Worlds

sys.path.insert(0, str(Path(__file__).parent))

from made_up_worlds import lines_known, load


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """Three pairs over fourteen months, and an empty ledger."""
    folder = tmp_path_factory.mktemp("answers")
    return Worlds(load(folder / "store", lines_known()), ledger=folder / "ledger")
