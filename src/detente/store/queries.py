"""The writer's SQL, in one place. Writing is DuckDB's; what readers ask is in ``expressions``."""

from __future__ import annotations

from collections.abc import Sequence

#: A batch's rows, numbered over its files in the order of loading. A view: each query reads only what it needs.
SPOOLED = "create or replace temp view spooled as select * from read_parquet({paths})"

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = """
copy (
  select * exclude ({without}) from spooled anti join left_out using (row_index)
  order by actor, recipient, occurred, row_index
) to '{target}' (format parquet, compression zstd, row_group_size 32768)
"""


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join(f"'{sql_text(path)}'" for path in paths) + "]"


def sql_text(value: object) -> str:
    """A value as it stands between the quotes of an SQL string."""
    return str(value).replace("'", "''")
