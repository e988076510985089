"""Articles and pages to sentences with places; hostile input is refused or bounded."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.coding.articles import LARGEST_BYTES, LONGEST_TEXT, load_article, parse_article
from detente.coding.sentences import LONGEST_WORDS, find_sentences
from detente.errors import ConfigError, DataError

STORY = """Ties between Norland and Russia are strained

By Ada Writer

OSLO, 5 March 2019 - Norway and Russia are unlikely to mend ties this year, said a researcher on Tuesday.
"It depends on the border," she told the paper. Mr. Lind of the U.S. embassy did not answer.
"""


def _sentences(text: str) -> list[str]:
    return [span.of(text) for span in find_sentences(text)]


def test_sentences_end_where_they_end() -> None:
    """Abbreviations, initials and quotes do not cut a sentence; a line that is none stands alone."""
    assert _sentences(STORY) == [
        "Ties between Norland and Russia are strained",
        "By Ada Writer",
        "OSLO, 5 March 2019 - Norway and Russia are unlikely to mend ties this year, said a researcher on Tuesday.",
        '"It depends on the border," she told the paper.',
        "Mr. Lind of the U.S. embassy did not answer.",
    ]


def test_hard_wrapped_lines_are_one_sentence() -> None:
    """A line break before a small letter is no end."""
    assert _sentences("Russia and the\nother side met.\nThey parted.") == [
        "Russia and the\nother side met.",
        "They parted.",
    ]


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_every_word_of_any_text_is_in_exactly_one_sentence(text: str) -> None:
    """Sentences are in order, do not overlap and lose nothing but space."""
    spans = find_sentences(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())


def test_a_sentence_of_ten_thousand_words_is_cut() -> None:
    """No piece has more words than the limit, and none is lost."""
    pieces = _sentences("war and peace " * 4000)
    assert max(len(piece.split()) for piece in pieces) <= LONGEST_WORDS
    assert sum(len(piece.split()) for piece in pieces) == 12000


def test_an_article_has_date_title_and_author() -> None:
    """The day stands in the text, the title is the first line, the byline names the author."""
    article = parse_article(STORY)
    assert (article.date, article.date_from) == (dt.date(2019, 3, 5), "text")
    assert article.title == "Ties between Norland and Russia are strained"
    assert article.author == "Ada Writer"
    assert article.headlines == {0, 1}


def test_a_given_day_goes_before_one_in_the_file_name() -> None:
    """The caller knows best; the file's name comes last; without any, the day is not known."""
    text = "Norway and Russia met on Monday to talk about fish and gas."
    assert parse_article(text, name="story_2017-08-11.txt").date == dt.date(2017, 8, 11)
    assert parse_article(text, date=dt.date(2018, 1, 1), name="story_2017-08-11.txt").date_from == "given"
    assert parse_article(text).date is None


def test_a_page_gives_its_article_alone() -> None:
    """Scripts and menus are not text."""
    pytest.importorskip("trafilatura")
    body = "".join(
        f"<p>Norway and Russia met on day {day} to talk about fish, gas and the border.</p>" for day in range(9)
    )
    page = (
        "<html><head><title>Talks</title><meta property='og:site_name' content='The Northern Paper'>"
        "<meta property='article:published_time' content='2019-03-05'></head>"
        f"<body><script>alert('Russia attacked')</script><article><h1>Talks</h1>{body}</article></body></html>"
    )
    article = parse_article(page)
    assert "attacked" not in article.text
    assert "Norway and Russia met on day 8" in article.text
    assert (article.date, article.outlet) == (dt.date(2019, 3, 5), "The Northern Paper")


@pytest.mark.parametrize(
    "place",
    ["file:///etc/passwd", "ftp://example.org/a", "http://localhost/a", "http://127.0.0.1:8000/", "https://10.1.2.3/a",
     "http://[::1]/", "http://169.254.169.254/latest", "http://2130706433/", "http://printer/", "https://example.org/a"],
)  # fmt: skip
def test_addresses_are_refused(place: str) -> None:
    """Who reads files reads no address, of whatever kind: pages are fetched by another room."""
    with pytest.raises(ConfigError):
        load_article(place)


def test_binary_and_oversized_files_are_refused(tmp_path: Path) -> None:
    """An image, a file of fifty megabytes and an empty one are errors that say so."""
    (tmp_path / "image").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    with pytest.raises(DataError, match="binary"):
        load_article(str(tmp_path / "image"))
    with (tmp_path / "large").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(DataError, match="50 MB"):
        load_article(str(tmp_path / "large"))
    with pytest.raises(DataError, match="no text"):
        parse_article(" \n ")
    with pytest.raises(ConfigError, match="cannot be"):
        load_article(str(tmp_path / "none"))
    assert LARGEST_BYTES < 50_000_000


def test_hostile_pages_are_bounded() -> None:
    """Deep nesting, a flood of scripts and an endless text are read in part, and the article says so."""
    deep = parse_article("<html><body>" + "<div>" * 20_000 + "Russia said no." + "</div>" * 20_000)
    assert deep.text == "Russia said no."
    assert "nested too deep" in deep.issues[0]
    flood = parse_article(
        "<html><body>" + "<script>x</script>" * 20_000 + "<p>Russia said no to Norway.</p></body></html>"
    )
    assert "Russia said no to Norway." in flood.text
    endless = parse_article("word " * 100_000)
    assert len(endless.text) == LONGEST_TEXT
    assert str(LONGEST_TEXT) in endless.issues[0]


def test_text_in_other_scripts_is_not_read() -> None:
    """Right-to-left text has no sentences for us, and the article says so."""
    article = parse_article("قال الرئيس إن العلاقات لن تتدهور في المستقبل القريب." * 20)
    assert article.sentences == ()
    assert "not in Latin letters" in article.issues[0]
