"""The default engine: DuckDB in this process, over the store's own files."""

from __future__ import annotations

import duckdb
import polars as pl

from detente.errors import StoreError
from detente.store.engine import open_cursor
from detente.store.queries import sql_list
from detente.store.reads import Held, Read


class Embedded:
    """Reads with a connection for each: no file is held open between reads, and threads do not meet."""

    name = "duckdb"

    def read(self, held: Held, asked: Read) -> pl.DataFrame:
        """Run one read; see ``reads.Engine``."""
        sql = asked.sql(
            self.name, events=f"read_parquet({sql_list(held.events)})", days=f"read_parquet({sql_list(held.days)})"
        )
        try:
            with open_cursor() as engine:
                return pl.DataFrame(engine.sql(sql).to_arrow_table())
        except duckdb.Error as error:
            raise StoreError(
                f"The store {held.store} was to be read.",
                f"{str(error).splitlines()[0]}.",
                "Run `detente doctor` to see which file is missing or damaged.",
            ) from error
