"""The script that computes the sample: corrections on small frames, and the shipped files from the originals."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import yaml

from detente.domain.ledger import Ledger
from detente.domain.tables import EVENTS, check_table
from detente.sample import sample_store_path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sample_store_path().parent


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("build_sample", ROOT / "scripts" / "build_sample.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _stream(*rows: tuple[str, str, str | None, str, str, str | None]) -> pl.DataFrame:
    names = ("day", "actor_name", "actor", "code", "recipient_name", "recipient")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
        pl.col("day").str.to_date()
    )


def _kept(script: ModuleType, stream: pl.DataFrame) -> tuple[list[tuple[str, str]], Ledger]:
    ledger = Ledger("test")
    rows = script.keep_interstate(stream, ledger)
    return rows.select("actor", "recipient").rows(), ledger


def test_a_name_is_moved_to_its_own_state(script: ModuleType) -> None:
    """The President of France acts for France; meeting a Frenchman he is at home."""
    kept, ledger = _kept(
        script,
        _stream(
            ("2018-01-09", "Emmanuel Macron", "AND", "042", "China", "CHN"),
            ("2018-01-09", "Emmanuel Macron", "AND", "042", "Senate (France)", "FRA"),
            ("2018-01-09", "Citizen (Andorra)", "AND", "042", "China", "CHN"),
        ),
    )
    assert kept == [("FRA", "CHN"), ("AND", "CHN")]
    assert ledger.ignored == {"domestic": 1}
    assert ledger.notes["counted_for"] == 1


def test_a_misplaced_name_is_left_out_with_its_parts(script: ModuleType) -> None:
    """A homonym goes by its rule, as either end, alone or in brackets; the same name in another state stays."""
    kept, ledger = _kept(
        script,
        _stream(
            ("2018-01-09", "Association of American Publishers", "USA", "112", "Police (India)", "IND"),
            ("2018-01-09", "Police (India)", "IND", "173", "Activist (Association of American Publishers)", "USA"),
            ("2018-01-09", "Social Democratic Party", "TJK", "112", "Croatia", "HRV"),
            ("2018-01-09", "Social Democratic Party", "DEU", "042", "Croatia", "HRV"),
        ),
    )
    assert kept == [("DEU", "HRV")]
    assert ledger.ignored == {"misplaced_name": 3}


def test_a_ruling_towards_one_state_leaves_the_others(script: ModuleType) -> None:
    """CIA in India is mostly a branch of the police there; elsewhere it is the American agency."""
    kept, ledger = _kept(
        script,
        _stream(
            ("2018-01-09", "Central Intelligence Agency", "USA", "173", "Citizen (India)", "IND"),
            ("2018-01-09", "Central Intelligence Agency", "USA", "042", "Russia", "RUS"),
            ("2018-01-09", "Police (India)", "IND", "042", "Central Intelligence Agency", "USA"),
            ("2018-01-09", "Central Intelligence Agency", "USA", "042", "United Nations", None),
        ),
    )
    assert kept == [("USA", "RUS")]
    assert ledger.ignored == {"misplaced_name": 2, "no_country": 1}


def test_an_office_counts_from_its_first_day(script: ModuleType) -> None:
    """A president acts for the state until the day on which the international office begins."""
    kept, ledger = _kept(
        script,
        _stream(
            ("2018-03-01", "Michelle Bachelet", "CHL", "042", "Japan", "JPN"),
            ("2018-09-01", "Michelle Bachelet", "CHL", "112", "Venezuela", "VEN"),
        ),
    )
    assert kept == [("CHL", "JPN")]
    assert ledger.ignored == {"international_office": 1}


def test_every_row_is_accounted_for(script: ModuleType) -> None:
    """Repeats, unlocated, domestic and stateless rows are ignored under their own names."""
    kept, ledger = _kept(
        script,
        _stream(
            ("2018-01-09", "United States", "USA", "042", "Russia", "RUS"),
            ("2018-01-09", "United States", "USA", "042", "Russia", "RUS"),
            ("2018-01-09", "United Nations", None, "042", "Russia", "RUS"),
            ("2018-01-09", "Police (Russia)", "RUS", "173", "Citizen (Russia)", "RUS"),
            ("2018-01-09", "Activist (Hong Kong)", "HKG", "112", "China", "CHN"),
            ("2018-01-09", "Islamic State of Iraq and the Levant", "IRQ", "190", "Syria", "SYR"),
        ),
    )
    assert kept == [("USA", "RUS")]
    assert (ledger.read, ledger.kept) == (6, 1)
    assert set(ledger.ignored) == {"one_a_day", "no_country", "domestic", "not_a_state", "cross_border_group"}
    assert set(ledger.ignored.values()) == {1}


def test_roles_come_from_the_name_then_from_its_commonest_sectors(script: ModuleType) -> None:
    """What a name gives away counts first; sectors are counted by role, whatever their order."""
    sectors = ["Business", "Elite,Executive", "Executive,Elite", "Business", "Executive,Elite"]
    raw = pl.DataFrame({"actor_name": ["A B"] * 5, "actor_sectors": sectors}).with_columns(
        recipient_name=pl.lit("Police (India)"), recipient_sectors=pl.lit("Business")
    )
    names = pl.Series(["A B", "Police (India)", "Russia"])
    assert script.find_roles(raw, names) == {"A B": "executive", "Police (India)": "executive"}


def test_figures_add_up_alike_events(script: ModuleType) -> None:
    """Alike events of a day are one figure with their number, sum and lowest intensity."""
    rows = pl.DataFrame(
        {
            "day": [dt.date(2018, 3, 26)] * 3,
            "actor": ["USA"] * 3,
            "recipient": ["RUS"] * 3,
            "code": ["161", "161", "010"],
            "actor_name": ["a", "b", "c"],
            "recipient_name": ["d"] * 3,
            "place": ["CHE"] * 3,
        }
    )
    roles = script.add_roles(rows, {"a": "executive", "b": "executive"})
    figures = check_table(script.count_figures(roles), EVENTS)
    assert figures.select("provider_code", "n", "actor_role").rows() == [("010", 1, None), ("161", 2, "executive")]
    assert figures["intensity_milli"][1] == 2 * figures["lowest_milli"][1] < 0
    assert figures["event_type"].to_list() == [None, "SANCTION"]
    assert figures["place"].to_list() == ["CHE", "CHE"]


def test_an_office_gives_a_role_from_its_first_to_its_last_day(script: ModuleType) -> None:
    """A party leader becomes head of government on the day, and a former minister has no role, whatever his sectors."""
    rows = _stream(
        ("2018-08-17", "Imran Khan", "PAK", "042", "Rex Tillerson", "USA"),
        ("2018-03-01", "Rex Tillerson", "USA", "042", "Imran Khan", "PAK"),
        ("2018-08-18", "Imran Khan", "PAK", "042", "Nobody", "IND"),
    )
    found = script.add_roles(rows, {"Imran Khan": "armed group", "Rex Tillerson": "media", "Nobody": "business"})
    assert found.select("actor_role", "recipient_role").rows() == [
        ("opposition", None),
        ("executive", "opposition"),
        ("executive", "business"),
    ]
    assert found["actor_name"].equals(rows["actor_name"])


@pytest.fixture(scope="module")
def rebuilt(script: ModuleType, reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The sample computed anew from the originals."""
    into = tmp_path_factory.mktemp("sample")
    return into, script.build(reference_data / "events" / "icews", into)


def test_the_script_writes_the_shipped_figures(rebuilt: tuple[Path, Mapping[str, Any]]) -> None:
    """Rows, days, months and account come out as shipped (other engine versions may pack the bytes differently)."""
    into, figures = rebuilt
    shipped = yaml.safe_load((SHIPPED / "figures.yaml").read_text("utf-8"))
    assert {**figures, "sha256": None} == {**shipped, "sha256": None}
    for name in shipped["sha256"]:
        assert pl.read_parquet(into / name).equals(pl.read_parquet(SHIPPED / name)), name


def test_every_correction_is_needed(script: ModuleType, reference_data: Path) -> None:
    """Each line of the corrections meets rows of the stream, and says why it is there."""
    lines = pl.read_csv(script.CORRECTIONS)
    assert lines["why"].null_count() == 0
    assert set(lines["ruling"]) == {script.COUNTED_FOR, *script.LEFT_OUT}
    stream = script.read_stream(reference_data / "events" / "icews")
    seen = pl.concat([stream.select(name=f"{end}_name", given=end) for end in script.ENDS]).unique()
    assert lines.join(seen, on=["name", "given"], how="anti").height == 0
