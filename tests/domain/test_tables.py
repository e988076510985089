"""Borders: a table that does not fit its schema is refused with the column named."""

from __future__ import annotations

import polars as pl
import pytest

from detente.domain import tables
from detente.domain.tables import CHRONOLOGY, COVERAGE, TABLES, check_table
from detente.errors import DataError


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_holds(table: tables.Table) -> None:
    """Each table and column has a meaning in words, and names are not used twice."""
    assert table.meaning.endswith(".")
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert column.meaning.rstrip(")").endswith((".", "USA"))
    assert check_table(table.empty(), table).height == 0


def test_a_missing_and_an_unknown_column_are_named() -> None:
    """The message says which column is missing and which is not known."""
    frame = COVERAGE.empty().rename({"rows": "lines"})
    with pytest.raises(DataError, match=r"missing rows; not known lines"):
        check_table(frame, COVERAGE)


def test_a_wrong_type_is_named() -> None:
    """The message says what the type is and what it must be."""
    frame = COVERAGE.empty().with_columns(pl.col("rows").cast(pl.String))
    with pytest.raises(DataError, match="rows is String, not Int64"):
        check_table(frame, COVERAGE)


def test_a_wrong_order_is_refused() -> None:
    """Columns come in the order of the schema."""
    with pytest.raises(DataError, match="order differs"):
        check_table(COVERAGE.empty().select(sorted(COVERAGE.names)), COVERAGE)


def _entry(**changes: object) -> pl.DataFrame:
    row: dict[str, object] = {
        "day": None,
        "actor": "USA",
        "recipient": "RUS",
        "direction": "conflict",
        "label": "l",
        "text": "t",
    }
    return pl.DataFrame([row | changes], schema=CHRONOLOGY.schema)


def test_a_null_where_none_may_be_is_refused() -> None:
    """A null in a column that must be known is an error that names the column."""
    with pytest.raises(DataError, match="'day' holds 1 nulls"):
        check_table(_entry(), CHRONOLOGY)


def test_a_value_out_of_a_closed_list_is_named() -> None:
    """A closed list of values is closed."""
    frame = _entry(direction="sideways").with_columns(day=pl.date(2018, 1, 1))
    with pytest.raises(DataError, match="'sideways'"):
        check_table(frame, CHRONOLOGY)
