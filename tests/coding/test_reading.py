"""An article to attributions and assessments: what is found, where it stands, and that nothing is invented."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from commands import run_detente

HERE = Path(__file__).parent
STORY = HERE / "article_seoul_tokyo.txt"

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.cli import app  # noqa: E402
from detente.coding.articles import Article, load_article, parse_article  # noqa: E402
from detente.coding.assessments import Reading, read_article  # noqa: E402
from detente.coding.reading import as_record, assessments_table, attributions_table  # noqa: E402
from detente.errors import SourceError  # noqa: E402


@pytest.fixture(scope="module")
def reading() -> Reading:
    """The test article, read once."""
    return read_article(load_article(str(STORY)))


def _one(reading: Reading, words: str) -> Any:
    article = reading.article
    found = [one for one in reading.assessments if words in article.sentences[one.sentence].of(article.text)]
    assert len(found) == 1, words
    return found[0]


def test_the_pair_and_the_day_are_found(reading: Reading) -> None:
    """The headline names the pair, the dateline the day."""
    assert reading.pair == ("JPN", "KOR")
    assert reading.article.date == dt.date(2019, 5, 14)


def test_the_main_assessment_has_all_its_parts(reading: Reading) -> None:
    """Direction, range of likelihood, horizon, speaker with institute, and the paper that interviewed."""
    one = _one(reading, "not likely to deteriorate")
    assert one.pair == ("JPN", "KOR")
    assert (one.judgement.direction, one.judgement.low, one.judgement.high) == ("deteriorate", 0.20, 0.45)
    assert one.horizon.text == "in the coming months"
    assert (one.speaker.name, one.speaker.kind) == ("Haruto Senda", "expert")
    assert one.speaker.affiliation == "Kansai Centre for Asian Studies"
    assert [(link.how, link.outlet) for link in one.speaker.via] == [("interview with", "Busan-based Harbour Daily")]


def test_what_it_depends_on_is_kept(reading: Reading) -> None:
    """The condition is quoted, and provocation is named."""
    one = _one(reading, "depends on whether")
    assert any("provocative move" in part.text for part in one.judgement.conditions)
    assert "provocation" in {part.what for part in one.judgement.drivers}


def test_denied_changes_and_interests_are_told_apart(reading: Reading) -> None:
    """No reason for aggression denies a deterioration; an interest in mending fences speaks of improvement."""
    calm = _one(reading, "no reason for Tokyo")
    assert (calm.judgement.direction, calm.judgement.denied, calm.judgement.low) == ("deteriorate", True, None)
    mend = _one(reading, "mend fences")
    assert (mend.judgement.direction, mend.judgement.denied) == ("improve", False)
    assert "oil" in {part.what for part in mend.judgement.drivers}


def test_the_scholar_is_the_one_who_was_introduced(reading: Reading) -> None:
    """A surname, "the scholar" and "he" are the speaker whom the text introduced; a pronoun is not certain."""
    names = {speaker.name for speaker in reading.speakers if speaker.text in ("Senda", "the scholar", "he")}
    assert names == {"Haruto Senda"}
    assert not any(speaker.certain for speaker in reading.speakers if speaker.text == "he")


def test_more_urgent_threats_are_third_parties(reading: Reading) -> None:
    """A sentence that goes on telling what a speaker said is the speaker's, uncertainly, and names whom it names."""
    one = _one(reading, "more urgent threats")
    assert (one.speaker.name, one.speaker.certain) == ("Haruto Senda", False)
    assert set(one.third_parties) >= {"PRK", "CHN"}
    assert "attention" in {part.what for part in one.judgement.drivers}


def test_nothing_is_invented(reading: Reading) -> None:
    """The scholar is no actor, figures are no assessment, the headline is nobody's, and there are no events."""
    assert not any("Senda" in mention.text for mention in reading.actors.mentions)
    texts = [reading.article.sentences[one.sentence].of(reading.article.text) for one in reading.assessments]
    assert not any("exports to Japan" in text or "Unlikely to Fall Out" in text for text in texts)
    assert as_record(reading, name="story")["events"] == []


def test_every_place_leads_to_its_words(reading: Reading) -> None:
    """All offsets of the record point at the words that it quotes, in the text that it holds."""
    record = as_record(reading, name="story")
    text = record["article"]["text"]
    for one in record["assessments"]:
        parts = [one["change"], one["likelihood"], one["horizon"], *one["conditions"], *one["drivers"], *one["hedges"]]
        for part in (part for part in parts if part):
            assert " ".join(text[part["start"] : part["end"]].split()).startswith(" ".join(part["text"].split())[:20])
    for one in record["attributions"]:
        assert [text[a:b] for a, b in one["content_spans"]] == one["content"]
        assert one["cue_span"] is None or text[slice(*one["cue_span"])] == one["cue"]
    json.dumps(record, allow_nan=False)


def test_tables_fit_their_schemas(reading: Reading) -> None:
    """One row for each attribution and assessment."""
    assert attributions_table(reading, name="story").height == len(reading.attributions)
    table = assessments_table(reading, name="story")
    assert table.height == len(reading.assessments) > 6
    assert assessments_table(read_article(parse_article("Nothing here.")), name="none").height == 0


def test_an_article_reads_the_same_in_any_company() -> None:
    """What is read does not depend on what was read before."""
    first = as_record(read_article(load_article(str(STORY))), name="s")
    read_article(parse_article("France and Italy will mend their ties, said Ada Lux."))
    assert as_record(read_article(load_article(str(STORY))), name="s") == first


def test_a_date_that_is_not_known_gives_no_last_day() -> None:
    """Without a day of publication, a horizon that counts from it has no end."""
    record = as_record(
        read_article(
            parse_article(
                "Peru and Chile will probably improve their ties within six months, said Ana Diaz, an analyst."
            )
        ),
        name="s",
    )
    (one,) = record["assessments"]
    assert one["horizon"]["text"] == "within six months"
    assert one["horizon"]["until"] is None


def test_hostile_texts_are_read_in_bounds() -> None:
    """A sentence of ten thousand words, and text without sense, give a result rather than an error."""
    long = parse_article("Russia and the United States, said " * 2000)
    assert isinstance(read_article(long), Reading)
    assert read_article(parse_article('"""""" (((( ,,,, said said said')).assessments == ()


def test_the_command_reads_a_file_and_standard_input() -> None:
    """`detente read` prints the sentence of each assessment; `-` reads what is piped, `--json` answers in JSON."""
    run = run_detente("read", str(STORY), code=0)
    assert "JPN-KOR · deteriorate 20%–45% (not likely)" in run.stdout
    piped = run_detente("read", "-", "--json", "--date", "2019-05-14", text=STORY.read_text("utf-8"), code=0)
    assert json.loads(piped.stdout)["pair"] == "JPN-KOR"


def test_the_command_reads_a_page_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of this computer ends with exit code 2, unless it is allowed; then it is read as the file would be."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    body = f"<html><body><article>{STORY.read_text('utf-8')}</article></body></html>".encode()

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/story"
    try:
        refused = CliRunner().invoke(app, ["read", url])
        assert isinstance(refused.exception, SourceError)
        assert "private network" in str(refused.exception)
        read = CliRunner().invoke(app, ["read", url, "--allow-private", "--json", "--outlet", "The Northern Paper"])
        found = json.loads(read.stdout)
    finally:
        server.shutdown()
        server.server_close()
    assert (found["article"]["name"], found["article"]["outlet"]) == (url, "The Northern Paper")
    assert found["pair"] == "JPN-KOR"


def test_the_first_article_is_read_well(reference_data: Path) -> None:
    """The brief on US-Russian relations of August 2017: each assessment that it holds is found, with its parts."""
    path = reference_data / "text" / "article_us_russia_2017-08-11.txt"
    if not path.is_file():
        pytest.skip("the article is not among the data sets here")
    reading = read_article(load_article(str(path)))
    assert reading.pair == ("RUS", "USA")
    main = _one(reading, "not likely to further deteriorate")
    assert (main.judgement.direction, main.judgement.low, main.horizon.kind) == ("deteriorate", 0.20, "near")
    assert main.speaker.affiliation == "China Institutes for Contemporary International Relations"
    assert main.speaker.via[0].outlet.endswith("Southern Metropolis Daily")
    told = as_record(reading, name="a")["retold_by"]
    assert told == {"outlet": None, "author": "Han Bingbin"}, "the text names who retells it, and no outlet"
    drivers = {part.what for one in reading.assessments for part in one.judgement.drivers}
    assert drivers >= {
        "sanctions", "oil", "legislature", "leader", "attention", "cooperation need", "rivalry", "NATO",
        "missile defence", "provocation", "strategic benefit",
    }  # fmt: skip
    third = {party for one in reading.assessments for party in one.third_parties}
    assert third >= {"UKR", "NATO", "Islamic State", "PRK", "IRN"}
    assert not any("Zhang" in mention.text for mention in reading.actors.mentions)


def test_home_affairs_hold_no_assessments() -> None:
    """Who may win a vote and who hates whom at home says nothing about a pair, whatever far states are named."""
    text = (
        "Senator Ana Holt will probably win in New Hampshire, pollster Dan Weil said. Her rivals are likely to "
        "attack her record on Vietnam veterans, Weil said. The fight inside the party could get worse, he warned. "
        "Holt said the American people need a leader who can mend the rift between left and right."
    )
    assert read_article(parse_article(text, date=dt.date(2016, 1, 9))).assessments == ()


def test_articles_without_sentences_are_read() -> None:
    """An empty article has no assessments."""
    assert read_article(Article("", ())).assessments == ()
