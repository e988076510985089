"""An article to proposals and to the outlook beside it, as functions and as commands."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from proposals_made_up import sample_world

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.assessors import beside_lines, beside_table, make_proposals, read_beside, save_reading
from detente.assessors.proposals import FILE, LONGEST_QUOTE
from detente.coding import assessments
from detente.coding.articles import load_article, parse_article
from detente.coding.assessments import Reading, read_article
from detente.errors import DetenteError
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
    assert len(first.saved) == len(reading.attributions) + len(reading.assessments)
    assert not save_reading(reading, book, name="-").saved
    monkeypatch.setattr(assessments, "VERSION", "assessments-v0")
    assert len(save_reading(reading, book, name="-").saved) == len(reading.assessments)


def test_of_the_article_only_sentences_of_assessments_are_kept(reading: Reading, book: Chain) -> None:
    """Each record has digest, coder and offsets; quotes stand at their place; nothing else of the text is there."""
    save_reading(reading, book, name=str(STORY))
    article = reading.article
    records = book.records()
    for record in records:
        assert record["source"]["digest"] == hashlib.sha256(article.text.encode()).hexdigest()
        assert record["source"]["name"] == STORY.name
        assert {"name", "version"} <= set(record["coder"])
        if record["kind"] == "assessment":
            assert " ".join(article.text[record["start"] : record["end"]].split()) == record["quote"]
    quoted = {one.sentence for one in reading.assessments}
    kept = (book.path / FILE).read_text("utf-8")
    for place, span in enumerate(article.sentences):
        assert place in quoted or " ".join(span.of(article.text).split()) not in kept
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


def _run(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    env = dict(os.environ) | {"DETENTE_STORE": str(folder / "store"), "DETENTE_LEDGER": str(folder / "ledger")}
    command = [sys.executable, "-W", "error", "-m", "detente", *words]
    env |= {"NO_COLOR": "1", "COLUMNS": "110"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_read_review_and_score_as_a_user_does(tmp_path: Path) -> None:
    """Saved by `read`, accepted by `review`, scored by `score`; what makes no sense ends with what to do."""
    read = json.loads(_run(tmp_path, "read", str(STORY), "--save", "--json").stdout)
    assert read["data"]["rows"][0]["outlook"]["deteriorate"]["word"]
    assert read["saved"]["new"]
    waiting = json.loads(_run(tmp_path, "review", "--json").stdout)["proposals"]
    assert {one["standing"] for one in waiting} == {"proposed"}
    first = waiting[0]["id"]
    assert "--why" in _run(tmp_path, "review", "--reject", first, code=2).stderr
    assert "accepted by Kim" in _run(tmp_path, "review", "--accept", first[:8], "--by", "Kim").stdout
    card = json.loads(_run(tmp_path, "score", "--by", "assessor", "--json").stdout)
    assert [row["assessor"] for row in card["assessors"]] == ["Anselm Brodie"]
    assert card["assessments"][0]["brier"] is not None
