"""Outside series: every value is kept, left out by a named rule or failed, and is known only when it was published."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from detente.domain.tables import DRIVERS
from detente.errors import SourceError
from detente.sources import DriverCard, driver_cards, read_drivers

OIL = """date,wti,brent
2018-01-02,60.4,66.6
2018-01-03,,67.9
not a day,60,66
2018-01-04,x,68.1
2018-01-03,61.6,67.9
"""
EPU = """month,series,epu,iso3
2018-01-01,US,120,USA
2018-01-01,GEPU_current,110,
2018-01-01,GEPU_ppp,111,
2018-01-01,SCMP China,300,CHN
2018-01-01,Mainland China,310,CHN
2018-01-01,Nowhere,1,QQQ
2018-01-01,US,inf,USA
"""


def write(folder: Path, text: str) -> Path:
    """A file of that text."""
    path = folder / "series.csv"
    path.write_text(text, "utf-8")
    return path


def test_every_value_is_accounted_for(tmp_path: Path) -> None:
    """Two prices a line: kept, empty, unreadable, of no day, or repeated."""
    card, rows, ledger = read_drivers(write(tmp_path, OIL))
    assert card.name == "oil"
    assert (ledger.read, ledger.kept) == (10, 5)
    assert dict(ledger.ignored) == {"no_value": 1, "repeated_period": 1}
    assert dict(ledger.failed) == {"bad_date": 2, "bad_value": 1}
    assert [failure.line for failure in ledger.failures] == [3, 3, 4]
    assert rows.schema == DRIVERS.schema
    brent = rows.filter(pl.col("series") == "oil_brent").sort("period_end")
    assert brent["value"].to_list() == [66.6, 67.9, 68.1]


def test_what_has_several_series_of_a_state_keeps_one(tmp_path: Path) -> None:
    """The others are left out by name; a state that is none fails; the world has no state."""
    _, rows, ledger = read_drivers(write(tmp_path, EPU))
    assert dict(ledger.ignored) == {"other_series_of_the_state": 2}
    assert dict(ledger.failed) == {"unknown_state": 1, "bad_value": 1}
    assert rows.sort("value").select("state", "value").rows() == [(None, 110.0), ("USA", 120.0), ("CHN", 310.0)]


def test_a_month_is_known_only_after_it_is_over(tmp_path: Path) -> None:
    """January is about all of January, and is known 31 days after its end; every vintage is said to be a rule."""
    _, rows, ledger = read_drivers(write(tmp_path, EPU))
    assert set(rows["period_end"]) == {dt.date(2018, 1, 31)}
    assert set(rows["known_at"]) == {dt.datetime.fromisoformat("2018-03-03")}
    assert ledger.notes["reconstructed_vintage"] == ledger.kept


def test_parquet_and_text_give_the_same(tmp_path: Path) -> None:
    """The form of the file changes nothing."""
    text = "date,wti,brent\n2018-01-02,60.4,66.6\n2018-01-03,,67.9\n"
    _, from_text, _ = read_drivers(write(tmp_path, text))
    frame = pl.DataFrame({"date": [dt.datetime.fromisoformat("2018-01-02"), dt.datetime.fromisoformat("2018-01-03")],
                          "wti": [60.4, None], "brent": [66.6, 67.9]})  # fmt: skip
    frame.write_parquet(tmp_path / "series.parquet")
    _, from_parquet, _ = read_drivers(tmp_path / "series.parquet")
    assert from_text.equals(from_parquet)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n1,2\n", "those of no form: a, b"), ("", "no Parquet and no CSV"), ("PAR1 broken", "no Parquet and no CSV")],
)
def test_files_of_no_form_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message says what was found and which forms there are, or that the file is damaged."""
    with pytest.raises(SourceError, match=message):
        read_drivers(write(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path without a file is an error of ours, not a traceback."""
    with pytest.raises(SourceError):
        read_drivers(tmp_path / "none.csv")


@pytest.mark.parametrize("name", sorted(driver_cards()))
def test_every_card_says_everything(name: str) -> None:
    """No field is blank, nothing is known before its period is over, and no address of a registry is named."""
    card = driver_cards()[name]
    for field in dataclasses.fields(DriverCard):
        assert getattr(card, field.name) or field.name in {"state", "variant", "left_out"}, field.name
    assert card.lag_days > 0
    assert "http" not in str(card)
    assert not card.columns & {"", None}


def test_the_original_files_are_read(reference_data: Path) -> None:
    """Each of the original files is known by its columns, with no value that cannot be read."""
    names = ("oil_prices_daily", "gpr_monthly_global", "gpr_monthly_country", "gpr_daily", "epu_monthly")
    found = {}
    for name in names:
        card, rows, ledger = read_drivers(reference_data / "reference" / "drivers" / f"{name}.parquet")
        found[card.name] = rows.height
        assert not ledger.failed
    assert set(found) == set(driver_cards())
    assert found["gpr_country"] == 21_824
