"""What a forecaster is, and the one shape of its answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS, OUTCOMES, check_table
from detente.forecast.panel import Panel

Floats = npt.NDArray[np.float64]


class Forecaster(Protocol):
    """Answers three-way questions about all pairs of a panel, from what is known at each origin.

    An implementation reads no week after the origin it answers from, and learns only from weeks up to the earliest
    origin it is fitted for; tests plant wild values after the origin and expect the same bits.
    """

    @property
    def name(self) -> str:
        """Public name without version."""
        ...

    @property
    def version(self) -> str:
        """Version; a changed result is a new one."""
        ...

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Forecaster:
        """A forecaster that has learned from what was known at the earliest of the origins; this one is unchanged."""
        ...

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts``: every pair of the panel at every origin."""
        ...


def build_forecasts(
    panel: Panel, origin: dt.date, horizon: Horizon, *, probabilities: Floats, low: Floats, high: Floats, model: str
) -> pl.DataFrame:
    """One origin's answers as rows of the table ``forecasts``.

    Args:
        panel: Whose pairs.
        origin: When the forecast is made.
        horizon: How far ahead.
        probabilities: Shape (pairs, 3), in the order deteriorate, hold, improve; rows add up to one.
        low: Lower ends of their 90 % bands, same shape.
        high: Upper ends, same shape.
        model: Name and version.
    """
    columns: dict[str, object] = {"pair": panel.pairs, "origin": origin, "horizon_weeks": horizon.weeks}
    for place, outcome in enumerate(OUTCOMES):
        columns[f"p_{outcome}"] = probabilities[:, place]
        columns[f"p_{outcome}_low"] = np.minimum(low[:, place], probabilities[:, place])
        columns[f"p_{outcome}_high"] = np.maximum(high[:, place], probabilities[:, place])
    columns["model"] = model
    frame = pl.DataFrame(columns, schema={name: FORECASTS.schema[name] for name in columns})
    return check_table(frame.select(FORECASTS.names), FORECASTS)
