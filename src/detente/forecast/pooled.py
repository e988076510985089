"""Who answers before any vintage may: a logit, the return to the usual and a vector autoregression, pooled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.domain.tables import FORECASTS, OUTCOMES, check_table
from detente.errors import QuestionError
from detente.forecast.logit import Logit
from detente.forecast.panel import Panel
from detente.forecast.protocol import Forecaster
from detente.forecast.usual import UsualLevel
from detente.forecast.vector import VectorAutoregression

#: Who is pooled, and with what weight. The logit knows other pairs, and is climatology while few questions are
#: resolved; the other two know the pair's own past, and need no other. Chosen on KEDS and on ICEWS of 2005 to 2015.
MEMBERS: tuple[tuple[Forecaster, float], ...] = ((Logit(), 0.5), (UsualLevel(), 0.25), (VectorAutoregression(), 0.25))
_COLUMNS = [f"p_{outcome}{end}" for outcome in OUTCOMES for end in ("", "_low", "_high")]


@dataclass(frozen=True)
class Pooled:
    """The weighted mean of what three simple models say (a linear opinion pool: Stone 1961), bands likewise.

    They err in other ways: each alone is far from the best in some years and panels, their mean in none that was tried.
    As of days with a past of less than a reference's 13 weeks the first, who leans on other pairs, answers alone.

    Args:
        members: The fitted models; none until then.
    """

    members: tuple[Forecaster, ...] = ()

    name = "pooled"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Pooled:
        """All learn from what was known at the earliest of the origins.

        Raises:
            QuestionError: when there is no origin, or one is not the end of a week of the panel.
        """
        return Pooled(tuple(member.fit(panel, origins, horizon) for member, _ in MEMBERS))

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when it has not been fitted, or a member may not answer from an origin.
        """
        if not self.members:
            raise QuestionError(
                f"Forecasts over {horizon} were asked for.", "The forecaster has not been fitted.", "Fit it first."
            )
        frames = [FORECASTS.empty()]
        for is_long, asked in groupby(origins, key=lambda day: panel.position(day) + 1 >= REFERENCE_WEEKS):
            days = list(asked)
            said = [member.predict(panel, days, horizon) for member in self.members[: None if is_long else 1]]
            frames.append(self._mean(said) if is_long else said[0])
        return pl.concat(frames)

    def _mean(self, said: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The same rows with the mean of what the members say of them."""
        parts = [[frame[name] * weight for frame, (_, weight) in zip(said, MEMBERS, strict=True)] for name in _COLUMNS]
        means = [pl.sum_horizontal(part).alias(name) for name, part in zip(_COLUMNS, parts, strict=True)]
        pooled = said[0].with_columns(*means, pl.lit(f"{self.name}-{self.version}").alias("model"))
        return check_table(pooled.select(FORECASTS.names), FORECASTS)
