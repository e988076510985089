"""Days of many dyads side by side: what hazards of provocative moves are read from.

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
from detente.relations.provocation import DAYS_TO_JUDGE, FLOOR_MILLI, LOOK_BACK_DAYS, PERCENTILE

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_MILLI = 1000.0


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
        hostile: Whether one event was of intensity −6 or below, same shape.
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
        cut = {
            name: getattr(self, name)[:, :end] for name in ("events", "material", "verbal", "cooperation", "hostile")
        }
        return DyadDays(self.dyads, self.first, self.covered[:end], **cut)

    @cached_property
    def provoked(self) -> Bools:
        """Provocative days by ``provocation-v1``, shape (dyads, days); each judged by earlier days alone."""
        found = np.zeros(self.material.shape, dtype=np.bool_)
        for day in np.flatnonzero(self.is_judged):
            start = max(day - LOOK_BACK_DAYS, 0)
            rows = np.flatnonzero(self.hostile[:, day])
            if rows.size:
                past = self.material[rows, start:day][:, self.covered[start:day]]
                found[rows, day] = self.material[rows, day] > np.quantile(past, PERCENTILE, axis=1)
        return found

    @cached_property
    def is_judged(self) -> Bools:
        """Covered days with enough covered days in the two years before them, shape (days,)."""
        total = np.concatenate([[0], np.cumsum(self.covered)])
        days = np.arange(self.covered.size)
        before = total[days] - total[np.maximum(days - LOOK_BACK_DAYS, 0)]
        return np.asarray(self.covered & (before >= DAYS_TO_JUDGE), dtype=np.bool_)

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
        dyads: Which dyads; by default all in the cells. Cells whose direction is not known belong to none.

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when no day is covered.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    if coverage.is_empty():
        raise QuestionError("Days of dyads were asked for.", "No day is covered.", "Load data first.")
    directed = cells.filter("directed")
    names = sorted(set(dyads if dyads is not None else directed.select("actor", "recipient").unique().iter_rows()))
    days = coverage.sort("day")
    first: dt.date = days["day"][0]
    size = (days["day"][-1] - first).days + 1
    covered = np.zeros(size, dtype=np.bool_)
    covered[[(day - first).days for day in days.filter(pl.col("status") == "present")["day"]]] = True
    place = pl.DataFrame(
        {"actor": [a for a, _ in names], "recipient": [b for _, b in names], "row": range(len(names))},
        schema={"actor": pl.String, "recipient": pl.String, "row": pl.Int64},
    )
    rows = directed.join(place, on=["actor", "recipient"]).with_columns(
        ((pl.col("occurred") - pl.lit(first)).dt.total_days()).alias("column"),
        pl.col("event_type").replace_strict(quads(), default=None, return_dtype=pl.String).alias("quad"),
    )
    rows = rows.filter(pl.col("column").is_between(0, size - 1))
    is_material, is_verbal = pl.col("quad") == "material conflict", pl.col("quad") == "verbal conflict"
    return DyadDays(
        tuple(names),
        first,
        covered,
        events=_grid(rows, pl.col("n"), len(names), covered),
        material=_grid(rows.filter(is_material), pl.col("conflict_milli") / _MILLI, len(names), covered),
        verbal=_grid(rows.filter(is_verbal), pl.col("conflict_milli") / _MILLI, len(names), covered),
        cooperation=_grid(rows, pl.col("cooperation_milli") / _MILLI, len(names), covered),
        hostile=_grid(rows.filter(is_material), pl.col("lowest_milli") <= FLOOR_MILLI, len(names), covered) > 0,
    )


def _grid(rows: pl.DataFrame, value: pl.Expr, dyads: int, covered: Bools) -> Floats:
    """Sums by dyad and day; nothing on days that are not covered."""
    size = covered.size
    flat = (rows["row"] * size + rows["column"]).to_numpy()
    weights = rows.select(value.cast(pl.Float64).fill_null(0.0)).to_series().to_numpy()
    sums = np.bincount(flat, weights, dyads * size).reshape(dyads, size)
    return np.asarray(sums * covered, dtype=np.float64)
