"""Words of probability agree with the number beside them, and numbers never claim certainty."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DataError
from detente.outlook.words import (
    SCALE,
    estimative_clause,
    estimative_word,
    format_band,
    format_change,
    format_day,
    format_number,
    format_probability,
    sentence_name,
    short_name,
)


@pytest.mark.parametrize(("word", "low", "high"), SCALE)
def test_a_step_holds_its_lower_end_and_not_its_upper(word: str, low: float, high: float) -> None:
    """Boundaries belong to the step above them; 1 belongs to the last."""
    assert estimative_word(low) == word
    assert estimative_word((low + high) / 2) == word
    assert (estimative_word(high) == word) is (high == 1.0)


def test_the_scale_is_the_published_one() -> None:
    """Seven steps without a hole, at 5, 20, 45, 55, 80 and 95 per cent."""
    assert [low for _, low, _ in SCALE] == [0.0, 0.05, 0.20, 0.45, 0.55, 0.80, 0.95]
    assert [high for _, _, high in SCALE[:-1]] == [low for _, low, _ in SCALE[1:]]


@given(st.floats(0, 1))
def test_the_word_is_that_of_the_printed_number(probability: float) -> None:
    """Whatever is printed as 20 % has the word of 0.20, on whichever side of it the number lay."""
    printed = format_probability(probability).removesuffix(" %")
    shown = {"<1": 0.0, ">99": 1.0}.get(printed)
    assert estimative_word(probability) == estimative_word(int(printed) / 100 if shown is None else shown)


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_probability_has_no_word(value: float) -> None:
    """A number outside 0 to 1 is an error, not an extreme."""
    with pytest.raises(DataError, match="between 0 and 1"):
        estimative_word(value)


def test_words_form_clauses() -> None:
    """The two steps that are nouns read as sentences too."""
    assert estimative_clause(0.02, "improve") == "have almost no chance of improving"
    assert estimative_clause(0.50, "deteriorate") == "have a roughly even chance of deteriorating"
    assert estimative_clause(0.97, "deteriorate") == "are almost certain to deteriorate"


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "<1 %"), (0.0099, "<1 %"), (0.01, "1 %"), (0.274, "27 %"), (0.275, "28 %"), (0.99, "99 %"), (1.0, ">99 %")],
)
def test_probabilities_never_claim_certainty(probability: float, text: str) -> None:
    """Whole per cent, halves up; nothing is 0 or 100 %."""
    assert format_probability(probability) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.2, 0.35, "20–35 %"), (0.0, 0.35, "<1–35 %"), (0.9, 1.0, "90–>99 %"),
     (0.2, 0.2, "20 %"), (0, 0, "<1 %"), (1, 1, ">99 %")],
)  # fmt: skip
def test_bands_never_claim_certainty(low: float, high: float, text: str) -> None:
    """Both ends as the probability would be printed."""
    assert format_band(low, high) == text


def test_numbers_have_true_minus_signs_and_no_negative_zero() -> None:
    """A change has a sign, zero has none, and what is not known is a dash."""
    assert [format_change(value) for value in (1.25, -0.8, -0.04, 0.0)] == ["+1.2", "−0.8", "0.0", "0.0"]
    assert [format_number(value) for value in (-8.61, -0.01, None)] == ["−8.6", "0.0", "–"]


def test_days_and_states_read_as_in_a_newspaper() -> None:
    """No leading zero; an article where the name takes one."""
    assert format_day(dt.date(2018, 3, 6)) == "6 March 2018"
    assert (short_name("USA"), short_name("RUS")) == ("US", "Russia")
    assert (sentence_name("USA"), sentence_name("RUS")) == ("the United States", "Russia")
