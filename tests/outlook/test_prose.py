"""Sentences follow the numbers and claim no more than they."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import pytest

from detente.outlook import SCALE, Brief, render_html, render_markdown
from detente.outlook.words import estimative_word

Make = Callable[..., Brief]
_WORDS = "|".join(sorted((word for word, _, _ in SCALE), key=len, reverse=True))


@pytest.mark.parametrize("deteriorate", [0.0, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0])
def test_the_headline_never_states_a_word_without_its_number(make_brief: Make, deteriorate: float) -> None:
    """One word of the scale, the number in brackets after it, and its band."""
    headline = make_brief(probabilities={13: (deteriorate, 1 - deteriorate, 0.0)}).headline
    found = re.search(rf"({_WORDS}) (?:to|of) \w+ in the next 13 weeks \([<>]?\d+ %; 90 % band [<>]?\d", headline)
    assert found
    assert found.group(1) == estimative_word(deteriorate)


def test_an_improvement_that_is_the_likelier_half_is_the_news(make_brief: Make) -> None:
    """From 50 % on, and only where it is likelier than a turn for the worse."""
    assert "are likely to improve" in make_brief(probabilities={13: (0.1, 0.3, 0.6)}).headline
    assert "to deteriorate" in make_brief(probabilities={13: (0.1, 0.45, 0.45)}).headline


def test_one_week_is_a_week(make_brief: Make) -> None:
    """Not `1 weeks`."""
    brief = make_brief(probabilities={1: (0.1, 0.6, 0.3)}, horizon=1)
    assert "in the next week (" in brief.headline
    assert "1 weeks" not in render_html(brief).split("How it is resolved")[0]


@pytest.mark.parametrize("which", ["brief", "short_brief"])
def test_words_of_the_whole_brief_stand_beside_numbers(which: str, request: pytest.FixtureRequest) -> None:
    """In every sentence and cell with a word of the scale there is a per cent sign."""
    text = render_markdown(request.getfixturevalue(which))
    pieces = [piece for piece in re.split(r"[|\n]|\. ", text) if re.search(rf"\b({_WORDS})\b", piece)]
    assert len(pieces) > 3
    for piece in pieces:
        assert re.search(r"\d %", piece), piece


def test_the_standfirst_names_what_weighed_most(brief: Brief) -> None:
    """A known event by its name, another day by its deed; then the spread among the outcomes."""
    assert (
        "reports of 20 April 2018, chiefly that the United States expelled or arrested (COERCE, 14" in brief.standfirst
    )
    assert "; then “Envoys sent home” (reports of 19 April 2018)." in brief.standfirst
    assert "reports of 20 April 2018, chiefly that Russia met or talked (CONSULT, 2 events)" in brief.standfirst
    assert "worse 27 % (20–35 %), much the same 45 % (38–53 %), better 28 % (21–36 %)" in brief.standfirst


def test_a_day_with_a_name_is_called_by_it(make_brief: Make, brief: Brief) -> None:
    """And needs no second one."""
    today = brief.chronology.filter(pl.col("label") == "Envoys sent home").with_columns(
        pl.lit(brief.as_of).alias("day")
    )
    standfirst = make_brief(chronology=today).standfirst
    assert "against them: “Envoys sent home” (reports of 20 April 2018)." in standfirst
    assert "; then" not in standfirst


def test_a_short_history_is_admitted(short_brief: Brief) -> None:
    """No comparison with a year that is not there, and a word on whose probabilities these are."""
    assert "too few covered weeks" in short_brief.standfirst
    assert "With 5 weeks of history" in short_brief.standfirst
    assert "past year" not in short_brief.standfirst


@pytest.mark.parametrize(("weeks", "said"), [(60, "their own past year"), (30, "the 26 earlier weeks")])
def test_the_span_of_the_comparison_is_stated(make_brief: Make, weeks: int, said: str) -> None:
    """A year is called a year only when it is one."""
    assert said in make_brief(weeks=weeks).standfirst


@pytest.mark.parametrize(("factor", "said"), [(4, "more news"), (0, "less news"), (1, None)])
def test_unusual_volume_is_said(make_brief: Make, factor: int, said: str | None) -> None:
    """Much more or much less news than usual is said, since it moves the level by itself."""
    levels = make_brief().levels
    recent = pl.col("week_end").is_in(levels["week_end"].tail(4).implode())
    changed = levels.with_columns(pl.when(recent).then(pl.col("n") * factor).otherwise(pl.col("n")).alias("n"))
    standfirst = make_brief(levels_pair=changed).standfirst
    assert (said in standfirst) if said else ("news of the two" not in standfirst)


def test_a_change_within_its_band_is_no_clear_change(make_brief: Make, brief: Brief) -> None:
    """A band that holds zero is not sold as a change."""
    from dataclasses import replace

    unclear = replace(brief.explanation, change_low=-1.0, change_high=1.0)
    assert "no clear change" in render_markdown(make_brief(explanation=unclear))
    assert "no clear change" not in render_markdown(brief)


def test_a_pair_at_rest_has_no_reasons(make_brief: Make, brief: Brief) -> None:
    """Without a day with events nothing is said to have weighed, and the account is still closed."""
    from dataclasses import replace

    still = replace(brief.explanation, reasons=brief.explanation.reasons.clear(), change=0.0)
    quiet = make_brief(explanation=still)
    assert "weighed most" not in quiet.standfirst
    assert [reason.contribution for reason in quiet.reasons] == [0.0]
