"""The return to the usual: every relation goes back to its own long-run level (what shocks alone would teach)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS
from detente.forecast.gaussian import build_series_forecasts, outcome_shares
from detente.forecast.outcomes import describe_situation, trailing_means
from detente.forecast.panel import Panel

Floats = npt.NDArray[np.float64]

#: Weeks of the past whose mean is the usual level.
_USUAL_WEEKS = 104


class UsualLevel:
    """The next N weeks will lie around the pair's mean of the past 104 weeks, as widely as N-week means did then.

    A change is measured from the last 13 weeks, whose mean is itself partly chance: even in a world without any memory
    this forecast has skill. What a model adds to it is what it knows beyond "this will pass".
    """

    name = "usual-level"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> UsualLevel:  # noqa: ARG002
        """Nothing to learn ahead."""
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when an origin is not the end of a week of the panel.
        """
        frames = [FORECASTS.empty()]
        for origin in origins:
            situation = describe_situation(panel.until(panel.position(origin)), horizon)
            level = situation.level[:, -_USUAL_WEEKS:]
            mean, weeks = _moments(level)
            _, spans = _moments(trailing_means(level, horizon.weeks)[:, horizon.weeks - 1 :])
            deviation = np.sqrt(np.maximum(spans, weeks / horizon.weeks))  # short data: as if weeks were independent
            shares = outcome_shares(mean, deviation, situation)
            model = f"{self.name}-{self.version}"
            frames.append(build_series_forecasts(panel, origin, horizon, shares, model=model))
        return pl.concat(frames)


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each row without its NaN; 0 where there is nothing."""
    held = ~np.isnan(values)
    count = np.maximum(held.sum(axis=1), 1)
    mean = np.where(held, values, 0.0).sum(axis=1) / count
    variance = np.where(held, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / count
    return mean, variance
