"""Weekly balances of many pairs side by side, and the news beside which they are read: what forecasters read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import WEEKS, check_table
from detente.errors import DataError, QuestionError
from detente.relations.volume import usual_news, volume_index

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Panel:
    """Pairs by weeks.

    Args:
        pairs: Pair ids, one for each row.
        week_ends: Last days of the weeks, a week apart, oldest first; one for each column.
        balance: Weekly balances in points a day, shape (pairs, weeks); NaN where the week is a gap.
        news: Events of all other pairs a day, of the same shape; None where nothing is to be divided out.
        days: Balances of the days of the weeks, shape (pairs, 7·weeks); NaN on a day that is not covered; None where
            only weeks are held.
    """

    pairs: tuple[str, ...]
    week_ends: tuple[dt.date, ...]
    balance: Floats
    news: Floats | None = None
    days: Floats | None = None

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
        """The balances of the weeks up to and including a column, the news being equal: all known at that origin."""
        held = self.balance[:, : position + 1]
        if self.news is None:
            return held
        return held / volume_index(self.news[:, : position + 1], self.usual_news(position))

    def days_until(self, position: int, weeks: int) -> Floats:
        """The balances of the days of the last weeks up to a column, the news of each week being equal.

        Args:
            position: A column.
            weeks: How many weeks; fewer where the panel begins later.

        Returns:
            Shape (pairs, 7·weeks); all NaN where only weeks are held.
        """
        first = max(position + 1 - weeks, 0)
        width = (position + 1 - first) * DAYS_IN_WEEK
        if self.days is None:
            return np.full((len(self.pairs), width), np.nan)
        held = self.days[:, first * DAYS_IN_WEEK : (position + 1) * DAYS_IN_WEEK]
        if self.news is None:
            return held
        index = volume_index(self.news[:, first : position + 1], self.usual_news(position))
        return np.asarray(held / np.repeat(index, DAYS_IN_WEEK, axis=1), dtype=np.float64)

    def after(self, position: int, weeks: int) -> Floats:
        """The balances of some weeks after a column, over the news as a multiple of what was usual up to it."""
        later = slice(position + 1, position + 1 + weeks)
        held = self.balance[:, later]
        return held if self.news is None else held / volume_index(self.news[:, later], self.usual_news(position))

    def usual_news(self, position: int) -> Floats:
        """What is usual for other pairs' news up to a column, shape (pairs,); NaN where none are held."""
        if self.news is None:
            return np.full(len(self.pairs), np.nan)
        return usual_news(self.news[:, : position + 1])

    def cut(self, position: int, *, first: int = 0, rows: Ints | None = None) -> Panel:
        """The panel from one column up to and including another, of some rows; by default of all."""
        weeks, chosen = slice(first, position + 1), slice(None) if rows is None else rows
        pairs = self.pairs if rows is None else tuple(self.pairs[row] for row in rows)
        news = None if self.news is None else self.news[chosen, weeks]
        span = slice(first * DAYS_IN_WEEK, (position + 1) * DAYS_IN_WEEK)
        days = None if self.days is None else self.days[chosen, span]
        return Panel(pairs, self.week_ends[weeks], self.balance[chosen, weeks], news, days)

    def add(self, row: int, position: int, points: float) -> Panel:
        """The panel with so many points a day more in one week of one pair."""
        balance, days = self.balance.copy(), None if self.days is None else self.days.copy()
        balance[row, position] += points
        if days is not None:
            days[row, position * DAYS_IN_WEEK : (position + 1) * DAYS_IN_WEEK] += points
        return replace(self, balance=balance, days=days)

    def mirror(self) -> Panel:
        """The world in which friends are foes: every balance has the other sign; what improved deteriorates."""
        return replace(self, balance=-self.balance, days=None if self.days is None else -self.days)


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
    balance, news = np.full((pairs.len(), count), np.nan), np.full((pairs.len(), count), np.nan)
    row = pairs.search_sorted(weeks["pair"]).to_numpy()
    column = ((weeks["week_end"] - first).dt.total_days() // DAYS_IN_WEEK).to_numpy()
    balance[row, column] = weeks["balance"].fill_null(float("nan")).to_numpy()
    news[row, column] = weeks["news"].fill_null(float("nan")).to_numpy()
    for values in (balance, news):
        values.setflags(write=False)
    calendar = tuple(first + dt.timedelta(days=DAYS_IN_WEEK * week) for week in range(count))
    return Panel(tuple(pairs), calendar, balance, None if np.isnan(news).all() else news)
