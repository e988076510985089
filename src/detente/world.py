"""The front room: a store read as of a day, and the pairs in it.

Everything here only reads. A `World` holds one view of one provider's events; a `PairView` asks the rooms below for
measures, reasons and forecasts of one pair and returns polars frames (``.to_pandas()`` where pandas is wanted).
"""

from __future__ import annotations

import datetime as dt
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from detente import forecast, relations
from detente.codebook import find_state, read_move
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, STANDARD_HORIZONS, Horizon, parse_day
from detente.domain.tables import WATCH, check_table
from detente.errors import CodebookError, CutoffError
from detente.outlook import build_brief, measure_parts, read_series
from detente.sample import load_chronology, read_card, sample_store_path
from detente.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.forecast.whatif import WhatIf
    from detente.outlook import Brief
    from detente.relations import Explanation, Reciprocity, Status
    from detente.store import Store, View

Side = Literal["pair", "dyad"]
ArenaKind = Literal["place", "theme"]
Day = str | dt.date
#: A pair with fewer events a week is too quiet to be put on a list of movers.
_WATCH_MIN_EVENTS_A_WEEK = 5
_RECENT_WEEKS = 4
_YEAR_DAYS = 365


def default_store_path() -> Path:
    """Where loaded data live: ``DETENTE_STORE``, else the user's data directory."""
    if chosen := os.environ.get("DETENTE_STORE"):
        return Path(chosen)
    from platformdirs import user_data_path  # noqa: PLC0415 - only needed where no store is named

    return user_data_path("detente", appauthor=False) / "store"


def open_world(
    path: str | Path | None = None, *, as_of: str | dt.date | None = None, provider: str | None = None
) -> World:
    """Open a store for reading; the bundled sample where no data have been loaded.

    Args:
        path: The store's directory; by default ``default_store_path()``, or the sample while that holds nothing.
        as_of: The day at whose end to read; by default the last day known.
        provider: Whose data to read, where the store holds several providers'.

    Raises:
        StoreError: when the store cannot be read.
        CutoffError: when nothing was known at that date.
    """
    store, is_sample = find_store(path)
    day = parse_day(as_of, what="as-of date") if as_of is not None else None
    return World(store, as_of=day, provider=provider, is_sample=is_sample)


def find_store(path: str | Path | None = None) -> tuple[Store, bool]:
    """The store to read, and whether it is the bundled sample (where none is named and none has been filled)."""
    chosen = Path(path) if path is not None else default_store_path()
    if path is None and not (chosen / "MANIFEST.json").exists():
        chosen = sample_store_path()
    return open_store(chosen, read_only=True), chosen == sample_store_path()


class World:
    """One provider's events as known on one day, and the relations in them.

    Args:
        store: The store to read.
        as_of: The day at whose end to read; None for the last day known.
        provider: Whose data; None for the provider with most rows.
        is_sample: Whether this is the bundled sample.
    """

    def __init__(
        self, store: Store, *, as_of: dt.date | None = None, provider: str | None = None, is_sample: bool = False
    ) -> None:
        self.store = store
        self.is_sample = is_sample
        self._provider = provider
        self._views: dict[dt.date | None, View] = {}
        self._panels: dict[tuple[dt.date, str | None], forecast.Panel] = {}
        self._weeks: dict[tuple[dt.date, str], pl.DataFrame] = {}
        self._readings: dict[dt.date, relations.Readings] = {}
        self.view = self.view_as_of(as_of)

    @property
    def as_of(self) -> dt.date:
        """The day at whose end everything is read."""
        return self.view.as_of

    @property
    def provider(self) -> str:
        """Whose data are read."""
        return self.view.provider

    @cached_property
    def card(self) -> Mapping[str, Any]:
        """The card of the data: publisher, citation, terms, caveats."""
        if self.is_sample:
            return read_card()
        from detente.sources import SOURCES  # noqa: PLC0415 - not needed for the sample

        if self.provider not in SOURCES:
            return {
                "title": f"{self.provider}, a table of the user's own",
                "citation": "its owner",
                "terms": "its owner's",
            }
        card = SOURCES[self.provider].card
        return {
            "title": card.title,
            "publisher": card.publisher,
            "citation": card.citation,
            "terms": card.licence,
            "caveats": list(card.caveats),
        }

    def view_as_of(self, as_of: str | dt.date | None) -> View:
        """The store as known at the end of a day (None: the world's own day, or the last one known)."""
        day = parse_day(as_of, what="as-of date") if as_of is not None else None
        if self._views and (day is None or day == self.view.as_of):
            return self.view
        if day not in self._views:
            self._views[day] = self.store.view(day, self._provider)
        return self._views[day]

    def drivers(self, as_of: dt.date | None = None) -> pl.DataFrame:
        """Outside series as known on a day: rows of ``drivers``; beside the sample, those of the user's own store."""
        store = open_store(default_store_path(), read_only=True) if self.is_sample else self.store
        return store.drivers(as_of or self.as_of)

    def pair(self, a: str, b: str) -> PairView:
        """The relation of two states, named by ISO3 code or in any usual spelling.

        Raises:
            CodebookError: when a name is not known, or both name one state.
        """
        return PairView(self, Pair(_state(a), _state(b)))

    def pairs(self) -> pl.DataFrame:
        """All pairs in the data: ``pair, n, first_day, last_day, active_days``, the busiest first."""
        return self.view.pairs()

    def levels(self, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``levels`` for all pairs (``by="pair"``) or all dyads (``by="dyad"``)."""
        return relations.measure_levels(self.weeks(self.as_of, by=by))

    def weeks(self, as_of: dt.date, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``weeks`` for all pairs, or all dyads, up to a day."""
        if (as_of, by) not in self._weeks:
            view = self.view_as_of(as_of)
            self._weeks[as_of, by] = relations.build_weeks(view.cells(), view.coverage(), as_of=as_of, by=by)
        return self._weeks[as_of, by]

    def readings(self, as_of: dt.date) -> relations.Readings:
        """The tables that measures take, as known on a day."""
        if as_of not in self._readings:
            view = self.view_as_of(as_of)
            self._readings[as_of] = relations.Readings(
                view.cells(), view.coverage(), view.cells_by_role, view.cells_by_place
            )
        return self._readings[as_of]

    def measures(self, pairs: list[Pair] | None = None, *, only: str | None = None) -> pl.DataFrame:
        """Rows of the table ``measures`` for many pairs.

        Args:
            pairs: Which; by default all in the data, the busiest first.
            only: The name of one measure; by default all registered ones.
        """
        chosen = [Pair(*pair.split("-")) for pair in self.pairs()["pair"]] if pairs is None else pairs
        wanted = None if only is None else [relations.find_measure(only)]
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

    def levels_of(self, pair: Pair, as_of: dt.date, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``levels`` of one pair, or of its dyads; short histories lean on all busy pairs."""
        pool = {*self.panel(as_of).pairs, pair.id}
        weeks = self.weeks(as_of) if by == "pair" else self._dyad_weeks(as_of, pool)
        return relations.measure_levels(weeks.filter(pl.col("pair").is_in(pool))).filter(pl.col("pair") == pair.id)

    def _dyad_weeks(self, as_of: dt.date, pairs: set[str]) -> pl.DataFrame:
        """Weeks of the directions of some pairs: those of all, most of whom hardly meet, would take long."""
        view = self.view_as_of(as_of)
        both = pl.DataFrame([pair.split("-") for pair in sorted(pairs)], schema=["actor", "recipient"], orient="row")
        dyads = pl.concat([both, both.select(actor="recipient", recipient="actor")])
        cells = view.cells().join(dyads, on=["actor", "recipient"], how="semi", maintain_order="left")
        return relations.build_weeks(cells, view.coverage(), as_of=as_of, by="dyad")

    def forecasts(self, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for all pairs, at the given horizons in weeks."""
        return pl.concat([self.forecast_pairs(Horizon(weeks), self.as_of) for weeks in horizons])

    def forecast_pairs(self, horizon: Horizon, as_of: dt.date, *, pairs: list[str] | None = None) -> pl.DataFrame:
        """Rows of the table ``forecasts`` at one horizon from one origin; the model learns from all pairs."""
        panel = self.panel(as_of, also=pairs[0] if pairs else None)
        fitted = forecast.default_forecaster().fit(panel, [as_of], horizon)
        answers = fitted.predict(panel, [as_of], horizon)
        return answers if pairs is None else answers.filter(pl.col("pair").is_in(pairs))

    def provocations(
        self, pair: Pair | None = None, *, as_of: Day | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS
    ) -> pl.DataFrame:
        """Rows of the table ``hazards`` for all busy dyads, or for both directions of one pair."""
        view, ahead = self.view_as_of(as_of), [Horizon(weeks) for weeks in horizons]
        return forecast.forecast_provocations(view.cells(), view.coverage(), view.as_of, ahead, pair=pair)

    def panel(self, as_of: dt.date, *, also: str | None = None) -> forecast.Panel:
        """Weekly balances up to a day, side by side, of all pairs with at least one event a week on average.

        Args:
            as_of: The day.
            also: A pair that is there however few events it has.
        """
        for held in (self._panels.get((as_of, None)), self._panels.get((as_of, also))):
            if held is not None and (also is None or also in held.pairs):
                return held
        panel = self._build_panel(as_of)
        if also is not None and also not in panel.pairs:
            panel = self._panels[as_of, also] = self._build_panel(as_of, also=also)
        else:
            self._panels[as_of, None] = panel
        return panel

    def _build_panel(self, as_of: dt.date, *, also: str | None = None) -> forecast.Panel:
        weeks = self.weeks(as_of)
        is_busy = pl.col("n").mean().over("pair") >= relations.POOL_EVENTS_A_WEEK
        busy = weeks.filter(is_busy | (pl.col("pair") == (also or "")))
        return forecast.build_panel(busy)

    def watch(self, *, top: int = 20, horizon: str | int | Horizon = "13w", by: str = "moved") -> pl.DataFrame:
        """Which pairs moved, or are likely to move: rows of the table ``watch``.

        Args:
            top: How many pairs.
            horizon: Horizon of the probabilities.
            by: ``moved`` (most unusual first), ``deteriorate`` or ``improve`` (most probable first).
        """
        levels = self.levels()
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


class PairView:
    """One relation in a world: its level, events, reasons and outlook.

    Args:
        world: Where it is read from.
        pair: The two states.
    """

    def __init__(self, world: World, pair: Pair) -> None:
        self.world = world
        self.pair = pair

    def __repr__(self) -> str:
        return f"<PairView {self.pair} from {self.world.provider} as of {self.world.as_of}>"

    def level(self, *, by: Side = "pair", as_of: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``levels``: the pair's weeks, or each direction's (``by="dyad"``)."""
        return self.world.levels_of(self.pair, self.world.view_as_of(as_of).as_of, by=by)

    def events(
        self, *, since: str | dt.date | None = None, until: str | dt.date | None = None, limit: int | None = None
    ) -> pl.DataFrame:
        """Rows of the table ``events``, oldest first."""
        first = parse_day(since, what="first day") if since is not None else None
        last = parse_day(until, what="last day") if until is not None else None
        return self.world.view.events(self.pair, since=first, until=last, limit=limit)

    def moves(self, *, since: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``moves``, newest first."""
        first = parse_day(since, what="first day") if since is not None else None
        return relations.build_moves(self.world.view.cells(self.pair, since=first))

    def exchanges(self, *, since: str | dt.date | None = None) -> pl.DataFrame:
        """Unusual moves with the answers to them in kind: rows of the table ``exchanges``, the weightiest first."""
        view = self.world.view
        rows = relations.build_exchanges(
            view.cells(self.pair), view.coverage(), load_chronology(), self.pair, as_of=view.as_of
        )
        return rows if since is None else rows.filter(pl.col("moved") >= parse_day(since, what="first day"))

    def reciprocity(self, *, as_of: str | dt.date | None = None) -> Reciprocity:
        """How strongly and fast each side answers the other in kind, beyond habit, news and the rest of the world."""
        view = self.world.view_as_of(as_of)
        return relations.measure_reciprocity(view.cells(), view.coverage(), self.pair, as_of=view.as_of)

    def whatif(
        self, move: str, *, day: str | dt.date | None = None, horizon: str | int = "13w", usual: bool = False
    ) -> WhatIf:
        """The outlook with and without a move, and how the other side answered such moves before.

        Args:
            move: Who does what, in plain words: ``RUS expel diplomats``.
            day: When it is supposed to happen, in the last week up to the world's day; by default that day.
            horizon: How far ahead.
            usual: Take the move to be as large as such days usually are, not as their largest tenth.

        Raises:
            CodebookError: when the move is not understood; the nearest known ones are offered.
            QuestionError: when the day is not in the last week, or the week is a gap.
        """
        from detente.forecast.whatif import LARGE, USUAL, Supposed, build_whatif  # noqa: PLC0415 - only this question needs it

        world, view = self.world, self.world.view
        week = view.coverage().filter(pl.col("day") > view.as_of - dt.timedelta(days=DAYS_IN_WEEK))
        return build_whatif(
            forecast.default_forecaster(),
            world.panel(view.as_of, also=self.pair.id),
            view.cells(),
            self.reciprocity(),
            Supposed(
                read_move(move, self.pair.a, self.pair.b),
                parse_day(day, what="date of the move") if day is not None else view.as_of,
                USUAL if usual else LARGE,
            ),
            covered_days=int((week["status"] == "present").sum()),
            horizons=(Horizon.parse(horizon),),
        )

    def status(self, *, as_of: str | dt.date | None = None) -> Status:
        """The last four weeks against the pair's own past year."""
        return relations.read_status(self.level(as_of=as_of))

    def measures(self, as_of: str | dt.date | None = None, *, only: str | None = None) -> pl.DataFrame:
        """Rows of the table ``measures``: what all registered measures, or one, say of the pair as of a day."""
        day = self.world.view_as_of(as_of).as_of
        wanted = None if only is None else [relations.find_measure(only)]
        return relations.measure_pair(self.world.readings(day), self.pair, day, measures=wanted)

    def voices(self, *, as_of: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``voices``: each branch of either state, over the last half year."""
        view = self.world.view_as_of(as_of)
        return relations.measure_voices(view.cells_by_role(self.pair), view.coverage(), self.pair, as_of=view.as_of)

    def voice_gaps(self, *, as_of: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``voice_gaps``: executive against legislature, for either state."""
        view = self.world.view_as_of(as_of)
        return relations.measure_voice_gaps(view.cells_by_role(self.pair), view.coverage(), self.pair, as_of=view.as_of)

    def arenas(self, kind: ArenaKind = "place", *, as_of: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``arenas``: shares of cooperation and conflict by place, or by theme, over half a year."""
        view = self.world.view_as_of(as_of)
        cells = view.cells_by_place(self.pair)
        return relations.measure_arenas(cells, view.coverage(), self.pair, as_of=view.as_of, kind=kind)

    def arena_changes(self, kind: ArenaKind = "place", *, as_of: str | dt.date | None = None) -> pl.DataFrame:
        """Rows of the table ``arena_changes``: which place, or theme, moved the balance; the rows add up."""
        view = self.world.view_as_of(as_of)
        cells = view.cells_by_place(self.pair)
        return relations.explain_by_arena(cells, view.coverage(), self.pair, as_of=view.as_of, kind=kind)

    def explain(self, as_of: str | dt.date | None = None) -> Explanation:
        """What moved the balance of the last four weeks away from the year before; the reasons add up."""
        view = self.world.view_as_of(as_of)
        return relations.explain_change(view.cells(self.pair), view.coverage(), self.pair, as_of=view.as_of)

    def explain_measure(
        self,
        name: str,
        *,
        first: str | dt.date,
        last: str | dt.date | None = None,
        quantity: str | None = None,
        actor: str | None = None,
        item: str | None = None,
    ) -> relations.Change:
        """What moved one number of a measure from one day to another; the reasons add up.

        Args:
            name: The measure, with or without its version.
            first: The earlier day.
            last: The later day; by default the world's. All is read as known on it.
            quantity: Which number; by default the measure's first.
            actor: Whose direction; by default both, or the state named first where there is no such number.
            item: Which of several of a kind.
        """
        day = self.world.view_as_of(last).as_of
        measure, tables = relations.find_measure(name), self.world.readings(day)
        wanted, state = quantity or measure.quantities[0].name, _state(actor) if actor is not None else None
        if state is None:
            mine = measure(tables, self.pair, day).filter(pl.col("quantity") == wanted)
            state = None if mine["actor"].is_null().any() or mine.is_empty() else self.pair.a
        target, start = relations.Target(measure, wanted, state, item), parse_day(first, what="first day")
        return relations.explain_measure(tables, self.pair, target, first=start, last=day)

    def forecasts(
        self, *, as_of: str | dt.date | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS
    ) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for this pair."""
        day = self.world.view_as_of(as_of).as_of
        answers = [self.world.forecast_pairs(Horizon(weeks), day, pairs=[self.pair.id]) for weeks in horizons]
        return pl.concat(answers)

    def provocations(self, *, as_of: Day | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Rows of the table ``hazards``: the chance of at least one provocative move by each side towards the other."""
        return self.world.provocations(self.pair, as_of=as_of, horizons=horizons)

    def outlook(self, as_of: str | dt.date | None = None, *, horizon: str | int = "13w") -> Brief:
        """The brief of the pair.

        Args:
            as_of: The day at whose end to read; by default the world's.
            horizon: The horizon of the headline; the standard ones are shown beside it.

        Raises:
            CutoffError: when the pair has no events, or no data were held, by then.
        """
        world, view, wanted = self.world, self.world.view_as_of(as_of), Horizon.parse(horizon)
        cells, day = view.cells(self.pair), view.as_of
        if cells.is_empty():
            raise CutoffError(
                f"An outlook for {self.pair} as of {view.as_of} was asked for.",
                f"The data of provider {view.provider!r} hold no event between the two by then.",
                "Choose another pair (`detente watch` lists busy ones), a later `--as-of`, or load more data.",
            )
        coverage = view.coverage()
        panel_weeks = tuple(sorted({*STANDARD_HORIZONS, wanted.weeks}))
        return build_brief(
            self.pair,
            as_of=day,
            provider=view.provider,
            levels_pair=world.levels_of(self.pair, day),
            levels_dyads=world.levels_of(self.pair, day, by="dyad"),
            coverage=coverage,
            explanation=relations.explain_change(cells, coverage, self.pair, as_of=day),
            forecasts=self.forecasts(as_of=day, horizons=panel_weeks),
            chronology=load_chronology().filter(pl.col("day") <= day),
            card=world.card,
            horizon=wanted,
            parts=measure_parts(
                view.cells_by_role(self.pair), view.cells_by_place(self.pair), coverage, self.pair, day
            ),
            provocations=self.provocations(as_of=day, horizons=panel_weeks),
            series=read_series(world.drivers(day), self.pair),
        )


def _state(text: str) -> str:
    iso3 = find_state(text)
    if iso3 is None:
        raise CodebookError(f"{text!r} was given as a state.", "It is not known.", "Use a name or an ISO3 code.")
    return iso3
