"""What measures are given: the events of all dyads, what was covered, and both cut at the as-of day.

`Readings` is the meeting point: whoever reads a store fills one, and every measure takes one. `Known` is what is left
of it as of a day, arranged once so that a measure of one pair costs next to nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import quads
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import CELLS, CELLS_BY_PLACE, CELLS_BY_ROLE, COVERAGE, LEVELS, QUADS, Table, check_table
from detente.relations.level import measure_levels
from detente.relations.scale import WEEKS_FOR_OWN_SCALE
from detente.relations.volume import News, count_news, week_end_of
from detente.relations.weeks import COVERED_DAYS_NEEDED, build_weeks

Counts = npt.NDArray[np.int32]
Signals = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]
Side = Literal["pair", "dyad"]
T = TypeVar("T")

#: Weeks kept side by side for all dyads: a quarter, and the year before it.
GRID_WEEKS = 13 + 52
_NO_LEVELS = LEVELS.empty()


@dataclass(frozen=True)
class Readings:
    """Tables of one provider, as measures take them.

    Args:
        cells: Rows of ``cells`` of all dyads.
        coverage: Rows of ``coverage``.
        cells_by_role: What reads the same sums by the actor's role, of one pair, or of all (None): a view's own method.
        cells_by_place: What reads them by event code and place.
    """

    cells: pl.DataFrame
    coverage: pl.DataFrame
    cells_by_role: Callable[[Pair | None], pl.DataFrame] | None = None
    cells_by_place: Callable[[Pair | None], pl.DataFrame] | None = None
    _known: dict[dt.date, Known] = field(default_factory=dict, repr=False, compare=False)

    def known(self, as_of: dt.date) -> Known:
        """What of it had happened by the end of a day."""
        if as_of not in self._known:
            self._known[as_of] = Known(self, as_of)
        return self._known[as_of]


class Known:
    """Readings cut at a day: later days are dropped, and so are events of days that are not covered.

    Args:
        tables: The readings.
        as_of: The last day that is used.

    Raises:
        DataError: when a table does not fit its schema.
    """

    def __init__(self, tables: Readings, as_of: dt.date) -> None:
        self.as_of = as_of
        self.coverage = check_table(tables.coverage, COVERAGE).filter(pl.col("day") <= as_of)
        covered = self.coverage.filter(pl.col("status") == "present").select("day").sort("day")
        self._covered = covered
        #: The covered days, oldest first.
        self.days = covered["day"].to_numpy().astype("datetime64[D]")
        self._tables = tables
        lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
        cells = check_table(tables.cells, CELLS).join(covered, left_on="occurred", right_on="day", how="semi")
        #: Cells of covered days, with the pair, in order of pair and day.
        self.cells = cells.with_columns((lower + "-" + upper).cast(pl.Categorical).alias("pair")).sort(
            pl.col("pair").to_physical(), "occurred", "actor", "event_type"
        )
        places = self.cells["pair"].rle().struct.unnest()
        starts = places["len"].cum_sum() - places["len"]
        self._places = dict(zip(places["value"], zip(starts, places["len"], strict=True), strict=True))
        self._levels: dict[tuple[str, str], pl.DataFrame] = {}
        self._once: dict[Hashable, object] = {}
        self._tried: set[tuple[str, str]] = set()
        self._are_many_wanted = False
        self._are_busy_wanted = False

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made when first asked for under this key: for what many pairs have in common."""
        if key not in self._once:
            self._once[key] = make()
        return cast("T", self._once[key])

    def of(self, pair: Pair) -> pl.DataFrame:
        """Cells of one pair, both directions, oldest first."""
        start, length = self._places.get(pair.id, (0, 0))
        return self.cells.slice(start, length)

    def by_role(self, pair: Pair) -> pl.DataFrame:
        """Cells by role of one pair, on covered days; none where they cannot be read."""
        return self._parted("by_role", self._tables.cells_by_role, CELLS_BY_ROLE, pair)

    def by_place(self, pair: Pair) -> pl.DataFrame:
        """Cells by event code and place of one pair, on covered days; none where they cannot be read."""
        return self._parted("by_place", self._tables.cells_by_place, CELLS_BY_PLACE, pair)

    def _parted(
        self, name: str, read: Callable[[Pair | None], pl.DataFrame] | None, table: Table, pair: Pair
    ) -> pl.DataFrame:
        if read is None:
            return table.empty()
        if not self._are_many_wanted:
            return self.once((name, pair.id), lambda: self._cut(check_table(read(pair), table)))
        return self.once(name, lambda: self._by_pair(check_table(read(None), table))).get(pair.id, table.empty())

    def _by_pair(self, cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
        lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
        parts = self._cut(cells).with_columns((lower + "-" + upper).alias("pair"))
        return {
            str(pair): part for (pair,), part in parts.partition_by("pair", as_dict=True, include_key=False).items()
        }

    def _cut(self, cells: pl.DataFrame) -> pl.DataFrame:
        return cells.join(self._covered, left_on="occurred", right_on="day", how="semi")

    @cached_property
    def weeks_back(self) -> npt.NDArray[np.int64]:
        """Whole weeks before the as-of day, of each covered day."""
        return (np.datetime64(self.as_of) - self.days).astype(np.int64) // DAYS_IN_WEEK

    @cached_property
    def weeks(self) -> int:
        """Weeks with enough covered days, from the first covered day on."""
        _, count = np.unique(self.weeks_back, return_counts=True)
        return int((count >= COVERED_DAYS_NEEDED).sum())

    @cached_property
    def busy(self) -> frozenset[str]:
        """Ids of pairs with at least one event a week on average: the pool that short histories lean on."""
        counts = self.cells.group_by("pair").agg(pl.col("n").sum())
        spanned = (self.as_of - self.days[0].item()).days + 1 if len(self.days) else 0
        weeks = max(spanned // DAYS_IN_WEEK, 1)
        return frozenset(counts.filter(pl.col("n") >= weeks)["pair"].cast(pl.String))

    def levels(self, pair: Pair, by: Side = "pair") -> pl.DataFrame | None:
        """Rows of ``levels`` of one pair or its dyads; None for a rarely met pair while all histories are short.

        With 26 covered weeks or more a scale is the pair's own, so pairs can be measured in any company. Below that it
        leans on the busy pairs, which are measured together.
        """
        is_short = self.weeks < WEEKS_FOR_OWN_SCALE
        if is_short and pair.id not in self.busy:
            return None
        if (pair.id, by) not in self._tried:
            self._measure(self.busy if is_short else self._company(pair), by)
        return self._levels.get((pair.id, by), _NO_LEVELS)

    def _company(self, pair: Pair) -> frozenset[str]:
        """The pairs that are measured together with one."""
        if self._are_many_wanted:
            return frozenset(self._places) | {pair.id}
        return self.busy if self._are_busy_wanted and pair.id in self.busy else frozenset({pair.id})

    def levels_towards(self, dyad: Dyad) -> pl.DataFrame | None:
        """Rows of ``levels`` of one direction; None as in `levels`."""
        if self.levels(Pair(dyad.actor, dyad.recipient), "dyad") is None:
            return None
        return self._levels.get((str(dyad), "dyad"), _NO_LEVELS)

    @property
    def are_many_wanted(self) -> bool:
        """Whether many pairs will be asked for."""
        return self._are_many_wanted

    def expect_many(self) -> None:
        """Say that many pairs will be asked for: what is wanted of one is then made for all, which is far quicker."""
        self._are_many_wanted = True

    def expect_busy(self) -> None:
        """Say that busy pairs will be asked for, one by one: what is wanted of one is then made for all of them."""
        self._are_busy_wanted = True

    def _measure(self, pool: frozenset[str], by: Side) -> None:
        self._tried.update((pair, by) for pair in pool)
        cells = self.cells.filter(pl.col("pair").is_in(list(pool))).select(CELLS.names)
        weeks = build_weeks(cells, self.coverage, as_of=self.as_of, by=by, news=self.news)
        if weeks.is_empty():
            return
        levels = measure_levels(weeks)
        each = levels["week_end"].n_unique()  # rows are in order of pair, actor and week, and all have the same weeks
        keys = levels.select("pair", "actor", "recipient").gather_every(each).rows()
        starts: dict[str, int] = {}
        for place, (pair, actor, recipient) in enumerate(keys):
            start = starts.setdefault(pair, place)
            self._levels[pair, by] = levels.slice(start * each, (place + 1 - start) * each)
            if actor is not None:
                self._levels[f"{actor}>{recipient}", by] = levels.slice(place * each, each)

    @cached_property
    def news(self) -> News:
        """Events of other pairs, week by week."""
        return count_news(self.cells, week_end_of("occurred", self.as_of))

    @cached_property
    def grid(self) -> Grid:
        """The last weeks of all dyads side by side."""
        return _build_grid(self.cells, self.weeks_back, self.as_of)


@dataclass(frozen=True)
class Grid:
    """The last 65 weeks of all dyads, oldest first: events, and signals by quad class.

    A *signal* is one type of event on one day of one dyad, however many reports there are of it: counts of signals do
    not grow with repeats.

    Args:
        states: The states, in alphabetical order.
        index: Position of each state.
        events: Events of actor × recipient × week.
        signals: Signals of quad × actor × recipient × week, quads in the order of the domain's list.
        is_covered: Which weeks have enough covered days.
        ends: The weeks' last days.
    """

    states: tuple[str, ...]
    index: dict[str, int]
    events: Counts
    signals: Signals
    is_covered: Bools
    ends: tuple[dt.date, ...]


def _build_grid(cells: pl.DataFrame, back: npt.NDArray[np.int64], as_of: dt.date) -> Grid:
    first = as_of - dt.timedelta(days=GRID_WEEKS * DAYS_IN_WEEK - 1)
    quad_of = {name: QUADS.index(quad) for name, quad in quads().items()}
    rows = cells.filter(pl.col("occurred") >= first, "directed").select(
        "actor",
        "recipient",
        "n",
        (GRID_WEEKS - 1 - (pl.lit(as_of) - pl.col("occurred")).dt.total_days() // DAYS_IN_WEEK).alias("week"),
        pl.col("event_type").replace_strict(quad_of, default=-1, return_dtype=pl.Int64).alias("quad"),
    )
    states = tuple(sorted({*rows["actor"].unique(), *rows["recipient"].unique()}))
    index = {state: place for place, state in enumerate(states)}
    events = np.zeros((len(states), len(states), GRID_WEEKS), dtype=np.int32)
    signals = np.zeros((len(QUADS), *events.shape), dtype=np.int16)
    if states:
        actor, recipient = (
            rows[side].cast(pl.Enum(states)).to_physical().to_numpy().astype(np.intp) for side in ("actor", "recipient")
        )
        week, quad = rows["week"].to_numpy(), rows["quad"].to_numpy()
        np.add.at(events, (actor, recipient, week), rows["n"].to_numpy())
        typed = quad >= 0
        np.add.at(signals, (quad[typed], actor[typed], recipient[typed], week[typed]), 1)
    covered = np.bincount(back[back < GRID_WEEKS], minlength=GRID_WEEKS)[::-1] >= COVERED_DAYS_NEEDED
    ends = tuple(as_of - dt.timedelta(days=DAYS_IN_WEEK * (GRID_WEEKS - 1 - week)) for week in range(GRID_WEEKS))
    return Grid(states, index, events, signals, covered, ends)
