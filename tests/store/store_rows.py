"""Events, parts and batches that tests of the store put into it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import Receipt, Store

ONE_A_DAY = Repeats("one-a-day", ("occurred", "actor_name", "recipient_name", "provider_code"))
START = dt.date(2020, 1, 1)


def event(day: int = 0, **changes: object) -> dict[str, object]:
    """One event of a chosen day after the start."""
    occurred = START + dt.timedelta(days=day)
    row: dict[str, object] = dict.fromkeys(EVENTS.names)
    row |= {
        "provider": "test",
        "occurred": occurred,
        "known_at": dt.datetime.combine(occurred, dt.time(12)),
        "actor": "USA",
        "recipient": "RUS",
        "directed": True,
        "event_type": "CONSULT",
        "provider_code": "040",
        "n": 1,
        "intensity_milli": 1000,
        "lowest_milli": 1000,
        "actor_name": f"name {day}",
        "recipient_name": "other",
        "coder": "hand",
    }
    return row | changes


def part(*rows: dict[str, object], days: int | None = None, status: str = "present") -> Part:
    """A part of these events; by default the days from the first to the last event are covered."""
    events = pl.DataFrame(list(rows), schema=EVENTS.schema)
    occurred = [row["occurred"] for row in rows if isinstance(row["occurred"], dt.date)]
    length = days if days is not None else (max(occurred, default=START) - START).days + 1
    covered = pl.DataFrame(
        [
            (
                "test",
                START + dt.timedelta(days=i),
                10,
                dt.datetime.combine(START, dt.time()) + dt.timedelta(days=i),
                status,
            )
            for i in range(length)
        ],
        schema=COVERAGE.schema,
        orient="row",
    )
    return Part(events, covered, Ledger("test.csv", read=len(rows), kept=len(rows)))


def append(store: Store, *parts: Part, identity: str = "a", **more: object) -> Receipt:
    """Append parts as one batch."""
    return store.append("test", parts, path="test.csv", identity=identity, **more)  # type: ignore[arg-type]
