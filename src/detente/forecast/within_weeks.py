"""What the days of the last weeks say beyond the weeks: where it has been going, and how rough the days were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.domain.periods import DAYS_IN_WEEK
from detente.forecast.outcomes import Situation

Floats = npt.NDArray[np.float64]

#: Days after which a day counts half, for means that lean on the newest.
HALF_LIVES = (1.5, 4, 10, 25)
#: Half a month is set against the quarter, and four weeks of bad days against all of them.
_FORTNIGHT, _FOUR_WEEKS = 14, 28
#: A day as bad as this on the scale of the level is a bad day.
_BAD = -1.0
_LEAST = 0.05


def describe_days(days: Floats, situation: Situation) -> dict[str, Floats]:
    """Predictors from the days up to an origin, each on the pair's scale of the week; NaN where days are not known.

    Args:
        days: Balances of the days of the last 13 weeks, shape (pairs, days); NaN on a day that is not covered.
        situation: What is known at the origin.

    Returns:
        ``days_…`` (means that lean on the newest days, minus the mean of all, in spreads), ``worst_day`` and
        ``best_day`` of the last week minus that mean, ``bad_days`` (share in four weeks minus share in all),
        ``active_days`` (share with events in two weeks minus share in all) and ``rough_days`` (log of the deviation
        within the last week over that of all).
    """
    level = np.arcsinh(days / situation.scale[:, None])
    held = ~np.isnan(level)
    filled = np.where(held, level, 0.0)
    centre = _mean(filled, held)
    age = np.arange(level.shape[1])[::-1]
    found = {
        f"days_{life:g}": (_mean(filled, held, 0.5 ** (age / life)) - centre) / situation.spread for life in HALF_LIVES
    }
    week, in_week = filled[:, -DAYS_IN_WEEK:], held[:, -DAYS_IN_WEEK:]
    found["worst_day"] = week.min(axis=1, initial=np.inf, where=in_week) - centre
    found["best_day"] = week.max(axis=1, initial=-np.inf, where=in_week) - centre
    for name, marked, last in (
        ("bad_days", filled < _BAD, _FOUR_WEEKS),
        ("active_days", filled != 0, _FORTNIGHT),
    ):
        share = marked.astype(np.float64)
        found[name] = _mean(share[:, -last:], held[:, -last:]) - _mean(share, held)
    found["rough_days"] = _log_deviation(week, in_week) - _log_deviation(filled, held)
    return found


def _mean(filled: Floats, held: npt.NDArray[np.bool_], weight: Floats | None = None) -> Floats:
    """Weighted mean of each row's held values; NaN where a row holds none."""
    weights = held * (np.ones(filled.shape[1]) if weight is None else weight)
    total = weights.sum(axis=1)
    return np.asarray(
        np.where(total > 0, (filled * weights).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan), dtype=np.float64
    )


def _log_deviation(filled: Floats, held: npt.NDArray[np.bool_]) -> Floats:
    centre = np.nan_to_num(_mean(filled, held))
    variance = _mean((filled - centre[:, None]) ** 2, held)
    return np.asarray(np.log(np.sqrt(variance) + _LEAST), dtype=np.float64)
