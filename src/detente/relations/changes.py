"""What moved any measure from one day to another: steps of a week, and the cells in them, that add up to the change.

`explain` splits one balance exactly; here the measure can be anything, so it is asked again and again: as of each
week, with and without what the pair did in it. What cannot be laid at the door of a cell is said to be left over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import MEASURE_REASONS, check_table
from detente.errors import ConfigError, CutoffError
from detente.relations.measure import Measure
from detente.relations.readings import Readings

#: The public name of this algorithm.
EXPLAIN_MEASURE = "explain-steps-v1"
#: Weeks whose share is split into cells, and cells tried in each; the others stay whole.
_WEEKS_SPLIT = 3
_CELLS_TRIED = 12
#: Values that differ by less are the same.
_SAME = 1e-9
_KEY = ("occurred", "actor", "recipient", "event_type")


@dataclass(frozen=True)
class Target:
    """One number of a measure.

    Args:
        measure: Which measure.
        quantity: Which of its quantities.
        actor: State that acts; None for both together.
        item: What it is about, where there are several of a kind.
    """

    measure: Measure
    quantity: str
    actor: str | None = None
    item: str | None = None

    def find(self, rows: pl.DataFrame) -> float | None:
        """Its value among rows of ``measures``; None where it is not known."""
        mine = rows.filter(
            pl.col("quantity") == self.quantity,
            pl.col("actor").eq_missing(pl.lit(self.actor, pl.String)),
            pl.col("item").eq_missing(pl.lit(self.item, pl.String)),
        )
        value: float | None = mine["value"][0] if mine.height else None
        return value


@dataclass(frozen=True)
class Change:
    """A change of a measure, and the reasons that sum to it.

    Args:
        target: Which number.
        first: The earlier day.
        last: The later day.
        before: Its value as of the earlier day.
        after: Its value as of the later day.
        reasons: Rows of ``measure_reasons``; contributions sum to ``after − before``.
    """

    target: Target
    first: dt.date
    last: dt.date
    before: float
    after: float
    reasons: pl.DataFrame

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before


def explain_measure(tables: Readings, pair: Pair, target: Target, *, first: dt.date, last: dt.date) -> Change:
    """Decompose the change of one number of any measure into weeks and cells.

    The way from the earlier day to the later one is walked in weeks that end on the later day's weekday. A week's
    step is split in two: the value as of its end without what the pair did in it, minus the value before (the
    passing of time: what left the window, and what the rest of the world did); and what the pair's events then add.
    The steps telescope, so they add up to the change; numbers by role or place are split no further. In the three
    weeks in which the pair's events add most, the heaviest cells are put in one by one, from the heaviest on and
    from the lightest on, and each contributes the mean of what it adds either way (two of the orders whose mean is
    Shapley's value). Both ends are read from one and the same tables, so that later revisions do not pass for
    change.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        target: Which number of which measure.
        first: The earlier day.
        last: The later day.

    Raises:
        ConfigError: when the days are in the wrong order.
        CutoffError: when the number is not known at one of the ends.
    """
    if first >= last:
        raise ConfigError(
            f"A change from {first} to {last} was asked for.", "The first day is not earlier.", "Exchange the two days."
        )
    smaller = _smallest(tables, pair, target, (first, last))
    ends = _ends(first, last)
    values = [_value(smaller, pair, target, day) for day in ends]
    for day, value in ((first, values[0]), (last, values[-1])):
        if value is None:
            raise CutoffError(
                f"The change of {target.quantity} of {target.measure.name} of {pair} was asked for.",
                f"It is not known as of {day}.",
                "Choose another day, or another quantity; `detente measures` says why a number is missing.",
            )
    steps = [_step(smaller, pair, target, ends[i : i + 2], values[i : i + 2]) for i in range(len(ends) - 1)]
    before, after = values[0] or 0.0, values[-1] or 0.0
    rows = [row for step in _split(smaller, pair, target, _joined(steps, before)) for row in step]
    table = pl.DataFrame(rows, schema=MEASURE_REASONS.schema, orient="row")
    return Change(target, first, last, before, after, check_table(table, MEASURE_REASONS))


def _ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """The earlier day and the ends of the weeks after it, up to the later day."""
    whole = (last - first).days // DAYS_IN_WEEK
    ends = [last - dt.timedelta(days=DAYS_IN_WEEK * back) for back in range(whole, -1, -1)]
    return ends if ends[0] == first else [first, *ends]


def _value(tables: Readings, pair: Pair, target: Target, day: dt.date) -> float | None:
    return target.find(target.measure(tables, pair, day))


def _smallest(tables: Readings, pair: Pair, target: Target, days: Sequence[dt.date]) -> Readings:
    """The fewest cells that give the same values at both ends: the pair's, its two states', or all.

    Asking a measure again and again is quick where few cells are needed, and which a measure needs it shows itself.
    """
    both = [pair.a, pair.b]
    actor, recipient = pl.col("actor").is_in(both), pl.col("recipient").is_in(both)
    wanted = [_value(tables, pair, target, day) for day in days]
    for where in (actor & recipient, actor | recipient):
        fewer = replace(tables, cells=tables.cells.filter(where), _known={})
        if all(_is_same(_value(fewer, pair, target, day), value) for day, value in zip(days, wanted, strict=True)):
            return fewer
    return tables


def _is_same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) < _SAME


@dataclass(frozen=True)
class _Step:
    """A week, or several where the number was not known in between, and its two parts.

    Args:
        start: Day before the first of it.
        end: Its last day.
        passing: What the passing of time and the rest of the world did; the whole step where it cannot be split.
        own: What the pair's events did; None where it cannot be split.
        value: The value as of its end; None where it is not known.
    """

    start: dt.date
    end: dt.date
    passing: float
    own: float | None
    value: float | None


def _step(
    tables: Readings, pair: Pair, target: Target, days: Sequence[dt.date], values: Sequence[float | None]
) -> _Step:
    before, after = values
    start, end = days
    if before is None or after is None:
        return _Step(start, end, 0.0, None, after)
    of_week = _of_pair(pair) & pl.col("occurred").is_between(start, end, "right")
    without = _value(_without_days(tables, of_week), pair, target, end)
    if without is None:
        return _Step(start, end, after - before, None, after)
    return _Step(start, end, without - before, after - without, after)


def _joined(steps: Sequence[_Step], before: float) -> list[_Step]:
    """Steps of which the value is known at both ends; one that spans weeks without a value cannot be split."""
    joined: list[_Step] = []
    start, last = None, before
    for step in steps:
        if step.value is None:
            start = start or step.start
            continue
        joined.append(replace(step, start=start, passing=step.value - last, own=None) if start else step)
        start, last = None, step.value
    return joined


def _split(tables: Readings, pair: Pair, target: Target, steps: Sequence[_Step]) -> list[list[tuple[object, ...]]]:
    """Rows of every step; those in which the pair's events did most are split into cells."""
    owns = sorted((abs(step.own or 0.0) for step in steps), reverse=True)
    enough = max(owns[_WEEKS_SPLIT - 1] if len(owns) >= _WEEKS_SPLIT else 0.0, _SAME)
    rows: list[list[tuple[object, ...]]] = []
    for step in steps:
        cells = tables.cells.filter(_of_pair(pair), pl.col("occurred").is_between(step.start, step.end, "right"))
        n = int(cells["n"].sum())
        about, span = (step.end, None, None, None, None), f"{step.start} to {step.end}"
        if step.own is None:
            rows.append([(*about, n, step.passing, f"{span}, which cannot be split")])
            continue
        parts: list[tuple[object, ...]] = [
            (*about, None, step.passing, f"{step.start} to {step.end}: what left the window, and what others did")
        ]
        if abs(step.own) >= enough:
            parts += _cells(tables, pair, target, step, cells)
        elif n:
            parts.append((*about, n, step.own, f"{span}: what the two did, {n} events"))
        rows.append(parts)
    return rows


def _cells(tables: Readings, pair: Pair, target: Target, step: _Step, cells: pl.DataFrame) -> list[tuple[object, ...]]:
    """What each of the heaviest cells of a week contributes, the lesser ones together, and what is left over."""
    weight = pl.col("cooperation_milli") + pl.col("conflict_milli")
    ordered = cells.sort(weight, *_KEY, descending=[True, False, False, False, False])
    heavy = min(_CELLS_TRIED, ordered.height)
    units = [ordered.slice(place, 1) for place in range(heavy)]
    lesser = ordered.slice(heavy)
    units += [lesser] if lesser.height else []
    shares = _shares(tables, pair, target, step, units)
    about = (step.end, None, None, None, None)
    span = f"{step.start} to {step.end}"
    if shares is None:
        return [(*about, int(cells["n"].sum()), step.own, f"{span}: what the two did, which cannot be split")]
    rows: list[tuple[object, ...]] = []
    for unit, share in sorted(zip(units[:heavy], shares, strict=False), key=lambda one: -abs(one[1])):
        day, actor, recipient, kind, n = unit.select(*_KEY, "n").row(0)
        what = f"{actor} → {recipient}: {kind or 'statement'}, {n} {'event' if n == 1 else 'events'}"
        if abs(share) >= _SAME:
            rows.append((step.end, day, actor, recipient, kind, n, share, what))
    if lesser.height:
        rows.append((*about, int(lesser["n"].sum()), shares[heavy], f"{span}: {lesser.height} lesser cells together"))
    left = (step.own or 0.0) - sum(float(str(row[6])) for row in rows)
    if abs(left) >= _SAME:
        rows.append((*about, None, left, f"{span}: left over, not the doing of single cells"))
    return rows


def _shares(
    tables: Readings, pair: Pair, target: Target, step: _Step, units: Sequence[pl.DataFrame]
) -> list[float] | None:
    """What each unit adds, the mean of adding them from the heaviest on and from the lightest on.

    Either way telescopes; a measure that bends (a logarithm, a share) would else credit whatever comes first. None
    where the number is not known on the way.
    """
    of_week = _of_pair(pair) & pl.col("occurred").is_between(step.start, step.end, "right")
    bare = _without(tables, of_week).cells
    shares = [0.0] * len(units)
    for order in (range(len(units)), range(len(units) - 1, -1, -1)):
        held = [bare]
        before = _value(replace(tables, cells=bare, _known={}), pair, target, step.end)
        for place in order:
            held.append(units[place])
            after = _value(replace(tables, cells=pl.concat(held), _known={}), pair, target, step.end)
            if before is None or after is None:
                return None
            shares[place] += (after - before) / 2
            before = after
    return shares


def _of_pair(pair: Pair) -> pl.Expr:
    both = [pair.a, pair.b]
    return pl.col("actor").is_in(both) & pl.col("recipient").is_in(both)


def _without(tables: Readings, where: pl.Expr) -> Readings:
    """The readings less some cells."""
    return replace(tables, cells=tables.cells.filter(~where.fill_null(False)), _known={})


def _without_days(tables: Readings, where: pl.Expr) -> Readings:
    """The readings less what some dyads did on some days, by role and by place too."""
    left = ~where.fill_null(False)
    by_role, by_place = tables.cells_by_role, tables.cells_by_place
    return Readings(
        tables.cells.filter(left),
        tables.coverage,
        None if by_role is None else lambda pair: by_role(pair).filter(left),
        None if by_place is None else lambda pair: by_place(pair).filter(left),
    )
