"""Weekly balances of many pairs side by side: what forecasters read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import WEEKS, check_table
from detente.errors import DataError, QuestionError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Pairs by weeks.

    Args:
        pairs: Pair ids, one for each row.
        week_ends: Last days of the weeks, a week apart, oldest first; one for each column.
        balance: Weekly balances in points a day, shape (pairs, weeks); NaN where the week is a gap.
    """

    pairs: tuple[str, ...]
    week_ends: tuple[dt.date, ...]
    balance: Floats

    def position(self, origin: dt.date) -> int:
        """The column of the week that ends on an origin.

        Raises:
            QuestionError: when no week of the panel ends on that day.
        """
        if self.week_ends:
            weeks, odd_days = divmod((origin - self.week_ends[0]).days, DAYS_IN_WEEK)
            if 0 <= weeks < len(self.week_ends) and not odd_days:
                return weeks
        held = f"from {self.week_ends[0]} to {self.week_ends[-1]}" if self.week_ends else "none"
        raise QuestionError(
            f"A forecast from {origin} was asked for.",
            f"No week of the panel ends on that day; its weeks, seven days apart, end {held}.",
            "Build the panel from weeks that end on the origin's weekday.",
        )

    def until(self, position: int) -> Floats:
        """The balances of the weeks up to and including a column: all that is known at that origin."""
        return self.balance[:, : position + 1]


def build_panel(weeks: pl.DataFrame) -> Panel:
    """Set the weekly balances of pairs side by side.

    Args:
        weeks: Rows of the table ``weeks``, of pairs.

    Raises:
        DataError: when ``weeks`` does not fit its schema, holds dyads, or a week twice.
    """
    check_table(weeks, WEEKS)
    if weeks["actor"].null_count() != weeks.height or weeks.select("pair", "week_end").is_duplicated().any():
        raise DataError(
            "A panel of pairs was asked for.",
            "The weeks handed over hold directions, or a pair's week more than once.",
            'Build them with `build_weeks(…, by="pair")`.',
        )
    if weeks.is_empty():
        return Panel((), (), np.empty((0, 0)))
    pairs = weeks["pair"].unique().sort()
    ends: list[dt.date] = weeks["week_end"].unique().sort().to_list()
    first, last = ends[0], ends[-1]
    count = (last - first).days // DAYS_IN_WEEK + 1
    balance = np.full((pairs.len(), count), np.nan)
    row = pairs.search_sorted(weeks["pair"]).to_numpy()
    column = ((weeks["week_end"] - first).dt.total_days() // DAYS_IN_WEEK).to_numpy()
    balance[row, column] = weeks["balance"].fill_null(float("nan")).to_numpy()
    balance.setflags(write=False)
    calendar = tuple(first + dt.timedelta(days=DAYS_IN_WEEK * week) for week in range(count))
    return Panel(tuple(pairs), calendar, balance)
