"""Syncing an archive from a real server on the loopback address: planned first, nothing lost, nothing twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import sync_to_kill
from detente import sync
from detente.checkup import examine
from detente.errors import ConfigError, SourceError, StoreError
from detente.sources import gdelt_lists
from detente.store import Store, open_store

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from rows import gdelt_row, mention_row
from rude_server import HASTY, RudeServer, cut_after, downloads, serving, status

KILLS = int(os.environ.get("DETENTE_KILLS", "4"))
DAY = dt.date(2015, 3, 1)
NOW = sync_to_kill.NOW
MASTER = "/gdeltv2/masterfilelist.txt"
#: The first lines of the real list, as a published notebook shows them.
REAL_LINES = (
    "150383 297a16b493de7cf6ca809a7cc31d0b93 http://data.gdeltproject.org/gdeltv2/20150218230000.export.CSV.zip",
    "318084 bb27f78ba45f69a17ea6ed7755e9f8ff http://data.gdeltproject.org/gdeltv2/20150218230000.mentions.CSV.zip",
    "10768507 ea8dde0beb0ba98810a92db068c0ce99 http://data.gdeltproject.org/gdeltv2/20150218230000.gkg.csv.zip",
    "149211 2a91041d7e72b0fc6a629e2ff867b240 http://data.gdeltproject.org/gdeltv2/20150218231500.export.CSV.zip",
)


def zipped(name: str, lines: Sequence[str]) -> bytes:
    """An archive of one member."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name.removesuffix(".zip")), "".join(f"{line}\n" for line in lines))
    return content.getvalue()


def rows_in(body: bytes) -> int:
    """Rows of an archive of one member."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read(archive.namelist()[0]).count(b"\n")


class Publisher:
    """The archive as a server holds it."""

    def __init__(self, server: RudeServer) -> None:
        self.server = server
        self.lines: list[str] = []
        self.first: list[tuple[str, bytes]] = []

    def publish(self, stamp: str, rows: int = 3, *, key: int | None = None, suffix: str = ".export.CSV.zip") -> str:
        """A slot of version 2.0, listed."""
        name = f"{stamp}{suffix}"
        first = int(stamp) * 100 if key is None else key
        lines = [gdelt_row(first + row, day=stamp[:8], added=stamp, code1=f"RUS{stamp}{row}") for row in range(rows)]
        body = zipped(name, lines)
        self.server.files[f"/gdeltv2/{name}"] = body
        self.add_line(f"{len(body)} {md5(body)} http://data.example.org/gdeltv2/{name}")
        return name

    def add_line(self, line: str) -> None:
        """One more line at the end of the list."""
        self.lines.append(line)
        self.server.files[MASTER] = "".join(f"{line}\n" for line in self.lines).encode()

    def publish_first(self, name: str, stamp: str, rows: int = 2, width: int = 58) -> None:
        """A file of version 1.0, in its index."""
        rows_of = [gdelt_row(int(stamp) * 100 + row, width=width, day=stamp, added=stamp) for row in range(rows)]
        body = zipped(name, [line.replace("RUSGOV", f"RUS{n}") for n, line in enumerate(rows_of)])
        self.server.files[f"/events/{name}"] = body
        self.first.append((name, body))
        links = [f'<LI><A HREF="{n}">{n}</A> (0.1MB) (MD5: {md5(b)})\n' for n, b in self.first]
        self.server.files["/events/index.html"] = ('<A HREF="md5sums">md5sums</A>\n' + "".join(links)).encode()
        self.server.files["/events/filesizes"] = "".join(f"{len(b)} {n}\n" for n, b in self.first).encode()


def md5(body: bytes) -> str:
    """The digest that lists give."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher with a day of eight slots at noon, of which one is not there."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        found = Publisher(server)
        for slot in range(8):
            if slot != 5:
                found.publish(f"{DAY:%Y%m%d}{12 + slot // 4}{slot % 4 * 15:02}00")
        yield found


def request(publisher: Publisher, folder: Path, **other: object) -> sync.SyncRequest:
    """The day of the publisher."""
    usual = sync.SyncRequest(DAY, DAY, NOW, publisher.server.base, folder / "downloads")
    return replace(usual, **other)  # type: ignore[arg-type]


def synced(publisher: Publisher, folder: Path, **other: object) -> tuple[Store, sync.SyncReport]:
    """Plan and run."""
    store, fetcher = open_store(folder / "store"), downloads()
    plan = sync.plan_sync(store, fetcher, request(publisher, folder, **other))
    return store, sync.run_sync(store, fetcher, plan)


def keys(store: Store) -> list[str]:
    """Ids of all events held, sorted."""
    return sorted(store.view().events()["event_key"].to_list())


def test_a_day_is_fetched_loaded_and_its_files_are_gone(publisher: Publisher, tmp_path: Path) -> None:
    """All rows of all files are held, as a load from disk would hold them, and the disk is free again."""
    store, report = synced(publisher, tmp_path)
    assert (report.fetched, report.loaded_files, report.loaded.read, report.is_whole) == (7, 7, 21, True)
    assert len(keys(store)) == len(set(keys(store))) == 21
    assert list((tmp_path / "downloads" / "gdeltv2").glob("2015*")) == []
    assert store.check(deep=True) == []


def test_a_plan_touches_nothing(publisher: Publisher, tmp_path: Path) -> None:
    """Planning asks for lists only, leaves no store behind, and says files, bytes, days, what is held and the gaps."""
    store = open_store(tmp_path / "store")
    plan = sync.plan_sync(store, downloads(), request(publisher, tmp_path))
    assert not store.path.exists()
    assert [path for path, _ in publisher.server.asked] == [MASTER]
    size = sum(len(body) for path, body in publisher.server.files.items() if "export" in path)
    assert (len(plan.files), plan.bytes, plan.days, plan.held) == (7, size, 1, 0)
    assert plan.gap_counts() == {"missing": 96 - 7}
    assert "fetch 7 files" in str(plan)
    assert "0 already held" in str(plan)


def test_the_same_sync_again_changes_nothing(publisher: Publisher, tmp_path: Path) -> None:
    """A second run fetches no file, and the store stays as it was, byte for byte."""
    store, _ = synced(publisher, tmp_path)
    before = {path.name: path.read_bytes() for path in store.path.rglob("*") if path.is_file() and path.name != ".lock"}
    publisher.server.asked.clear()
    _, report = synced(publisher, tmp_path, now=NOW + dt.timedelta(hours=1))
    after = {path.name: path.read_bytes() for path in store.path.rglob("*") if path.is_file() and path.name != ".lock"}
    assert (report.fetched, report.plan.held) == (0, 7)
    assert before == after
    assert [path for path, _ in publisher.server.asked] == [MASTER]


def test_an_update_fetches_only_new_slots(publisher: Publisher, tmp_path: Path) -> None:
    """Without a first day it goes on where the last sync ended, back to slots that were late, and asks for little."""
    at = dt.datetime(2015, 3, 1, 14, 20)  # noqa: DTZ001
    store, first = synced(publisher, tmp_path, now=at)
    assert first.plan.gap_counts()["late"] > 0
    publisher.publish("20150301131500")
    publisher.publish("20150301141500")
    publisher.server.files["/gdeltv2/lastupdate.txt"] = publisher.lines[-1].encode()
    publisher.server.asked.clear()
    later = dt.datetime(2015, 3, 1, 14, 40)  # noqa: DTZ001
    _, report = synced(publisher, tmp_path, now=later, since=None)
    assert (report.fetched, report.loaded.kept) == (2, 6)
    assert len(publisher.server.asked) == 4
    assert len(keys(store)) == len(set(keys(store))) == 27
    late = store.slots().filter(pl.col("status") == "late")["name"].to_list()
    assert "20150301131500.export.CSV.zip" not in late


def test_faults_of_the_archive_become_gaps_and_the_rest_is_loaded(publisher: Publisher, tmp_path: Path) -> None:
    """Absent, corrupt, unreadable and empty files are each a gap with its reason; every other file is loaded."""
    files = publisher.server.files
    del files["/gdeltv2/20150301120000.export.CSV.zip"]
    files["/gdeltv2/20150301121500.export.CSV.zip"] = bytes(len(files["/gdeltv2/20150301121500.export.CSV.zip"]))
    publisher.publish("20150301140000", rows=0)
    publisher.add_line(f"0 {md5(b'')} http://data.example.org/gdeltv2/20150301141500.export.CSV.zip")
    files["/gdeltv2/20150301143000.export.CSV.zip"] = broken = b"no archive at all \0\0"
    publisher.add_line(f"{len(broken)} {md5(broken)} http://data.example.org/gdeltv2/20150301143000.export.CSV.zip")
    publisher.server.tricks["/gdeltv2/20150301123000.export.CSV.zip"] = [status(500), cut_after(50)]
    store, report = synced(publisher, tmp_path)
    assert len(keys(store)) == 15
    gaps = store.slots().filter(pl.col("status") != "loaded", pl.col("rule") != "not_listed")
    assert dict(gaps.select(pl.col("name").str.slice(8, 4), pl.concat_str("status", "rule", separator=" ")).rows()) == {
        "1200": "missing listed_but_not_there",
        "1215": "corrupt not_what_the_list_says",
        "1400": "empty no_line_in_it",
        "1415": "empty listed_with_no_bytes",
        "1430": "corrupt unreadable",
    }
    assert not report.is_whole
    assert "CORRUPT" in str(report)
    assert "asked for again by every later run" in str(report)


def test_the_gap_calendar_is_shown_by_the_doctor(publisher: Publisher, tmp_path: Path) -> None:
    """Gaps by family and day, with the rule that names them."""
    store, _ = synced(publisher, tmp_path)
    report = examine(store, is_sample=False, today=DAY)
    assert "archive    gdelt events_2: 7 files loaded; gaps: 89 missing" in str(report)
    assert "2015-03-01: 89 (not_listed)" in str(report)
    assert report.is_healthy
    json.dumps(report.as_dict())


def test_malformed_lines_are_counted_and_never_guessed(publisher: Publisher, tmp_path: Path) -> None:
    """Lines of other than three words, without a size, with half a digest or an impossible time are left out."""
    for line in ("150383 297a16b4", "x " * 3, "9 zz http://h/gdeltv2/20150301150000.export.CSV.zip", "a b c d",
                 f"9 {md5(b'')} http://h/gdeltv2/20150301156100.export.CSV.zip"):  # fmt: skip
        publisher.add_line(line)
    plan = sync.plan_sync(open_store(tmp_path), downloads(), request(publisher, tmp_path))
    assert (plan.malformed, len(plan.files)) == (5, 7)
    assert "5 lines malformed" in str(plan)


def test_a_real_list_is_read() -> None:
    """The first lines of the real list: two event files with size and MD5; the other families are passed over."""
    family = gdelt_lists.load_addresses().families["events_2"]
    since, until = dt.datetime(2015, 2, 18), dt.datetime(2015, 2, 19)  # noqa: DTZ001
    listing = gdelt_lists.read_list([line.encode() for line in REAL_LINES], family, since, until)
    assert (listing.lines, listing.others, listing.malformed) == (4, 2, 0)
    assert [(f.slot.name, f.bytes, f.md5) for f in listing.files.values()] == [
        ("20150218230000.export.CSV.zip", 150383, "297a16b493de7cf6ca809a7cc31d0b93"),
        ("20150218231500.export.CSV.zip", 149211, "2a91041d7e72b0fc6a629e2ff867b240"),
    ]


def test_the_backfile_is_chosen_by_year_month_and_day() -> None:
    """Years to 2005, months to March 2013, then days, the last of them the day on which version 2.0 begins."""

    def names(since: str, until: str) -> list[str]:
        days = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
        return [slot.name for slot in gdelt_lists.backfile_slots(*days)]

    assert names("1970-01-01", "1980-06-01") == ["1979.zip", "1980.zip"]
    assert names("2005-12-31", "2006-02-01") == ["2005.zip", "200601.zip", "200602.zip"]
    assert names("2013-03-31", "2013-04-01") == ["201303.zip", "20130401.export.CSV.zip"]
    assert names("2015-02-17", "2016-01-01") == ["20150217.export.CSV.zip", "20150218.export.CSV.zip"]
    assert len(names("1979-01-01", "2015-02-18")) == 27 + 87 + 689


def test_both_versions_are_one_timeline_and_their_shared_hour_is_loaded_once(
    publisher: Publisher, tmp_path: Path
) -> None:
    """The daily file of 2015-02-18 holds the first hour of version 2.0; only without that file are its slots taken."""
    publisher.publish("20150218230000")
    publisher.publish("20150219000000")
    days = {"since": dt.date(2015, 2, 17), "until": dt.date(2015, 2, 19)}
    alone = sync.plan_sync(open_store(tmp_path), downloads(), request(publisher, tmp_path, **days))
    assert [one.slot.name[:14] for one in alone.files] == ["20150218230000", "20150219000000"]
    assert "events/index.html is not there" in str(alone)
    publisher.publish_first("20150217.export.CSV.zip", "20150217")
    publisher.publish_first("20150218.export.CSV.zip", "20150218")
    store, report = synced(publisher, tmp_path, **days)
    names = [one.slot.name for one in report.plan.files]
    assert names == ["20150217.export.CSV.zip", "20150218.export.CSV.zip", "20150219000000.export.CSV.zip"]
    assert "in_the_daily_file_of_2015_02_18 1" in str(report.plan)
    assert len(keys(store)) == 7
    known = store.view().events().group_by(pl.col("known_at").dt.date()).len().sort("known_at")["len"].to_list()
    assert known == [2, 2, 3]


def test_years_and_months_are_planned_as_what_they_are(publisher: Publisher, tmp_path: Path) -> None:
    """A file of a year or a month counts as all its days, and the plan says that it is taken whole."""
    publisher.publish_first("2005.zip", "20050601", width=57)
    publisher.publish_first("200602.zip", "20060210", width=57)
    days = {"since": dt.date(2005, 12, 1), "until": dt.date(2006, 2, 10)}
    store, report = synced(publisher, tmp_path, **days)
    assert report.plan.days == 365 + 28
    assert "taken whole (2005.zip to 200602.zip)" in str(report.plan)
    assert report.plan.gap_counts() == {"missing": 1}
    assert sorted(store.view().events()["known_at"].dt.date().unique()) == [dt.date(2005, 6, 1), dt.date(2006, 2, 10)]
    assert "2005-06-02 to 2006-02-09 (253 days absent)" in str(examine(store, is_sample=False, today=DAY))


def test_known_gaps_are_named(publisher: Publisher, tmp_path: Path) -> None:
    """Three days of 2014 and one of 2025 do not exist: missing by their own rule, not merely missing."""
    publisher.publish_first("20140122.export.CSV.zip", "20140122")
    days = {"since": dt.date(2014, 1, 22), "until": dt.date(2014, 1, 26)}
    store, _ = synced(publisher, tmp_path, **days)
    rules = dict(store.slots().select("name", "rule").rows())
    assert [rules[f"201401{day}.export.CSV.zip"] for day in (22, 23, 25, 26)] == [
        None, "no_daily_files_2014_01_23_to_25", "no_daily_files_2014_01_23_to_25", "not_listed",
    ]  # fmt: skip
    now = dt.datetime(2025, 6, 20)  # noqa: DTZ001
    span = {"since": dt.date(2025, 6, 15), "until": dt.date(2025, 6, 15), "now": now}
    plan = sync.plan_sync(store, downloads(), request(publisher, tmp_path, **span))
    assert "no_slots_2025_06_15 96" in str(plan)


def test_the_translated_feed_comes_when_asked_for(publisher: Publisher, tmp_path: Path) -> None:
    """Its list and its files are its own; the same provider holds both."""
    lines, publisher.lines = publisher.lines, []
    publisher.publish("20150301120000", key=9, suffix=".translation.export.CSV.zip")
    publisher.server.files["/gdeltv2/masterfilelist-translation.txt"] = publisher.server.files[MASTER]
    publisher.server.files[MASTER] = "".join(f"{line}\n" for line in lines).encode()
    store, report = synced(publisher, tmp_path, translated=True)
    assert report.fetched == 8
    assert set(store.slots()["family"]) == {"events_2", "events_2_translated"}
    assert "events 2.0 7, translated events 2.0 1" in str(report.plan)
    _, later = synced(publisher, tmp_path)
    assert "add --translated to go on with them" in str(later.plan)


def test_mentions_come_with_their_events_when_asked_for(publisher: Publisher, tmp_path: Path) -> None:
    """Files of both kinds in one plan; mentions of the events that are held are kept, also in a later run alone."""
    stamps = ("20150301120000", "20150301121500")
    for stamp in stamps:
        lines = [mention_row(int(stamp) * 100 + row, found=stamp) for row in range(4)]
        body = zipped(f"{stamp}.mentions.CSV.zip", lines)
        publisher.server.files[f"/gdeltv2/{stamp}.mentions.CSV.zip"] = body
        publisher.add_line(f"{len(body)} {md5(body)} http://data.example.org/gdeltv2/{stamp}.mentions.CSV.zip")
    apart, _ = synced(publisher, tmp_path / "apart")
    store, report = synced(publisher, tmp_path, mentions=True)
    assert (report.fetched, report.loaded.kept, report.mentions.kept) == (9, 21, 6)
    assert report.mentions.ignored == {"event_not_held": 2}
    assert "mentions: 8 read = 6 kept + 2 ignored + 0 failed" in str(report)
    told = store.slots().filter(pl.col("family") == "mentions_2")
    assert dict(told["status"].value_counts().rows()) == {"missing": 94, "loaded": 2}
    mentions = store.view().mentions()
    assert mentions.height == 6
    assert synced(publisher, tmp_path, mentions=True)[1].fetched == 0
    _, later = synced(publisher, tmp_path / "apart", mentions=True)
    assert later.fetched == 2
    assert apart.view().mentions().equals(mentions)


def test_a_file_that_changed_after_it_was_loaded_is_told_and_left_alone(publisher: Publisher, tmp_path: Path) -> None:
    """Another MD5 under a name that is held: the plan names it, and nothing is loaded twice."""
    store, _ = synced(publisher, tmp_path)
    publisher.publish("20150301120000", rows=5)
    _, report = synced(publisher, tmp_path)
    assert report.plan.changed == ("20150301120000.export.CSV.zip",)
    assert "1 file is other than when loaded" in str(report.plan)
    assert len(keys(store)) == 21


def test_what_was_loaded_by_hand_is_held(publisher: Publisher, tmp_path: Path) -> None:
    """A file that somebody fetched, unpacked and loaded is not fetched again."""
    from detente import pipeline
    from detente.sources import ReadOptions, find_source

    name = "20150301120000.export.CSV.zip"
    with zipfile.ZipFile(io.BytesIO(publisher.server.files[f"/gdeltv2/{name}"])) as archive:
        archive.extractall(tmp_path / "own")
    store = open_store(tmp_path / "store")
    pipeline.load(store, find_source("gdelt"), [tmp_path / "own"], ReadOptions())
    assert sync.plan_sync(store, downloads(), request(publisher, tmp_path)).held == 1


def test_a_calendar_that_lags_behind_the_store_is_made_whole(publisher: Publisher, tmp_path: Path) -> None:
    """Killed between a commit and its note: the next run notes what is held, by its account, and fetches nothing."""
    publisher.publish("20150301140000", rows=0)
    store, _ = synced(publisher, tmp_path)
    before = store.slots()
    (store.path / "SLOTS.parquet").unlink()
    _, report = synced(publisher, tmp_path)
    assert [name for name, *_ in report.problems] == ["20150301140000.export.CSV.zip"]
    assert store.slots().equals(before)


def test_a_list_that_cannot_be_had_stops_before_anything_is_done(publisher: Publisher, tmp_path: Path) -> None:
    """The message says which list, why, and that nothing is lost."""
    del publisher.server.files[MASTER]
    with pytest.raises(SourceError, match=r"answers 404.*nothing is lost"):
        synced(publisher, tmp_path)
    assert not (tmp_path / "store").exists()


def test_a_sync_without_a_beginning_or_with_an_empty_span_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    """The first sync needs a day; a span must not run backwards."""
    with pytest.raises(ConfigError, match="Say from when"):
        synced(publisher, tmp_path, since=None)
    with pytest.raises(ConfigError, match="span is empty"):
        synced(publisher, tmp_path, until=dt.date(2015, 2, 1))


def test_a_disk_that_fills_up_loses_nothing(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with what to do; the next one fetches the rest, and every event is held once."""
    monkeypatch.setattr("detente.sync.run._FILES_A_CHUNK", 2)
    real, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > 30:
            raise OSError(28, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr("detente.sources.downloads.os.fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            synced(publisher, tmp_path)
    store = open_store(tmp_path / "store")
    held = len(keys(store)) if store.batches() else 0
    assert held < 21
    synced(publisher, tmp_path)
    assert len(keys(store)) == len(set(keys(store))) == 21
    assert store.check(deep=True) == []


def moments(seconds: float) -> Iterator[float]:
    """Random moments, one in each equal slice of the run, so that all of it is covered."""
    rng = random.Random(20150301)  # noqa: S311 - moments, not secrets
    for slice_ in range(KILLS):
        yield (slice_ + rng.random()) / KILLS * seconds


def syncing(folder: Path, base: str) -> subprocess.Popen[str]:
    """A sync that has just begun; the start-up of Python is behind it."""
    command = [sys.executable, sync_to_kill.__file__, folder / "store", folder / "downloads", base]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "start\n"
    return process


def test_a_sync_killed_at_any_moment_is_made_whole_by_the_next(publisher: Publisher, tmp_path: Path) -> None:
    """Dead at random moments of fetching and loading: what is held is whole files; after a rerun, each event once."""
    for slot in range(32, 44):
        publisher.publish(f"{DAY:%Y%m%d}{slot // 4:02}{slot % 4 * 15:02}00", rows=40)
    rows_of = {path: rows_in(body) for path, body in publisher.server.files.items() if path.endswith(".zip")}
    with syncing(tmp_path / "apart", publisher.server.base) as process:
        said, _ = process.communicate()
    assert process.returncode == 0
    whole = keys(open_store(tmp_path / "apart" / "store"))
    assert len(whole) == len(set(whole)) == sum(rows_of.values())
    reached = set()
    for index, moment in enumerate(moments(float(said))):
        folder = tmp_path / str(index)
        with syncing(folder, publisher.server.base) as process:
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        store = open_store(folder / "store")
        files = [file.path for batch in store.batches() for file in batch.files]
        assert len(files) == len(set(files))
        if files:
            assert len(keys(store)) == sum(rows_of[f"/gdeltv2/{name}"] for name in files)
        reached.add(len(files))
        assert sync_to_kill.sync_all(folder / "store", folder / "downloads", publisher.server.base).is_whole
        assert keys(store) == whole
        assert store.check(deep=True) == []
        assert store.slots().filter(pl.col("status") == "loaded").height == len(rows_of)
    assert len(reached) > 1, "kills must fall before and after commits"


def test_every_fault_that_the_guide_names_has_its_test() -> None:
    """The table of faults names tests that exist, and each kind of fault that was asked for is in it."""
    here = Path(__file__).parent
    page = (here.parent / "docs" / "how-to" / "sync-gdelt.md").read_text("utf-8")
    defined = {
        name for path in here.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    rows = [line for line in page.splitlines() if "`test_" in line]
    named = set(re.findall(r"`(test_\w+)`", "".join(rows)))
    assert named <= defined
    for fault in ("404", "429", "500", "stall", "cut off", "MD5", "certificate", "redirect", "drip", "same name",
                  "disk", "kill -9"):  # fmt: skip
        assert sum(fault in row.split("|")[1] for row in rows) == 1, fault


def test_the_command_prints_its_plan_and_then_does_it(publisher: Publisher, tmp_path: Path) -> None:
    """As a user runs it: a dry run, a run, the gaps as a file; JSON where it is asked for."""
    env = dict(os.environ) | {"DETENTE_STORE": str(tmp_path / "s"), "DETENTE_DOWNLOADS": str(tmp_path / "d")}
    base = ["detente", "sync", "gdelt", "--since", "2015-03-01", "--until", "2015-03-01"]
    command = [str(Path(sys.executable).with_name("detente")), *base[1:], "--base", publisher.server.base]

    def run(*other: str, of: list[str] = command) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*of, *other], env=env, capture_output=True, text=True, check=True)

    assert "plan: fetch 7 files" in run("--dry-run").stderr
    assert not (tmp_path / "s").exists()
    done = run()
    assert "plan: fetch 7 files" in done.stderr
    assert "fetched 7 files" in done.stdout
    again = json.loads(run("--json").stdout)
    assert (again["fetched"], again["plan"]["already_held"]) == (0, 7)
    run("export", "gaps", "--to", str(tmp_path / "gaps.csv"), of=command[:1])
    assert pl.read_csv(tmp_path / "gaps.csv").height == 89
    wrong = [*command[:2], "drivers", "--since", "2015-03-01"]
    refused = subprocess.run(wrong, env=env, capture_output=True, text=True, check=False)
    assert (refused.returncode, "no days can be chosen" in refused.stderr) == (2, True)


def test_small_batches_are_merged_as_a_sync_ends(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many have gathered they become one: nothing is lost, what is held stays known, and the report says so."""
    monkeypatch.setattr("detente.sync.run._FILES_A_CHUNK", 1)
    monkeypatch.setattr("detente.store.merging.MANY_BATCHES", 7)
    store, first = synced(publisher, tmp_path)
    assert (len(store.batches()), first.merged) == (7, ""), "what is fresh stays"
    publisher.publish("20150304120000")
    days = {"since": DAY, "until": dt.date(2015, 3, 4)}
    _, report = synced(publisher, tmp_path, **days)
    assert "merged: 8 batches are now 2" in str(report)
    assert len(keys(store)) == len(set(keys(store))) == 24
    _, again = synced(publisher, tmp_path, **days)
    assert (again.fetched, again.plan.held) == (0, 8)
    assert store.check(deep=True) == []


def test_a_server_that_is_down_ends_with_what_to_do(publisher: Publisher, tmp_path: Path) -> None:
    """Files that merely failed are no gap; the report says to run again, and the next run has them."""
    for path in [path for path in publisher.server.files if path.endswith(".zip")]:
        publisher.server.tricks[path] = [status(500)] * HASTY.tries
    store, report = synced(publisher, tmp_path)
    assert not report.is_whole
    assert "Run the command again" in str(report)
    assert set(store.slots()["rule"]) == {"not_listed"}
    publisher.server.tricks.clear()
    assert synced(publisher, tmp_path)[1].loaded_files == 7
