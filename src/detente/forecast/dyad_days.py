"""Days of many dyads side by side: what hazards and questions of provocative moves are read from.

In come the tables ``cells`` and ``coverage``; out comes one array a quantity, dyads by calendar days. A day that is not
covered holds nothing and is marked as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import quads
from detente.domain.tables import CELLS, COVERAGE, check_table
from detente.errors import QuestionError
from detente.relations.provocation import FLOOR_MILLI

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_MILLI = 1000.0
_GRIDS = ("events", "material", "verbal", "cooperation", "hostile")


@dataclass(frozen=True)
class DyadDays:
    """Dyads by days.

    Args:
        dyads: Actor and recipient, one for each row.
        first: The first day; columns are calendar days.
        covered: Which days the provider covered, shape (days,).
        events: Number of events, shape (dyads, days).
        material: Material conflict in Goldstein points, no sign, same shape.
        verbal: Verbal conflict, likewise.
        cooperation: Cooperation, likewise.
        hostile: Whether one act of material conflict was of intensity −6 or below, same shape.
    """

    dyads: tuple[tuple[str, str], ...]
    first: dt.date
    covered: Bools
    events: Floats
    material: Floats
    verbal: Floats
    cooperation: Floats
    hostile: Bools

    def position(self, day: dt.date) -> int:
        """The column of a day.

        Raises:
            QuestionError: when the days do not hold it.
        """
        place = (day - self.first).days
        if not 0 <= place < self.covered.size:
            last = self.first + dt.timedelta(days=self.covered.size - 1)
            raise QuestionError(
                f"A forecast from {day} was asked for.",
                f"Days are held from {self.first} to {last}.",
                "Move the origin, or load more data.",
            )
        return place

    def until(self, day: dt.date) -> DyadDays:
        """The days up to and including one: all that is known at that origin."""
        end = self.position(day) + 1
        cut = {name: getattr(self, name)[:, :end] for name in _GRIDS}
        return DyadDays(self.dyads, self.first, self.covered[:end], **cut)

    def of(self, rows: npt.NDArray[np.int64]) -> DyadDays:
        """Some of the dyads."""
        chosen = {name: getattr(self, name)[rows] for name in _GRIDS}
        return DyadDays(tuple(self.dyads[row] for row in rows), self.first, self.covered, **chosen)

    @cached_property
    def candidate(self) -> Floats:
        """Material conflict of the days with a hostile act, else 0: what can pass a threshold, shape (dyads, days)."""
        return np.where(self.hostile, self.material, 0.0)

    @cached_property
    def reverse(self) -> Ints:
        """The row of each dyad's answer (recipient towards actor), shape (dyads,); −1 where it is not held."""
        place = {dyad: row for row, dyad in enumerate(self.dyads)}
        return np.array([place.get((recipient, actor), -1) for actor, recipient in self.dyads], dtype=np.int64)


def build_dyad_days(
    cells: pl.DataFrame, coverage: pl.DataFrame, *, dyads: Sequence[tuple[str, str]] | None = None
) -> DyadDays:
    """Set the days of dyads side by side.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        dyads: Which dyads, in this order; by default all in the cells, by name. Cells whose direction is not known
            belong to none.

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when no day is covered.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    if coverage.is_empty():
        raise QuestionError("Days of dyads were asked for.", "No day is covered.", "Load data first.")
    directed = cells.filter("directed")
    names = list(dyads) if dyads is not None else sorted(directed.select("actor", "recipient").unique().iter_rows())
    days = coverage.sort("day")
    first: dt.date = days["day"][0]
    size = (days["day"][-1] - first).days + 1
    covered = np.zeros(size, dtype=np.bool_)
    covered[[(day - first).days for day in days.filter(pl.col("status") == "present")["day"]]] = True
    rows = _placed(directed, names, first, size)
    is_material, is_verbal = rows["is_material"].to_numpy(), rows["is_verbal"].to_numpy()
    flat, shape = rows["flat"].to_numpy(), (len(names), size)
    conflict = rows["conflict_milli"].to_numpy() / _MILLI
    hostile = rows["is_hostile"].to_numpy()
    return DyadDays(
        tuple(names),
        first,
        covered,
        events=_grid(flat, rows["n"].to_numpy(), shape, covered),
        material=_grid(flat[is_material], conflict[is_material], shape, covered),
        verbal=_grid(flat[is_verbal], conflict[is_verbal], shape, covered),
        cooperation=_grid(flat, rows["cooperation_milli"].to_numpy() / _MILLI, shape, covered),
        hostile=_grid(flat[hostile], np.ones(int(hostile.sum())), shape, covered) > 0,
    )


def _placed(directed: pl.DataFrame, names: list[tuple[str, str]], first: dt.date, size: int) -> pl.DataFrame:
    """Cells of the dyads: their place in a grid laid out in one line (``flat``), their sums, and what they are."""
    place = pl.DataFrame(
        {"actor": [a for a, _ in names], "recipient": [b for _, b in names], "row": range(len(names))},
        schema={"actor": pl.String, "recipient": pl.String, "row": pl.Int64},
    )
    column = (pl.col("occurred") - pl.lit(first)).dt.total_days()
    is_material, is_verbal = (
        pl.col("event_type").is_in([name for name, quad in quads().items() if quad == wanted]).fill_null(value=False)
        for wanted in ("material conflict", "verbal conflict")
    )
    kept = directed.lazy().filter(column.is_between(0, size - 1)).join(place.lazy(), on=["actor", "recipient"])
    return kept.select(
        "n",
        "conflict_milli",
        "cooperation_milli",
        flat=pl.col("row") * size + column,
        is_material=is_material,
        is_verbal=is_verbal,
        is_hostile=is_material & (pl.col("lowest_milli") <= FLOOR_MILLI).fill_null(value=False),
    ).collect()


def _grid(
    flat: npt.NDArray[np.int64], values: npt.NDArray[np.generic], shape: tuple[int, int], covered: Bools
) -> Floats:
    """Sums by dyad and day; nothing on days that are not covered."""
    sums = np.bincount(flat, values, shape[0] * shape[1]).reshape(shape)
    return np.asarray(sums * covered, dtype=np.float64)
