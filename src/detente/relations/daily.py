"""Cells to days: what each side did to the other and to everybody else, day by day, on a scale of its own.

In come the tables ``cells`` and ``coverage`` as of a day; out come arrays over the days, NaN where a day is a gap. It
is what `reciprocity` is measured on. Acts that both sides are said to have done together (the same cooperative type,
both ways, on one day: they met, they signed) are nobody's answer and are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import quads
from detente.domain.actors import Dyad, Pair
from detente.domain.tables import CELLS, COVERAGE, check_table

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Kind = Literal["cooperation", "conflict"]

KINDS: tuple[Kind, Kind] = ("cooperation", "conflict")
#: Days on either side whose mean is the day's volume of news: wide enough to be steady, narrow enough to follow a
#: change of the provider's feed within a fortnight.
_VOLUME_REACH = 7
#: Share of the usual volume added to each day's, so that nothing is divided by next to nothing.
_VOLUME_FLOOR = 0.1
_MILLI = 1000.0


@dataclass(frozen=True)
class Daily:
    """Days by dyads, for the dyads that were asked for, and for their states' dealings with all.

    Args:
        days: The days from the first covered one to the as-of day, without holes.
        held: Which of them the provider covered, shape (days,).
        amounts: By kind and dyad: one-sided Goldstein points, without sign, shape (days,).
        events: By pair id: events of any kind, both ways, shape (days,).
        acted: By kind and state: points that it sent to and received from all states together, shape (days,).
        world: By kind: points of all dyads, shape (days,).
        world_events: Events of all dyads, shape (days,).
    """

    days: tuple[dt.date, ...]
    held: Bools
    amounts: dict[tuple[Kind, Dyad], Floats]
    events: dict[str, Floats]
    acted: dict[tuple[Kind, str], Floats]
    world: dict[Kind, Floats]
    world_events: Floats

    def elsewhere(self, kind: Kind, state: str, pair: Pair) -> Floats:
        """What a state did to and received from everybody but its partner, shape (days,)."""
        own = [self.amounts[kind, dyad] for dyad in pair.dyads]
        return np.maximum(self.acted[kind, state] - own[0] - own[1], 0.0)

    def world_without(self, kind: Kind, pair: Pair) -> Floats:
        """What all other pairs did, shape (days,)."""
        own = [self.amounts[kind, dyad] for dyad in pair.dyads]
        return np.maximum(self.world[kind] - own[0] - own[1], 0.0)

    def volume(self, pair: Pair) -> Floats:
        """News of all other pairs around each day, relative to its mean (1 if none): what reports are divided by."""
        others = np.where(self.held, self.world_events - self.events[pair.id], 0.0)
        window = np.ones(2 * _VOLUME_REACH + 1)
        around = np.convolve(others, window, mode="same") / np.maximum(
            np.convolve(self.held.astype(np.float64), window, mode="same"), 1.0
        )
        usual = others.sum() / max(int(self.held.sum()), 1)
        if not usual:
            return np.ones(others.size)
        return np.asarray((around / usual + _VOLUME_FLOOR) / (1 + _VOLUME_FLOOR), dtype=np.float64)


@dataclass(frozen=True)
class Days:
    """The days of all dyads: what many pairs have in common, laid out once.

    Args:
        days: The days from the first covered one to the as-of day, without holes.
        held: Which of them the provider covered, shape (days,).
        rows: What `one_sided` gives, of covered days, with the place ``at`` of the day.
        world: By kind: points of all dyads, shape (days,).
        events: Events of all dyads, shape (days,).
        active: By pair id: on how many days the less active side did something one-sided, of each kind.
    """

    days: tuple[dt.date, ...]
    held: Bools
    rows: pl.DataFrame
    world: dict[Kind, Floats]
    events: Floats
    active: dict[str, dict[Kind, int]]
    _acted: dict[str, dict[Kind, Floats]] = field(default_factory=dict, repr=False, compare=False)

    def active_days(self, pair: Pair, kind: Kind) -> int:
        """On how many days the less active side of a pair did something of a kind."""
        return self.active.get(pair.id, {}).get(kind, 0)

    def of(self, pairs: Iterable[Pair]) -> Daily:
        """The days of some pairs, and those of their states' dealings with all."""
        wanted, size = list(pairs), len(self.days)
        states = sorted({state for pair in wanted for state in (pair.a, pair.b)})
        own = self.rows.filter(pl.col("pair").is_in([pair.id for pair in wanted]))
        by_dyad = own.partition_by("actor", "recipient", as_dict=True)
        dyads = [dyad for pair in wanted for dyad in pair.dyads]
        sent = {dyad: by_dyad.get((dyad.actor, dyad.recipient)) for dyad in dyads}
        return Daily(
            days=self.days,
            held=self.held,
            amounts={(kind, dyad): _points(sent[dyad], kind, size) for kind in KINDS for dyad in dyads},
            events={
                pair.id: sum((_sums(sent[one], "n", size) for one in pair.dyads), np.zeros(size)) for pair in wanted
            },
            acted={(kind, state): self._acted_by(state)[kind] for kind in KINDS for state in states},
            world=self.world,
            world_events=self.events,
        )

    def _acted_by(self, state: str) -> dict[Kind, Floats]:
        """What a state sent to and received from all states together; made once."""
        if state not in self._acted:
            rows = self.rows.filter((pl.col("actor") == state) | (pl.col("recipient") == state))
            self._acted[state] = {kind: _points(rows, kind, len(self.days)) for kind in KINDS}
        return self._acted[state]


def lay_out_days(cells: pl.DataFrame, coverage: pl.DataFrame, *, as_of: dt.date) -> Days:
    """Set out the days of all dyads up to a day.

    Args:
        cells: Rows of ``cells`` of all pairs; those without direction are left out.
        coverage: Rows of ``coverage``.
        as_of: The last day used.

    Raises:
        DataError: when a table does not fit its schema.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    present = coverage.filter(pl.col("status") == "present", pl.col("day") <= as_of)["day"].unique().sort()
    first = present[0] if present.len() else as_of
    days = tuple(first + dt.timedelta(days=offset) for offset in range((as_of - first).days + 1))
    held = np.zeros(len(days), dtype=np.bool_)
    held[(present - first).dt.total_days().to_numpy()] = True
    rows = one_sided(cells.filter("directed", pl.col("occurred").is_in(present.implode()))).with_columns(
        (pl.col("occurred") - first).dt.total_days().alias("at")
    )
    world = {kind: _points(rows, kind, len(days)) for kind in KINDS}
    return Days(days, held, rows, world, _sums(rows, "n", len(days)), _active_days(rows))


def _active_days(rows: pl.DataFrame) -> dict[str, dict[Kind, int]]:
    sides = (
        rows.group_by("pair", "actor")
        .agg(*((pl.col(kind) > 0).sum().alias(kind) for kind in KINDS))
        .group_by("pair")
        .agg(pl.len().alias("sides"), *(pl.col(kind).min() for kind in KINDS))
        .filter(pl.col("sides") == 2)
        .sort("pair")
    )
    counts = sides.select("pair", *KINDS).iter_rows()
    return {pair: {"cooperation": cooperation, "conflict": conflict} for pair, cooperation, conflict in counts}


def build_daily(cells: pl.DataFrame, coverage: pl.DataFrame, pairs: Iterable[Pair], *, as_of: dt.date) -> Daily:
    """Set out the days of some pairs, and those of the rest of the world beside them; see `lay_out_days`."""
    return lay_out_days(cells, coverage, as_of=as_of).of(pairs)


def one_sided(cells: pl.DataFrame) -> pl.DataFrame:
    """Points by day and dyad, without the acts that both sides did together.

    Of a cooperative type that is reported both ways on one day, the smaller of the two counts is taken to be joint and
    leaves both; the points go in proportion.

    Returns:
        Columns ``occurred, actor, recipient, pair, n, cooperation, conflict``; ``n`` counts all events, points are in
        whole thousandths, so that their sums are exact in any order.
    """
    keep = 1.0 - pl.col("joint") / pl.col("n").clip(lower_bound=1)
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    return (
        _with_joint(cells)
        .with_columns((pl.col("cooperation_milli") * keep).round().cast(pl.Int64).alias("cooperation"))
        .with_columns(pl.col("conflict_milli").alias("conflict"))
        .group_by("occurred", "actor", "recipient")
        .agg(pl.col("n").sum(), pl.col("cooperation").sum(), pl.col("conflict").sum())
        .with_columns((lower + "-" + upper).alias("pair"))
        .sort("occurred", "actor", "recipient")
    )


def without_joint_acts(cells: pl.DataFrame) -> pl.DataFrame:
    """The same cells less the acts that both sides did together (see `one_sided`): rows of ``cells``."""
    keep = 1.0 - pl.col("joint") / pl.col("n").clip(lower_bound=1)
    kept = _with_joint(cells).with_columns(
        (pl.col("cooperation_milli") * keep).round().cast(pl.Int64).alias("cooperation_milli"),
        (pl.col("square_milli") * keep).alias("square_milli"),
        (pl.col("n") - pl.col("joint")).alias("n"),
    )
    return check_table(kept.filter(pl.col("n") > 0).select(CELLS.names), CELLS)


def _with_joint(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the column ``joint``: how many of their events were done together with the other side."""
    joint_types = [name for name, quad in quads().items() if quad.endswith("cooperation")]
    mirror = cells.filter(pl.col("event_type").is_in(joint_types)).select(
        pl.col("occurred"),
        pl.col("recipient").alias("actor"),
        pl.col("actor").alias("recipient"),
        pl.col("event_type"),
        pl.col("n").alias("mirrored"),
    )
    joint = pl.min_horizontal(pl.col("n"), pl.col("mirrored").fill_null(0)).alias("joint")
    return cells.join(mirror, on=["occurred", "actor", "recipient", "event_type"], how="left").with_columns(joint)


def _points(rows: pl.DataFrame | None, kind: Kind, size: int) -> Floats:
    return _sums(rows, kind, size) / _MILLI


def _sums(rows: pl.DataFrame | None, column: str, size: int) -> Floats:
    if rows is None:
        return np.zeros(size)
    sums = np.bincount(rows["at"].to_numpy(), rows[column].to_numpy().astype(np.float64), minlength=size)
    return np.asarray(sums, dtype=np.float64)


def to_levels(amounts: Floats, held: Bools, volume: Floats | None = None) -> tuple[Floats, float]:
    """Points a day on a stable scale: ``asinh(points / volume / s)``, s the median of the days with any.

    Reporting everything twice doubles s and changes nothing; a doubled volume of all news is divided out.

    Args:
        amounts: Points, shape (days,), none negative.
        held: Covered days.
        volume: The day's volume of news relative to the usual; None for as it is.

    Returns:
        Levels, NaN where the day is a gap, and s (0 where there is no such day).
    """
    adjusted = amounts if volume is None else amounts / volume
    active = adjusted[held & (adjusted > 0)]
    scale = float(np.median(active)) if active.size else 0.0
    levels = np.arcsinh(adjusted / scale) if scale else np.zeros_like(adjusted)
    return np.where(held, levels, np.nan), scale
