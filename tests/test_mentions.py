"""Mentions: from an event to the articles, sentences and characters where it can be read."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commands import run_example
from detente import pipeline
from detente.domain.actors import Pair
from detente.errors import SourceError, StoreError
from detente.mentions import load_mentions, plan_mentions
from detente.sources import ReadOptions, find_source
from detente.sources.gdelt_mentions import read_mentions
from detente.store import Store, open_store
from detente.store.mentions import mention_batches

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from rows import gdelt_row, mention_row, write_lines

DETENTE = Path(sys.executable).with_name("detente")


def rows(path: Path, *lines: str) -> pl.DataFrame:
    """The mentions of a file."""
    return read_mentions(write_lines(path / "20180326044500.mentions.CSV", list(lines)))[0]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two events of RUS and UKR, and one of FRA and DEU."""
    held = open_store(tmp_path / "store")
    other = gdelt_row(3, country1="FRA", country2="DEU", day="20180327", added="20180327000000")
    events = write_lines(tmp_path / "20180326044500.export.CSV", [gdelt_row(1), gdelt_row(2, event="040"), other])
    pipeline.load(held, find_source("gdelt"), [events], ReadOptions())
    return held


def test_a_row_tells_where_an_event_can_be_read(tmp_path: Path) -> None:
    """Address, sentence, the three places, confidence between 0 and 1, tone as a decimal; no place is null."""
    first, second = rows(tmp_path, mention_row(), mention_row(sentence="4", actor="-1")).to_dicts()
    assert first | {"line": 1} == {
        "provider": "gdelt", "event_key": 1, "known_at": dt.datetime(2018, 3, 26, 4, 45),  # noqa: DTZ001
        "medium": "web", "outlet": "example.org", "locator": "https://example.org/article", "sentence": 3,
        "actor_offset": 120, "recipient_offset": 150, "action_offset": 133, "confidence": 0.6, "length": 2413,
        "tone": -3.75, "line": 1,
    }  # fmt: skip
    assert (second["sentence"], second["actor_offset"]) == (4, None)


def test_every_mention_is_accounted_for(tmp_path: Path) -> None:
    """The same sentence twice is left out by name; no id, no day, no address and other widths fail, each by line."""
    lines = [
        mention_row(), mention_row(confidence="20"), mention_row(event="x"), mention_row(found="20181399000000"),
        mention_row(url=""), mention_row() + "\tmore",
    ]  # fmt: skip
    kept, ledger = read_mentions(write_lines(tmp_path / "m.CSV", lines))
    assert (ledger.read, kept.height, ledger.ignored) == (6, 1, {"same_sentence": 1})
    assert ledger.failed == {"bad_id": 1, "bad_date": 1, "no_address": 1, "wrong_column_count": 1}
    assert [failure.line for failure in ledger.failures] == [3, 4, 5, 6]


def test_a_file_of_events_is_no_file_of_mentions(tmp_path: Path) -> None:
    """It is refused before anything is loaded."""
    with pytest.raises(SourceError, match="mentions of 16"):
        rows(tmp_path, gdelt_row())


def test_an_event_leads_to_its_articles(store: Store, tmp_path: Path) -> None:
    """By pair and by day, as known on a day; of events that are not held nothing is kept, and that is counted."""
    late = mention_row(1, url="https://later.example.org", found="20180401000000")
    lines = [mention_row(1), mention_row(1, url="https://b.example.org"), mention_row(2), mention_row(3), late]
    path = write_lines(tmp_path / "20180401000000.mentions.CSV", [*lines, mention_row(99)])
    report = load_mentions(store, [path])
    assert report.total.ignored == {"event_not_held": 1}
    assert report.total.read == 6 == report.total.kept + 1
    pair = store.view(dt.date(2018, 3, 27)).mentions(Pair("RUS", "UKR"))
    assert pair.select("event_key", "locator").rows() == [
        (1, "https://b.example.org"), (1, "https://example.org/article"), (2, "https://example.org/article")
    ]  # fmt: skip
    assert store.view().mentions(since=dt.date(2018, 3, 27))["event_key"].to_list() == [3]
    assert "https://later.example.org" not in store.view().mentions()["locator"]
    assert store.check(deep=True) == []


def test_mentions_are_held_once(store: Store, tmp_path: Path) -> None:
    """The same file again changes nothing, byte for byte; the same sentence in a later file is shown once."""
    first = write_lines(tmp_path / "a.CSV", [mention_row(1), mention_row(2)])
    load_mentions(store, [first])
    before = (store.path / "MENTIONS.json").read_bytes()
    assert load_mentions(store, [first]).already_held == (str(first),)
    assert [held for *_, held in plan_mentions(store, [first]).files] == [True]
    assert (store.path / "MENTIONS.json").read_bytes() == before
    load_mentions(store, [write_lines(tmp_path / "b.CSV", [mention_row(2), mention_row(2, sentence="9")])])
    assert store.view().mentions().select("event_key", "sentence").rows() == [(1, 3), (2, 3), (2, 9)]


@pytest.fixture
def scattered(store: Store, tmp_path: Path) -> Store:
    """The store with mentions in nine batches, among them one found late, and the same sentence in two files."""
    for number in range(9):
        lines = [mention_row(1 + number % 3, sentence=str(number // 2), url=f"https://example.org/{number % 4}")]
        lines += [mention_row(2, url="https://later.example.org", found="20180401000000")] if number == 4 else []
        lines += [mention_row(1, sentence="0", url="https://example.org/0")] if number == 8 else []
        load_mentions(store, [write_lines(tmp_path / f"{number}.mentions.CSV", lines)])
    return store


def told(store: Store) -> list[object]:
    """Mentions as of two days, and the files they came from with their accounts."""
    files = [file for batch in mention_batches(store.path) for file in batch.files]
    return [store.view(dt.date(2018, 3, 26)).mentions().rows(), store.view().mentions().rows(), files]


def test_small_batches_of_mentions_become_one(scattered: Store, tmp_path: Path) -> None:
    """The same mentions, files and accounts; what is held is still known; a reader at work reads on."""
    before, view = told(scattered), scattered.view()
    report = scattered.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None))
    assert report.mentions == (9, 1)
    assert told(scattered) == before
    assert view.mentions().rows() == before[1]
    assert load_mentions(scattered, [tmp_path / "3.mentions.CSV"]).already_held == (str(tmp_path / "3.mentions.CSV"),)
    load_mentions(scattered, [write_lines(tmp_path / "new.CSV", [mention_row(3, sentence="77")])])
    assert 77 in scattered.view().mentions()["sentence"]
    assert scattered.check(deep=True) == []
    assert scattered.plan_merge().is_empty


@pytest.mark.parametrize("renames", [1, 2, 3, 4], ids=["list", "rows", "retired", "manifest"])
def test_a_merge_of_mentions_killed_between_two_steps_harms_nothing(renames: int, scattered: Store) -> None:
    """Dead after each renaming: the old batches or the new one, and the next merge makes it whole."""
    before = told(scattered)
    dying = f"""
import datetime as dt, os, signal
from pathlib import Path
from detente.store import open_store
rename, seen = Path.replace, []
def replace(self, target):
    result = rename(self, target)
    seen.append(target)
    if len(seen) == {renames}:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
Path.replace = replace
open_store({str(scattered.path)!r}).merge(now=dt.datetime.now())
"""
    assert run_example(dying, folder=scattered.path.parent).returncode == -9
    assert len(mention_batches(scattered.path)) == (1 if renames == 4 else 9)
    assert told(scattered) == before
    scattered.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None))
    assert told(scattered) == before
    assert scattered.check(deep=True) == []
    assert len(mention_batches(scattered.path)) == 1


def test_damage_is_found_and_said(store: Store, tmp_path: Path) -> None:
    """A missing or altered file is named by the check, and a reader is told what to do."""
    load_mentions(store, [write_lines(tmp_path / "a.CSV", [mention_row(1)])])
    (path,) = (store.path / "mentions").iterdir()
    path.write_bytes(b"no parquet")
    assert "is not what was written" in str(store.check()[0])
    with pytest.raises(StoreError, match="load the mentions again"):
        store.view().mentions()
    load_mentions(store, [write_lines(tmp_path / "b.CSV", [mention_row(2)])])
    with pytest.raises(StoreError, match=r"merged.*is not what was written.*load the mentions again"):
        store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None))


def test_the_commands_load_and_export_mentions(store: Store, tmp_path: Path) -> None:
    """As a user runs them: a plan, a load, and one pair's articles as a file."""
    path, out = write_lines(tmp_path / "m.CSV", [mention_row(1), mention_row(3)]), tmp_path / "m.csv"
    where = ["--store", str(store.path)]
    done = subprocess.run([DETENTE, "load", "mentions", path, *where], capture_output=True, text=True, check=True)
    assert "plan: load 1 files" in done.stderr
    assert "2 read = 2 kept" in done.stdout
    command = [DETENTE, "export", "mentions", "--pair", "Russia", "Ukraine", "--to", out, *where]
    subprocess.run(command, capture_output=True, check=True)
    assert pl.read_csv(out)["locator"].to_list() == ["https://example.org/article"]
