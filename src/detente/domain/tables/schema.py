"""What a table's schema is, and the check that a frame fits it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from detente.errors import DataError


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: Its name.
        dtype: Its polars type.
        meaning: What it holds, in one sentence.
        unit: Its unit where it has one.
        nullable: Whether null is allowed; null always means "not known", never zero.
        allowed: The only values allowed, where the list is closed.
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    meaning: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table's name, meaning and columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @cached_property
    def schema(self) -> pl.Schema:
        """The polars schema."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @cached_property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    @cached_property
    def _empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)

    def empty(self) -> pl.DataFrame:
        """A frame of no rows with this schema."""
        return self._empty.clone()


def check_table(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the frame unchanged when it fits the table.

    Raises:
        DataError: naming the first column that is missing, of another type, null or out of its list.
    """
    if frame.schema != table.schema:
        raise DataError(
            f"A table {table.name!r} was handed over.",
            f"Its columns differ from the schema: {_difference(frame.schema, table.schema)}.",
            "Build it with the columns of detente.domain.tables.",
        )
    for column, values in zip(table.columns, frame.get_columns(), strict=True):
        _check_column(values, column, table.name)
    return frame


def _check_column(values: pl.Series, column: Column, table: str) -> None:
    if not column.nullable and values.null_count():
        raise DataError(
            f"A table {table!r} was handed over.",
            f"Column {column.name!r} holds {values.null_count()} nulls; it must hold none.",
            "Fill it, or leave those rows out by a named rule.",
        )
    strange = set(values.unique()) - {None, *column.allowed} if column.allowed else set()
    if strange:
        raise DataError(
            f"A table {table!r} was handed over.",
            f"Column {column.name!r} holds {min(strange)!r}.",
            f"Allowed are: {', '.join(column.allowed)}.",
        )


def _difference(found: pl.Schema, expected: pl.Schema) -> str:
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    types = [
        f"{name} is {found[name]}, not {expected[name]}"
        for name in expected
        if name in found and found[name] != expected[name]
    ]
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"not known {', '.join(extra)}"] if extra else []
    return "; ".join(parts + types) or "their order differs"
