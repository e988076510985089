"""The writer's SQL, in one place. Writing is DuckDB's; what readers ask is in ``expressions``."""

from __future__ import annotations

from collections.abc import Sequence

#: A batch's rows, numbered over its files in the order of loading. A view: each query reads only what it needs.
SPOOLED = "create or replace temp view spooled as select * from read_parquet({paths})"

#: Numbers of the rows that are repeats, one column ``row_index``; see ``exact_repeats`` and ``candidate_repeats``.
NO_REPEATS = "create or replace temp table repeated as select row_index from spooled where false"
GIVEN_REPEATS = "create or replace temp table repeated as select row_index from given"

#: The reach of both clocks over the rows that are kept, and their number.
REACH = """
select count(*), min(occurred), max(occurred), min(known_at), max(known_at)
from spooled anti join held_event using (row_index) anti join repeated using (row_index)
"""

#: How many rows of each file are left out, as events that are held and as repeats.
LEFT_OUT = """
select file_index, count(h.row_index), count(r.row_index)
from spooled left join held_event h using (row_index) left join repeated r using (row_index)
where h.row_index is not null or r.row_index is not null
group by file_index order by file_index
"""

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = """
copy (
  select * exclude (row_index) from spooled anti join held_event using (row_index) anti join repeated using (row_index)
  order by actor, recipient, occurred, row_index
) to '{target}' (format parquet, compression zstd, row_group_size 32768)
"""


def held_events(held: str | None) -> str:
    """SQL for the numbers of rows whose event is there already by the provider's own id: before them, or held.

    Args:
        held: Files of earlier batches that share a day with the batch, as an SQL list; None where there are none.
    """
    known = f"select event_key from read_parquet({held}) where event_key is not null"
    also = f" or event_key in ({known})" if held else ""
    return f"""
    create or replace temp table held_event as
    select row_index from (
      select row_index, event_key,
             row_number() over (partition by event_key order by file_index, known_at, row_index) as nth
      from spooled where event_key is not null
    ) where nth > 1{also}
    """


def exact_repeats(held: str | None, columns: Sequence[str]) -> str:
    """SQL for a rule without a window: of equal rows of a file the one known first stays, none where one is held."""
    keys = ", ".join(columns)
    same = " and ".join(f"h.{column} is not distinct from fresh.{column}" for column in columns)
    also = f" or exists (select 1 from read_parquet({held}) h where {same})" if held else ""
    return f"""
    create or replace temp table repeated as
    select row_index from (
      select row_index, {keys}, row_number() over (partition by {keys} order by file_index, known_at, row_index) as nth
      from spooled anti join held_event using (row_index)
    ) fresh where nth > 1{also}
    """


def candidate_repeats(held: str | None, columns: Sequence[str]) -> str:
    """SQL for a rule with a window: each set of equal rows as lists of moments (microseconds), row and file numbers.

    Rows of earlier batches have no row number and count to file −1. Lists are in order of file, then of time.
    """
    keys = ", ".join(columns)
    rows = f"select {keys}, known_at, row_index, file_index from spooled anti join held_event using (row_index)"
    if held:
        rows += f" union all select {keys}, known_at, null, -1 from read_parquet({held})"
    order = "order by file_index, known_at, row_index nulls first"
    return f"""
    select list(epoch_us(known_at) {order}), list(row_index {order}), list(file_index {order})
    from ({rows}) group by {keys} having count(*) > 1 and count(row_index) > 0
    """


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join(f"'{sql_text(path)}'" for path in paths) + "]"


def sql_text(value: object) -> str:
    """A value as it stands between the quotes of an SQL string."""
    return str(value).replace("'", "''")
