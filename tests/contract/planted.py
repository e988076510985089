"""Small worlds for measures: seven states, Poisson events, and the changes that declared properties are tried on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from detente.codebook import cameo_table, intensity_milli_of_type, quads
from detente.domain.actors import Pair
from detente.domain.tables import CELLS, CELLS_BY_PLACE, COVERAGE
from detente.relations import Readings

FIRST = dt.date(2016, 1, 4)
STATES = ("USA", "RUS", "CHN", "FRA", "SYR", "IND", "BRA")
TYPES: tuple[str | None, ...] = (*quads(), None)
_SUMS = ("n", "cooperation_milli", "conflict_milli", "square_milli")
_CODES = {kind: code for code, kind in cameo_table().drop_nulls().select("code", "event_type").reverse().iter_rows()}
_MILLI = {kind: intensity_milli_of_type(kind) if kind else 0 for kind in TYPES}
#: Day, actor, recipient, type, number of events.
Event = tuple[dt.date, str, str, str | None, int]


def day(number: int) -> dt.date:
    """The day of that number, from the first day of the worlds."""
    return FIRST + dt.timedelta(days=number)


@dataclass(frozen=True)
class World:
    """Cells and coverage of a small world.

    Args:
        days: How many days.
        cells: Rows of ``cells``.
        uncovered: Numbers of days that are thin.
    """

    days: int
    cells: pl.DataFrame
    uncovered: frozenset[int] = frozenset()

    @property
    def as_of(self) -> dt.date:
        """Its last day."""
        return day(self.days - 1)

    def readings(self, *, doubled: tuple[int, int] = (0, 0)) -> Readings:
        """The world as measures take it; all news of days from ``doubled[0]`` to before ``doubled[1]`` twice."""
        first, last = day(doubled[0]), day(doubled[1])
        coverage = pl.DataFrame(
            {
                "provider": "p",
                "day": [day(number) for number in range(self.days)],
                "rows": 900,
                "known_at": dt.datetime(2016, 1, 1),  # noqa: DTZ001 - naive UTC by schema
                "status": ["thin" if number in self.uncovered else "present" for number in range(self.days)],
            },
            schema=COVERAGE.schema,
        )
        cells = self.cells.with_columns(
            _twice(name, pl.col("occurred").is_between(first, last, "left")) for name in _SUMS
        )
        return Readings(
            cells,
            coverage.with_columns(_twice("rows", pl.col("day").is_between(first, last, "left"))),
            lambda pair: _of_pair(by_role(cells), pair),
            lambda pair: _of_pair(by_place(cells), pair),
        )

    def until(self, number: int) -> World:
        """What of it happens up to a day, and ends there."""
        return World(number + 1, self.cells.filter(pl.col("occurred") <= day(number)), self.uncovered)

    def without(self, numbers: Iterable[int]) -> World:
        """The same world with nothing on some days."""
        return replace(self, cells=self.cells.filter(~pl.col("occurred").is_in([day(number) for number in numbers])))

    def plus(self, events: Iterable[Event]) -> World:
        """The same world with more events; those of a day, dyad and type that it has replace what it has."""
        more = cells_of(events)
        key = ["occurred", "actor", "recipient", "event_type"]
        return replace(self, cells=pl.concat([self.cells.join(more, on=key, how="anti", nulls_equal=True), more]))

    def mirrored(self) -> World:
        """The same world with the parts of the United States and Russia exchanged."""
        swap = {"USA": "RUS", "RUS": "USA"}
        return replace(self, cells=self.cells.with_columns(pl.col("actor", "recipient").replace(swap)))


def cells_of(events: Iterable[Event]) -> pl.DataFrame:
    """Rows of ``cells`` of some events, each of its type's usual intensity."""
    rows = [
        (
            when,
            actor,
            recipient,
            True,
            kind,
            n,
            max(_MILLI[kind], 0) * n,
            max(-_MILLI[kind], 0) * n,
            _MILLI[kind],
            float(_MILLI[kind] ** 2 * n),
        )
        for when, actor, recipient, kind, n in events
    ]
    return pl.DataFrame(rows, schema=CELLS.schema, orient="row")


def by_role(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells by role: who acts turns with the day and the type, whichever state it is."""
    role = _turning({0: "executive", 1: "legislature", 2: None})
    keys = ["occurred", "actor", "recipient", "directed", "role"]
    return cells.with_columns(role.alias("role")).group_by(keys).agg(pl.col(_SUMS).sum()).sort(keys)


def by_place(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells by place and code: the place turns with the day and the type, the code is the type's first."""
    place = _turning({0: "CHE", 1: "SYR", 2: None}).alias("place")
    code = pl.col("event_type").replace_strict(_CODES, default=None, return_dtype=pl.String).alias("provider_code")
    return cells.with_columns(place, code).select(CELLS_BY_PLACE.names)


def _turning(values: dict[int, str | None]) -> pl.Expr:
    number = (pl.col("occurred") - pl.lit(FIRST)).dt.total_days() + pl.col("event_type").fill_null("").str.len_bytes()
    return (number % len(values)).replace_strict(values, return_dtype=pl.String)


def _of_pair(cells: pl.DataFrame, pair: Pair | None) -> pl.DataFrame:
    if pair is None:
        return cells
    both = [pair.a, pair.b]
    return cells.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))


@cache
def draw_world(seed: int, *, days: int = 80 * 7, rate: float = 0.1) -> World:
    """A world in which each dyad does each type of thing on a Poisson number of occasions a day.

    Args:
        seed: Of the draws.
        days: How many days.
        rate: Mean of the rates of a dyad's types; rates differ by type and dyad.
    """
    rng = np.random.default_rng(seed)
    dyads = [(actor, recipient) for actor in STATES for recipient in STATES if actor != recipient]
    rates = rng.gamma(2.0, rate / 2.0, size=(len(dyads), len(TYPES)))
    counts = rng.poisson(rates, size=(days, *rates.shape))
    when, dyad, kind = np.nonzero(counts)
    events = [
        (day(int(at)), *dyads[who], TYPES[what], int(counts[at, who, what]))
        for at, who, what in zip(when, dyad, kind, strict=True)
    ]
    return World(days, cells_of(events))


def _twice(name: str, where: pl.Expr) -> pl.Expr:
    return pl.when(where).then(pl.col(name) * 2).otherwise(pl.col(name)).alias(name)
