"""The record on the command line: written by `outlook`, shown by `score`, watched over by `doctor`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from commands import run_detente

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command with a store and a ledger of its own."""
    own = {"DETENTE_STORE": str(tmp_path / "store"), "DETENTE_LEDGER": str(tmp_path / "ledger")}
    return partial(run_detente, folder=tmp_path, code=0, **own)


def test_an_outlook_is_recorded_resolved_and_shown(run: Run, tmp_path: Path) -> None:
    """The brief names its record; the score resolves it; tampering makes score and doctor fail."""
    said = json.loads(run("outlook", "USA", "RUS", "--as-of", "2018-07-20", "--json").stdout)
    assert said["recorded"].startswith("in the ledger as ")
    report = json.loads(run("score", "--json").stdout)
    replay = report["records"]["replay"]
    assert replay["counts"] == {"resolved": 3, "void": 0, "open": 0, "repeated": 0}
    assert [row["group"] for row in replay["by_horizon"]] == ["4", "13", "26"]
    assert any(row["id"].startswith(said["recorded"].split()[4]) for row in replay["worst"])
    assert "3 replays of the past resolved" in run("outlook", "USA", "RUS", "--no-record", "--md").stdout
    moves = report["provocations"]["replay"]
    assert moves["counts"] == {
        "resolved": 2,
        "void": 0,
        "open": 0,
        "repeated": 0,
    }  # 13 and 26 weeks: too little history
    assert [row["group"] for row in moves["scores"]] == ["all", "4"]
    assert "provocative moves" in run("score").stdout
    assert "5 forecasts, digest" in run("doctor").stdout
    run("score", "--contains", report["ledger"]["digest"])
    assert "holds no record" in run("score", "--by", "bin", "--contains", "0" * 64, code=1).stdout
    file = tmp_path / "ledger" / "forecasts.jsonl"
    file.write_text(file.read_text("utf-8").replace('"hold":0.', '"hold":0.9', 1))
    assert "has been altered" in run("score", code=1).stdout
    assert "has been altered" in run("doctor", code=1).stdout


def test_an_outlook_without_record_leaves_no_trace(run: Run, tmp_path: Path) -> None:
    """--no-record writes nothing and says nothing."""
    assert "Recorded" not in run("outlook", "USA", "RUS", "--no-record").stdout
    assert not (tmp_path / "ledger").exists()


def test_a_ledger_that_cannot_be_written_is_a_note(run: Run, tmp_path: Path) -> None:
    """The brief is printed all the same, and says that it was not recorded and why."""
    (tmp_path / "file").write_text("")
    done = run("outlook", "USA", "RUS", "--md", DETENTE_LEDGER=str(tmp_path / "file" / "ledger"))
    assert "**Recorded:** No: " in done.stdout


def test_all_busy_pairs_are_issued_at_once(run: Run) -> None:
    """One command writes hundreds of forecasts down; a second time it writes none."""
    first = run("score", "--issue-all", "--as-of", "2018-06-01", "--json")
    assert json.loads(first.stdout)["records"]["replay"]["counts"]["open"] > 1000
    again = run("score", "--issue-all", "--as-of", "2018-06-01", "--json")
    assert "0 forecasts of icews as of 2018-06-01 written down" in again.stderr


def test_outside_series_are_loaded_and_shown(run: Run, tmp_path: Path) -> None:
    """Loaded beside the sample they are in the brief as context; a file of no form fails, the others are kept."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "oil.csv").write_text("date,wti,brent\n2019-03-01,55.8,65.0\n2019-03-24,59,67\n")
    (tmp_path / "in" / "other.csv").write_text("a,b\n1,2\n")
    assert "already_held" in run("load", "drivers", "in", "--dry-run", "--json").stdout
    done = run("load", "drivers", "in", code=1)
    assert "4 read = 4 kept" in done.stdout
    assert "those of no form" in done.stdout
    assert "held already" in run("load", "drivers", "in/oil.csv").stdout
    brief = json.loads(run("outlook", "USA", "RUS", "--no-record", "--json").stdout)
    assert [(row["series"], row["period_end"]) for row in brief["outside_series"]] == [("oil_brent", "2019-03-01")]
    before = json.loads(run("outlook", "USA", "RUS", "--no-record", "--json", "--as-of", "2019-03-07").stdout)
    assert before["outside_series"] == []
