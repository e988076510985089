"""Ledgers add up or refuse to close."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.domain.ledger import EXCERPT_CHARS, LISTED_FAILURES, Ledger
from detente.errors import DataError


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_ledger_that_adds_up_passes_and_any_other_does_not(kept: int, ignored: int, failed: int, lost: int) -> None:
    """One row more or less than accounted for is refused."""
    ledger = Ledger("f", read=kept + ignored + failed + lost, kept=kept)
    ledger.ignore("rule", ignored)
    for line in range(failed):
        ledger.fail(line, "reason")
    if lost:
        with pytest.raises(DataError, match="accounted for"):
            ledger.check()
    else:
        ledger.check()


def test_failures_are_listed_up_to_a_bound_and_counted_beyond_it() -> None:
    """A file of nothing but bad rows does not fill the memory."""
    ledger = Ledger("f")
    for line in range(LISTED_FAILURES + 5):
        ledger.fail(line, "bad", "x" * 500)
    assert ledger.failed["bad"] == LISTED_FAILURES + 5
    assert len(ledger.failures) == LISTED_FAILURES
    assert len(ledger.failures[0].excerpt) == EXCERPT_CHARS


def test_ledgers_add() -> None:
    """Adding two accounts keeps every count, and repeats move from kept to ignored."""
    one, two = Ledger("f", read=3, kept=3), Ledger("f", read=2, kept=1)
    two.fail(1, "bad")
    two.note("repaired")
    one.add(two)
    one.move_to_ignored("one-a-day", 2)
    one.check()
    assert (one.kept, one.ignored["one-a-day"], one.failed["bad"], one.notes["repaired"]) == (2, 2, 1, 1)
