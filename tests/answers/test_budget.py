"""No answer is too long, whatever is in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.answers.budget import BUDGETS, LARGEST_RESULT, count_tokens, tidy, write_compact
from detente.answers.cursors import Cursor, Place, about_question, read_cursor
from detente.answers.draft import Draft, Rows
from detente.errors import ConfigError

# long texts repeat: what is drawn letter by letter would soon be more than Hypothesis keeps
_TEXT = st.builds(str.__mul__, st.text(max_size=40), st.integers(1, 30))
_PLAIN = st.one_of(_TEXT, st.integers(), st.floats(), st.none(), st.dates())
_VALUE = st.one_of(_PLAIN, st.lists(_TEXT, max_size=12))
_ROWS = st.lists(st.lists(_PLAIN, min_size=6, max_size=6), max_size=60)


@settings(max_examples=12)
@given(
    detail=st.sampled_from(sorted(BUDGETS)),
    head=st.dictionaries(st.sampled_from(["summary", "pair", "record", "units", "note"]), _VALUE),
    parts=st.dictionaries(st.sampled_from(["reasons", "directions", "measures", "events"]), _VALUE),
    rows=_ROWS,
    caveats=st.lists(_TEXT, max_size=12),
)
def test_any_answer_fits_its_budget_and_gets_on(
    detail: str, head: dict[str, Any], parts: dict[str, Any], rows: list[list[Any]], caveats: list[str]
) -> None:
    """Whatever an answer holds, it is within its budget, and a page shows at least one row where there is one."""
    table = Rows(list("abcdef"), rows, len(rows), "rows", lambda shown: "x" * 40 * (shown < len(rows)), 1_000, "any")
    draft = Draft("tool", detail, dt.date(2024, 1, 1), head, parts, table, [{"terms": one} for one in caveats])
    draft.caveats = caveats
    answer = draft.finish()
    assert count_tokens(answer) <= BUDGETS[detail]
    assert 2 * BUDGETS[detail] <= LARGEST_RESULT
    assert len(answer["rows"]) >= min(1, len(rows))
    assert (answer["page"]["next"] is None) == (len(answer["rows"]) == len(rows))
    write_compact(answer)


def test_signs_that_json_escapes_count_as_they_are_written() -> None:
    """A list of texts full of control characters is cut to the budget too."""
    draft = Draft("tool", "brief", dt.date(2024, 1, 1), {}, {"events": ["\x1f" * 90 + "a" for _ in range(90)]})
    answer = draft.finish()
    assert 0 < len(answer["events"]) < 90
    assert count_tokens(answer) <= BUDGETS["brief"]


@pytest.mark.parametrize(
    ("text", "least"),
    [("1234567890", 10), ('[1.5,"2019-03-25",null]', 13), ("Nazarbayev", 4), ("RUS", 2), ("–", 3), ("", 0)],
)
def test_the_bound_is_not_below_what_vocabularies_count(text: str, least: int) -> None:
    """Figures count one by one, words by threes, signs by pairs, what is not ASCII by its bytes."""
    assert count_tokens(text) >= least


def test_the_text_form_is_covered_by_the_bound() -> None:
    """Quotes count as if escaped: the bound of a JSON text put into JSON once more is hardly larger."""
    answer = {"rows": [["2019-03-25", "IND", "PAK", None, -2.0, "executive"]] * 50}
    assert count_tokens(write_compact(write_compact(answer))) <= 1.5 * count_tokens(answer)


def test_numbers_are_short_and_gaps_are_null() -> None:
    """Four significant digits; NaN and infinity are null, not zero."""
    assert tidy([1 / 3, float("nan"), float("inf"), -12345.678, 0.0]) == [0.3333, None, None, -12350.0, 0.0]
    assert tidy(1.7976931348623157e308) < float("inf")


def test_a_cursor_is_read_as_it_was_written_and_bound_to_its_question() -> None:
    """A cursor comes back; one of another question, or of changed data, is refused."""
    about = about_question(tool="pair_events", pair="IND-PAK", total=12)
    cursor = Cursor(dt.date(2019, 3, 1), about, Place(dt.date(2019, 2, 27), 7))
    assert read_cursor(str(cursor)) == cursor
    assert cursor.check(about) == Place(dt.date(2019, 2, 27), 7)
    with pytest.raises(ConfigError, match="another question"):
        cursor.check(about_question(tool="pair_events", pair="IND-PAK", total=13))


@pytest.mark.parametrize("text", ["", "x", "2019-13-01.0123456789.-.0", "2019-03-01.0123456789.-.9999999999", "9" * 99])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    """A text that no answer gave is an error that says what to do."""
    with pytest.raises(ConfigError, match=r"page\.next"):
        read_cursor(text)
