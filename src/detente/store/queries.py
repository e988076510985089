"""The writer's SQL, in one place. Writing is DuckDB's; what readers ask is in ``expressions``."""

from __future__ import annotations

from collections.abc import Sequence

#: A batch's rows, numbered over its files in the order of loading. A view: each query reads only what it needs.
SPOOLED = "create or replace temp view spooled as select * from read_parquet({paths})"

#: Rows that are read together: one pair's rows lie in few such groups.
ROW_GROUP = 32768

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = f"""
copy (
  select * exclude ({{without}}) from spooled anti join left_out using (row_index)
  order by actor, recipient, occurred, row_index
) to '{{target}}' (format parquet, compression zstd, row_group_size {ROW_GROUP})
"""


#: The rows of several batches, each pair's together, otherwise in the order of the batches.
WRITE_MERGED = f"""
copy (
  select rows.* exclude (filename, file_row_number)
    replace (cast(rows.file_index + batch_order.files_before as integer) as file_index)
  from read_parquet({{paths}}, union_by_name = true, filename = true, file_row_number = true) as rows
  join batch_order on batch_order.path = rows.filename
  order by rows.actor, rows.recipient, rows.occurred, batch_order.batch, rows.file_row_number
) to '{{target}}' (format parquet, compression zstd, row_group_size {ROW_GROUP})
"""


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join(f"'{sql_text(path)}'" for path in paths) + "]"


def sql_text(value: object) -> str:
    """A value as it stands between the quotes of an SQL string."""
    return str(value).replace("'", "''")
