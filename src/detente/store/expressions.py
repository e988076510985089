"""What readers ask of a store, written once as Ibis expressions.

Reading needs no Ibis: ``scripts/write_queries.py`` compiles every expression for each engine into ``sql/*.sql``, which
is committed, compared with this module by a test, and what the engines run. In comes the relation of a provider's
batches, out comes a relation in the form of a table of ours. All sums are of integers, and so the same on any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis import _
from ibis.backends.sql import compilers

from detente.domain.tables import COVERAGE, EVENTS

#: Engines whose SQL is committed: our name, the compiler of Ibis, the dialect of the text. Spark's own compiler asks
#: for options that only its client registers; that of Databricks, the same SQL, does not.
DIALECTS = {"duckdb": ("duckdb", "duckdb"), "spark": ("databricks", "spark")}
#: Relations that an engine puts in place of these names.
HELD_EVENTS, HELD_DAYS = "held_events", "held_days"


#: Stands in compiled SQL until ``compile_read`` puts the engine's own operator there.
_WHOLE_DIVISION = "whole_division"


@ibis.udf.scalar.builtin(name=_WHOLE_DIVISION)  # type: ignore[untyped-decorator]
def _whole(amount: int, parts: int) -> int:  # type: ignore[empty-body]
    """Division without a rest, in integers: Ibis's own goes through floats on most engines."""


def held_events() -> ir.Table:
    """A provider's batches of events, as they lie on the disk."""
    return ibis.table(ibis.Schema.from_polars(EVENTS.schema), name=HELD_EVENTS)


def held_days() -> ir.Table:
    """What a provider's batches say about which days are covered."""
    return ibis.table(ibis.Schema.from_polars(COVERAGE.schema), name=HELD_DAYS)


def known_events(events: ir.Table) -> ir.Table:
    """The events known at a moment, and said to have happened by then."""
    return events.filter(
        _.known_at <= _given("moment", "timestamp"),
        _.occurred >= _given("since", "date"),
        _.occurred <= _given("until", "date"),
    )


def known_days(days: ir.Table) -> ir.Table:
    """What was known at a moment about which days were covered."""
    return days.filter(_.known_at <= _given("moment", "timestamp"), _.day <= _given("until", "date"))


def between(events: ir.Table) -> ir.Table:
    """Those of one dyad (each name given twice) or of a pair (both names on either side)."""
    return events.filter(
        _.actor.isin(["{actor}", "{other_actor}"]), _.recipient.isin(["{recipient}", "{other_recipient}"])
    )


def cells(events: ir.Table) -> ir.Table:
    """Events added up by day, dyad and type."""
    return _added_up(events, ["event_type"], lowest_milli=_.lowest_milli.min())


def cells_by_role(events: ir.Table) -> ir.Table:
    """Events added up by day, dyad and who acts for the state."""
    return _added_up(events.rename(role="actor_role"), ["role"])


def cells_by_place(events: ir.Table) -> ir.Table:
    """Events added up by day, dyad, event code and place."""
    return _added_up(events, ["event_type", "provider_code", "place"])


def rows(events: ir.Table) -> ir.Table:
    """The events themselves, oldest first; rows that are alike in all that orders them stand by what else they say."""
    first = ["occurred", "known_at", "actor", "recipient", "provider_code", "event_key", "line"]
    return events.select(EVENTS.names).order_by(*first, *(name for name in EVENTS.names if name not in first))


def pairs(events: ir.Table) -> ir.Table:
    """All pairs, the busiest first."""
    pair = ibis.least(_.actor, _.recipient) + "-" + ibis.greatest(_.actor, _.recipient)
    found = events.group_by(pair=pair).agg(
        n=_.n.sum(),
        first_day=_.occurred.min(),
        last_day=_.occurred.max(),
        active_days=_.occurred.nunique(),
    )
    return found.order_by(ibis.desc("n"), "pair")


def first_day(events: ir.Table) -> ir.Table:
    """The first day on which anything is said to have happened."""
    return events.agg(first_day=_.occurred.min())


def days(days_: ir.Table) -> ir.Table:
    """Rows a day over all batches; a day that a source names as not covered stays not covered."""
    found = days_.group_by("day").agg(
        rows=_.rows.sum(), known_at=_.known_at.max(), is_absent=(_.status == "absent").any()
    )
    return found.order_by("day")


def late(events: ir.Table, days_: ir.Table) -> ir.Table:
    """Something that became known after the day it is about; no row where there is nothing."""
    return ibis.union(
        events.filter(_.known_at.date() > _.occurred).select(day="occurred").limit(1),
        days_.filter(_.known_at.date() > _.day).select("day").limit(1),
    )


#: Reads of events that may be asked of two states alone.
_OF_STATES: Mapping[str, Callable[[ir.Table], ir.Table]] = {
    "cells": cells,
    "cells_by_role": cells_by_role,
    "cells_by_place": cells_by_place,
    "events": rows,
}


def expressions() -> dict[str, ir.Table]:
    """Every read by the name under which its SQL is held."""
    known, covered = known_events(held_events()), known_days(held_days())
    found: dict[str, ir.Table] = {}
    for name, read in _OF_STATES.items():
        found |= {name: read(known), f"{name}_between": read(between(known))}
    others = {"pairs": pairs(known), "first_day": first_day(known), "days": days(covered), "late": late(known, covered)}
    return found | others


def compile_read(expression: ir.Table, engine: str) -> str:
    """The SQL of an expression for one engine of ``DIALECTS``."""
    return compile_for(expression, *DIALECTS[engine])


def compile_for(expression: ir.Table, compiler: str, dialect: str) -> str:
    """The SQL of an expression, compiled by one of Ibis's compilers and written in a dialect.

    What Ibis leaves to the engine is settled here: sums of integers stay 64-bit integers, whole division is the
    engine's own, and moments have no zone.
    """
    tree: sge.Expression = getattr(compilers, compiler).compiler.to_sqlglot(expression.unbind())
    return str(tree.transform(_settled).sql(dialect=dialect, pretty=True))


def _settled(node: Any) -> Any:  # noqa: ANN401 - sqlglot's nodes are untyped
    if isinstance(node, sge.Sum) and not isinstance(node.parent, sge.Cast):
        return sge.cast(node, "bigint")
    if isinstance(node, sge.Window) and not node.args.get("order"):
        node.set("spec", None)  # the whole partition, as without a frame: not every engine takes one without an order
    if isinstance(node, sge.Cast) and node.to.is_type("timestamp"):
        return sge.cast(node.this, "timestampntz")
    if isinstance(node, sge.Anonymous) and node.name.lower() == _WHOLE_DIVISION:
        amount, parts = (sge.paren(part, copy=False) for part in node.expressions)
        return sge.IntDiv(this=amount, expression=parts)
    return node


def _given(name: str, dtype: str) -> ir.Value:
    """A value that a read fills in, written into the SQL as the text ``{name}``."""
    return ibis.literal(f"{{{name}}}").cast(dtype)


def _added_up(events: ir.Table, by: list[str], **more: ir.Value) -> ir.Table:
    """Sums of what is alike in day, dyad, direction and the columns named; those may be null, and nulls come first."""
    dyad = ["occurred", "actor", "recipient", "directed"]
    squares = _whole(_.intensity_milli * _.intensity_milli, ibis.greatest(_.n, 1))
    found = events.group_by(*dyad, *by).agg(
        n=_.n.sum(),
        cooperation_milli=ibis.greatest(_.intensity_milli, 0).sum(),
        conflict_milli=ibis.greatest(-_.intensity_milli, 0).sum(),
        **more,
        square_milli=squares.sum().cast("float64"),
    )
    return found.order_by(*dyad, *(ibis.asc(name, nulls_first=True) for name in by))
