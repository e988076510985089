"""One relation in an archive: its level, events, reasons and outlook, as polars frames."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import polars as pl

from detente import forecast, relations
from detente.codebook import find_state, read_move
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, STANDARD_HORIZONS, Horizon, parse_day
from detente.errors import CodebookError, CutoffError
from detente.outlook import build_brief, measure_parts, read_series
from detente.sample import load_chronology
from detente.world.archive import Archive, Day, Side

if TYPE_CHECKING:
    from detente.forecast.whatif import WhatIf
    from detente.outlook import Brief
    from detente.relations import Explanation, Reciprocity, Status
    from detente.world.ground import Grounds

ArenaKind = Literal["place", "theme"]


class PairView:
    """One relation in a world: its level, events, reasons and outlook.

    Args:
        world: Where it is read from.
        pair: The two states.
    """

    def __init__(self, world: Archive, pair: Pair) -> None:
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

    def likely_moves(self, *, days: int = 7, as_of: Day | None = None) -> pl.DataFrame:
        """Rows of the table ``likely_moves``: what each side is likely to do to the other in the days ahead.

        Args:
            days: How far ahead, 1 to 28.
            as_of: The day at whose end to read; by default the world's.

        Raises:
            QuestionError: when the past is too short to learn from, or the days are out of range.
        """
        from detente.world.likely import likely_moves  # noqa: PLC0415 - only this question needs it

        return likely_moves(self.world, self.pair, days=days, as_of=as_of)

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
        wanted, state = quantity or measure.quantities[0].name, read_state(actor) if actor is not None else None
        if state is None:
            mine = measure(tables, self.pair, day).filter(pl.col("quantity") == wanted)
            state = None if mine["actor"].is_null().any() or mine.is_empty() else self.pair.a
        target, start = relations.Target(measure, wanted, state, item), parse_day(first, what="first day")
        return relations.explain_measure(tables, self.pair, target, first=start, last=day)

    def grounds(
        self,
        found: Explanation | relations.Change,
        *,
        top: int = 25,
        most: int = 3,
        mentions: bool = True,
        as_of: Day | None = None,
    ) -> Grounds:
        """The events that the weightiest reasons of an explanation rest on, and where each can be read.

        Args:
            found: What ``explain`` or ``explain_measure`` gave.
            top: How many reasons.
            most: How many rows of events for each, the weightiest first.
            mentions: Whether to look for mentions.
            as_of: The day of the explanation; by default the world's.
        """
        from detente.world.ground import find_grounds  # noqa: PLC0415 - only this question needs it

        view = self.world.view_as_of(as_of)
        return find_grounds(view, self.pair, found, top=top, most=most, mentions=mentions)

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

    def fan(self, as_of: str | dt.date | None = None, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Where the level may go: quantiles of every week ahead and of the mean levels of the horizons.

        Args:
            as_of: The day at whose end to read; by default the world's.
            horizons: Horizons in weeks, of the three-way forecasts that the fan follows; it ends with the longest.

        Returns:
            Rows of the table ``level_quantiles``.
        """
        return self.world.fan(self.pair, self.world.view_as_of(as_of).as_of, horizons=horizons)

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


def read_state(text: str) -> str:
    """The ISO3 code of a state named in any usual spelling.

    Raises:
        CodebookError: when the name is not known.
    """
    iso3 = find_state(text)
    if iso3 is None:
        raise CodebookError(f"{text!r} was given as a state.", "It is not known.", "Use a name or an ISO3 code.")
    return iso3
