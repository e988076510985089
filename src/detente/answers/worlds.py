"""The desk of a program that asks: it may be barred from late days, and keeps what was made for a pair for a while."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar, cast

from detente.domain.periods import parse_day
from detente.errors import CutoffError
from detente.replies import Desk, Shelf, WarmWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

#: Briefs and records of pairs held at once, some tens of kilobytes each: one question is seldom the last.
KEPT = 256
T = TypeVar("T")


class Worlds(Desk):
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
        super().__init__(store, provider=provider, ledger=ledger)
        self._until = parse_day(until, what="last day that can be asked about") if until is not None else None
        self._kept: Shelf[Hashable, object] = Shelf(KEPT)

    def world(self, as_of: str | dt.date | None = None) -> WarmWorld:
        """The world as known at the end of a day; by default the last one known, or that may be asked about.

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
        return super().world(day)

    def is_due(self) -> bool:
        """Every question looks at the disk: a program asks seldom, and may have just changed what is there."""
        return True

    def keep(self, world: WarmWorld, key: Hashable, make: Callable[[], T]) -> T:
        """What was made from a world for a key, or is made now because it is not kept any more."""
        return cast("T", self._kept.take((self.version(), world.as_of, key), make))
