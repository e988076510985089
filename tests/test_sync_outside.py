"""Syncing outside series from publishers' files on a server on the loopback address."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from detente import sync
from detente.errors import SourceError
from detente.sources import outside_files
from detente.store import open_store

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from rude_server import RudeServer, cut_after, downloads, serving, status

DETENTE = Path(sys.executable).with_name("detente")
WTI = "observation_date,DCOILWTICO\n2018-01-02,60.37\n2018-01-03,.\n2018-01-04,61.98\n"
BRENT = "observation_date,DCOILBRENTEU\n2018-01-02,66.65\n2018-01-05,67.75\n"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RudeServer]:
    """The prices of two oils; no workbook is read unless a test says so."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("detente.sync.outside.needs_workbooks", lambda name: name != "oil")
    with serving() as found:
        found.files |= {"/DCOILWTICO.csv": WTI.encode(), "/DCOILBRENTEU.csv": BRENT.encode()}
        yield found


def test_prices_are_fetched_and_loaded_once(server: RudeServer, tmp_path: Path) -> None:
    """Days of either list, a dot is no value; the same again changes nothing; a new price is loaded."""
    store = open_store(tmp_path / "store")
    plan = sync.plan_outside(store, tmp_path / "d", base=server.base)
    assert f"{server.base}/DCOILWTICO.csv" in str(plan)
    assert server.asked == []
    report = sync.run_outside(store, downloads(), plan)
    assert report.is_whole
    (ledger,) = report.loaded
    assert (ledger.read, ledger.kept, dict(ledger.ignored)) == (8, 4, {"no_value": 4})
    held = store.drivers(dt.date(2018, 2, 1))
    assert held.filter(series="oil_wti")["value"].to_list() == [60.37, 61.98]
    again = sync.run_outside(store, downloads(), plan)
    assert (again.loaded, again.unchanged) == ([], ["oil"])
    server.files["/DCOILBRENTEU.csv"] += b"2018-01-08,67.78\n"
    assert len(sync.run_outside(store, downloads(), plan).loaded) == 1
    assert store.drivers(dt.date(2018, 2, 1)).filter(series="oil_brent").height == 3
    assert list((tmp_path / "d").glob("*.csv")) == []


def test_faults_of_a_publisher_are_told(server: RudeServer, tmp_path: Path) -> None:
    """An error that passes and a body cut off are made good; a page instead of a list, or nothing, is a problem."""
    store = open_store(tmp_path / "store")
    plan = sync.plan_outside(store, tmp_path / "d", base=server.base)
    server.tricks["/DCOILWTICO.csv"] = [status(503), cut_after(20)]
    assert sync.run_outside(store, downloads(), plan).is_whole
    server.files["/DCOILWTICO.csv"] = b"<html>moved</html>"
    (problem,) = sync.run_outside(store, downloads(), plan).problems
    assert "not as they were" in problem[1]
    del server.files["/DCOILWTICO.csv"]
    (problem,) = sync.run_outside(store, downloads(), plan).problems
    assert "answers 404" in problem[1]


def workbooks(monkeypatch: pytest.MonkeyPatch, table: dict[str, list[object]]) -> None:
    """Let every workbook be this table."""
    monkeypatch.setattr(outside_files, "_workbook", lambda _: pl.DataFrame(table, strict=False))


def test_the_workbook_of_geopolitical_risk_becomes_two_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world's index with its parts, and one line for each month and country."""
    months = [dt.datetime(2018, 1, 1), dt.datetime(2018, 2, 1)]  # noqa: DTZ001
    table = {"month": months, "GPR": [90.0, 95.0], "GPRT": [80.0, 81.0], "GPRA": [70.0, 71.0], "N10": [1, 2]}
    workbooks(monkeypatch, table | {"GPRC_USA": [2.0, 2.5], "GPRC_RUS": [0.5, None]})
    tables = outside_files.plain_tables("gpr", [Path("x.xls")])
    assert tables["gpr"].columns == ["month", "GPR", "GPRT", "GPRA"]
    assert tables["gpr_country"].rows() == [
        (dt.date(2018, 1, 1), "USA", 2.0), (dt.date(2018, 2, 1), "USA", 2.5),
        (dt.date(2018, 1, 1), "RUS", 0.5), (dt.date(2018, 2, 1), "RUS", None),
    ]  # fmt: skip
    daily = {"DAY": [20180101], "date": [dt.datetime(2018, 1, 1)], "GPRD": [99.0]}  # noqa: DTZ001
    workbooks(monkeypatch, daily)
    assert outside_files.plain_tables("gpr_daily", [Path("x.xls")])["gpr_daily"].rows() == [(dt.date(2018, 1, 1), 99.0)]


def test_the_workbook_of_policy_uncertainty_becomes_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each month and series; the note at its end is none; variants of a state bear their own name."""
    table: dict[str, list[object]] = {
        "Year": ["2018", "Source: them"],
        "Month": [1, None],
        "GEPU_current": [110.0, None],
    }
    workbooks(monkeypatch, table | {"US": [120.0, None], "Mainland China": [310.0, None], "Atlantis": [1.0, None]})
    rows = outside_files.plain_tables("epu", [Path("x.xlsx")])["epu"].select("series", "iso3", "epu").rows()
    assert rows == [
        ("GEPU_current", None, "110.0"), ("US", "USA", "120.0"), ("Mainland China", "CHN", "310.0"),
        ("Atlantis", "Atlantis", "1.0"),
    ]  # fmt: skip
    with pytest.raises(SourceError, match="not as they were"):
        outside_files.plain_tables("gpr", [Path("x.xls")])


def test_the_command_prints_its_plan(server: RudeServer, tmp_path: Path) -> None:
    """A dry run asks for nothing and names every address; a run loads."""
    env = dict(os.environ) | {"DETENTE_STORE": str(tmp_path / "s"), "DETENTE_DOWNLOADS": str(tmp_path / "d")}
    command = [DETENTE, "sync", "drivers", "--base", server.base]
    done = subprocess.run([*command, "--dry-run"], env=env, capture_output=True, text=True, check=True)
    assert "DCOILBRENTEU.csv" in done.stderr
    assert server.asked == []
