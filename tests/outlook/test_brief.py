"""The brief: words with their numbers, reasons that add up, and pages that are safe and self-contained."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import detente
from detente.outlook import SCALE, Brief, LoadProgress, estimative_word, render_html, render_markdown, render_terminal
from detente.outlook.charts import draw_level_chart, numbered_events
from detente.outlook.words import format_band, format_probability
from detente.sample import sample_store_path

DAYS = (dt.date(2018, 1, 1), dt.date(2018, 4, 20))


@pytest.fixture(scope="module")
def brief() -> Brief:
    """US–Russia on the sample, after the expulsions."""
    return detente.open(sample_store_path()).pair("USA", "RUS").outlook(as_of="2018-04-20")


@given(st.floats(0, 1), st.floats(0, 1))
def test_words_come_in_the_order_of_probabilities(one: float, other: float) -> None:
    """Every probability has a word of the scale, and a larger one never has an earlier word."""
    order = [name for name, _, _ in SCALE]
    low, high = sorted((one, other))
    assert order.index(estimative_word(low)) <= order.index(estimative_word(high))


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.04, "almost no chance"),
        (0.05, "very unlikely"),
        (0.27, "unlikely"),
        (0.5, "roughly even chance"),
        (0.55, "likely"),
    ],
)
def test_words_at_their_edges(probability: float, word: str) -> None:
    """A lower edge belongs to the word above it."""
    assert estimative_word(probability) == word


def test_numbers_never_claim_certainty() -> None:
    """Nothing is nought or a hundred per cent."""
    assert format_probability(0.001) == "<1 %"
    assert format_probability(0.999) == ">99 %"
    assert format_probability(0.272) == "27 %"
    assert format_band(0.2, 0.35) == "20–35 %"


def test_the_headline_has_word_number_band_and_horizon(brief: Brief) -> None:
    """A word of probability is never alone."""
    assert re.search(r"unlikely to deteriorate in the next 13 weeks \(\d+ %; 90 % band \d+–\d+ %\)", brief.headline)


def test_a_short_history_is_said_to_be_short(brief: Brief) -> None:
    """With eleven earlier weeks the standfirst does not speak of a year."""
    assert "11 earlier weeks" in brief.standfirst


def test_reasons_shown_and_the_rest_add_up(brief: Brief) -> None:
    """What is shown sums to the change that it explains."""
    assert sum(reason.contribution for reason in brief.reasons) == pytest.approx(brief.explanation.change, abs=1e-9)
    assert brief.reasons[-1].day is None


def test_the_expulsions_are_named(brief: Brief) -> None:
    """Both sides' expulsions are among the reasons, on the hostile side."""
    named = {reason.label for reason in brief.reasons if reason.contribution < 0}
    assert any("60 Russians expelled" in label for label in named)
    assert any("Moscow expels 60" in label for label in named)


def test_the_json_form_is_json(brief: Brief) -> None:
    """Every value can be written as strict JSON; gaps are null; each forecast has its band and word."""
    content = json.loads(json.dumps(brief.as_dict(), allow_nan=False))
    assert content["pair"] == "RUS-USA"
    for row in content["forecasts"]:
        for name in ("deteriorate", "hold", "improve"):
            assert row[name]["low"] <= row[name]["probability"] <= row[name]["high"]
            assert row[name]["word"]


def test_every_form_says_the_same(brief: Brief) -> None:
    """Terminal, Markdown and page carry headline, source, rule and what it cannot tell."""
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(render_terminal(brief))
    plain = " ".join(console.export_text().split())
    for text in (plain, render_markdown(brief), render_html(brief)):
        assert brief.headline.split(" (")[0] in re.sub(r"<[^>]+>", "", text)
        assert "doi:10.7910/DVN/28075" in text
        assert "What it cannot tell you" in text
    assert brief.question.resolution in render_markdown(brief)


def test_the_page_asks_nothing_of_anybody(brief: Brief) -> None:
    """No script, no resource from elsewhere; its charts are well-formed."""
    page = render_html(brief)
    assert not re.search(r"(src|href)\s*=|@import|url\(|<script", page)
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own


def test_hostile_names_are_escaped(brief: Brief) -> None:
    """A label with markup in it stays text."""
    nasty = brief.chronology.with_columns(pl.lit("<script>x</script>").alias("label"))
    chart = draw_level_chart(brief.levels, numbered_events(nasty, *DAYS), title="<b>")
    assert "<script>" not in chart
    assert "&lt;script&gt;" in chart


def test_gaps_are_shaded_and_never_joined(brief: Brief) -> None:
    """A week that is not covered breaks both lines and is marked."""
    weeks = brief.levels.sort("week_end")
    hole = weeks["week_end"][5]
    columns = ["n", "cooperation", "conflict", "balance", "balance_se"]
    holed = weeks.with_columns(
        pl.when(pl.col("week_end") == hole).then(None).otherwise(pl.col(name)).alias(name) for name in columns
    )
    whole, broken = (draw_level_chart(rows, title="t") for rows in (weeks, holed))
    assert "not covered" not in whole
    assert broken.count("not covered") == 1
    assert broken.count("<polyline") == whole.count("<polyline") + 2
    assert draw_level_chart(weeks.clear(), title="t") == ""


def test_progress_follows_the_files() -> None:
    """The bar shows the file under way and how many are done."""
    console = Console(record=True, force_terminal=True, width=100, file=io.StringIO())
    with LoadProgress(console) as progress:
        progress("a.tab", 1, 3)
    assert "a.tab" in console.export_text()
