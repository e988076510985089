"""From a number to its reasons, from a reason to its events, and from an event to address, sentence and characters."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from detente import pipeline
from detente.cli import app
from detente.domain.tables import MEASURE_REASONS
from detente.mentions import load_mentions
from detente.relations import REGISTRY, Change, Target
from detente.sources import ReadOptions, find_source
from detente.store import Store, open_store
from detente.world import open_world

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from rows import gdelt_row, mention_row, write_lines

#: A day of the usual year and three of the last four weeks, each with its events' ids.
DAYS = {"20180105": (1, 2, 3), "20180319": (4,), "20180326": (5, 6, 7, 8), "20180327": (9,)}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Threats and a visit among RUS and UKR on four days; no mentions yet."""
    folder = tmp_path_factory.mktemp("grounds")
    held = open_store(folder / "store")
    for day, ids in DAYS.items():
        lines = [gdelt_row(key, day=day, added=f"{day}044500", code1=f"RUS{key}") for key in ids]
        visit = gdelt_row(100 + ids[0], day=day, added=f"{day}044500", event="042", goldstein="1.9", code1=f"RUS{ids}")
        path = write_lines(folder / f"{day}044500.export.CSV", [*lines, *([visit] if day == "20180326" else [])])
        pipeline.load(held, find_source("gdelt"), [path], ReadOptions())
    return held


@pytest.fixture
def store(loaded: Store, tmp_path: Path) -> Store:
    """The same with mentions of two events, of which one has five; one mention was found later than all events."""
    import shutil

    held = open_store(shutil.copytree(loaded.path, tmp_path / "store"))
    lines = [mention_row(5, url=f"https://example.org/{n}", sentence=str(n), found="20180326044500") for n in range(5)]
    lines += [mention_row(9, url="https://example.org/nine", sentence="2", actor="-1", found="20180327044500")]
    lines += [mention_row(5, url="https://example.org/later", found="20180401000000")]
    load_mentions(held, [write_lines(tmp_path / "20180401000000.mentions.CSV", lines)])
    return held


def explained(store: Store, *words: str) -> str:
    """What ``detente explain`` says of RUS and UKR."""
    done = CliRunner().invoke(app, ["explain", "RUS", "UKR", *words, "--store", str(store.path)])
    assert done.exit_code == 0, done.output
    return str(done.output)


def found(store: Store, *words: str) -> dict[str, Any]:
    """The same as JSON."""
    answer: dict[str, Any] = json.loads(explained(store, *words, "--json"))
    return answer


def test_a_reason_leads_to_its_events_and_these_to_their_sentences(store: Store) -> None:
    """Each row has as many events as it says, and of the events with mentions address, sentence and characters."""
    answer = found(store, "--mentions", "--events", "9")
    assert sum(row["contribution"] for row in answer["rows"]) == pytest.approx(answer["change"])
    assert (answer["events_with_mentions"], answer["mentions"]) == (2, 6)
    assert answer["missing"] is None
    for row in answer["rows"]:
        assert row["n"] in {row["n_events"], None}
        assert all(event["event_type"] == row["event_type"] for event in row["events"])
    threats = next(row for row in answer["rows"] if row["day"] == "2018-03-26" and row["event_type"] == "THREATEN")
    assert [event["event_key"] for event in threats["events"]] == ["5", "6", "7", "8"]
    first, *others = threats["events"]
    assert [mention["locator"] for mention in first["mentions"]] == [f"https://example.org/{n}" for n in range(5)]
    assert first["mentions"][3] == {
        "known_at": "2018-03-26 04:45", "medium": "web", "outlet": "example.org", "locator": "https://example.org/3",
        "sentence": 3, "actor_offset": 120, "recipient_offset": 150, "action_offset": 133, "confidence": 0.6,
    }  # fmt: skip
    assert [event["mentions"] for event in others] == [[], [], []]
    assert first["intensity"] == -4.4


def test_a_row_without_a_day_leads_to_the_year_that_it_takes_away(store: Store) -> None:
    """The usual day is made of the events of the year before, and of those alone."""
    row = next(row for row in found(store, "--events", "9")["rows"] if row["day"] is None)
    assert {event["event_key"] for event in row["events"]} == {"1", "2", "3"}
    assert (row["n"], row["n_events"]) == (None, 3)


def test_the_text_can_be_read_and_copied(store: Store) -> None:
    """Each address stands whole on a line of its own with its sentence below; what is left out is counted."""
    lines = explained(store, "--mentions", "--events", "2").splitlines()
    at = next(at for at, line in enumerate(lines) if line.strip() == "https://example.org/1")
    assert lines[at + 1].strip() == (
        "sentence 1: actor at 120, recipient at 150, action at 133; found 2018-03-26 04:45; confidence 0.60"
    )
    text = "\n".join(lines)
    assert "and 2 further mentions (--json for all)" in text
    assert "and 2 further events" in text
    assert "sentence 2: recipient at 150, action at 133" in text
    assert "event 5 · THREATEN (130) · −4.4 points · RUS (RUS5) → UKR (UKRMIL) · in UKR" in text
    assert "mentions are held of 2 of the " in text
    assert "later" not in text, "found after the last event: not known as of that day"


def test_where_no_mentions_are_held_it_says_what_to_do(loaded: Store) -> None:
    """The days to fetch are those of the events shown; the address in the event itself is told meanwhile."""
    text = explained(loaded, "--mentions")
    assert "detente sync gdelt --since 2018-03-19 --until 2018-03-27 --mentions" in text
    assert "https://example.org/article" in text
    assert "detente load mentions" in found(loaded, "--mentions")["missing"]
    assert "detente load mentions" not in explained(loaded, "--events", "1")


def test_a_measure_leads_to_its_events_too(loaded: Store) -> None:
    """What the two did in a week is its events less those that have rows of their own; time passing rests on none."""
    first, middle, last = dt.date(2018, 3, 14), dt.date(2018, 3, 20), dt.date(2018, 3, 27)
    cell = {"day": dt.date(2018, 3, 26), "actor": "RUS", "recipient": "UKR", "event_type": "THREATEN"}
    rows = [
        {"week_end": middle, "n": None, "contribution": 0.9, "what": "passing"},
        {"week_end": middle, "n": 1, "contribution": 0.8, "what": "what the two did, 1 events"},
        {"week_end": last, **cell, "n": 4, "contribution": 0.7, "what": "RUS → UKR: THREATEN, 4 events"},
        {"week_end": last, "n": 2, "contribution": 0.6, "what": "2 lesser cells together"},
    ]
    reasons = pl.DataFrame(rows, schema=MEASURE_REASONS.schema)
    change = Change(Target(REGISTRY["attention-v1"], "share"), first, last, 0.0, 3.0, reasons)
    view = open_world(loaded.path).pair("RUS", "UKR")
    grounds = view.grounds(change, most=9, mentions=False).grounds
    assert [one.n for one in grounds] == [0, 1, 4, 2]
    assert [sorted(one.events["event_key"]) for one in grounds] == [[], ["4"], ["5", "6", "7", "8"], ["105", "9"]]
