"""What a store holds as of a day: its view, the tables made of it, and what the models answer from them."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from detente import forecast, relations
from detente.domain.actors import Pair
from detente.domain.periods import STANDARD_HORIZONS, Horizon, parse_day
from detente.sample import read_card
from detente.store import open_store
from detente.world.opening import default_store_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.store import Store, View

Side = Literal["pair", "dyad"]
Day = str | dt.date


class Archive:
    """One provider's events as known on one day, and the tables made of them, each made once.

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
        self._busy_weeks: dict[dt.date, pl.DataFrame] = {}
        self._laid: dict[dt.date, relations.CellWeeks] = {}
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

    def weeks(self, as_of: dt.date, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``weeks`` for all pairs, or all dyads, up to a day."""
        if (as_of, by) not in self._weeks:
            self._weeks[as_of, by] = self._cell_weeks(as_of).build(by=by)
        return self._weeks[as_of, by]

    def weeks_of_busy(self, as_of: dt.date, *, also: str | None = None) -> pl.DataFrame:
        """Rows of ``weeks`` of the pairs with at least one event a week on average, and of one more if it is given.

        Those are a tenth of all pairs, and all that levels and forecasts are made of.
        """
        laid = self._cell_weeks(as_of)
        if as_of not in self._busy_weeks:
            self._busy_weeks[as_of] = laid.build(pairs=laid.busy)
        if also is None or also in laid.busy:
            return self._busy_weeks[as_of]
        return pl.concat([self._busy_weeks[as_of], laid.build(pairs=[also])])

    def weeks_of_state(self, state: str, as_of: dt.date) -> pl.DataFrame:
        """Rows of ``weeks`` of one state's pairs with all others."""
        laid = self._cell_weeks(as_of)
        mine = laid.cells.filter((pl.col("actor") == state) | (pl.col("recipient") == state))["pair"].unique()
        return laid.build(pairs=mine.to_list())

    def _cell_weeks(self, as_of: dt.date) -> relations.CellWeeks:
        """The cells of all pairs by week, up to a day: laid out once for weeks, news and directions."""
        if as_of not in self._laid:
            view = self.view_as_of(as_of)
            self._laid[as_of] = relations.lay_out_weeks(view.cells(), view.coverage(), as_of=as_of)
        return self._laid[as_of]

    def readings(self, as_of: dt.date) -> relations.Readings:
        """The tables that measures take, as known on a day."""
        if as_of not in self._readings:
            view = self.view_as_of(as_of)
            self._readings[as_of] = relations.Readings(
                view.cells(), view.coverage(), view.cells_by_role, view.cells_by_place
            )
        return self._readings[as_of]

    def levels_of(self, pair: Pair, as_of: dt.date, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``levels`` of one pair, or of its dyads; short histories lean on all busy pairs."""
        laid = self._cell_weeks(as_of)
        pool = {pair.id}
        if laid.weeks_held < relations.WEEKS_FOR_OWN_SCALE:
            pool.update(self.panel(as_of).pairs)
        return relations.measure_levels(laid.build(by=by, pairs=pool), pairs=[pair.id])

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
        view, weeks = self.view_as_of(as_of), self.weeks_of_busy(as_of, also=also)
        return forecast.add_days(forecast.build_panel(weeks), self._cell_weeks(as_of).cells, view.coverage())

    def forecast_pairs(self, horizon: Horizon, as_of: dt.date, *, pairs: list[str] | None = None) -> pl.DataFrame:
        """Rows of the table ``forecasts`` at one horizon from one origin; the model learns from all pairs."""
        panel = self.panel(as_of, also=pairs[0] if pairs else None)
        fitted = forecast.default_forecaster().fit(panel, [as_of], horizon)
        answers = fitted.predict(panel, [as_of], horizon)
        return answers if pairs is None else answers.filter(pl.col("pair").is_in(pairs))

    def stated(self, horizon: Horizon, as_of: dt.date, *, pair: str) -> pl.DataFrame:
        """What the question about a pair rests on and its base rates: a row of ``forecast.state_questions``."""
        rows = forecast.state_questions(self.panel(as_of, also=pair), as_of, horizon)
        return rows.filter(pl.col("pair") == pair)

    def fan(self, pair: Pair, as_of: dt.date, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Where the level of a pair may go: rows of the table ``level_quantiles`` from one origin."""
        answers = [self.forecast_pairs(Horizon(weeks), as_of, pairs=[pair.id]) for weeks in horizons]
        return forecast.build_fan(self.panel(as_of, also=pair.id), as_of, pl.concat(answers), pair=pair.id)

    def provocations(
        self, pair: Pair | None = None, *, as_of: Day | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS
    ) -> pl.DataFrame:
        """Rows of the table ``hazards`` for all busy dyads, or for both directions of one pair."""
        view, ahead = self.view_as_of(as_of), [Horizon(weeks) for weeks in horizons]
        return forecast.forecast_provocations(view.cells(), view.coverage(), view.as_of, ahead, pair=pair)
