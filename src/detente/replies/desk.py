"""The desk: a store opened once for many questions, worlds of the days asked about, and briefs kept for a while.

In come a store, a ledger and the book of what was read; out come worlds and briefs as of a day. Everything is read, and
nothing is written. What is kept is bounded, and is let go when the data or the ledger change.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import polars as pl

from detente import assessors, scorecard
from detente.domain.periods import parse_day
from detente.replies.detail import build_detail
from detente.replies.warm import WarmWorld
from detente.world import find_store

if TYPE_CHECKING:
    from detente.domain.actors import Pair
    from detente.outlook import Brief
    from detente.store import Chain

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: Days held in memory at once; one takes some hundred megabytes for a sample of a quarter of a million events.
WORLDS_HELD = 4
#: Briefs held at once, a few hundred kilobytes each.
BRIEFS_HELD = 256
#: The data and the ledger are looked at again after so many seconds.
LOOK_EVERY_SECONDS = 2.0


class Shelf(Generic[K, V]):
    """Values made once and kept while there is room; who asks for one that is being made waits for it.

    Args:
        room: How many are kept; the one not asked for longest goes first.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, key: K) -> V | None:
        """The value of a key, if it is there."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def take(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made now if it is not there."""
        if (held := self.find(key)) is not None:
            return held
        with self._lock:
            lock = self._making.setdefault(key, threading.Lock())
        try:
            with lock:
                if (held := self.find(key)) is not None:
                    return held
                value = make()
                with self._lock:
                    self._held[key] = value
                    while len(self._held) > self._room:
                        self._held.popitem(last=False)
                return value
        finally:
            with self._lock:
                self._making.pop(key, None)

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._held.clear()

    def __len__(self) -> int:
        return len(self._held)


class Desk:
    """Worlds and briefs of one store, for as long as a process lives.

    Args:
        store: The store's directory; None for the usual one, or the sample.
        provider: Whose data; None for the provider with most rows.
        ledger: The ledger of forecasts; None for the usual one.
    """

    def __init__(self, store: Path | None = None, *, provider: str | None = None, ledger: Path | None = None) -> None:
        self._path, self._provider, self._ledger = store, provider, ledger
        self._worlds: Shelf[dt.date | None, WarmWorld] = Shelf(WORLDS_HELD)
        self._briefs: Shelf[tuple[str, dt.date], Brief] = Shelf(BRIEFS_HELD)
        self._assessed: Shelf[dt.date, pl.DataFrame] = Shelf(WORLDS_HELD)
        self._looked_at, self._version = 0.0, ""
        self._lock = threading.Lock()

    @property
    def ledger(self) -> Chain:
        """The ledger of forecasts."""
        return scorecard.open_ledger(self._ledger)

    @property
    def book(self) -> Chain:
        """What was read in articles, and decided about it."""
        return assessors.open_book(self._ledger)

    def is_due(self) -> bool:
        """Whether the next question about the version looks at the disk."""
        return not self._version or time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS

    def version(self) -> str:
        """What all answers rest on: equal versions give equal answers. What an older one gave is let go."""
        with self._lock:
            if not self.is_due():
                return self._version
            found = self._look()
            if found != self._version:
                for shelf in (self._worlds, self._briefs, self._assessed):
                    shelf.clear()
            self._looked_at, self._version = time.monotonic(), found
            return found

    def world(self, as_of: str | dt.date | None = None) -> WarmWorld:
        """The world as known at the end of a day; by default the last one known.

        Raises:
            ConfigError: when the text is no day.
            CutoffError: when nothing was known by then.
        """
        self.version()
        day = parse_day(as_of, what="as-of date") if as_of is not None else None
        latest = self._worlds.take(None, lambda: self._open(None))
        return latest if day is None or day == latest.as_of else self._worlds.take(day, lambda: self._open(day))

    def brief(self, pair: Pair, as_of: str | dt.date | None = None) -> Brief:
        """The brief of a pair with all its parts.

        Raises:
            CutoffError: when the pair has no events by then, or nothing was known.
        """
        world = self.world(as_of)
        return self._briefs.take((str(pair), world.as_of), lambda: self._build(world, pair))

    def has_world(self, as_of: dt.date | None = None) -> bool:
        """Whether the world of a day is at hand, so that a question about it need not wait for one to be opened."""
        latest = self._worlds.find(None)
        return latest is not None and (as_of in {None, latest.as_of} or self._worlds.find(as_of) is not None)

    def has_brief(self, pair: Pair, as_of: dt.date | None = None) -> bool:
        """Whether the brief of a pair as of a day is at hand."""
        latest = self._worlds.find(None)
        return latest is not None and self._briefs.find((str(pair), as_of or latest.as_of)) is not None

    def _build(self, world: WarmWorld, pair: Pair) -> Brief:
        view = world.pair(pair.a, pair.b)
        brief = view.outlook()
        record = scorecard.read_record_sentence(self.ledger, as_of=world.as_of) or brief.track_record
        detail = build_detail(view, assessed=self.assessed(world), earlier=self.world)
        return dataclasses.replace(brief, track_record=record, detail=detail)

    def assessed(self, world: WarmWorld) -> pl.DataFrame:
        """What became of accepted assessments, as known to a world: rows of the table ``assessed``."""
        return self._assessed.take(world.as_of, lambda: assessors.assess(self.book, world))

    def _open(self, day: dt.date | None) -> WarmWorld:
        store, is_sample = find_store(self._path)
        return WarmWorld(store, as_of=day, provider=self._provider, is_sample=is_sample)

    def _look(self) -> str:
        store, _ = find_store(self._path)
        chains = (self.ledger, self.book)
        return "-".join([store.version()[:12], *(chain.head().digest[:6] for chain in chains)])
