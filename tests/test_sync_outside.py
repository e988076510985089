"""Syncing outside series from publishers' files on a server on the loopback address."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from commands import run_detente
from detente import sync
from detente.errors import SourceError
from detente.sources import outside_files
from detente.store import open_store

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from outside_publishers import all_files, daily_risk
from rude_server import RudeServer, cut_after, downloads, serving, status

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


class Whole:
    """The command against all publishers' files, in a store and folder of its own."""

    def __init__(self, server: RudeServer, folder: Path) -> None:
        self.server, self.folder = server, folder

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run ``detente WORDS…``."""
        where = {"DETENTE_STORE": str(self.folder / "s"), "DETENTE_DOWNLOADS": str(self.folder / "d")}
        return run_detente(*words, folder=self.folder, code=code, no_proxy="127.0.0.1", **where)

    def sync(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run ``detente sync drivers`` on the server."""
        return self.run("sync", "drivers", "--base", self.server.base, *words, code=code)

    def held(self) -> pl.DataFrame:
        """All series, as ``detente export drivers`` writes them."""
        self.run("export", "drivers", "--to", "held.csv")
        return pl.read_csv(self.folder / "held.csv")


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    """All five files, in the forms in which their publishers have them."""
    pytest.importorskip("fastexcel", reason="the extra `drivers` is not installed")
    with serving() as server:
        server.files |= all_files()
        yield Whole(server, tmp_path)


def test_all_series_come_through_the_command_and_are_used(whole: Whole) -> None:
    """A dry run asks for nothing; a run loads every form; the same again changes nothing; a brief shows the values."""
    dry = whole.sync("--dry-run").stderr
    assert all(f"{whole.server.base}{path}" in dry for path in whole.server.files)
    assert "held: nothing yet" in dry
    assert whole.server.asked == []
    said = whole.sync().stdout
    assert "oil: 12 read = 8 kept + 4 ignored + 0 failed" in said
    assert "gpr_country: 60 read = 59 kept + 1 ignored + 0 failed" in said
    assert "epu: 180 read = 118 kept + 62 ignored + 0 failed" in said
    held = whole.held()
    counts = dict(held.group_by("series").len().iter_rows())
    assert counts == {"oil_wti": 4, "oil_brent": 4, "gpr": 30, "gpr_threats": 30, "gpr_acts": 30, "gpr_country": 59,
                      "gpr_daily": 40, "epu": 118}  # fmt: skip
    last = held.filter(pl.col("series") == "gpr_country", pl.col("state") == "RUS").row(-1, named=True)
    assert (last["period_end"], last["value"], last["known_at"][:10]) == ("2018-06-30", 3.4, "2018-07-10")
    before = {path: path.read_bytes() for path in (whole.folder / "s").rglob("*") if path.name != ".lock"
              and path.is_file()}  # fmt: skip
    again = whole.sync()
    assert again.stdout.count("as it was, nothing changed") == 5
    assert "epu to 2018-06-30" in again.stderr
    assert all(path.read_bytes() == content for path, content in before.items())
    assert list((whole.folder / "d").rglob("*.xls*")) == []
    assert "Brent oil 64 USD (to 6 June 2018)" in whole.run("outlook", "USA", "RUS", "--no-record", "--md").stdout
    assert "series     epu: 118 values of 3 states, 2016-01-31 to 2018-06-30" in whole.run("doctor").stdout


def test_what_publishers_do_wrong_harms_no_series(whole: Whole) -> None:
    """A file that is gone, a page instead of a workbook, half a workbook: told, exit code 1, and the others are loaded.

    A body that broke off is gone on with; other content under the same name is the newer vintage.
    """
    whole.sync()
    before, files = whole.held(), whole.server.files
    whole.server.tricks["/DCOILBRENTEU.csv"] = [cut_after(30)]
    files["/DCOILBRENTEU.csv"] = files["/DCOILBRENTEU.csv"].replace(b"64.0", b"64.5") + b"2018-06-08,70.0\n"
    del files["/All_Country_Data.xlsx"]
    files["/data_gpr_export.xls"] = b"<html>moved</html>"
    files["/data_gpr_daily_recent.xls"] = daily_risk()[:3000]
    done = whole.sync(code=1).stdout
    assert "epu: FAILED. All_Country_Data.xlsx: the server answers 404" in done
    assert "data_gpr_export.xls is no workbook, or a damaged one" in done
    assert "data_gpr_daily_recent.xls is no workbook, or a damaged one" in done
    assert "what is held of these series stays as it is" in done
    assert "oil: 14 read" in done
    asked = [headers.get("Range") for path, headers in whole.server.asked if path == "/DCOILBRENTEU.csv"]
    assert asked[-1] == "bytes=30-"
    after = whole.held()
    brent = after.filter(series="oil_brent")
    assert dict(brent.select("period_end", "value").rows())["2018-06-06"] == 64.5
    assert brent.height == 5
    others = pl.col("series") != "oil_brent"
    assert after.filter(others).equals(before.filter(others))
    assert json.loads(whole.sync("--json", code=1).stdout)["unchanged"] == ["oil"]
    files |= all_files() | {path: files[path] for path in files if "OIL" in path}
    assert "gpr_daily: as it was, nothing changed" in whole.sync().stdout
    assert whole.held().equals(after)
