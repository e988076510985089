"""The events behind a number: what was reported of a pair in a span of days, each row with where it is from."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.codebook import phrases, state_name
from detente.domain.periods import DAYS_IN_WEEK, parse_day
from detente.outlook.words import short_name

if TYPE_CHECKING:
    from detente.domain.actors import Pair
    from detente.world import World

#: Rows of one page.
PAGE_ROWS = 200
_MILLI = 1000.0


def week_of(day: str | dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the week that ends on a day."""
    last = parse_day(day, what="last day of the week")
    return dt.date.fromordinal(max(last.toordinal() - DAYS_IN_WEEK + 1, 1)), last


def events_reply(
    world: World, pair: Pair, *, since: dt.date, until: dt.date, limit: int = PAGE_ROWS, offset: int = 0
) -> dict[str, Any]:
    """The events of a pair in a span of days, as known on the world's day, oldest first.

    Args:
        world: The world to read.
        pair: The pair, in the order to name it.
        since: First day.
        until: Last day.
        limit: Rows at most.
        offset: Rows to pass over.
    """
    found = world.view.events(pair, since=since, until=until, limit=offset + limit + 1)
    totals = _totals(world, pair, since, until)
    rows = [_row(row) for row in found.slice(offset, limit).iter_rows(named=True)]
    more = found.height > offset + limit
    return {
        "pair": str(pair),
        "as_of": str(world.as_of),
        "provider": world.provider,
        "since": str(since),
        "until": str(until),
        "totals": totals,
        "offset": offset,
        "next_offset": offset + limit if more else None,
        "events": rows,
        "source": {key: world.card.get(key) for key in ("title", "citation", "terms")},
    }


def _totals(world: World, pair: Pair, since: dt.date, until: dt.date) -> list[dict[str, Any]]:
    """What the rows add up to, by direction, and how many of the days are covered."""
    cells = world.view.cells(pair).filter(pl.col("occurred").is_between(since, until))
    coverage = world.view.coverage().filter(pl.col("day").is_between(since, until), pl.col("status") == "present")
    rows = []
    for dyad in pair.dyads:
        mine = cells.filter(pl.col("actor") == dyad.actor, pl.col("recipient") == dyad.recipient)
        rows.append(
            {
                "actor": dyad.actor,
                "recipient": dyad.recipient,
                "events": int(mine["n"].sum()),
                "cooperation": int(mine["cooperation_milli"].sum()) / _MILLI,
                "conflict": int(mine["conflict_milli"].sum()) / _MILLI,
                "covered_days": coverage.height,
            }
        )
    return rows


def _row(row: dict[str, Any]) -> dict[str, Any]:
    kind = row["event_type"]
    deed = phrases()[kind] if kind else "made public statements"
    return {
        "day": str(row["occurred"]),
        "known_at": str(row["known_at"]),
        "actor": row["actor"],
        "actor_name": short_name(row["actor"]),
        "recipient": row["recipient"],
        "recipient_name": short_name(row["recipient"]),
        "event_type": kind,
        "what": deed,
        "provider_code": row["provider_code"],
        "n": row["n"],
        "intensity": row["intensity_milli"] / _MILLI,
        "actor_role": row["actor_role"],
        "recipient_role": row["recipient_role"],
        "place": row["place"],
        "place_name": state_name(row["place"]) if row["place"] else None,
        "provider": row["provider"],
        "locator": row["locator"],
        "coder": row["coder"],
        "confidence": row["confidence"],
    }
