"""The default engine: DuckDB in this process, over the store's own files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from detente.errors import StoreError
from detente.store.engine import open_cursor
from detente.store.queries import sql_list
from detente.store.reads import RELATIONS, Held, Read

_TYPES = {
    pl.String(): "varchar",
    pl.Int64(): "bigint",
    pl.Float64(): "double",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us"): "timestamp",
}


class Embedded:
    """Reads with a connection for each: no file is held open between reads, and threads do not meet."""

    name = "duckdb"

    def read(self, held: Held, asked: Read) -> pl.DataFrame:
        """Run one read; see ``reads.Engine``."""
        files = held.files()
        sql = asked.sql(self.name, lambda relation: _relation(files[relation], RELATIONS[relation]))
        try:
            with open_cursor() as engine:
                return pl.DataFrame(engine.sql(sql))
        except duckdb.Error as error:
            raise StoreError(
                f"The store {held.store} was to be read.",
                f"{str(error).splitlines()[0]}.",
                "Run `detente doctor` to see which file is missing or damaged.",
            ) from error


def _relation(files: tuple[Path, ...], schema: pl.Schema) -> str:
    """SQL for the rows of files; for no files, a relation without rows."""
    if files:
        return f"read_parquet({sql_list(files)})"
    columns = ", ".join(f"null::{_TYPES[dtype]} as {name}" for name, dtype in schema.items())
    return f"(select {columns} where false)"
