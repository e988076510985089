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

#: Sums that were made as batches were written, and events of batches that have none yet: what cells are added up from.
KNOWN_PARTS = """
create or replace temp view cell_parts as
{parts}
"""

PARTS_OF_CELLS = """
select * from read_parquet({paths}) where known_on <= date '{as_of}' and occurred <= date '{as_of}'
"""

PARTS_OF_EVENTS = """
select occurred, known_at::date as known_on, actor, recipient, directed, event_type, n,
       greatest(intensity_milli, 0) as cooperation_milli, greatest(-intensity_milli, 0) as conflict_milli,
       lowest_milli, intensity_milli * intensity_milli // greatest(n, 1) as square_milli
from read_parquet({paths}) where known_at <= timestamp '{moment}' and occurred <= date '{as_of}'
"""

CELLS = """
select occurred, actor, recipient, directed, event_type,
       sum(n)::bigint as n,
       sum(cooperation_milli)::bigint as cooperation_milli,
       sum(conflict_milli)::bigint as conflict_milli,
       min(lowest_milli)::bigint as lowest_milli,
       sum(square_milli)::double as square_milli
from cell_parts
where {where}
group by occurred, actor, recipient, directed, event_type
order by occurred, actor, recipient, directed, event_type nulls first
"""

CELLS_BY_ROLE = """
select occurred, actor, recipient, directed, actor_role as role,
       sum(n)::bigint as n,
       sum(greatest(intensity_milli, 0))::bigint as cooperation_milli,
       sum(greatest(-intensity_milli, 0))::bigint as conflict_milli,
       sum(intensity_milli * intensity_milli // greatest(n, 1))::double as square_milli
from events
where {where}
group by occurred, actor, recipient, directed, actor_role
order by occurred, actor, recipient, directed, actor_role nulls first
"""

CELLS_BY_PLACE = """
select occurred, actor, recipient, directed, event_type, provider_code, place,
       sum(n)::bigint as n,
       sum(greatest(intensity_milli, 0))::bigint as cooperation_milli,
       sum(greatest(-intensity_milli, 0))::bigint as conflict_milli,
       sum(intensity_milli * intensity_milli // greatest(n, 1))::double as square_milli
from events
where {where}
group by occurred, actor, recipient, directed, event_type, provider_code, place
order by occurred, actor, recipient, directed, event_type nulls first, provider_code nulls first, place nulls first
"""

EVENTS = """
select * from events where {where}
order by occurred, known_at, actor, recipient, provider_code, event_key, line
{limit}
"""

KEYS = "select distinct event_key from events where event_key is not null and {where}"

PAIRS = """
select least(actor, recipient) || '-' || greatest(actor, recipient) as pair,
       sum(n)::bigint as n, min(occurred) as first_day, max(occurred) as last_day,
       count(distinct occurred)::bigint as active_days
from cell_parts group by 1 order by n desc, pair
"""

#: Rows a day over all batches known by then; a day that a source names as not covered stays not covered.
DAYS = """
select day, sum(rows)::bigint as rows, max(known_at) as known_at, bool_or(status = 'absent') as is_absent
from days group by day order by day
"""

#: All dyads, or some, by week (Monday) or month: sums of the same parts.
SERIES = """
select date_trunc('{period}', occurred)::date as period_start, actor, recipient, directed,
       sum(n)::bigint as n,
       sum(cooperation_milli)::bigint as cooperation_milli,
       sum(conflict_milli)::bigint as conflict_milli
from cell_parts
where {where}
group by 1, actor, recipient, directed
order by actor, recipient, directed, period_start
"""

FIRST_DAY = "select min(occurred) from cell_parts"

#: Whether anything became known after the day it is about.
ANY_LATE = """
select exists (select 1 from cell_parts where known_on > occurred)
    or exists (select 1 from days where known_at::date > day)
"""

#: A batch's rows, numbered over its files in the order of loading. A view: each query reads only what it needs.
SPOOLED = "create or replace temp view spooled as select * from read_parquet({paths})"

#: One pair's rows lie together, so that reading one pair touches few row groups.
WRITE_KEPT = """
copy (
  select * exclude (row_index) from spooled anti join left_out using (row_index)
  order by actor, recipient, occurred, row_index
) to '{target}' (format parquet, compression zstd, row_group_size 32768)
"""


def sql_list(paths: Sequence[object]) -> str:
    """File names as an SQL list of strings."""
    return "[" + ", ".join(f"'{sql_text(path)}'" for path in paths) + "]"


def sql_text(value: object) -> str:
    """A value as it stands between the quotes of an SQL string."""
    return str(value).replace("'", "''")
