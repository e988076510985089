"""Status: the last four weeks of a relation against its own past year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from detente.domain.tables import LEVELS, check_table

#: The public name of this algorithm.
STATUS = "status-v3"
RECENT_WEEKS = 4
USUAL_WEEKS = 52
#: Fewer earlier weeks than this say nothing about what is usual.
EARLIER_WEEKS_NEEDED = 8
UNUSUAL_Z, FAR_Z = 1.0, 2.0
#: The spread of four-week means of a calm pair is not taken to be below this (level units), lest noise look like news.
SMALLEST_SPREAD = 0.1


@dataclass(frozen=True)
class Status:
    """Where the relation stands against its own past year.

    Args:
        status: ``worse than usual``, ``usual`` or ``better than usual``; None with too little history.
        grade: ``far`` beyond two standard deviations, else empty.
        recent: Mean weekly level of the last four weeks.
        recent_se: Its standard error.
        usual: Mean weekly level of the up to 52 weeks before.
        spread: Standard deviation of four-week means in those weeks.
        z: (recent − usual) / spread.
        weeks_used: Earlier weeks that were not gaps.
    """

    status: str | None
    grade: str
    recent: float | None
    recent_se: float | None
    usual: float | None
    spread: float | None
    z: float | None
    weeks_used: int


def read_status(levels: pl.DataFrame) -> Status:
    """Say whether a relation is worse, as usual, or better than in its own past year.

    z = (mean level of the last 4 weeks − mean of the up to 52 weeks before) / standard deviation of 4-week means in
    those weeks. Below −1 it is *worse than usual*, above 1 *better*, beyond ±2 *far* so. It compares a pair with
    itself, so it cannot tell a friendly pair from a hostile one, and after a year of crisis a crisis is usual.

    Args:
        levels: Rows of ``levels`` of one pair or one dyad.

    Returns:
        The status; all None with fewer than 8 earlier weeks or without a recent one.
    """
    check_table(levels, LEVELS)
    return status_of(levels.sort("week_end")["level_raw"].fill_null(float("nan")).to_numpy())


def status_of(values: np.ndarray) -> Status:
    """The same of raw weekly levels, oldest first, NaN where a week is a gap."""
    recent = values[-RECENT_WEEKS:]
    earlier = values[:-RECENT_WEEKS][-USUAL_WEEKS:]
    used = int(np.isfinite(earlier).sum())
    now = recent[np.isfinite(recent)]
    if used < EARLIER_WEEKS_NEEDED or not len(now):
        return Status(None, "", None, None, None, None, None, used)
    usual = float(np.nanmean(earlier))
    spread = max(_spread_of_means(earlier), SMALLEST_SPREAD)
    z = (float(now.mean()) - usual) / spread
    error = float(np.nanstd(earlier, ddof=1) / np.sqrt(len(now)))
    name = "worse than usual" if z < -UNUSUAL_Z else "better than usual" if z > UNUSUAL_Z else "usual"
    return Status(name, "far" if abs(z) > FAR_Z else "", float(now.mean()), error, usual, spread, z, used)


def _spread_of_means(values: np.ndarray) -> float:
    """Standard deviation of running four-week means, each with at least two weeks that are not gaps."""
    windows = np.lib.stride_tricks.sliding_window_view(values, RECENT_WEEKS)
    windows = windows[np.isfinite(windows).sum(axis=1) >= RECENT_WEEKS // 2]
    return float(np.nanmean(windows, axis=1).std(ddof=1)) if len(windows) > 2 else 0.0
