"""GDELT's public table read where it lies: the same cells as from files, and SQL that BigQuery's grammar takes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import duckdb
import polars as pl
import pytest
import sqlglot
from rows import gdelt_row, write_lines

from detente.domain.actors import Pair
from detente.domain.tables import CELLS
from detente.pipeline import load
from detente.sources import ReadOptions, find_source
from detente.sources.gdelt_table import COLUMNS, STANDING_MOMENTS
from detente.sources.lines import read_blocks
from detente.statements import SECOND_VERSION, write_gdelt_ledger_sql, write_gdelt_sql
from detente.store import View, open_store

#: Where an export file has the public table's columns: version 1.0 and 2.0.
_FIRST = (0, 1, 56, 5, 7, 15, 17, 26, 51, 52)
_PLACES = {57: _FIRST, 58: _FIRST, 61: (0, 1, 59, 5, 7, 15, 17, 26, 53, 54)}


def _public_rows(path: Path) -> pl.DataFrame:
    """The lines of an export file as the public table has them: empty fields null, numbers as numbers."""
    text = b"".join(block.data for block in read_blocks(path)).decode("utf-8", "replace")
    rows = [line.split("\t") for line in text.split("\n") if line.count("\t") + 1 in _PLACES]
    chosen = [[row[place] or None for place in _PLACES[len(row)]] for row in rows]
    return pl.DataFrame(chosen, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").with_columns(
        pl.col(name).cast(pl.Int64) for name, dtype in COLUMNS.items() if dtype == "int64"
    )


def _ask(rows: pl.DataFrame, sql: str) -> pl.DataFrame:
    with duckdb.connect() as engine:
        engine.register("events", rows.to_arrow())
        return pl.DataFrame(engine.sql(sql).to_arrow_table())


def _cells(rows: pl.DataFrame, as_of: dt.date, of: Pair | None = None) -> pl.DataFrame:
    found = _ask(rows, write_gdelt_sql(as_of=as_of, of=of, table="events", dialect="duckdb"))
    return found.select(CELLS.names).cast(CELLS.schema)


def _loaded(path: Path, store: Path) -> tuple[View, Counter[str]]:
    """What our own reader makes of a file, and its account by verdict."""
    total = load(open_store(store), find_source("gdelt"), [path], ReadOptions()).total
    repeats = {rule: total.ignored.pop(rule, 0) for rule in ("event_already_held", "re_emission_adm1")}
    verdicts = Counter(total.ignored) + Counter(total.failed)
    verdicts["kept"] = total.kept + sum(repeats.values())
    return open_store(store).view(), verdicts


def _verdicts(rows: pl.DataFrame) -> Counter[str]:
    return Counter(dict(_ask(rows, write_gdelt_ledger_sql(table="events", dialect="duckdb")).iter_rows()))


def _made_up() -> list[str]:
    """Rows for every rule, and one event re-emitted through a day and a night, with pauses of all lengths."""
    start = dt.datetime(2018, 3, 26, 0, 0)  # noqa: DTZ001 - the tables' clock
    minutes = [15 * slot for slot in range(30)] + [630, 810, 990, 1005, 1200, 1395, 1400, 1620, 1801]
    stamps = [(start + dt.timedelta(minutes=minute)).strftime("%Y%m%d%H%M%S") for minute in minutes]
    lines = [gdelt_row(100 + number, added=stamp) for number, stamp in enumerate(stamps)]
    lines += [gdelt_row(200 + number, added=stamp, place="") for number, stamp in enumerate(stamps[::3])]
    others: list[dict[str, str]] = [
        {"event": "999"}, {"event": "---"}, {"event": " "}, {"country1": "QQQ"}, {"country2": "EUR"}, {"country1": ""},
        {"country2": "RUS"}, {"day": "20180230"}, {"day": "20180401"}, {"day": "19781231"}, {"day": "20180327"},
        {"day": "19200103", "added": "20200103120000"}, {"day": "19200229", "added": "20200103120000"},
        {"day": "19200103", "added": "20200303120000"}, {"day": "19900802", "added": "20130203000000"},
        {"code1": " RUS ", "country1": " RUS", "event": "040 "}, {"country1": "USA", "event": "010"}, {"place": "ZZ"},
        {"code2": "", "event": "193"}, {"event": "193", "code2": "", "added": "20180326050000"},
    ]  # fmt: skip
    lines += [gdelt_row(300 + number, **other) for number, other in enumerate(others)]
    return [*lines, gdelt_row(100, event="190", added="20180326120000"), gdelt_row(300, event="042")]


def test_the_table_gives_the_cells_that_the_files_give(tmp_path: Path) -> None:
    """Verdicts, repaired days, crosswalks, repeats and sums are those of our reader, on two days, and of a pair."""
    path = write_lines(tmp_path / "20180326044500.export.CSV", _made_up())
    view, verdicts = _loaded(path, tmp_path / "store")
    rows = _public_rows(path)
    assert _verdicts(rows) == verdicts
    assert len(verdicts) >= 9
    assert _cells(rows, view.as_of).equals(view.cells())
    early = open_store(tmp_path / "store").view(dt.date(2018, 3, 26))
    assert _cells(rows, early.as_of).equals(early.cells())
    pair = Pair("USA", "UKR")
    assert _cells(rows, view.as_of, pair).equals(view.cells(pair))
    assert view.cells(pair).height == 1


def test_re_emissions_beyond_the_moments_followed_are_told_by_the_row_before(tmp_path: Path) -> None:
    """One event re-emitted without a pause for days: exact for so many moments, and then no event more."""
    start = dt.datetime(2018, 3, 26)  # noqa: DTZ001 - the tables' clock
    slots = 13 * (STANDING_MOMENTS + 5)
    stamps = [(start + dt.timedelta(minutes=15 * slot)).strftime("%Y%m%d%H%M%S") for slot in range(slots)]
    path = write_lines(tmp_path / "x.export.CSV", [gdelt_row(1 + at, added=stamp) for at, stamp in enumerate(stamps)])
    view, _ = _loaded(path, tmp_path / "store")
    assert view.cells()["n"].sum() == STANDING_MOMENTS + 5
    assert _cells(_public_rows(path), view.as_of)["n"].sum() == STANDING_MOMENTS


_ORIGINALS = (
    "20180326044500.export.CSV.gz",
    "gdelt2_export_sample.CSV.gz",
    "gdelt2_translation_export_sample.CSV.gz",
    "gdelt1_export_20160728_710rows.CSV.gz",
    "gdelt1_export_sample.CSV.gz",
)


@pytest.mark.parametrize("name", _ORIGINALS)
def test_original_files_give_equal_cells_either_way(name: str, reference_data: Path, tmp_path: Path) -> None:
    """Untouched rows of GDELT, of both versions and both feeds, give the same cells and the same account."""
    path = reference_data / "events" / "gdelt" / "original" / name
    view, verdicts = _loaded(path, tmp_path / "store")
    rows = _public_rows(path)
    assert _verdicts(rows) == verdicts
    assert _cells(rows, view.as_of).equals(view.cells())


def test_the_statement_is_bigquerys() -> None:
    """It is parsed as BigQuery's SQL, reads no table but GDELT's, and needs nothing but what stands in it."""
    day = dt.date(2021, 12, 31)
    sql = write_gdelt_sql("cells_by_place", as_of=day, of=Pair("USA", "RUS"), since=dt.date(2021, 1, 1))
    tree = sqlglot.parse_one(sql, dialect="bigquery")
    defined = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
    tables = {table.sql("bigquery").split(" AS ")[0].replace("`", "") for table in tree.find_all(sqlglot.exp.Table)}
    assert tables - defined == {SECOND_VERSION}
    assert defined == {"cameo_states", "fips_states", "cameo_codes"}
    assert "{" not in sql
    assert len(sql) < 1_000_000
