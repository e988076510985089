"""A store read as of a day, all its pairs at once: what moved, where relations stand, what is likely."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from detente import relations
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, STANDARD_HORIZONS, Horizon, parse_day
from detente.domain.tables import WATCH, check_table
from detente.world.archive import Archive, Side
from detente.world.batches import Measuring, measure_with
from detente.world.opening import find_store
from detente.world.pair import PairView, read_state

if TYPE_CHECKING:
    from pathlib import Path

    from detente.runners import Runner

#: A pair with fewer events a week is too quiet to be put on a list of movers.
_WATCH_MIN_EVENTS_A_WEEK = 5
_RECENT_WEEKS = 4
_YEAR_DAYS = 365


def open_world(
    path: str | Path | None = None,
    *,
    as_of: str | dt.date | None = None,
    provider: str | None = None,
    engine: str | None = None,
) -> World:
    """Open a store for reading; the bundled sample where no data have been loaded.

    Args:
        path: The store's directory; by default ``default_store_path()``, or the sample while that holds nothing.
        as_of: The day at whose end to read; by default the last day known.
        provider: Whose data to read, where the store holds several providers'.
        engine: What runs the reads: ``duckdb``, ``spark`` (the running session, or one in local mode) or an address of
            Spark Connect (``sc://HOST:PORT``); by default what ``DETENTE_ENGINE`` says, else DuckDB.

    Raises:
        StoreError: when the store cannot be read.
        CutoffError: when nothing was known at that date.
        ConfigError: when there is no such engine, or it cannot be started or reached.
    """
    store, is_sample = find_store(path, engine=engine)
    day = parse_day(as_of, what="as-of date") if as_of is not None else None
    return World(store, as_of=day, provider=provider, is_sample=is_sample)


class World(Archive):
    """One provider's events as known on one day, and the relations in them."""

    def pair(self, a: str, b: str) -> PairView:
        """The relation of two states, named by ISO3 code or in any usual spelling.

        Raises:
            CodebookError: when a name is not known, or both name one state.
        """
        return PairView(self, Pair(read_state(a), read_state(b)))

    def pairs(self) -> pl.DataFrame:
        """All pairs in the data: ``pair, n, first_day, last_day, active_days``, the busiest first."""
        return self.view.pairs()

    def levels(self, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``levels`` for all pairs (``by="pair"``) or all dyads (``by="dyad"``)."""
        return relations.measure_levels(self.weeks(self.as_of, by=by))

    def measures(
        self, pairs: list[Pair] | None = None, *, only: str | None = None, runner: Runner | None = None
    ) -> pl.DataFrame:
        """Rows of the table ``measures`` for many pairs.

        Args:
            pairs: Which; by default all in the data, the busiest first.
            only: The name of one measure; by default all registered ones.
            runner: Who shares the work (`detente.runners`): processes of this machine, or Spark; by default no one.
        """
        chosen = [Pair(*pair.split("-")) for pair in self.pairs()["pair"]] if pairs is None else pairs
        wanted = None if only is None else [relations.find_measure(only)]
        if runner is not None:
            asked = Measuring(self.store.path.resolve(), self.store.version(), self.provider, self.as_of, only)
            return measure_with(runner, chosen, asked)
        return relations.measure_pairs(self.readings(self.as_of), chosen, self.as_of, measures=wanted)

    def reciprocity(self) -> pl.DataFrame:
        """Sufficiently active pairs, the surest tit for tat first: rows of the table ``reciprocity``."""
        return relations.rank_reciprocity(self.view.cells(), self.view.coverage(), as_of=self.as_of)

    def standings(
        self, *, first: str | dt.date | None = None, last: str | dt.date | None = None, by: Side = "pair"
    ) -> pl.DataFrame:
        """Rows of the table ``standings``: where relations stand among all relations, as known on the world's day.

        Args:
            first: First day of the window; with neither end given, every calendar year by itself.
            last: Last day of the window; by default the world's day.
            by: One row per pair or per dyad.
        """
        cells, coverage = self.view.cells(), self.view.coverage()
        if first is None and last is None:
            return relations.measure_yearly_standings(cells, coverage, by=by)
        end = parse_day(last, what="last day") if last is not None else self.as_of
        start = parse_day(first, what="first day") if first is not None else end - dt.timedelta(days=_YEAR_DAYS - 1)
        return relations.measure_standings(cells, coverage, first=start, last=end, by=by)

    def forecasts(self, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for all pairs, at the given horizons in weeks."""
        return pl.concat([self.forecast_pairs(Horizon(weeks), self.as_of) for weeks in horizons])

    def watch(self, *, top: int = 20, horizon: str | int | Horizon = "13w", by: str = "moved") -> pl.DataFrame:
        """Which pairs moved, or are likely to move: rows of the table ``watch``.

        Args:
            top: How many pairs.
            horizon: Horizon of the probabilities.
            by: ``moved`` (most unusual first), ``deteriorate`` or ``improve`` (most probable first).
        """
        levels = self._levels_to_watch()
        recent = levels.filter(pl.col("week_end") > self.as_of - dt.timedelta(days=_RECENT_WEEKS * DAYS_IN_WEEK))
        weekly = levels.group_by("pair").agg(pl.col("n").mean())
        busy = weekly.filter(pl.col("n") >= _WATCH_MIN_EVENTS_A_WEEK)["pair"].to_list()
        statuses = []
        for (pair,), rows in levels.filter(pl.col("pair").is_in(busy)).group_by("pair", maintain_order=True):
            status = relations.read_status(rows)
            statuses.append(
                {"pair": pair} | {name: getattr(status, name) for name in ("status", "z", "recent", "usual")}
            )
        wanted = horizon if isinstance(horizon, Horizon) else Horizon.parse(horizon)
        table = (
            pl.DataFrame(
                statuses, schema={name: WATCH.schema[name] for name in ("pair", "status", "z", "recent", "usual")}
            )
            .join(recent.group_by("pair").agg(pl.col("n").sum().alias("n_recent")), on="pair")
            .join(self.forecast_pairs(wanted, self.as_of), on="pair")
            .select(WATCH.names)
        )
        order = {"moved": pl.col("z").abs(), "deteriorate": pl.col("p_deteriorate"), "improve": pl.col("p_improve")}
        return check_table(table.sort(order[by], "pair", descending=[True, False], nulls_last=True).head(top), WATCH)

    def _levels_to_watch(self) -> pl.DataFrame:
        """Rows of ``levels`` of busy pairs; of all where histories are so short that levels lean on the others."""
        if self._cell_weeks(self.as_of).weeks_held < relations.WEEKS_FOR_OWN_SCALE:
            return self.levels()
        return relations.measure_levels(self.weeks_of_busy(self.as_of))
