"""The days of a panel's weeks: what happened within them, for models that look closer than a week."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import CELLS, COVERAGE, check_table
from detente.forecast.panel import Panel

_MILLI = 1000.0


def add_days(panel: Panel, cells: pl.DataFrame, coverage: pl.DataFrame) -> Panel:
    """The panel with the balances of its days: both directions of a pair, points on the day.

    Args:
        panel: Weeks that were built from the same tables.
        cells: Rows of ``cells``; with a column ``pair`` where it is at hand.
        coverage: Rows of ``coverage``; a day that is not covered is a gap, a covered one without events a zero.

    Raises:
        DataError: when a table does not fit its schema.
    """
    check_table(cells.select(CELLS.names), CELLS)
    check_table(coverage, COVERAGE)
    if not panel.pairs:
        return panel
    width = len(panel.week_ends) * DAYS_IN_WEEK
    before = pl.lit(panel.week_ends[0]) - pl.duration(days=DAYS_IN_WEEK - 1)  # the first day
    covered = coverage.filter(pl.col("status") == "present").select((pl.col("day") - before).dt.total_days())
    column = covered["day"].filter(covered["day"].is_between(0, width - 1)).to_numpy()
    days = np.full((len(panel.pairs), width), np.nan)
    days[:, column] = 0.0
    rows = pl.DataFrame({"pair": panel.pairs, "row": np.arange(len(panel.pairs))})
    named = pl.min_horizontal("actor", "recipient") + "-" + pl.max_horizontal("actor", "recipient")
    held = (
        cells.select(
            (pl.col("pair") if "pair" in cells.columns else named).alias("pair"),
            (pl.col("occurred") - before).dt.total_days().alias("column"),
            (pl.col("cooperation_milli") - pl.col("conflict_milli")).alias("milli"),
        )
        .filter(pl.col("column").is_between(0, width - 1))
        .join(rows, on="pair")
        .group_by("row", "column")
        .agg(pl.col("milli").sum())
    )
    place = (held["row"].to_numpy(), held["column"].to_numpy())
    days[place] += held["milli"].to_numpy() / _MILLI  # on days that are not covered NaN stays NaN
    days.setflags(write=False)
    return replace(panel, days=days)
