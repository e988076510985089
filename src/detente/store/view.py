"""The only way to read: one provider's events as known at the end of a day."""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import CELLS, CELLS_BY_PLACE, CELLS_BY_ROLE, COVERAGE, EVENTS, SERIES, check_table
from detente.errors import CutoffError
from detente.store.drivers import read_drivers
from detente.store.engines import DEFAULT, find_engine
from detente.store.mentions import read_mentions
from detente.store.reads import Held, Read

if TYPE_CHECKING:
    from detente.domain.tables import Table
    from detente.store.manifest import Batch

Period = Literal["week", "month"]
#: A day is thin when it has fewer rows than this share of the provider's usual day; see ``_judge``.
_THIN_SHARE = 0.2
#: The usual day is the median of so many covered days before it …
_USUAL_DAYS = 56
#: … or of the first so many, for the days that have fewer before them.
_FIRST_DAYS = 14


class View:
    """Events of one provider as of one day. Two clocks: published by its end, and said to have happened by then.

    Args:
        store: The store's directory.
        batches: The provider's committed batches.
        provider: Whose data.
        as_of: The day; None for the one by which everything held has happened and been published.
        other_providers: Who else is in the store.
        engine: What runs the reads.

    Raises:
        CutoffError: when nothing was known by that day, or it lies after the last day known.
        ConfigError: when the engine cannot be started or reached.
    """

    def __init__(
        self,
        store: Path,
        batches: list[Batch],
        provider: str,
        as_of: dt.date | None,
        other_providers: tuple[str, ...],
        *,
        engine: str = DEFAULT,
    ) -> None:
        self.provider = provider
        self.other_providers = other_providers
        filled = [batch for batch in batches if batch.rows]
        if not filled:
            raise CutoffError(
                f"Events of provider {provider!r} were asked for.",
                "The store holds none of theirs.",
                "Load some with `detente load`, or name another provider.",
            )
        first, last = min(batch.first_day for batch in filled), max(batch.last_read_day for batch in filled)
        self.as_of = as_of or dt.date.fromisoformat(last)
        if not first <= str(self.as_of) <= last:
            raise CutoffError(
                f"Events of provider {provider!r} as of {self.as_of} were asked for.",
                f"The store holds theirs from {first} to {last}.",
                "Move the as-of date, or load the missing files with `detente load`.",
            )
        self._is_span = filled[-1].coverage_rule == "span"
        self._store = store
        self._engine = find_engine(engine)
        self._files = Held(
            store,
            events=_files(store, "events", filled),
            days=_files(store, "days", batches),
            sums=_files(store, "sums", [batch for batch in filled if batch.has_sums]),
            without_sums=_files(store, "events", [batch for batch in filled if not batch.has_sums]),
        )
        is_all = str(self.as_of) >= last  # then the manifest says it
        first_known = dt.date.fromisoformat(first) if is_all else self._read("first_day").item()
        if first_known is None:
            raise CutoffError(
                f"Events of provider {provider!r} as of {self.as_of} were asked for.",
                "None of theirs had been published by then.",
                "Move the as-of date.",
            )
        self.first_day: dt.date = first_known
        self._cells: pl.DataFrame | None = None
        self._coverage: pl.DataFrame | None = None
        self._held: dict[str, dict[str, pl.DataFrame]] = {}

    @property
    def last_day(self) -> dt.date:
        """The last day that is read: the as-of day."""
        return self.as_of

    def cells(self, pair: Pair | None = None, *, since: dt.date | None = None) -> pl.DataFrame:
        """Events added up by day, dyad and type: rows of the table ``cells``.

        Args:
            pair: Both directions of one pair; None for all.
            since: First day.
        """
        if self._cells is None and pair is None:
            self._cells = self._table(CELLS)
        if pair is not None and "cells" in self._held:
            cells = self._held["cells"].get(pair.id, CELLS.empty())
            return cells if since is None else cells.filter(pl.col("occurred") >= since)
        if self._cells is not None:
            cells = self._cells
            if pair is not None:
                both = [pair.a, pair.b]
                cells = cells.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
            return cells if since is None else cells.filter(pl.col("occurred") >= since)
        return self._table(CELLS, of=pair, since=since)

    def series(
        self, period: Period = "week", of: Pair | Dyad | None = None, *, since: dt.date | None = None
    ) -> pl.DataFrame:
        """Events of each dyad added up by calendar week or month: rows of the table ``series``.

        Args:
            period: ``week`` (from Monday) or ``month``.
            of: A pair (both directions) or a dyad; None for all.
            since: First day.
        """
        found = self._engine.read(self._files, Read(f"series_by_{period}", self.as_of, of, since))
        return check_table(found.select(SERIES.names).cast(SERIES.schema), SERIES)

    def cells_by_role(self, pair: Pair | None = None, *, since: dt.date | None = None) -> pl.DataFrame:
        """Events added up by day, dyad and who acts for the state: rows of the table ``cells_by_role``.

        Args:
            pair: Both directions of one pair; None for all.
            since: First day.
        """
        if pair is not None and since is None and "by_role" in self._held:
            return self._held["by_role"].get(pair.id, CELLS_BY_ROLE.empty())
        return self._table(CELLS_BY_ROLE, of=pair, since=since)

    def cells_by_place(self, pair: Pair | None = None, *, since: dt.date | None = None) -> pl.DataFrame:
        """Events added up by day, dyad, event code and place: rows of the table ``cells_by_place``.

        Args:
            pair: Both directions of one pair; None for all.
            since: First day.
        """
        if pair is not None and since is None and "by_place" in self._held:
            return self._held["by_place"].get(pair.id, CELLS_BY_PLACE.empty())
        return self._table(CELLS_BY_PLACE, of=pair, since=since)

    def hold(self) -> None:
        """Read the cells of all pairs once and keep them by pair: for a process that will be asked for many."""
        tables = {"cells": self.cells(), "by_role": self.cells_by_role(), "by_place": self.cells_by_place()}
        self._held = {name: _by_pair(table) for name, table in tables.items()}

    def events(
        self,
        of: Pair | Dyad | None = None,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Rows of the table ``events``, oldest first.

        Args:
            of: A pair (both directions) or a dyad; None for all.
            since: First day.
            until: Last day.
            limit: How many rows at most.
        """
        return self._table(EVENTS, of=of, since=since, until=until, limit=limit)

    def coverage(self) -> pl.DataFrame:
        """Which days the provider covered, from the first day held to the as-of day: rows of ``coverage``."""
        if self._coverage is None:
            known = self._read("days").rows()
            self._coverage = _judge(known, self.provider, self.first_day, self.as_of, is_span=self._is_span)
        return self._coverage

    def drivers(self) -> pl.DataFrame:
        """Outside series as known at the end of the as-of day: rows of the table ``drivers``."""
        return read_drivers(self._store, self.as_of)

    def mentions(
        self, of: Pair | Dyad | None = None, *, since: dt.date | None = None, until: dt.date | None = None
    ) -> pl.DataFrame:
        """Where events can be read: rows of the table ``mentions``, by event; none where no mentions were loaded.

        Args:
            of: A pair (both directions) or a dyad; None for all.
            since: First day of the events.
            until: Last day of the events.
        """
        keys = self._engine.read(self._files, Read("keys", self.as_of, of, since, until))["event_key"]
        return self.mentions_of(keys)

    def mentions_of(self, keys: pl.Series) -> pl.DataFrame:
        """Where some events can be read: rows of the table ``mentions``, by event.

        Args:
            keys: Their ids, as they stand in the table ``events``; nulls are none.
        """
        return read_mentions(self._store, self.provider, keys, self.as_of)

    def pairs(self) -> pl.DataFrame:
        """All pairs: ``pair, n, first_day, last_day, active_days``, the busiest first."""
        return self._read("pairs")

    def has_late_events(self) -> bool:
        """Whether anything held was published after its day, so that an earlier view is more than a cut by day."""
        return not self._read("late").is_empty()

    def _table(
        self,
        table: Table,
        *,
        of: Pair | Dyad | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Rows of the table whose name the read has."""
        found = self._engine.read(self._files, Read(table.name, self.as_of, of, since, until, limit))
        return check_table(found.select(table.names).cast(table.schema), table)

    def _read(self, name: str) -> pl.DataFrame:
        return self._engine.read(self._files, Read(name, self.as_of))


def _files(store: Path, folder: str, batches: list[Batch]) -> tuple[Path, ...]:
    return tuple(store / folder / f"{batch.id}.parquet" for batch in batches)


def _by_pair(cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each pair, in their order, by the pair's id."""
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    parts = cells.with_columns((lower + "-" + upper).alias("pair"))
    return {str(pair): part for (pair,), part in parts.partition_by("pair", as_dict=True, include_key=False).items()}


def _judge(
    known: list[tuple[dt.date, int, dt.datetime, bool]], provider: str, first: dt.date, last: dt.date, *, is_span: bool
) -> pl.DataFrame:
    """Call each day present, thin or absent.

    A provider that publishes every day cannot have a day without rows: that is absent, and a day with less than a fifth
    of its usual rows is thin. What is usual is judged by earlier days alone, so that a verdict never changes later
    (but for the first fortnight, which is judged by itself). A provider of spans covers what it says it covers.
    """
    by_day = {day: (rows, known_at, is_absent) for day, rows, known_at, is_absent in known}
    counts = [rows for _, (rows, _, is_absent) in sorted(by_day.items()) if rows and not is_absent]
    opening = statistics.median(counts[:_FIRST_DAYS]) if counts else 0
    usual: list[int] = []
    table = []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        rows, known_at, is_absent = by_day.get(day, (0, dt.datetime.combine(day, dt.time.min), not is_span))
        typical = statistics.median(usual[-_USUAL_DAYS:]) if len(usual) >= _FIRST_DAYS else opening
        if is_absent or (not rows and not is_span):
            status = "absent"
        elif not is_span and rows < _THIN_SHARE * typical:
            status = "thin"
        else:
            status = "present"
            usual.append(rows)
        table.append((provider, day, rows, known_at, status))
    return check_table(pl.DataFrame(table, schema=COVERAGE.schema, orient="row"), COVERAGE)
