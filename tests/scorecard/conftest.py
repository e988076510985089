"""A ledger filled from the bundled sample, and an empty one; the forecasts made up for the tests can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from detente import scorecard
from detente.store import Chain

sys.path.insert(0, str(Path(__file__).parent))

from forecasts_issued import ORIGINS, sample_world


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A ledger with the forecasts of all busy pairs of the sample at two origins, over 4 and 13 weeks."""
    ledger = Chain(tmp_path_factory.mktemp("filled"))
    for origin in ORIGINS:
        scorecard.issue_all(sample_world(origin), ledger, horizons=(4, 13))
    return ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Chain:
    """An empty ledger."""
    return Chain(tmp_path / "ledger")
