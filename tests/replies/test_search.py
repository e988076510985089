"""A pair is found by any usual spelling, and never guessed."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.replies import find_pairs, read_two

PAIRS = pl.DataFrame(
    {
        "pair": ["PRK-USA", "RUS-USA", "IND-PAK", "KOR-PRK", "FRA-RUS", "GNB-SEN"],
        "n": [900, 800, 700, 600, 50, 4],
    }
)


class _World:
    """Only the pairs of a world."""

    def pairs(self) -> pl.DataFrame:
        """The busiest first."""
        return PAIRS


def _found(text: str) -> list[str]:
    return [row["pair"] for row in find_pairs(_World(), text)["pairs"]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("India–Pakistan", ("IND", "PAK")),
        ("usa russia", ("USA", "RUS")),
        ("RUS-USA", ("RUS", "USA")),
        ("the United States and Russia", ("USA", "RUS")),
        ("North Korea vs. America", ("PRK", "USA")),
        ("Guinea-Bissau / Senegal", ("GNB", "SEN")),
        ("Paris → Moscow", ("FRA", "RUS")),
        ("french russian", ("FRA", "RUS")),
        ("Côte d'Ivoire, Türkiye", ("CIV", "TUR")),
    ],
)
def test_two_states_in_any_spelling_are_one_pair(text: str, pair: tuple[str, str]) -> None:
    """Codes, names, aliases, adjectives and capitals, with whatever stands between them, in the order typed."""
    assert read_two(text) == pair


@pytest.mark.parametrize("text", ["", "russia", "usa usa", "nowhere and elsewhere", "Kreml", "a b", "United Kingdom"])
def test_less_than_two_states_are_no_pair(text: str) -> None:
    """One name, no name, or the same twice is left open."""
    assert read_two(text) is None


def test_a_beginning_offers_pairs_the_busiest_first() -> None:
    """`Kreml` is the Kremlin; half a second name narrows; what is typed first leads."""
    assert _found("Kreml") == ["RUS-USA", "RUS-FRA"]
    assert _found("india pak") == ["IND-PAK"]
    assert _found("Korea") == ["PRK-USA", "KOR-PRK"] or _found("Korea") == ["PRK-USA", "PRK-KOR"]
    assert _found("xyzzy") == []


@settings(max_examples=60)
@given(st.text(max_size=140))
def test_nothing_typed_breaks_it(text: str) -> None:
    """Any text gives an answer of the one form."""
    found = find_pairs(_World(), text)  # type: ignore[arg-type]
    assert set(found) == {"query", "pair", "pairs"}
    assert len(found["query"]) <= 120
