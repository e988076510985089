"""Moves: a day's worth of one dyad's behaviour of one quad, the unit in which states answer each other."""

from __future__ import annotations

import polars as pl

from detente.codebook import quad_of
from detente.domain.tables import CELLS, MOVES, check_table

_MILLI = 1000.0


def build_moves(cells: pl.DataFrame) -> pl.DataFrame:
    """Gather cells into moves, newest first and the weightier first within a day.

    Events without a PLOVER type (public statements) form moves of their own, with a null quad. Cells whose direction
    is not known cannot be moves and are left out.

    Args:
        cells: Rows of the table ``cells``.

    Returns:
        Rows of the table ``moves``; ``intensity`` in Goldstein points, the day's sum.

    Raises:
        DataError: when ``cells`` does not fit its schema.
    """
    check_table(cells, CELLS)
    quad = pl.col("event_type").replace_strict(
        {name: quad_of(name) for name in cells["event_type"].drop_nulls().unique()},
        default=None,
        return_dtype=pl.String,
    )
    moves = (
        cells.filter("directed")
        .sort("n", descending=True)
        .group_by("occurred", "actor", "recipient", quad.alias("quad"))
        .agg(
            pl.col("event_type").drop_nulls().unique(maintain_order=True).str.join(", ").alias("event_types"),
            pl.col("n").sum(),
            ((pl.col("cooperation_milli") - pl.col("conflict_milli")).sum() / _MILLI).alias("intensity"),
            (pl.col("lowest_milli").min() / _MILLI).alias("lowest"),
        )
        .sort(
            "occurred",
            pl.col("intensity").abs(),
            "actor",
            "quad",
            descending=[True, True, False, False],
            nulls_last=True,
        )
        .select(MOVES.names)
    )
    return check_table(moves, MOVES)
