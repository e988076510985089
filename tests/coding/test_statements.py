"""Likelihood, direction, conditions and horizons in single statements: what is read, and what is left open."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codebook.estimates import SCALE, find_estimates
from detente.coding.horizons import KINDS, find_horizon
from detente.coding.judgements import DIRECTIONS, find_judgement

DAY = dt.date(2017, 8, 11)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("not likely to deteriorate", 0.20, 0.45),
        ("is very likely to improve", 0.80, 0.95),
        ("isn't very likely to improve", 0.05, 0.20),
        ("not unlikely to improve", 0.55, 0.80),
        ("more likely than not", 0.55, 0.80),
        ("a 60 to 70 percent chance of a deal", 0.60, 0.70),
        ("the likelihood of a strike at one in ten", 0.10, 0.10),
        ("almost certain to stay", 0.95, 1.0),
    ],
)
def test_words_of_likelihood_have_their_published_range(text: str, low: float, high: float) -> None:
    """A negated word has the range of the contrary; numbers beside a chance are ranges of their own."""
    (found,) = find_estimates(text)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "text", ["may improve", "could worsen", "makes a clash less likely", "certain to improve", "grew by 2 percent"]
)
def test_words_that_the_scale_does_not_place_have_no_range(text: str) -> None:
    """May, could, certain, comparisons, and numbers that are no chances."""
    assert find_estimates(text) == []


def test_every_step_of_the_scale_is_read_back() -> None:
    """The words that we print are read as the ranges that we print them for."""
    for word, low, high in SCALE:
        (found,) = find_estimates(f"It is {word} that ties improve.")
        assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "direction", "denied", "low"),
    [
        ("Relations are not likely to deteriorate further", "deteriorate", False, 0.20),
        ("Relations will probably not worsen", "deteriorate", True, 0.20),
        ("There is no reason for Russia to be aggressive", "deteriorate", True, None),
        ("It is in Russia's interest to improve relations", "improve", False, None),
        ("Ties will remain frozen", "hold", False, None),
        ("They will keep improving", "improve", False, None),
        ("Peace will not last", "deteriorate", False, None),
        ("A rapprochement is out of the question", "improve", True, None),
        ("A further deterioration cannot be ruled out", "deteriorate", False, None),
        ("The President's image is unreliable", "none", False, None),
        ("The US is a rival over the Ukraine conflict", "none", False, None),
    ],
)
def test_direction_and_denial(text: str, direction: str, denied: bool, low: float | None) -> None:
    """The direction is the change that is spoken of; denial without a word of likelihood gives no range."""
    found = find_judgement(text)
    assert (found.direction, found.denied, found.low) == (direction, denied, low)


def test_conditions_are_quoted_and_do_not_give_the_direction() -> None:
    """What follows "if", "unless" and "depends on" is a condition up to its comma."""
    found = find_judgement("If the ban falls, relations will improve, unless war breaks out.")
    assert [part.text for part in found.conditions] == ["If the ban falls", "unless war breaks out"]
    assert found.direction == "improve"


@pytest.mark.parametrize(
    ("text", "kind", "until"),
    [
        ("in the near future", "near", dt.date(2017, 11, 10)),
        ("by the end of the year", "until", dt.date(2017, 12, 31)),
        ("within six months", "until", dt.date(2018, 2, 11)),
        ("currently no reason", "now", dt.date(2017, 8, 11)),
        ("by mid-2018", "until", dt.date(2018, 6, 30)),
        ("in the second half of 2018", "until", dt.date(2018, 12, 31)),
        ("in the coming weeks", "until", dt.date(2017, 9, 8)),
        ("next spring", "until", dt.date(2018, 5, 31)),
        ("by March", "until", dt.date(2018, 3, 31)),
        ("before the November election", "event", None),
        ("in the long run", "open", None),
        ("sooner or later", "open", None),
    ],
)
def test_phrases_of_time_have_their_last_day(text: str, kind: str, until: dt.date | None) -> None:
    """Counted from the day of writing; what ends with an event of unknown day has none."""
    found = find_horizon(text, DAY)
    assert found is not None
    assert (found.kind, found.until) == (kind, until)


def test_the_past_is_no_horizon() -> None:
    """A year that is over, and words without time, look nowhere."""
    assert find_horizon("by 2015 they had met", DAY) is None
    assert find_horizon("they met in Geneva", DAY) is None


@given(st.text(max_size=200), st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_without_an_error(text: str, day: dt.date) -> None:
    """Whatever the words, the parts are of the closed lists, within the text, and the range is one."""
    found = find_judgement(text)
    assert found.direction in DIRECTIONS
    assert found.low is None or 0 <= found.low <= found.high <= 1
    assert all(0 <= part.start < part.end <= len(text) for part in (*found.conditions, *found.drivers, *found.hedges))
    horizon = find_horizon(text, day)
    assert horizon is None or (horizon.kind in KINDS and (horizon.until is None or horizon.until >= day))
