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

from detente.domain.tables import EVENTS
from detente.store.reads import RELATIONS

#: Engines whose SQL is committed: our name, the compiler of Ibis, the dialect of the text. Spark's own compiler asks
#: for options that only its client registers; that of Databricks, the same SQL, does not.
DIALECTS = {"duckdb": ("duckdb", "duckdb"), "spark": ("databricks", "spark")}
#: Stands in compiled SQL until ``compile_read`` puts the engine's own operator there.
_WHOLE_DIVISION = "whole_division"


@ibis.udf.scalar.builtin(name=_WHOLE_DIVISION)  # type: ignore[untyped-decorator]
def _whole(amount: int, parts: int) -> int:  # type: ignore[empty-body]
    """Division without a rest, in integers: Ibis's own goes through floats on most engines."""


def held(name: str) -> ir.Table:
    """A provider's files of one kind, as they lie on the disk: a relation of ``reads.RELATIONS``."""
    return ibis.table(ibis.Schema.from_polars(RELATIONS[name]), name=name)


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


def cell_parts(sums: ir.Table, events: ir.Table) -> ir.Table:
    """What cells are added up from: sums that were made as batches were written, and events of batches without."""
    known_sums = sums.filter(
        _.known_on <= _given("as_of", "date"),
        _.occurred >= _given("since", "date"),
        _.occurred <= _given("until", "date"),
    )
    return ibis.union(known_sums.select(list(RELATIONS["held_sums"])), parts_of_events(known_events(events)))


def parts_of_events(events: ir.Table) -> ir.Table:
    """Events in the form of sums, not added up yet."""
    return events.select(
        "occurred",
        _.known_at.date().name("known_on"),
        "actor",
        "recipient",
        "directed",
        "event_type",
        "n",
        _cooperation().name("cooperation_milli"),
        _conflict().name("conflict_milli"),
        "lowest_milli",
        _square().name("square_milli"),
    )


def between(events: ir.Table) -> ir.Table:
    """Those of one dyad (each name given twice) or of a pair (both names on either side)."""
    return events.filter(
        _.actor.isin(["{actor}", "{other_actor}"]), _.recipient.isin(["{recipient}", "{other_recipient}"])
    )


def cells(parts: ir.Table) -> ir.Table:
    """Events added up by day, dyad and type."""
    return _added_up(parts, ["event_type"], lowest_milli=_.lowest_milli.min())


def series(period: str) -> Callable[[ir.Table], ir.Table]:
    """Events of each dyad added up by calendar week (from Monday) or month."""

    def read(parts: ir.Table) -> ir.Table:
        dyad = ["actor", "recipient", "directed"]
        start = _.occurred.cast("timestamp").truncate({"week": "W", "month": "M"}[period]).cast("date")
        sums = {name: _[name].sum() for name in ("n", "cooperation_milli", "conflict_milli")}
        return parts.group_by(*dyad, period_start=start).agg(**sums).order_by(*dyad, "period_start")

    return read


def keys(events: ir.Table) -> ir.Table:
    """The provider's own ids of events."""
    return events.filter(_.event_key.notnull()).select("event_key").distinct()


def cells_by_role(events: ir.Table) -> ir.Table:
    """Events added up by day, dyad and who acts for the state."""
    return _added_up(_in_parts(events.rename(role="actor_role")), ["role"])


def cells_by_place(events: ir.Table) -> ir.Table:
    """Events added up by day, dyad, event code and place."""
    return _added_up(_in_parts(events), ["event_type", "provider_code", "place"])


def rows(events: ir.Table) -> ir.Table:
    """The events themselves, oldest first; rows that are alike in all that orders them stand by what else they say."""
    first = ["occurred", "known_at", "actor", "recipient", "provider_code", "event_key", "line"]
    return events.select(EVENTS.names).order_by(*first, *(name for name in EVENTS.names if name not in first))


def pairs(parts: ir.Table) -> ir.Table:
    """All pairs, the busiest first."""
    pair = ibis.least(_.actor, _.recipient) + "-" + ibis.greatest(_.actor, _.recipient)
    found = parts.group_by(pair=pair).agg(
        n=_.n.sum(),
        first_day=_.occurred.min(),
        last_day=_.occurred.max(),
        active_days=_.occurred.nunique(),
    )
    return found.order_by(ibis.desc("n"), "pair")


def first_day(parts: ir.Table) -> ir.Table:
    """The first day on which anything is said to have happened."""
    return parts.agg(first_day=_.occurred.min())


def days(days_: ir.Table) -> ir.Table:
    """Rows a day over all batches; a day that a source names as not covered stays not covered."""
    found = days_.group_by("day").agg(
        rows=_.rows.sum(), known_at=_.known_at.max(), is_absent=(_.status == "absent").any()
    )
    return found.order_by("day")


def late(parts: ir.Table, days_: ir.Table) -> ir.Table:
    """Something that became known after the day it is about; no row where there is nothing."""
    return ibis.union(
        parts.filter(_.known_on > _.occurred).select(day="occurred").limit(1),
        days_.filter(_.known_at.date() > _.day).select("day").limit(1),
    )


#: Reads that may be asked of two states alone: of events, and of what cells are added up from.
_OF_EVENTS: Mapping[str, Callable[[ir.Table], ir.Table]] = {
    "cells_by_role": cells_by_role,
    "cells_by_place": cells_by_place,
    "events": rows,
    "keys": keys,
}
_OF_PARTS: Mapping[str, Callable[[ir.Table], ir.Table]] = {
    "cells": cells,
    "series_by_week": series("week"),
    "series_by_month": series("month"),
}


def expressions() -> dict[str, ir.Table]:
    """Every read by the name under which its SQL is held."""
    known, covered = known_events(held("held_events")), known_days(held("held_days"))
    parts = cell_parts(held("held_sums"), held("held_events_without_sums"))
    found: dict[str, ir.Table] = {}
    for of, reads in ((known, _OF_EVENTS), (parts, _OF_PARTS)):
        for name, read in reads.items():
            found |= {name: read(of), f"{name}_between": read(between(of))}
    others = {"pairs": pairs(parts), "first_day": first_day(parts), "days": days(covered), "late": late(parts, covered)}
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


def _cooperation() -> ir.Value:
    return ibis.greatest(_.intensity_milli, 0)


def _conflict() -> ir.Value:
    return ibis.greatest(-_.intensity_milli, 0)


def _square() -> ir.Value:
    return _whole(_.intensity_milli * _.intensity_milli, ibis.greatest(_.n, 1))


def _in_parts(events: ir.Table) -> ir.Table:
    """Events with the columns that are added up."""
    return events.mutate(cooperation_milli=_cooperation(), conflict_milli=_conflict(), square_milli=_square())


def _added_up(parts: ir.Table, by: list[str], **more: ir.Value) -> ir.Table:
    """Sums of what is alike in day, dyad, direction and the columns named; those may be null, and nulls come first."""
    dyad = ["occurred", "actor", "recipient", "directed"]
    found = parts.group_by(*dyad, *by).agg(
        n=_.n.sum(),
        cooperation_milli=_.cooperation_milli.sum(),
        conflict_milli=_.conflict_milli.sum(),
        **more,
        square_milli=_.square_milli.sum().cast("float64"),
    )
    return found.order_by(*dyad, *(ibis.asc(name, nulls_first=True) for name in by))
