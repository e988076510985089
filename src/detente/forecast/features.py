"""What a small model may look at: a few figures without units, known at the origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.forecast.outcomes import Situation, trailing_means

Floats = npt.NDArray[np.float64]

#: The features in the order of the columns.
FEATURES = ("last_week", "last_4_weeks", "last_26_weeks", "last_52_weeks", "volatility")
#: Farther out than this many spreads (or log units) is as far as this: one wild week must not rule a forecast.
_CLIP = 4.0
_RECENT_WEEKS, _LONG_WEEKS = 13, 104


def build_features(situation: Situation) -> Floats:
    """Features of all pairs at one origin, shape (pairs, 5), each between −4 and 4; 0 where one is not known.

    ``last_…``: mean level of the last weeks minus reference, in spreads of change: where the relation has just been,
    against the 13 weeks that it will be measured from. ``volatility``: log of the ratio of the weekly standard
    deviation of the last 13 weeks to that of the last 104.
    """
    columns = [
        (trailing_means(situation.level[:, -span:], span)[:, -1] - situation.reference) / situation.spread
        for span in (1, 4, 26, 52)
    ]
    columns.append(_log_ratio(situation.level))
    return np.clip(np.nan_to_num(np.stack(columns, axis=1)), -_CLIP, _CLIP)


def _log_ratio(level: Floats) -> Floats:
    recent, usual = _deviation(level[:, -_RECENT_WEEKS:]), _deviation(level[:, -_LONG_WEEKS:])
    return np.asarray(np.log(np.maximum(recent, 0.05) / np.maximum(usual, 0.05)), dtype=np.float64)


def _deviation(level: Floats) -> Floats:
    held = ~np.isnan(level)
    count = np.maximum(held.sum(axis=1), 1)
    mean = np.where(held, level, 0.0).sum(axis=1) / count
    return np.asarray(np.sqrt(np.where(held, (level - mean[:, None]) ** 2, 0.0).sum(axis=1) / count), dtype=np.float64)
