"""A store opened once for many questions: worlds of the days asked about, kept for a while; nothing is written.

What depends on the as-of day alone, the forecasts and chances of all busy pairs, is made at the first question of that
day. Every answer is the one that `World` gives; only when it is computed differs.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import polars as pl

from detente import assessors, scorecard
from detente.domain.periods import STANDARD_HORIZONS, Horizon, parse_day
from detente.errors import CutoffError
from detente.world import World, find_store

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from detente.domain.actors import Pair
    from detente.store import Chain, Store
    from detente.world.archive import Day

#: Days held in memory at once; one takes some hundred megabytes for a sample of a quarter of a million events.
WORLDS_HELD = 4
#: Briefs and records of pairs held at once for a day, some tens of kilobytes each: one question is seldom the last.
KEPT = 128
T = TypeVar("T")


class HeldWorld(World):
    """A world whose forecasts and chances of all busy pairs are made once."""

    def __init__(
        self, store: Store, *, as_of: dt.date | None = None, provider: str | None = None, is_sample: bool = False
    ) -> None:
        super().__init__(store, as_of=as_of, provider=provider, is_sample=is_sample)
        self._forecasts: dict[tuple[dt.date, int], pl.DataFrame] = {}
        self._chances: dict[tuple[int, ...], pl.DataFrame] = {}
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key, or is made now because it is not kept any more."""
        found = self._kept.pop(key) if key in self._kept else make()
        self._kept[key] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return cast("T", found)

    def forecast_pairs(self, horizon: Horizon, as_of: dt.date, *, pairs: list[str] | None = None) -> pl.DataFrame:
        """Rows of the table ``forecasts`` at one horizon; the answers for all busy pairs are kept."""
        if pairs is not None and not set(pairs) <= set(self.panel(as_of).pairs):
            return super().forecast_pairs(horizon, as_of, pairs=pairs)
        if (as_of, horizon.weeks) not in self._forecasts:
            self._forecasts[as_of, horizon.weeks] = super().forecast_pairs(horizon, as_of)
        rows = self._forecasts[as_of, horizon.weeks]
        return rows if pairs is None else rows.filter(pl.col("pair").is_in(pairs))

    def provocations(
        self, pair: Pair | None = None, *, as_of: Day | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS
    ) -> pl.DataFrame:
        """Rows of the table ``hazards``; the answers for all busy dyads are kept."""
        if self.view_as_of(as_of) is not self.view:
            return super().provocations(pair, as_of=as_of, horizons=horizons)
        if horizons not in self._chances:
            self._chances[horizons] = super().provocations(horizons=horizons)
        rows = self._chances[horizons]
        if pair is None:
            return rows
        both = [pair.a, pair.b]
        own = rows.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
        return own if own.height == 2 * len(horizons) else super().provocations(pair, horizons=horizons)


class Worlds:
    """The worlds of one store, for as long as a process lives.

    Args:
        store: The store's directory; None for the usual one, or the sample.
        provider: Whose data; None for the provider with most rows.
        until: No day after this one can be asked about; None for no such bound.
        ledger: The ledger of forecasts; None for the usual one.
    """

    def __init__(
        self,
        store: Path | None = None,
        *,
        provider: str | None = None,
        until: str | dt.date | None = None,
        ledger: Path | None = None,
    ) -> None:
        self._path, self._provider, self._ledger = store, provider, ledger
        self._until = parse_day(until, what="last day that can be asked about") if until is not None else None
        self._held: OrderedDict[dt.date | None, HeldWorld] = OrderedDict()
        self._assessed: dict[tuple[dt.date, str], pl.DataFrame] = {}
        self._version = ""
        self._lock = threading.RLock()

    @property
    def ledger(self) -> Chain:
        """The ledger of forecasts, to be read."""
        return scorecard.open_ledger(self._ledger)

    @property
    def book(self) -> Chain:
        """What was read in articles and decided about it, to be read."""
        return assessors.open_book(self._ledger)

    def world(self, as_of: str | dt.date | None = None) -> HeldWorld:
        """The world as known at the end of a day; by default the last one known.

        Raises:
            ConfigError: when the text is no day.
            CutoffError: when nothing was known by then, or the day may not be asked about.
        """
        day = parse_day(as_of, what="as-of date") if as_of is not None else self._until
        if self._until is not None and day is not None and day > self._until:
            raise CutoffError(
                f"An answer as of {day} was asked for.",
                f"This server answers as of {self._until} or earlier.",
                f"Give as_of={self._until}, or an earlier day.",
            )
        with self._lock:
            self._look()
            if day not in self._held:
                store, is_sample = find_store(self._path)
                self._held[day] = HeldWorld(store, as_of=day, provider=self._provider, is_sample=is_sample)
            self._held.move_to_end(day)
            while len(self._held) > WORLDS_HELD:
                self._held.popitem(last=False)
            return self._held[day]

    def assessed(self, world: HeldWorld) -> pl.DataFrame:
        """What became of accepted assessments, as known to a world: rows of the table ``assessed``, made once."""
        key = (world.as_of, self.book.head().digest)
        with self._lock:
            if key not in self._assessed:
                self._assessed = {key: assessors.assess(self.book, world)}
            return self._assessed[key]

    def _look(self) -> None:
        """Let go of everything when the store has changed."""
        store, _ = find_store(self._path)
        if (version := store.version()) != self._version:
            self._held.clear()
            self._assessed.clear()
            self._version = version
