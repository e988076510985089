"""What can be asked of the batches of one provider, and of whom: the engines' common ground.

The SQL of each read lies in ``sql/``, one file an engine, compiled from ``expressions``; here its places are filled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import COVERAGE, EVENTS
from detente.store.sums import SUMS

#: What reads are asked of, by the names under which their SQL knows them: files of one kind, with their columns.
RELATIONS = {
    "held_events": EVENTS.schema,
    "held_days": COVERAGE.schema,
    "held_sums": SUMS,
    "held_events_without_sums": EVENTS.schema,
}
#: Stands before the name of each read in a file of SQL.
_HEADING = "-- read: "


@dataclass(frozen=True)
class Held:
    """Where a provider's batches lie.

    Args:
        store: The store's directory, for messages.
        events: Files of events.
        days: Files about which days are covered.
        sums: Files of sums by day and dyad.
        without_sums: Files of events of batches that have none of these.
    """

    store: Path
    events: tuple[Path, ...]
    days: tuple[Path, ...]
    sums: tuple[Path, ...]
    without_sums: tuple[Path, ...]

    def files(self) -> dict[str, tuple[Path, ...]]:
        """The files behind each of ``RELATIONS``."""
        return dict(zip(RELATIONS, (self.events, self.days, self.sums, self.without_sums), strict=True))


@dataclass(frozen=True)
class Read:
    """One read: a name of ``expressions.expressions``, and what fills its places.

    Args:
        name: Which.
        as_of: The day at whose end is read.
        of: A pair (both directions) or a dyad, for the reads that can be asked of two states.
        since: First day.
        until: Last day; by default the as-of day.
        limit: How many rows at most.
    """

    name: str
    as_of: dt.date
    of: Pair | Dyad | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    limit: int | None = None

    def sql(self, engine: str, stands_for: Callable[[str], str]) -> str:
        """The statement for one engine; states are checked codes and days are dates, so nothing can be injected.

        Args:
            engine: Whose SQL: the name of a file in ``sql/``.
            stands_for: What stands in that SQL for one of ``RELATIONS``; asked of those alone that the read needs.
        """
        text = self.fill(read_statements(engine)[self.name if self.of is None else f"{self.name}_between"])
        for relation in RELATIONS:
            for name in (f'"{relation}"', f"`{relation}`"):
                if name in text:
                    text = text.replace(name, stands_for(relation))
        return text if self.limit is None else f"{text}\nLIMIT {int(self.limit)}"

    def fill(self, text: str) -> str:
        """A statement with its places filled."""
        for place, value in self._places().items():
            text = text.replace(f"{{{place}}}", str(value))
        return text

    def _places(self) -> dict[str, object]:
        until = self.as_of if self.until is None else min(self.until, self.as_of)
        places: dict[str, object] = {
            "moment": dt.datetime.combine(self.as_of, dt.time.max).isoformat(" "),
            "as_of": self.as_of,
            "since": self.since or dt.date.min,
            "until": until,
        }
        if isinstance(self.of, Dyad):
            places |= dict.fromkeys(("actor", "other_actor"), self.of.actor)
            places |= dict.fromkeys(("recipient", "other_recipient"), self.of.recipient)
        elif self.of is not None:
            places |= dict.fromkeys(("actor", "recipient"), self.of.a)
            places |= dict.fromkeys(("other_actor", "other_recipient"), self.of.b)
        return places


class Engine(Protocol):
    """What runs reads: DuckDB in this process by default, or a Spark that is there already."""

    @property
    def name(self) -> str:
        """How a user names it."""

    def read(self, held: Held, asked: Read) -> pl.DataFrame:
        """Run one read.

        Raises:
            StoreError: when a file is missing or damaged, or the engine cannot be reached any more.
        """


@cache
def read_statements(engine: str) -> dict[str, str]:
    """The SQL of every read for one engine, by name."""
    text = (Path(__file__).parent / "sql" / f"{engine}.sql").read_text("utf-8")
    parts = (part.partition("\n") for part in text.split(_HEADING)[1:])
    return {name.strip(): body.strip() for name, _, body in parts}


def write_statements(statements: dict[str, str], engine: str) -> str:
    """A file of SQL as ``read_statements`` reads it."""
    about = (
        f"-- The store's reads for {engine}, compiled from store/expressions.py; `make docs` writes this file anew.\n"
    )
    return about + "".join(f"\n{_HEADING}{name}\n{sql}\n" for name, sql in statements.items())
