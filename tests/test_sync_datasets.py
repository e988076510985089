"""Syncing a data set of a Dataverse from a real server on the loopback address: terms first, then files by id."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from detente import sync
from detente.errors import ConfigError, SourceError, StoreError
from detente.sources.dataverse import load_dataverse, read_listing, span_of
from detente.store import Store, open_store
from detente.store.terms import read_terms

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from rows import ICEWS_HEADER, POLECAT_HEADER, icews_row, polecat_row
from rude_server import RudeServer, cut_after, downloads, serving, status

NOW = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - the tables' clock is UTC without a zone
TERMS = "<p>For research only.</p>"
DETENTE = Path(sys.executable).with_name("detente")


class Dataverse:
    """A data set as a server holds it."""

    def __init__(self, server: RudeServer, name: str) -> None:
        self.server, self.name, self.terms = server, name, TERMS
        self.entries: list[dict[str, object]] = []

    def add(self, number: int, label: str, body: bytes, *, converted: bool = False) -> str:
        """A file of the data set, listed; returns its path."""
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        about: dict[str, object] = {"id": number, "filesize": len(body), "md5": md5, "creationDate": "2020-01-02"}
        if converted:
            about |= {"filesize": 7, "md5": "0" * 32, "originalFileName": label, "originalFileSize": len(body)}
        path = f"/api/access/datafile/{number}" + ("?format=original" if converted else "")
        self.server.files[path] = body
        self.entries.append({"label": f"{label}.made" if converted else label, "dataFile": about})
        self.list()
        return path

    def list(self) -> None:
        """Write the listing anew."""
        where = load_dataverse()
        path = "/" + where.listing.format(doi=where.datasets[self.name].doi)
        version = {"versionNumber": 37, "versionMinorNumber": 0, "termsOfUse": self.terms, "files": self.entries}
        self.server.files[path] = json.dumps({"status": "OK", "data": version}).encode()


def tab(*rows: str, header: str = ICEWS_HEADER) -> bytes:
    """A file of rows."""
    return "".join(f"{line}\n" for line in (header, *rows)).encode()


@pytest.fixture
def dataverse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataverse]:
    """A year, two files of one label, and a codebook."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        found = Dataverse(server, "icews")
        found.add(1, "events.2018.20200427084805.tab", tab(icews_row(1), icews_row(2, Source_Name="B")), converted=True)
        for number, day in ((2, "2019-03-08"), (3, "2019-03-09")):
            body = gzip.compress(tab(icews_row(number, Event_Date=day)), mtime=0)
            found.add(number, "20190309-icews-events.tab.gz", body)
        found.add(4, "CAMEO codebook.pdf", b"%PDF")
        yield found


def request(dataverse: Dataverse, folder: Path, **other: object) -> sync.DatasetRequest:
    """All of it, the terms accepted."""
    usual = sync.DatasetRequest(dataverse.name, NOW, dataverse.server.base, folder / "d", accept_terms=True)
    return replace(usual, **other)  # type: ignore[arg-type]


def synced(dataverse: Dataverse, folder: Path, **other: object) -> tuple[Store, object]:
    """Plan and run."""
    store, fetcher = open_store(folder / "store"), downloads()
    plan = sync.plan_dataset(store, fetcher, request(dataverse, folder, **other))
    return store, sync.run_dataset(store, fetcher, plan)


def keys(store: Store) -> list[str]:
    """Ids of all events held, sorted."""
    return sorted(store.view().events()["event_key"].to_list())


def test_nothing_is_fetched_before_the_terms_are_accepted(dataverse: Dataverse, tmp_path: Path) -> None:
    """The plan shows the publisher's words; without an acceptance the run is refused, and says what to do."""
    with pytest.raises(ConfigError, match="--accept-terms"):
        synced(dataverse, tmp_path, accept_terms=False)
    assert not (tmp_path / "store" / "TERMS.json").exists()
    assert all("datafile" not in path for path, _ in dataverse.server.asked)
    plan = sync.plan_dataset(open_store(tmp_path / "store"), downloads(), request(dataverse, tmp_path))
    assert "For research only." in str(plan)
    assert (len(plan.files), plan.held, plan.contents.others) == (3, 0, 1)


def test_files_are_fetched_by_id_loaded_and_held(dataverse: Dataverse, tmp_path: Path) -> None:
    """Two files of one label are two; of a converted one the original is taken; what is held is not fetched again."""
    store, report = synced(dataverse, tmp_path)
    assert report.is_whole  # type: ignore[attr-defined]
    assert len(keys(store)) == 4
    (terms,) = read_terms(store.path)
    assert (terms.provider, terms.accepted_at, terms.text) == ("icews", "2024-01-01T00:00:00", "For research only.")
    assert terms.sha256 == hashlib.sha256(terms.text.encode()).hexdigest()
    before = (store.path / "MANIFEST.json").read_bytes()
    dataverse.server.asked.clear()
    _, again = synced(dataverse, tmp_path, accept_terms=False)
    assert (again.loaded_files, again.plan.held, again.plan.accepted) == (0, 3, True)  # type: ignore[attr-defined]
    assert len(dataverse.server.asked) == 1
    assert (store.path / "MANIFEST.json").read_bytes() == before
    assert store.check(deep=True) == []
    assert store.slots()["slot"].dt.date().to_list() == [dt.date(2018, 1, 1), *[dt.date(2019, 3, 9)] * 2]


def test_small_batches_are_merged_as_a_sync_ends(
    dataverse: Dataverse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many have gathered they become one, nothing is lost, and the report says so."""
    monkeypatch.setattr("detente.store.merging.MANY_BATCHES", 2)
    synced(dataverse, tmp_path)
    body = gzip.compress(tab(icews_row(9, Event_Date="2019-03-20")), mtime=0)
    dataverse.add(9, "20190320-icews-events.tab.gz", body)
    store, report = synced(dataverse, tmp_path)
    assert len(store.batches()) < 4
    assert "merged: 4 batches are now" in str(report)
    assert len(keys(store)) == 5
    _, again = synced(dataverse, tmp_path)
    assert again.plan.held == 4  # type: ignore[attr-defined]
    assert store.check(deep=True) == []


def test_terms_that_changed_must_be_accepted_anew(dataverse: Dataverse, tmp_path: Path) -> None:
    """Other words are another digest: the old acceptance does not hold for them."""
    synced(dataverse, tmp_path)
    dataverse.terms = "For nobody."
    dataverse.list()
    with pytest.raises(ConfigError, match="have changed since"):
        synced(dataverse, tmp_path, accept_terms=False)


def test_days_choose_files_by_their_names(dataverse: Dataverse, tmp_path: Path) -> None:
    """A year of which a day is wanted is taken whole; files of other years are left."""
    plan = sync.plan_dataset(open_store(tmp_path), downloads(), request(dataverse, tmp_path, until=dt.date(2018, 6, 1)))
    assert [one.id for one in plan.files] == [1]
    assert span_of("ngecEvents.20230801084333.Release632.DV.txt.gz") == (dt.date(2023, 7, 25), dt.date(2023, 8, 1))
    assert span_of("Events.2017.20200602.tab.zip") == (dt.date(2017, 1, 1), dt.date(2017, 12, 31))
    assert span_of("ngecEvents.DV.2018.txt") == (dt.date(2018, 1, 1), dt.date(2018, 12, 31))
    assert span_of("readme.txt") is None


def test_faults_end_in_gaps_and_the_rest_is_loaded(dataverse: Dataverse, tmp_path: Path) -> None:
    """A file that is gone, one that is spoilt, an error that passes, a body cut off: told, and made good next time."""
    gone, spoilt, cut = (path for path in dataverse.server.files if "datafile" in path and not path.endswith("4"))
    bodies = dict(dataverse.server.files)
    del dataverse.server.files[gone]
    dataverse.server.files[spoilt] = bytes(len(bodies[spoilt]))
    dataverse.server.tricks[cut] = [status(503), cut_after(20)]
    store, report = synced(dataverse, tmp_path)
    assert [(what, why) for _, what, why in report.problems] == [  # type: ignore[attr-defined]
        ("absent", "the server answers 404"), ("corrupt", report.problems[1][2])  # type: ignore[attr-defined]
    ]  # fmt: skip
    assert keys(store) == ["3/2019-03-09"]
    assert sorted(store.slots()["status"]) == ["corrupt", "loaded", "missing"]
    dataverse.server.files.update(bodies)
    store, report = synced(dataverse, tmp_path)
    assert report.is_whole  # type: ignore[attr-defined]
    assert len(keys(store)) == 4
    assert set(store.slots()["status"]) == {"loaded"}


def test_a_listing_that_is_none_is_refused(dataverse: Dataverse, tmp_path: Path) -> None:
    """A page instead of JSON stops before anything is done; an entry that is not understood is counted."""
    dataset = load_dataverse().datasets["icews"]
    with pytest.raises(SourceError, match="It is none"):
        read_listing("<html>", dataset)
    dataverse.entries += [{"label": "events.2020.tab"}, {"label": "../events.2020.tab", "dataFile": {"id": 9}}]
    dataverse.list()
    plan = sync.plan_dataset(open_store(tmp_path), downloads(), request(dataverse, tmp_path))
    assert (plan.contents.malformed, len(plan.files)) == (2, 3)


def test_weekly_files_of_polecat_come_the_same_way(dataverse: Dataverse, tmp_path: Path) -> None:
    """A release is known from its own day on."""
    weekly = Dataverse(dataverse.server, "polecat")
    body = gzip.compress(tab(polecat_row(1), polecat_row(1), header=POLECAT_HEADER), mtime=0)
    weekly.add(7, "ngecEvents.20230801084333.Release632.DV.txt.gz", body)
    store, report = synced(weekly, tmp_path)
    assert report.loaded.ignored == {"event_already_held": 1}  # type: ignore[attr-defined]
    assert store.view().events()["known_at"].to_list() == [dt.datetime(2023, 8, 1)]  # noqa: DTZ001


def test_a_damaged_record_of_terms_is_said(dataverse: Dataverse, tmp_path: Path) -> None:
    """It is never taken for an acceptance."""
    synced(dataverse, tmp_path)
    (tmp_path / "store" / "TERMS.json").write_text("{")
    with pytest.raises(StoreError, match="accept the terms again"):
        synced(dataverse, tmp_path)


def test_the_command_shows_the_terms_and_obeys(dataverse: Dataverse, tmp_path: Path) -> None:
    """As a user runs it: a dry run shows the terms, a run without acceptance is refused, one with it loads."""
    env = dict(os.environ) | {"DETENTE_STORE": str(tmp_path / "s"), "DETENTE_DOWNLOADS": str(tmp_path / "d")}
    env |= {"DETENTE_DATAVERSE_BASE": dataverse.server.base}

    def run(*other: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([DETENTE, "sync", "icews", *other], env=env, capture_output=True, text=True, check=False)

    assert "For research only." in run("--dry-run").stderr
    refused = run()
    assert (refused.returncode, "--accept-terms" in refused.stderr) == (2, True)
    done = run("--accept-terms")
    assert done.returncode == 0, done.stderr
    assert "loaded 3 files: 4 read = 4 kept" in done.stdout
    assert pl.read_parquet(next((tmp_path / "s" / "events").glob("*.parquet"))).height
