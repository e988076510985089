"""SQL for archives that stay where they are: the cells of GDELT's public event tables, as one statement.

Nothing is run here. The statement is compiled from the same expressions as the store's own reads; what codes mean
stands in it, so that it needs no table but GDELT's. Needs the extra ``engines``.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge

from detente.domain.actors import Dyad, Pair
from detente.sources import gdelt_table
from detente.store import expressions
from detente.store.reads import Read

#: The public tables of GDELT 2.0 and 1.0.
SECOND_VERSION, FIRST_VERSION = "gdelt-bq.gdeltv2.events", "gdelt-bq.full.events"
_READS = {
    "cells": lambda events: expressions.cells(expressions.parts_of_events(events)),
    "cells_by_place": expressions.cells_by_place,
}


def write_gdelt_sql(
    read: str = "cells",
    *,
    as_of: dt.date,
    of: Pair | Dyad | None = None,
    since: dt.date | None = None,
    table: str = SECOND_VERSION,
    dialect: str = "bigquery",
) -> str:
    """One statement that gives the cells of a public GDELT table.

    Args:
        read: ``cells`` or ``cells_by_place``.
        as_of: The day at whose end is read.
        of: A pair or a dyad; None for all.
        since: First day.
        table: The table's name, with project and data set where it has them.
        dialect: Whose SQL.

    Returns:
        A query whose columns are those of the table ``cells`` or ``cells_by_place``.
    """
    events = gdelt_table.table_events(_named(table))
    known = expressions.known_events(events)
    found = _READS[read](known if of is None else expressions.between(known))
    filled = Read(read, as_of, of, since).fill(expressions.compile_for(found, dialect, dialect))
    return _with_codes(filled, dialect)


def write_gdelt_ledger_sql(*, table: str = SECOND_VERSION, dialect: str = "bigquery") -> str:
    """One statement that counts the rows of a public GDELT table by what becomes of them; ``kept`` are the rest."""
    rows = gdelt_table.judged_rows(_named(table))
    verdicts = rows.group_by(verdict=rows.verdict.fill_null("kept")).agg(n=rows.count()).order_by("verdict")
    return _with_codes(expressions.compile_for(verdicts, dialect, dialect), dialect)


def _named(table: str) -> ir.Table:
    """The relation of a name of up to three parts: project, data set, table."""
    name, *place = reversed(table.split("."))
    database, catalog = (*place, None, None)[:2]
    return ibis.table(gdelt_table.COLUMNS, name=name, database=database, catalog=catalog)


def _with_codes(statement: str, dialect: str) -> str:
    """The statement with the tables of codes in front of it."""
    tables = []
    for name, (columns, rows) in gdelt_table.code_tables().items():
        tuples = [sge.Tuple(expressions=[sge.convert(value) for value in row]) for row in rows]
        alias = sge.TableAlias(this=sge.to_identifier("codes"), columns=[sge.to_identifier(one) for one in columns])
        values = sge.select("*").from_(sge.Values(expressions=tuples, alias=alias), copy=False)
        tables.append(f"{name} AS (\n{values.sql(dialect=dialect, pretty=True)}\n)")
    is_continued = statement.startswith("WITH ")
    return f"WITH {', '.join(tables)}{', ' if is_continued else chr(10)}{statement.removeprefix('WITH ')}"
