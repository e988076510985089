"""Outside series in the store: appended once, whole or not at all, and read as of a day."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from detente.domain.ledger import Ledger
from detente.domain.tables import DRIVERS
from detente.errors import StoreError
from detente.store import Store, open_store

NOW = dt.datetime.fromisoformat("2026-01-01")


def rows(*values: tuple[str, float, str]) -> pl.DataFrame:
    """One series: (last day of the month, value, day it was known)."""
    table = [
        ("gpr", "gpr", None, dt.date.fromisoformat(end), value, dt.datetime.fromisoformat(known), "index")
        for end, value, known in values
    ]
    return pl.DataFrame(table, schema=DRIVERS.schema, orient="row")


def append(store: Store, frame: pl.DataFrame, identity: str = "a") -> bool:
    """Append a file's series."""
    ledger = Ledger("x.csv", read=frame.height, kept=frame.height)
    return store.append_drivers(frame, ledger, path="x.csv", identity=identity, loaded_at=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(tmp_path / "store")


JANUARY, FEBRUARY = ("2018-01-31", 100.0, "2018-02-10"), ("2018-02-28", 150.0, "2018-03-10")


def test_a_value_is_seen_from_when_it_was_known(store: Store) -> None:
    """The day before its publication a month is not there; a planted future changes nothing."""
    append(store, rows(JANUARY, FEBRUARY))
    assert store.drivers(dt.date(2018, 2, 9)).is_empty()
    assert store.drivers(dt.date(2018, 3, 9))["value"].to_list() == [100.0]
    before = store.drivers(dt.date(2018, 3, 9))
    append(store, rows(("2018-03-31", 1e9, "2018-04-10"), ("2018-01-31", 1e9, "2018-03-10")), "b")
    assert store.drivers(dt.date(2018, 3, 9)).equals(before)


def test_of_several_vintages_the_last_known_counts(store: Store) -> None:
    """A revision replaces a value from its own day on."""
    append(store, rows(JANUARY))
    append(store, rows(("2018-01-31", 104.0, "2018-05-10")), "b")
    assert store.drivers(dt.date(2018, 5, 9))["value"].to_list() == [100.0]
    assert store.drivers(dt.date(2018, 5, 10))["value"].to_list() == [104.0]


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    """A repeated load is the same load."""
    assert append(store, rows(JANUARY))
    assert not append(store, rows(JANUARY))
    assert store.drivers(dt.date(2019, 1, 1)).height == 1
    assert store.check() == []


def test_what_was_never_committed_is_not_read_and_swept(store: Store) -> None:
    """A file that the manifest does not name does not count, and the next load removes it."""
    append(store, rows(JANUARY))
    left = store.path / "drivers" / "0123.parquet"
    rows(FEBRUARY).write_parquet(left)
    assert store.drivers(dt.date(2019, 1, 1)).height == 1
    append(store, rows(FEBRUARY), "b")
    assert not left.exists()
    assert store.drivers(dt.date(2019, 1, 1)).height == 2


def test_damage_is_found(store: Store) -> None:
    """A changed or missing file is a finding; a damaged manifest is refused."""
    append(store, rows(JANUARY))
    file = next((store.path / "drivers").glob("*.parquet"))
    file.write_bytes(b"x")
    assert "is not what was written" in str(store.check()[0])
    with pytest.raises(StoreError, match="cannot be"):
        store.drivers(dt.date(2019, 1, 1))
    file.unlink()
    assert "is missing" in str(store.check()[0])
    (store.path / "DRIVERS.json").write_text(json.dumps({"batches": [1]}))
    with pytest.raises(StoreError, match="damaged"):
        store.drivers(dt.date(2019, 1, 1))


def test_a_store_opened_for_reading_takes_none(tmp_path: Path) -> None:
    """The bundled sample, say, cannot be added to."""
    with pytest.raises(StoreError, match="for reading"):
        append(open_store(tmp_path, read_only=True), rows(JANUARY))
