"""Dyads are ordered, pairs are not."""

from __future__ import annotations

import pytest

from detente.domain.actors import Dyad, Pair
from detente.errors import DataError


def test_a_pair_has_one_id_in_both_orders() -> None:
    """The order the user named is kept for show; the id is the same."""
    assert Pair("USA", "RUS").id == Pair("RUS", "USA").id == "RUS-USA"
    assert str(Pair("USA", "RUS")) == "USA-RUS"


def test_a_pair_has_two_dyads() -> None:
    """Both directions, the one of the state named first leading."""
    assert Pair("USA", "RUS").dyads == (Dyad("USA", "RUS"), Dyad("RUS", "USA"))
    assert Dyad("USA", "RUS").reverse == Dyad("RUS", "USA")
    assert str(Dyad("USA", "RUS")) == "USA>RUS"


@pytest.mark.parametrize("code", ["US", "usa", "U S", "", "ÜSA"])
def test_other_codes_are_refused(code: str) -> None:
    """Inside the house a state is an ISO alpha-3 code."""
    with pytest.raises(DataError, match="alpha-3"):
        Dyad(code, "RUS")


def test_a_state_has_no_relation_with_itself() -> None:
    """Two different states are needed."""
    with pytest.raises(DataError, match="itself"):
        Pair("USA", "USA")
