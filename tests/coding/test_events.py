"""Events from text: what one actor does to another, who of two states acts at all, and that claims stay claims."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commands import run_detente

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.codebook.events import known_type, quads
from detente.coding.articles import parse_article
from detente.coding.assessments import read_article
from detente.coding.linear import LinearModel, load_model, read_model, write_model
from detente.coding.relation import Question, code_relations, question_from
from detente.coding.texts import Problem, Task, code_lines, code_text
from detente.errors import DataError

HERE = Path(__file__).parent
#: Least share of right ones among our own sentences; measured first, then set a little below.
FLOORS = {"right": 0.70, "false_alarms": 0.10}


def _deeds() -> list[dict[str, str]]:
    text = (HERE / "annotation" / "deeds.tsv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def _lines(count: int) -> list[tuple[int, str]]:
    deeds = _deeds()
    rows = [{"id": f"t{i}", "text": deeds[i % len(deeds)]["sentence"]} for i in range(count)]
    return [(number, json.dumps(row)) for number, row in enumerate(rows, 1)]


def _run(*words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return run_detente("code", *words, text=text or "")


def _given(text: str, actor: str, recipient: str) -> Any:
    spans = [(text.index(name), text.index(name) + len(name)) for name in (actor, recipient)]
    return code_relations([Question(1, text, *spans)])[0]


def test_our_own_sentences_are_coded_above_the_floor() -> None:
    """Of 20 deeds and 10 sentences without any, at least the pinned share is right, end to end."""
    deeds = _deeds()
    right = sum(
        (row["actor"], row["recipient"], row["quad"])
        in {(e.actor.iso3, e.recipient.iso3, e.relation.quad) for e in code_text(row["sentence"])}
        for row in deeds
        if row["actor"]
    )
    quiet = [row["sentence"] for row in deeds if not row["actor"]]
    alarms = [text for text in quiet if code_text(text)]
    assert right >= FLOORS["right"] * (len(deeds) - len(quiet)), right
    assert len(alarms) <= FLOORS["false_alarms"] * len(quiet), alarms


def test_the_deed_decides_and_not_who_does_it() -> None:
    """Other actors in the same places change nothing: they are masked."""
    one = _given("Peru expelled the envoy of Chile.", "Peru", "Chile")
    other = _given("Oman expelled the envoy of Yemen.", "Oman", "Yemen")
    assert one.event_type == other.event_type
    assert one.quad == "material conflict"
    assert one.probability == pytest.approx(other.probability, abs=0.1)


def test_the_manner_of_a_deed_changes_its_type() -> None:
    """To threaten, to promise and to refuse a deed are not the deed."""
    assert _given("Peru threatened to attack Chile.", "Peru", "Chile").event_type == "THREATEN"
    assert _given("Peru agreed to send aid to Chile.", "Peru", "Chile").event_type == "AGREE"
    assert _given("Peru refused to meet Chile.", "Peru", "Chile").event_type == "REJECT"
    assert _given("Peru attacked Chile with rockets.", "Peru", "Chile").event_type == "ASSAULT"


def test_an_actor_that_is_not_named_may_be_null() -> None:
    """A pair with one place missing is still coded; a place outside the text is refused with what to do."""
    found = code_relations([Question(1, "Teachers in Lima went on strike.", (0, 8), None)])[0]
    assert found.quad in set(quads().values())
    with pytest.raises(DataError, match="character offsets"):
        question_from({"id": 1, "text": "Peru", "actor_span": [0, 9], "recipient_span": None})
    with pytest.raises(DataError):
        question_from({"id": 1})


def test_every_root_has_a_type_and_a_quad() -> None:
    """What the models can answer is in the codebook, and their probabilities add up to one."""
    for name in ("relation", "link_type"):
        model = load_model(name)
        assert {known_type(root) for root in model.classes} <= set(quads())
        assert sum(model.probabilities(["w=attack", "never seen"]).values()) == pytest.approx(1)
    assert set(load_model("link").classes) == {"event", "none"}
    assert 0 < load_model("link").threshold < 1


def test_the_types_are_those_of_the_labelled_sets() -> None:
    """What pulls back is YIELD, in event_type and root alike; the codebook knows that name as one of its own."""
    question = {
        "id": 1,
        "text": "Peru released ten soldiers of Chile.",
        "actor_span": [0, 4],
        "recipient_span": [30, 35],
    }
    row = next(iter(code_lines([(1, json.dumps(question))], Task(given_actors=True))))
    assert isinstance(row, dict)
    assert (row["event_type"], row["root"], row["quad"]) == ("YIELD", "YIELD", "material cooperation")
    assert known_type("YIELD") in quads()


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    """What was written is read back, to the precision that weights are kept in."""
    model = LinearModel(
        ("a", "b"),
        {"x": 0, "é y": 1},
        np.array([1.0, 2.0]),
        np.array([[0.5, -0.5], [0.25, 1.0]]),
        np.zeros(2),
        1.5,
        0.4,
    )
    write_model(tmp_path / "m.npz", model)
    read = read_model(tmp_path / "m.npz")
    assert read.probabilities(["x", "é y"]) == model.probabilities(["x", "é y"])
    assert read.probabilities([]) == {"a": 0.5, "b": 0.5}


def test_a_deed_that_somebody_tells_is_a_claim() -> None:
    """What stands in somebody's words is marked with the speaker; the text's own account is not."""
    claims = {(e.actor.iso3, e.recipient.iso3): e for e in code_text("Turkey said Greece had attacked Cyprus.")}
    assert claims["GRC", "CYP"].is_attributed
    assert claims["GRC", "CYP"].told_by == "Turkey"
    own = {(e.actor.iso3, e.recipient.iso3): e for e in code_text("Greece attacked Cyprus with rockets.")}
    assert not own["GRC", "CYP"].is_attributed
    assert 0 < own["GRC", "CYP"].probability <= own["GRC", "CYP"].likelihood <= 1


def test_a_deed_denied_or_to_come_is_no_event() -> None:
    """Not done, or not yet done, is not done; a threat of it is its own event."""
    for text in ("Greece did not attack Cyprus.", "Greece might attack Cyprus.", "Greece will attack Cyprus."):
        assert not [e for e in code_text(text) if e.relation.quad == "material conflict"], text
    assert [e.relation.event_type for e in code_text("Greece threatened to attack Cyprus.")] == ["THREATEN"]


def test_an_article_read_holds_its_events_and_judgements_are_none() -> None:
    """`read` lists events with places that lead to their words; a deed within an assessment is no event."""
    from detente.coding.reading import as_record

    text = (
        "India expelled two diplomats of Pakistan on Monday. "
        "India will probably not attack Pakistan in the coming months, said Ada Lux, an analyst."
    )
    record = as_record(read_article(parse_article(text)), name="s")
    assert [(e["actor"], e["recipient"], e["quad"]) for e in record["events"] if not e["attributed"]] == [
        ("IND", "PAK", "material conflict")
    ]
    for event in record["events"]:
        assert text[slice(*event["actor_span"])] == "India"
        assert event["sentence"]["text"] == text[event["sentence"]["start"] : event["sentence"]["end"]]
    assert not any("probably" in event["sentence"]["text"] for event in record["events"])


def test_lines_are_coded_the_same_in_any_order() -> None:
    """A line's events do not depend on the lines around it; lines that cannot be read are told with their number."""
    lines = _lines(24)
    forward = {one["id"]: one for one in code_lines(lines, Task()) if isinstance(one, dict)}
    backward = {one["id"]: one for one in code_lines(lines[::-1], Task()) if isinstance(one, dict)}
    assert forward == backward
    assert len(forward) == 24
    bad = list(code_lines([(1, "{"), (2, '{"id": 1}'), (3, '{"id": 1, "text": "x", "date": "soon"}')], Task()))
    assert [one.line for one in bad if isinstance(one, Problem)] == [1, 2, 3]


def test_hostile_texts_are_coded_in_bounds() -> None:
    """No sense, no states, and a list of very many states give a bounded result."""
    assert code_text("") == []
    assert code_text("\x00 ((( ,,, 🙂" * 50) == []
    assert (
        len(code_text("France, Peru, Chile, Mali, Chad, Oman, Kenya, Ghana, Spain, Italy, Malta said so. " * 3)) < 200
    )


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """After kill -9 amid a run of two processes, and a line cut in half, the file ends as if nothing had happened."""
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(line + "\n" for _, line in _lines(70)), "utf-8")
    command = [sys.executable, "-m", "detente", "code", str(source), "--out", str(out), "--jobs", "2"]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if run.poll() is not None or (out.exists() and out.stat().st_size > 1000):
            break
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    held = out.read_bytes()
    out.write_bytes(held[:-7])
    again = _run(str(source), "--out", str(out))
    assert again.returncode == 0, again.stderr
    assert "were there before" in again.stderr
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [f"t{i}" for i in range(70)]
    assert rows == list(code_lines(_lines(70), Task()))


def test_the_command_reads_standard_input_and_tells_what_failed() -> None:
    """Given actors come in by stdin; a bad line and an id that comes again end with code 1, a missing file with 2."""
    line = {"id": 7, "text": "Peru praised Chile.", "actor_span": [0, 4], "recipient_span": [13, 18]}
    run = _run("--given-actors", "-", text=json.dumps(line) + "\n")
    assert run.returncode == 0, run.stderr
    row = json.loads(run.stdout)
    assert (row["id"], row["event_type"], row["quad"]) == (7, "SUPPORT", "verbal cooperation")
    assert 0 < row["probability"] <= 1
    twice = _run("--given-actors", "-", text=json.dumps(line) + "\n" + json.dumps(line) + "\n{]\n")
    assert twice.returncode == 1
    assert "stands in an earlier line" in twice.stderr
    assert _run("no_such_file.jsonl").returncode == 2
