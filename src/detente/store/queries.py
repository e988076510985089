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

_FLAGGED = """
create or replace temp table flagged as
with spool as (select *, row_number() over () as row_index from read_parquet({spool}))
select *, {repeat} as is_repeat, {held_event} as is_held_event from spool
"""

COUNT_FLAGGED = """
select count(*) filter (not is_repeat and not is_held_event), count(*) filter (is_held_event),
       count(*) filter (is_repeat and not is_held_event),
       min(occurred) filter (not is_repeat and not is_held_event),
       max(occurred) filter (not is_repeat and not is_held_event)
from flagged
"""

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = """
copy (
  select * exclude (row_index, is_repeat, is_held_event) from flagged
  where not is_repeat and not is_held_event
  order by actor, recipient, occurred, row_index
) to '{target}' (format parquet, compression zstd, row_group_size 32768)
"""


def flag_repeats(spool: str, held: str | None, columns: Sequence[str], within_minutes: int | None) -> str:
    """SQL that marks the rows of a batch that are repeats, or events already held.

    Args:
        spool: The batch's own files, as an SQL list.
        held: Files of earlier batches that share a day with it, as an SQL list; None where there are none.
        columns: Columns that make rows repeats of one another; none for no rule.
        within_minutes: A row is a repeat only of one learned at most so long before; None for any time.
    """
    keys = ", ".join(columns)
    window = f"(partition by {keys} order by known_at, row_index)"
    same = " and ".join(f"h.{column} is not distinct from spool.{column}" for column in columns)
    if not columns:
        repeat = "false"
    elif within_minutes is None:
        repeat = f"row_number() over {window} > 1"
    else:
        repeat = f"coalesce(known_at - lag(known_at) over {window} <= interval {within_minutes} minutes, false)"
        same += f" and abs(epoch(h.known_at) - epoch(spool.known_at)) <= {within_minutes * 60}"
    if columns and held:
        repeat = f"({repeat}) or exists (select 1 from read_parquet({held}) h where {same})"
    held_event = "event_key is not null and row_number() over (partition by event_key order by known_at, row_index) > 1"
    if held:
        known = f"select event_key from read_parquet({held}) where event_key is not null"
        held_event = f"({held_event}) or coalesce(event_key in ({known}), false)"
    return _FLAGGED.format(spool=spool, repeat=repeat, held_event=held_event)


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"
