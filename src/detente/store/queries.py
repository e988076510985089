"""The store's SQL, in one place, so that another engine can take it.

Readers' queries see the relations ``events`` and ``days``: the batches of one provider, cut by both clocks. All sums
are of integers and cast back to BIGINT (a HUGEINT would be written as a float).
"""

from __future__ import annotations

from collections.abc import Sequence

#: The events known at a moment and said to have happened by then.
KNOWN_EVENTS = """
create or replace temp view events as
select * from read_parquet({paths}) where known_at <= timestamp '{moment}' and occurred <= date '{as_of}'
"""

#: What was known about which days were covered.
KNOWN_DAYS = """
create or replace temp view days as
select * from read_parquet({paths}) where known_at <= timestamp '{moment}' and day <= date '{as_of}'
"""

CELLS = """
select occurred, actor, recipient, directed, event_type,
       sum(n)::bigint as n,
       sum(greatest(intensity_milli, 0))::bigint as cooperation_milli,
       sum(greatest(-intensity_milli, 0))::bigint as conflict_milli,
       min(lowest_milli)::bigint as lowest_milli,
       sum(intensity_milli * intensity_milli // greatest(n, 1))::double as square_milli
from events
where {where}
group by occurred, actor, recipient, directed, event_type
order by occurred, actor, recipient, directed, event_type nulls first
"""

EVENTS = """
select * from events where {where}
order by occurred, known_at, actor, recipient, provider_code, event_key, line
{limit}
"""

PAIRS = """
select least(actor, recipient) || '-' || greatest(actor, recipient) as pair,
       sum(n)::bigint as n, min(occurred) as first_day, max(occurred) as last_day,
       count(distinct occurred)::bigint as active_days
from events group by 1 order by n desc, pair
"""

#: Rows a day over all batches known by then; a day that a source names as not covered stays not covered.
DAYS = """
select day, sum(rows)::bigint as rows, max(known_at) as known_at, bool_or(status = 'absent') as is_absent
from days group by day order by day
"""

FIRST_DAY = "select min(occurred) from events"

#: A batch with its rows numbered in the order of the file; ``is_held_event`` where the provider's id came before.
SPOOLED = """
create or replace temp table spooled as
with spool as (select *, row_number() over () as row_index from read_parquet({spool}))
select *, {held_event} as is_held_event from spool
"""

#: Numbers of the rows that are repeats, one column ``row_index``; see ``exact_repeats`` and ``candidate_repeats``.
NO_REPEATS = "create or replace temp table repeated as select row_index from spooled where false"
GIVEN_REPEATS = "create or replace temp table repeated as select row_index from given"

#: What is kept, what is not and why, and the reach of both clocks over what is kept.
COUNT = """
select count(*) filter (kept), count(*) filter (is_held_event), count(*) filter (not kept and not is_held_event),
       min(occurred) filter (kept), max(occurred) filter (kept),
       min(known_at) filter (kept), max(known_at) filter (kept)
from (select *, not is_held_event and row_index not in (select row_index from repeated) as kept from spooled)
"""

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = """
copy (
  select * exclude (row_index, is_held_event) from spooled
  where not is_held_event and row_index not in (select row_index from repeated)
  order by actor, recipient, occurred, row_index
) to '{target}' (format parquet, compression zstd, row_group_size 32768)
"""


def spool_rows(spool: str, held: str | None) -> str:
    """SQL that takes up a batch and marks the events that are held by the provider's own id.

    Args:
        spool: The batch's own files, as an SQL list.
        held: Files of earlier batches that share a day with it, as an SQL list; None where there are none.
    """
    is_held = "event_key is not null and row_number() over (partition by event_key order by known_at, row_index) > 1"
    if held:
        known = f"select event_key from read_parquet({held}) where event_key is not null"
        is_held = f"({is_held}) or coalesce(event_key in ({known}), false)"
    return SPOOLED.format(spool=spool, held_event=is_held)


def exact_repeats(held: str | None, columns: Sequence[str]) -> str:
    """SQL for a rule without a window: of equal rows the one known first stays, and none where one is held."""
    keys = ", ".join(columns)
    same = " and ".join(f"h.{column} is not distinct from fresh.{column}" for column in columns)
    also = f" or exists (select 1 from read_parquet({held}) h where {same})" if held else ""
    return f"""
    create or replace temp table repeated as
    select row_index from (
      select row_index, {keys}, row_number() over (partition by {keys} order by known_at, row_index) as nth
      from spooled where not is_held_event
    ) fresh where nth > 1{also}
    """


def candidate_repeats(held: str | None, columns: Sequence[str]) -> str:
    """SQL for a rule with a window: each set of equal rows as one list of (moment in microseconds, row number).

    Rows of earlier batches have no row number. Lists are in order of time; a held row stands before a new one.
    """
    keys = ", ".join(columns)
    rows = f"select {keys}, known_at, row_index from spooled where not is_held_event"
    if held:
        rows += f" union all select {keys}, known_at, null from read_parquet({held})"
    return f"""
    select list(epoch_us(known_at) order by known_at, row_index nulls first) as moments,
           list(row_index order by known_at, row_index nulls first) as row_indexes
    from ({rows}) group by {keys} having count(*) > 1 and count(row_index) > 0
    """


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join(f"'{sql_text(path)}'" for path in paths) + "]"


def sql_text(value: object) -> str:
    """A value as it stands between the quotes of an SQL string."""
    return str(value).replace("'", "''")
