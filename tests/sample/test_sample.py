"""The bundled sample: small, as its card says, and its chronology stands out in its figures."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from detente import sample
from detente.store import open_store

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "detente" / "sample"
#: A named day is among the tenth of days on which most of its kind was reported of that dyad.
STANDS_OUT = 0.9
DAYS_TO_REPORT = 2


@pytest.fixture(scope="module")
def cells() -> pl.DataFrame:
    """All figures of the sample, by day, dyad and type."""
    return open_store(sample.sample_store_path(), read_only=True).view().cells()


def test_the_sample_is_small() -> None:
    """What the package carries is under three megabytes."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 3_000_000


def test_the_card_tells_what_is_there(cells: pl.DataFrame) -> None:
    """Totals, states, days and digests on the card are those of the files; its account adds up."""
    figures = sample.read_card()["figures"]
    assert cells["n"].sum() == figures["events"] == figures["ledger"]["kept"]
    assert cells.select("actor", "recipient").n_unique() == figures["dyads"]
    assert set(cells["actor"]) | set(cells["recipient"]) == set(figures["states"])
    assert (str(cells["occurred"].min()), str(cells["occurred"].max())) == (figures["first_day"], figures["last_day"])
    ledger = figures["ledger"]
    assert ledger["read"] == ledger["kept"] + sum(ledger["ignored"].values())
    for name, digest in figures["sha256"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_only_the_thin_day_is_a_gap() -> None:
    """2019-03-09 is treated as not covered, and no other day."""
    coverage = open_store(sample.sample_store_path(), read_only=True).view().coverage()
    assert coverage.filter(pl.col("status") != "present")["day"].to_list() == [dt.date(2019, 3, 9)]


def test_us_russia_is_as_full_as_the_source() -> None:
    """The source has 3,252 and 2,600 rows to October 2018 between the two; a few homonyms are left out."""
    cells = open_store(sample.sample_store_path(), read_only=True).view().cells()
    to_october = cells.filter(pl.col("occurred") < dt.date(2018, 11, 1))
    counts = {
        way: to_october.filter(actor=way[0], recipient=way[1])["n"].sum() for way in (("USA", "RUS"), ("RUS", "USA"))
    }
    assert 0.99 * 3252 < counts["USA", "RUS"] <= 3252
    assert 0.99 * 2600 < counts["RUS", "USA"] <= 2600


@pytest.mark.parametrize("entry", sample.load_chronology().to_dicts(), ids=lambda e: f"{e['day']} {e['label']}")
def test_each_known_event_stands_out(entry: dict[str, object], cells: pl.DataFrame) -> None:
    """The named day, or one of the two after it, is among the days with most of the named kind for that dyad."""
    dyad = cells.filter(actor=entry["actor"], recipient=entry["recipient"])
    daily = dyad.group_by("occurred").agg(pl.col(f"{entry['direction']}_milli").sum().alias("size"))
    first = entry["day"]
    assert isinstance(first, dt.date)
    near = daily.filter(pl.col("occurred").is_between(first, first + dt.timedelta(days=DAYS_TO_REPORT)))
    size = near["size"].max()
    assert isinstance(size, int)
    assert size > 0
    span = (dt.date(2019, 3, 25) - dt.date(2018, 1, 1)).days + 1
    assert 1 - (daily["size"] > size).sum() / span >= STANDS_OUT


def test_the_chronology_has_enough_to_say() -> None:
    """Between forty and eighty events, each a full sentence, of several pairs."""
    chronology = sample.load_chronology()
    assert 40 <= chronology.height <= 80
    assert all(text.endswith(".") for text in chronology["text"])
    assert chronology.select("actor", "recipient").n_unique() > 15


def test_monthly_counts_peak_where_history_does() -> None:
    """United States towards Iraq in March 2003, Russia towards Georgia in August 2008."""
    months = sample.monthly_conflict()
    for actor, recipient, peak in (("USA", "IRQ", dt.date(2003, 3, 1)), ("RUS", "GEO", dt.date(2008, 8, 1))):
        dyad = months.filter(actor=actor, recipient=recipient).sort("material_conflict", descending=True)
        assert dyad["month"][0] == peak


def test_the_script_makes_what_is_shipped(reference_data: Path, tmp_path: Path) -> None:
    """Run on the originals, the script writes the bytes that the package carries."""
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import build_sample as b\n"
        "b.main(Path(sys.argv[3]), Path(sys.argv[2]))\n"
    )
    originals = reference_data / "events" / "icews"
    command = [sys.executable, "-c", code, str(ROOT / "scripts"), str(tmp_path), str(originals)]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "figures.yaml").read_text() == (FOLDER / "figures.yaml").read_text()
