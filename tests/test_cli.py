"""The command line, as a user runs it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from commands import run_detente


@pytest.fixture
def run(tmp_path: Path) -> object:
    """Run a command in a folder of its own, with a store of its own."""
    return partial(run_detente, folder=tmp_path, code=0, DETENTE_STORE=str(tmp_path / "store"))


TIDY = "date,actor,recipient,intensity\n2024-01-01,FRA,DEU,3.4\n2024-01-02,DEU,FRA,-2\n2024-02-20,FRA,DEU,1\n"


def test_the_main_job_in_every_form(run: object, tmp_path: Path) -> None:
    """Terminal, JSON, Markdown and page of one brief."""
    assert "to deteriorate in the next 13 weeks" in run("outlook", "USA", "RUS").stdout  # type: ignore[operator]
    content = json.loads(run("outlook", "usa", "russia", "--json", "--horizon", "8w").stdout)  # type: ignore[operator]
    assert [row["horizon_weeks"] for row in content["forecasts"]] == [4, 8, 13, 26]
    assert run("outlook", "USA", "RUS", "--md").stdout.startswith("# ")  # type: ignore[operator]
    run("outlook", "USA", "RUS", "--html", "b.html")  # type: ignore[operator]
    assert (tmp_path / "b.html").read_text("utf-8").startswith("<!doctype html>")
    assert run("outlook", "USA", "RUS", "--html", "-").stdout.startswith("<!doctype html>")  # type: ignore[operator]


def test_lists_come_as_tables_and_json(run: object) -> None:
    """Watch and moves say as of when, whose data, and their rows."""
    watch = json.loads(run("watch", "--top", "3", "--by", "deteriorate", "--json").stdout)  # type: ignore[operator]
    assert len(watch["rows"]) == 3
    assert watch["rows"][0]["p_deteriorate"] >= watch["rows"][2]["p_deteriorate"]
    moves = json.loads(run("moves", "IND", "PAK", "--as-of", "2019-03-01", "--top", "2", "--json").stdout)  # type: ignore[operator]
    assert moves["as_of"] == "2019-03-01"
    assert len(moves["rows"]) == 2
    assert "IND-PAK" in run("moves", "IND", "PAK", "--top", "2").stdout  # type: ignore[operator]


def test_load_plans_loads_once_and_reports(run: object, tmp_path: Path) -> None:
    """A dry run changes nothing; a load is reported with its ledger; a second one changes nothing."""
    (tmp_path / "t.csv").write_text(TIDY)
    plan = json.loads(run("load", "table", "t.csv", "--dry-run", "--json").stdout)  # type: ignore[operator]
    assert plan["files"][0]["already_held"] is False
    assert not (tmp_path / "store" / "MANIFEST.json").exists()
    assert "plan:" in run("load", "table", "t.csv", "--dry-run").stderr  # type: ignore[operator]
    report = json.loads(run("load", "table", "t.csv", "--json").stdout)  # type: ignore[operator]
    assert (report["total"]["read"], report["total"]["kept"]) == (3, 3)
    assert "held already" in run("load", "table", "t.csv").stdout  # type: ignore[operator]
    assert "France–Germany relations are" in run("outlook", "FRA", "DEU").stdout  # type: ignore[operator]


def test_a_bad_file_does_not_stop_the_others(run: object, tmp_path: Path) -> None:
    """The good file is loaded, the bad one is reported, and the exit code says that something failed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(TIDY)
    (tmp_path / "in" / "b.csv").write_text("")
    done = run("load", "table", "in", code=1)  # type: ignore[operator]
    assert "FAILED" in done.stdout
    assert "3 kept" in done.stdout


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_exports_can_be_read_back(run: object, tmp_path: Path, ending: str) -> None:
    """Events, levels and forecasts in each format."""
    readers = {"csv": pl.read_csv, "parquet": pl.read_parquet, "json": partial(pl.read_json, infer_schema_length=None)}
    for what in ("events", "levels", "forecasts"):
        run("export", what, "--pair", "USA", "RUS", "--to", f"x.{ending}")  # type: ignore[operator]
        assert readers[ending](tmp_path / f"x.{ending}").height > 2


def test_exports_of_everything(run: object) -> None:
    """Without a pair, all pairs; a dash is stdout."""
    assert run("export", "levels", "--dyads", "--to", "-").stdout.startswith("pair,actor")  # type: ignore[operator]
    summary = json.loads(run("export", "forecasts", "--to", "all.parquet", "--json").stdout)  # type: ignore[operator]
    assert summary["rows"] > 300
    assert json.loads(run("export", "events", "--to", "e.parquet", "--json").stdout)["rows"] > 200_000  # type: ignore[operator]


def test_doctor_says_what_is_held(run: object, tmp_path: Path) -> None:
    """Versions, holdings, freshness and gaps; damage makes it fail."""
    report = json.loads(run("doctor", "--json").stdout)  # type: ignore[operator]
    assert report["is_sample"]
    assert report["held"][0]["gaps"] == [{"day": "2019-03-09", "status": "thin"}]
    (tmp_path / "t.csv").write_text(TIDY)
    run("load", "table", "t.csv", "--gaps", "2024-01-05..2024-01-30")  # type: ignore[operator]
    assert "2024-01-05 to 2024-01-30 (26 days absent)" in run("doctor").stdout  # type: ignore[operator]
    next((tmp_path / "store" / "events").glob("*.parquet")).unlink()
    assert "missing" in run("doctor", "--deep", code=1).stdout  # type: ignore[operator]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("outlook", "USA", "Ruritania"), "Mauritania"),
        (("outlook", "USA", "America"), "itself"),
        (("outlook", "USA", "RUS", "--as-of", "2031-01-01"), "2019-03-25"),
        (("outlook", "USA", "RUS", "--as-of", "yesterday"), "YYYY-MM-DD"),
        (("outlook", "USA", "RUS", "--horizon", "soon"), "13w"),
        (("outlook", "USA", "RUS", "--provider", "nobody"), "icews"),
        (("outlook", "USA", "RUS", "--html", "no/such/folder.html"), "Choose another"),
        (("outlook", "USA", "RUS", "--pdf", "."), "is a folder"),
        (("backtest", "--html", "no/such/page.html"), "no folder no/such"),
        (("load", "table", "nowhere.csv"), "no such file"),
        (("load", "nobody", "x"), "icews"),
        (("load", "table", "x", "--map", "actor"), "OURS=THEIRS"),
        (("export", "levels", "--to", "x.docx"), ".parquet"),
        (("export", "levels", "--to", "no/such/x.csv"), "no folder no/such"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do_next(run: object, words: tuple[str, ...], message: str) -> None:
    """No traceback: what was asked, what was found, what to do; the same in JSON."""
    done = run(*words, code=2)  # type: ignore[operator]
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    as_json = json.loads(run(*words, "--json", code=2).stderr.splitlines()[-1])  # type: ignore[operator]
    assert set(as_json) == {"error", "asked", "found", "next_step"}


def test_help_version_and_completion(run: object) -> None:
    """The command explains itself, and offers completion for the shell."""
    assert "outlook" in run("--help").stdout  # type: ignore[operator]
    assert run("--version").stdout.startswith("detente 0.")  # type: ignore[operator]
    assert "--install-completion" in run("--help").stdout  # type: ignore[operator]


def test_backtest_in_every_form(run: object, tmp_path: Path) -> None:
    """Terminal, JSON and page of one backtest; a pair is named in any usual spelling."""
    words = ("backtest", "--start", "2018-12-03", "--end", "2018-12-31", "--horizon", "4w", "--models", "logit")
    done = run(*words, "--active", "0.5", "--html", "b.html", "--json")  # type: ignore[operator]
    content = json.loads(done.stdout)
    assert content["featured"] == "logit"
    assert [row["horizon_weeks"] for row in content["horizons"]] == [4]
    assert (tmp_path / "b.html").read_text("utf-8").startswith("<!doctype html>")
    assert "Ranked probability skill" in run(*words, "--pairs", "russia-usa").stdout  # type: ignore[operator]
    assert "A-B" in run(*words, "--pairs", "russia", code=2).stderr  # type: ignore[operator]
    assert "`--active`" in run(*words, "--active", "1.0", code=2).stderr  # type: ignore[operator]
