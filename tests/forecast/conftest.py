"""One made-up panel for all tests of the room."""

from __future__ import annotations

import pytest
from made_up import make_panel

from detente.forecast import Panel


@pytest.fixture(scope="session")
def panel() -> Panel:
    """60 pairs, 120 weeks."""
    return make_panel(60, 120)
