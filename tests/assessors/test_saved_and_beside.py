"""An article to proposals and to the outlook beside it, as functions and as commands."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from proposals_made_up import sample_world
from typer.testing import CliRunner

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.assessors import (
    beside_lines,
    beside_table,
    decide,
    make_proposals,
    read_beside,
    read_proposals,
    save_reading,
    write_proposals,
)
from detente.assessors.proposals import FILE, LONGEST_QUOTE
from detente.cli import app
from detente.coding import assessments, events
from detente.coding.articles import load_article, parse_article
from detente.coding.assessments import Reading, read_article
from detente.errors import ConfigError, DetenteError
from detente.sample import sample_store_path
from detente.store import Chain

STORY = Path(__file__).parent / "article_washington_moscow.txt"
STORE = sample_store_path()


@pytest.fixture(scope="module")
def reading() -> Reading:
    """The test article, read once."""
    return read_article(load_article(str(STORY)))


def _on(reading: Reading, day: dt.date | None) -> Reading:
    return replace(reading, article=replace(reading.article, date=day))


def test_each_assessment_has_the_outlook_of_its_day_beside_it(reading: Reading) -> None:
    """Probability, band and word are those of the pair's forecast from what was known on the article's day."""
    data = read_beside(reading, store=STORE)
    assert (data.as_of, data.is_today, data.note) == (dt.date(2018, 10, 5), False, "")
    assert [row.outlook.horizon.weeks for row in data.rows] == [13, 4, 13, 13, 4, 13]
    assert [row.assumed for row in data.rows] == [False, False, False, True, False, True]
    said = sample_world("2018-10-05").pair("RUS", "USA").forecasts(horizons=(13,)).row(0, named=True)
    figures = data.rows[0].outlook.figures
    for name in ("deteriorate", "hold", "improve"):
        assert figures[name]["probability"] == said[f"p_{name}"]
        assert (figures[name]["low"], figures[name]["high"]) == (said[f"p_{name}_low"], said[f"p_{name}_high"])
    assert sum(row["base_rate"] for row in figures.values()) == pytest.approx(1)
    table = beside_table(reading, data)
    assert table is not None
    assert table.row_count == len(reading.assessments)


@pytest.mark.parametrize("day", [dt.date(2019, 5, 14), dt.date(2017, 8, 11)])
def test_a_day_that_the_store_does_not_hold_is_said(reading: Reading, day: dt.date) -> None:
    """No number is shown then; what is held, and from when to when, is."""
    data = read_beside(_on(reading, day), store=STORE)
    assert not data.rows
    line = " ".join(beside_lines(data))
    for part in (str(day), "icews", "2018-01-01", "2019-03-25"):
        assert part in line


def test_without_a_date_today_is_asked_for(reading: Reading) -> None:
    """The day is the clock's and said to be; where it is not held, that is said too."""
    data = read_beside(_on(reading, None), store=STORE, today=dt.date(2018, 10, 5))
    assert data.is_today
    assert data.rows
    assert "the article has no date" in beside_lines(data)[0]
    late = read_beside(_on(reading, None), store=STORE, today=dt.date(2030, 1, 1))
    assert "the article has no date" in beside_lines(late)[0]


def test_a_store_that_was_named_must_be_readable(reading: Reading) -> None:
    """A provider that is not held is an error; an article about no pair asks no store at all."""
    with pytest.raises(DetenteError):
        read_beside(reading, store=STORE, provider="nobody")
    nothing = read_beside(replace(reading, assessments=()), store=STORE, provider="nobody")
    assert nothing.note == "no assessment is about a pair"


def test_what_was_read_is_kept_once_for_each_text_and_coder(
    reading: Reading, book: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text under another name adds nothing; another version of the coder makes proposals of its own."""
    first = save_reading(reading, book, name=str(STORY))
    assert len(first.saved) == len(reading.attributions) + len(reading.assessments) + len(reading.events)
    assert not save_reading(reading, book, name="-").saved
    monkeypatch.setattr(assessments, "VERSION", "assessments-v0")
    assert len(save_reading(reading, book, name="-").saved) == len(reading.assessments)


def test_coded_events_wait_for_a_review_too(book: Chain) -> None:
    """An event is a proposal with its coder, places and sentence; accepted, it stays what one text says."""
    text = "Turkey said Greece had attacked Cyprus. Poland expelled two diplomats of Russia on Monday."
    reading = read_article(parse_article(text, date=dt.date(2018, 6, 1)))
    save_reading(reading, book, name="-")
    held = {(one.record["actor"], one.record["recipient"]): one for one in read_proposals(book, kind="event")}
    told, own = held["GRC", "CYP"].record, held["POL", "RUS"]
    assert (told["attributed"], told["told_by"]) == (True, "Turkey")
    assert (own.standing, own.record["pair"], own.record["quad"]) == ("proposed", "POL-RUS", "material conflict")
    assert own.record["coder"]["version"] == events.coder_name()
    assert text[slice(*own.record["actor_span"])] == "Poland"
    assert text[own.record["start"] : own.record["end"]] == own.record["quote"]
    shown = write_proposals(decide(book, [own.id], "accepted", by="Kim"))
    assert "POL → RUS" in shown
    assert "accepted by Kim" in shown
    assert "told by Turkey" in write_proposals([held["GRC", "CYP"]])


def test_of_the_article_only_sentences_of_assessments_and_events_are_kept(reading: Reading, book: Chain) -> None:
    """Each record has digest, coder and offsets; quotes stand at their place; nothing else of the text is there."""
    save_reading(reading, book, name=str(STORY))
    article = reading.article
    records = book.records()
    for record in records:
        assert record["source"]["digest"] == hashlib.sha256(article.text.encode()).hexdigest()
        assert record["source"]["name"] == STORY.name
        assert {"name", "version"} <= set(record["coder"])
        if record["kind"] in ("assessment", "event"):
            assert " ".join(article.text[record["start"] : record["end"]].split()) == record["quote"]
    quoted = {one.sentence for one in reading.assessments}
    quoted |= {article.sentences.index(one.sentence) for one in reading.events}
    kept = (book.path / FILE).read_text("utf-8")
    for place, span in enumerate(article.sentences):
        assert place in quoted or " ".join(span.of(article.text).split()) not in kept
    told = {record["id"] for record in records if record["kind"] == "attribution"}
    assert all(record["attribution"] in told for record in records if record["kind"] == "assessment")
    assert not any("content" in record or "text" in record for record in records)


def test_a_text_of_one_sentence_is_not_kept_whole() -> None:
    """A quote is cut at its bound, however long the sentence is."""
    start = "Relations between Russia and the United States are not likely to improve if "
    text = f"{start}{'the long and weary talks of ' * 16}the envoys fail, Ada Sand said."
    reading = read_article(parse_article(text, date=dt.date(2018, 6, 1)))
    assert reading.assessments
    records = make_proposals(reading, name="-")
    assert len(records[-1]["quote"]) == LONGEST_QUOTE < len(text)
    for record in records:
        texts = [value for value in record.values() if isinstance(value, str)]
        assert max(map(len, [*texts, *record.get("conditions", [])])) <= LONGEST_QUOTE


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in this process, with a store and a ledger of its own."""
    monkeypatch.setenv("DETENTE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("DETENTE_LEDGER", str(tmp_path / "ledger"))
    monkeypatch.setenv("COLUMNS", "110")

    def start(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return start


def test_read_review_and_score_as_a_user_does(run: Callable[..., Result]) -> None:
    """Saved by `read`, accepted by `review`, scored by `score`; what makes no sense is refused."""
    assert "nothing has been saved" in run("review", "--list").stdout
    read = json.loads(run("read", str(STORY), "--save", "--json").stdout)
    assert read["data"]["rows"][0]["outlook"]["deteriorate"]["word"]
    assert read["saved"]["new"]
    waiting = json.loads(run("review", "--json").stdout)["proposals"]
    assert {one["standing"] for one in waiting} == {"proposed"}
    first = waiting[0]["id"]
    assert isinstance(run("review", "--reject", first).exception, ConfigError)
    assert isinstance(run("review", "--reject", first, "--accept", first).exception, ConfigError)
    assert isinstance(run("review", "--reject", first, "--condition", "met").exception, ConfigError)
    assert "accepted by Kim" in run("review", "--accept", first[:8], "--by", "Kim").stdout
    assert first[:8] not in run("review").stdout
    card = json.loads(run("score", "--by", "assessor", "--json").stdout)
    assert [row["assessor"] for row in card["assessors"]] == ["Anselm Brodie"]
    assert card["assessments"][0]["brier"] is not None
    assert run("score", "--by", "assessor", "--contains", card["book"]["digest"]).exit_code == 0
    assert run("score", "--by", "assessor", "--contains", "0" * 64).exit_code == 1


def test_the_reading_shows_both_side_by_side(run: Callable[..., Result]) -> None:
    """Under the assessments stand assessment, model and base rate; nothing is kept unless it is asked for."""
    shown = " ".join(run("read", str(STORY)).stdout.split())
    assert "What the data say (icews, as known on 2018-10-05)" in shown
    assert "(49–65 %), likely · 13w" in shown
    assert "improve 55–80 %, conditional" in shown
    assert "nothing has been saved" in run("review", "--list").stdout
