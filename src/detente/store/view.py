"""The only way to read: one provider's events as known at the end of a day."""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import CELLS, CELLS_BY_PLACE, CELLS_BY_ROLE, COVERAGE, EVENTS, SERIES, check_table
from detente.errors import CutoffError, StoreError
from detente.store import queries
from detente.store.drivers import read_drivers
from detente.store.engine import open_cursor
from detente.store.mentions import read_mentions

if TYPE_CHECKING:
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

    Raises:
        CutoffError: when nothing was known by that day, or it lies after the last day known.
    """

    def __init__(
        self, store: Path, batches: list[Batch], provider: str, as_of: dt.date | None, other_providers: tuple[str, ...]
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
        moment = dt.datetime.combine(self.as_of, dt.time.max).isoformat(" ")
        cut = {"moment": moment, "as_of": self.as_of}
        events = queries.sql_list([store / "events" / f"{batch.id}.parquet" for batch in filled])
        days = queries.sql_list([store / "days" / f"{batch.id}.parquet" for batch in batches])
        self._store = store
        self._cut = {
            "events": queries.KNOWN_EVENTS.format(paths=events, **cut),
            "days": queries.KNOWN_DAYS.format(paths=days, **cut),
            "cell_parts": queries.KNOWN_PARTS.format(parts=_parts(store, filled, cut)),
        }
        is_all = str(self.as_of) >= last  # then the manifest says it
        first_known = dt.date.fromisoformat(first) if is_all else self._read(queries.FIRST_DAY).item()
        if first_known is None:
            raise CutoffError(
                f"Events of provider {provider!r} as of {self.as_of} were asked for.",
                "None of theirs had been published by then.",
                "Move the as-of date.",
            )
        self.first_day: dt.date = first_known
        self._cells: pl.DataFrame | None = None
        self._coverage: pl.DataFrame | None = None

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
            self._cells = check_table(self._frame(queries.CELLS.format(where="true"), CELLS.schema), CELLS)
        if self._cells is not None:
            cells = self._cells
            if pair is not None:
                both = [pair.a, pair.b]
                cells = cells.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
            return cells if since is None else cells.filter(pl.col("occurred") >= since)
        where = _where(pair, since, None)
        return check_table(self._frame(queries.CELLS.format(where=where), CELLS.schema), CELLS)

    def series(
        self, period: Period = "week", of: Pair | Dyad | None = None, *, since: dt.date | None = None
    ) -> pl.DataFrame:
        """Events of each dyad added up by calendar week or month: rows of the table ``series``.

        Args:
            period: ``week`` (from Monday) or ``month``.
            of: A pair (both directions) or a dyad; None for all.
            since: First day.
        """
        sql = queries.SERIES.format(period=period, where=_where(of, since, None))
        return check_table(self._frame(sql, SERIES.schema), SERIES)

    def cells_by_role(self, pair: Pair | None = None, *, since: dt.date | None = None) -> pl.DataFrame:
        """Events added up by day, dyad and who acts for the state: rows of the table ``cells_by_role``.

        Args:
            pair: Both directions of one pair; None for all.
            since: First day.
        """
        sql = queries.CELLS_BY_ROLE.format(where=_where(pair, since, None))
        return check_table(self._frame(sql, CELLS_BY_ROLE.schema), CELLS_BY_ROLE)

    def cells_by_place(self, pair: Pair | None = None, *, since: dt.date | None = None) -> pl.DataFrame:
        """Events added up by day, dyad, event code and place: rows of the table ``cells_by_place``.

        Args:
            pair: Both directions of one pair; None for all.
            since: First day.
        """
        sql = queries.CELLS_BY_PLACE.format(where=_where(pair, since, None))
        return check_table(self._frame(sql, CELLS_BY_PLACE.schema), CELLS_BY_PLACE)

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
        clause = "" if limit is None else f"limit {int(limit)}"
        sql = queries.EVENTS.format(where=_where(of, since, until), limit=clause)
        return check_table(self._frame(sql, EVENTS.schema), EVENTS)

    def coverage(self) -> pl.DataFrame:
        """Which days the provider covered, from the first day held to the as-of day: rows of ``coverage``."""
        if self._coverage is None:
            known = self._read(queries.DAYS).rows()
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
        keys = self._read(queries.KEYS.format(where=_where(of, since, until)))["event_key"]
        return read_mentions(self._store, self.provider, keys, self.as_of)

    def pairs(self) -> pl.DataFrame:
        """All pairs: ``pair, n, first_day, last_day, active_days``, the busiest first."""
        return self._read(queries.PAIRS)

    def has_late_events(self) -> bool:
        """Whether anything held was published after its day, so that an earlier view is more than a cut by day."""
        return bool(self._read(queries.ANY_LATE).item())

    def _frame(self, sql: str, schema: pl.Schema) -> pl.DataFrame:
        return self._read(sql).select(schema.names()).cast(schema)

    def _read(self, sql: str) -> pl.DataFrame:
        """Run one query over a connection of its own: no file is held open between reads, and threads do not meet."""
        try:
            with open_cursor() as engine:
                for relation, definition in self._cut.items():
                    if relation in sql:
                        engine.execute(definition)
                return pl.DataFrame(engine.sql(sql).to_arrow_table())
        except duckdb.Error as error:
            raise StoreError(
                f"The store {self._store} was to be read.",
                f"{str(error).splitlines()[0]}.",
                "Run `detente doctor` to see which file is missing or damaged.",
            ) from error


def _parts(store: Path, batches: list[Batch], cut: dict[str, object]) -> str:
    """SQL for what cells are added up from: sums where they were written, else the events themselves."""
    sums = [store / "sums" / f"{batch.id}.parquet" for batch in batches if batch.has_sums]
    events = [store / "events" / f"{batch.id}.parquet" for batch in batches if not batch.has_sums]
    given = ((queries.PARTS_OF_CELLS, sums), (queries.PARTS_OF_EVENTS, events))
    return "union all".join(sql.format(paths=queries.sql_list(paths), **cut) for sql, paths in given if paths)


def _where(of: Pair | Dyad | None, since: dt.date | None, until: dt.date | None) -> str:
    """The condition of a read; states are checked three-letter codes and days are dates, so nothing can be injected."""
    parts = []
    if isinstance(of, Dyad):
        parts.append(f"actor = '{of.actor}' and recipient = '{of.recipient}'")
    elif of is not None:
        parts.append(f"actor in ('{of.a}', '{of.b}') and recipient in ('{of.a}', '{of.b}')")
    if since is not None:
        parts.append(f"occurred >= date '{since}'")
    if until is not None:
        parts.append(f"occurred <= date '{until}'")
    return " and ".join(parts) or "true"


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
