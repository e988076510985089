"""The first honest answer: how often this pair's relation, and relations at large, have changed that much before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.forecast.bands import dirichlet_bands
from detente.forecast.outcomes import Situation, describe_situation
from detente.forecast.panel import Panel
from detente.forecast.protocol import build_forecasts

Floats = npt.NDArray[np.float64]

#: What a normally distributed change does at ±0.5 standard deviations: the answer before any data.
NORMAL_PRIOR = (0.3085, 0.3830, 0.3085)
#: How many pairs that moved independently of one another the pool stands for. Pairs share the calendar and the world's
#: news, so that hundreds of pairs over one period are far from hundreds of cases.
INDEPENDENT_PAIRS = 10.0
#: Changes that do not overlap for which the normal prior counts beside the pool.
PRIOR_CHANGES = 40.0
#: Changes that do not overlap for which the pool counts beside a pair's own.
POOL_CHANGES = 40.0


class Climatology:
    """Past frequencies of the three outcomes: the pair's own, shrunk to all pairs', shrunk to a normal change.

    ``P = (k·own + 40·pool) / (k + 40)`` with ``own`` the pair's outcome frequencies over the past 104 weeks and ``k``
    the number of its changes that do not overlap; the pool likewise towards the normal prior. Bands are those of the
    Dirichlet distribution with these counts.
    """

    name = "climatology"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Climatology:  # noqa: ARG002
        """Nothing to learn ahead: each prediction counts what is known at its origin."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            counts = posterior_counts(situation, horizon)
            low, high = dirichlet_bands(counts)
            probabilities = counts / counts.sum(axis=1, keepdims=True)
            model = f"{self.name}-{self.version}"
            frames.append(
                build_forecasts(panel, origin, horizon, probabilities=probabilities, low=low, high=high, model=model)
            )
        return pl.concat(frames)


def posterior_counts(situation: Situation, horizon: Horizon, *, even: bool = False) -> Floats:
    """Dirichlet counts of the three outcomes for each pair, shape (pairs, 3).

    Changes that overlap count for as many as fit side by side: their number over the weeks of the horizon.

    Args:
        situation: What is known at the origin.
        horizon: Length of the changes.
        even: Whether the pool is to deteriorate as often as it improves, at the mean of both: that relations at large
            have lately worsened says little of what they will do.
    """
    own = situation.outcome_counts() / horizon.weeks
    pool = INDEPENDENT_PAIRS * own[situation.is_busy].mean(axis=0) + PRIOR_CHANGES * np.array(NORMAL_PRIOR)
    pool = (pool + pool[::-1]) / 2 if even else pool
    return np.asarray(own + POOL_CHANGES * pool / pool.sum(), dtype=np.float64)
