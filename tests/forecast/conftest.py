"""One made-up panel for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from made_up import make_panel

from detente.forecast import Panel, boosting


@pytest.fixture(scope="session")
def panel() -> Panel:
    """60 pairs, 120 weeks."""
    return make_panel(60, 120)


@pytest.fixture(scope="module", autouse=True)
def _few_rounds() -> Iterator[None]:
    """A quarter of the trees: growing them takes long, and what tests show does not hang on how many there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boosting, "ROUNDS", boosting.ROUNDS // 4)
        yield
