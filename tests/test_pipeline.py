"""Loading: the plan says what will happen, one bad file stops no other, and nothing is loaded twice."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detente.errors import SourceError
from detente.pipeline import load, plan_load
from detente.sources import ReadOptions, find_source
from detente.store import open_store

TABLE = find_source("table")
PLAIN = ReadOptions()
ROWS = ["2020-01-01,USA,RUS,CONSULT", "2020-01-02,RUS,USA,ACCUSE", "2020-01-03,USA,RUS,THREATEN"]


def write(path: Path, *rows: str, header: str = "date,actor,recipient,event_type") -> Path:
    """A small tidy table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_a_plan_changes_nothing_and_says_what_is_held(tmp_path: Path) -> None:
    """It names files, bytes and provider; a held file is marked, and no store is made by looking."""
    first, second = write(tmp_path / "a.csv", ROWS[0]), write(tmp_path / "b.csv", ROWS[1])
    store = open_store(tmp_path / "s")
    plan = plan_load(store, TABLE, [first, second], PLAIN)
    assert "load 2 files" in str(plan)
    assert "of table" in str(plan)
    assert not store.path.exists()
    load(store, TABLE, [first], PLAIN)
    plan = plan_load(store, TABLE, [first, second], PLAIN)
    assert "load 1 files" in str(plan)
    assert "1 already held" in str(plan)
    files = json.loads(json.dumps(plan.as_dict()))["files"]
    assert [(file["bytes"], file["already_held"]) for file in files] == [
        (first.stat().st_size, True),
        (second.stat().st_size, False),
    ]


def test_every_file_is_closed_with_an_account_that_adds_up(tmp_path: Path) -> None:
    """Kept, ignored and failed rows sum to those read, in each file and in the total; the report says so in words."""
    write(tmp_path / "in" / "a.csv", ROWS[0], "2020-01-01,USA,USA,CONSULT", "no date,USA,RUS,CONSULT")
    write(tmp_path / "in" / "b.csv", *ROWS)
    store = open_store(tmp_path / "s")
    report = load(store, TABLE, [tmp_path / "in"], PLAIN)
    total = report.total
    assert (total.read, total.kept) == (6, 4)
    assert total.ignored == {"domestic": 1}
    assert total.failed == {"bad_date": 1}
    assert store.view().events().height == total.kept
    text = str(report)
    assert "all files: 6 read = 4 kept + 1 ignored + 1 failed" in text
    assert "line 4: bad_date: 'no date,USA,RUS,CONSULT'" in text
    assert json.loads(json.dumps(report.as_dict()))["total"]["kept"] == 4


def test_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    """A truncated archive is reported with its reason; the files around it are loaded."""
    folder = tmp_path / "in"
    write(folder / "a.csv", ROWS[0])
    (folder / "b.csv.gz").write_bytes(gzip.compress(b"date,actor,recipient,event_type\n" * 999)[:-9])
    write(folder / "c.csv", ROWS[1])
    store = open_store(tmp_path / "s")
    report = load(store, TABLE, [folder], PLAIN)
    assert [Path(path).name for path, _ in report.failed_files] == ["b.csv.gz"]
    assert "FAILED" in str(report)
    assert [file.path for batch in store.batches() for file in batch.files] == ["a.csv", "c.csv"]


def test_a_file_that_breaks_off_is_told_beside_what_could_be_read(tmp_path: Path) -> None:
    """Its rows up to the break are held, the report names it and says what to do."""
    text = "date,actor,recipient,event_type\n" + "".join(f"{row}\n" for row in ROWS) * 3
    whole = gzip.compress(text.encode(), compresslevel=0)
    (tmp_path / "b.csv.gz").write_bytes(whole[: len(whole) - 60])
    write(tmp_path / "c.csv", ROWS[1])
    report = load(open_store(tmp_path / "s"), TABLE, [tmp_path / "b.csv.gz", tmp_path / "c.csv"], PLAIN)
    assert report.broken_files == ("b.csv.gz",)
    assert report.ledgers[0].kept > 3
    assert "b.csv.gz: BROKEN" in str(report)
    assert (report.as_dict()["broken_files"], report.failed_files) == (["b.csv.gz"], ())


def test_a_second_load_changes_nothing(tmp_path: Path) -> None:
    """The same content under any file name is held already; the manifest stays as it was, byte for byte."""
    first = write(tmp_path / "a.csv", *ROWS)
    store = open_store(tmp_path / "s")
    load(store, TABLE, [first], PLAIN)
    before = (store.path / "MANIFEST.json").read_bytes()
    report = load(store, TABLE, [first, write(tmp_path / "copy.csv", *ROWS)], PLAIN)
    assert [Path(path).name for path in report.already_held] == ["a.csv", "copy.csv"]
    assert "held already, nothing changed" in str(report)
    assert (store.path / "MANIFEST.json").read_bytes() == before


@pytest.mark.parametrize("gaps", ["2020-01-02", "@gaps.txt"])
def test_the_same_file_read_otherwise_is_not_counted_twice(
    gaps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other options on content that is held are refused with the way out; under another name they are welcome."""
    monkeypatch.chdir(tmp_path)
    table = write(tmp_path / "a.csv", *ROWS)
    gap_file = tmp_path / "gaps.txt"
    gap_file.write_text("2020-01-05\n")
    store = open_store(tmp_path / "s")
    load(store, TABLE, [table], ReadOptions(gaps=("@gaps.txt",)))
    gap_file.write_text("2020-01-06\n")
    report = load(store, TABLE, [table], ReadOptions(gaps=(gaps,)))
    assert "other options" in report.failed_files[0][1]
    assert len(store.batches()) == 1
    assert not load(store, TABLE, [table], ReadOptions(gaps=("2020-01-02",), name="mine")).failed_files
    assert store.providers() == ["mine", "table"]


def test_directories_are_opened_up_in_order_without_hidden_files(tmp_path: Path) -> None:
    """Files come sorted, from folders below as well; what an operating system hides there is no data."""
    folder = tmp_path / "in"
    write(folder / "b.csv", ROWS[1])
    write(folder / "a" / "z.csv", ROWS[0])
    write(folder / ".listing", "not data")
    told = []
    load(open_store(tmp_path / "s"), TABLE, [folder], PLAIN, progress=lambda *seen: told.append(seen))
    assert told == [("z.csv", 0, 2), ("b.csv", 1, 2)]


@pytest.mark.parametrize(("name", "message"), [("nothing", "no such file"), ("empty", "holds no file")])
def test_a_path_without_files_is_refused_before_anything_is_loaded(name: str, message: str, tmp_path: Path) -> None:
    """The good file named beside it is not loaded either: a mistyped path is the user's to settle first."""
    (tmp_path / "empty").mkdir()
    store = open_store(tmp_path / "s")
    for step in (plan_load, load):
        with pytest.raises(SourceError, match=message):
            step(store, TABLE, [write(tmp_path / "a.csv", ROWS[0]), tmp_path / name], PLAIN)
    assert not store.path.exists()


def test_the_record_says_when_a_file_was_loaded(tmp_path: Path) -> None:
    """The record of each file carries the moment of its load and the file's own name without its folder."""
    store = open_store(tmp_path / "s")
    load(store, TABLE, [write(tmp_path / "deep" / "a.csv", ROWS[0])], PLAIN)
    (file,) = store.batches()[0].files
    assert file.path == "a.csv"
    assert len(file.loaded_at) == len("2020-01-01T00:00:00")


def test_original_icews_files_load_whole(tmp_path: Path, reference_data: Path) -> None:
    """The published daily files are accounted for row by row, and what is kept can be read."""
    store = open_store(tmp_path / "s")
    report = load(store, find_source("icews"), [reference_data / "events" / "icews" / "original"], PLAIN)
    assert not report.failed_files
    assert report.total.read == 7182
    assert store.view().events().height == report.total.kept
