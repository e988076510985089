"""The shipped forecaster (``trained-v5``): the newest vintage that had not seen past the origin, or a simpler model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.domain.tables import FORECASTS
from detente.errors import QuestionError
from detente.forecast.learned import answer
from detente.forecast.mixture import Mixture
from detente.forecast.panel import Panel
from detente.forecast.pooled import Pooled
from detente.forecast.protocol import Forecaster
from detente.forecast.vintages import SHIPPED, find_vintage

#: Weeks of the past that a vintage needs: those of a reference. With 13 to 26 of them that of 2015 did better than
#: climatology and the logit by a twentieth and more (GDELT dyad scores of 2018 to 2020, cut short); with 7 to 12 too,
#: but its bands know nothing of how short a past is.
HISTORY_WEEKS = REFERENCE_WEEKS


@dataclass(frozen=True)
class Trained:
    """Answers from models trained beforehand, each only from the day on that it had learned by.

    As of a day before every vintage, at a horizon that none was trained for, or with a past of less than 13 weeks,
    ``pooled-v1`` fitted on the store's own past answers. The column ``model`` names who answered, vintage included.

    Args:
        folder: Where the vintages lie; by default those shipped with the package.
        simple: Who answers where no vintage may; fitted only where it is needed.
        first: The earliest origin it was fitted for; None until then.
    """

    folder: Path = SHIPPED
    simple: Forecaster | None = None
    first: dt.date | None = None

    name = "trained"
    version = "v5"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Trained:
        """Nothing to learn where a vintage may answer; else the simpler model learns.

        Raises:
            QuestionError: when there is no origin, or one is not the end of a week of the panel.
        """
        if not origins:
            raise QuestionError("A forecaster was to be fitted.", "No origin was given.", "Name at least one.")
        first = min(origins)
        has_vintage = self._find(panel, first, horizon) is not None
        return Trained(self.folder, None if has_vintage else Pooled().fit(panel, [first], horizon), first)

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        """Rows of the table ``forecasts`` for every pair at every origin.

        Raises:
            QuestionError: when it has not been fitted, an origin is before the one it was fitted for, or is not the end
                of a week of the panel.
        """
        if self.first is None or any(origin < self.first for origin in origins):
            raise QuestionError(
                f"Forecasts over {horizon} from {min(origins, default=None)} were asked for.",
                f"The forecaster was fitted for origins from {self.first} on.",
                "Fit it for the earliest of these origins.",
            )
        frames = [FORECASTS.empty()]
        for found, asked in groupby(origins, key=lambda origin: self._find(panel, origin, horizon)):
            frames.append(self._answer(panel, list(asked), horizon, found))
        return pl.concat(frames)

    def _find(self, panel: Panel, origin: dt.date, horizon: Horizon) -> tuple[str, Mixture] | None:
        """The vintage that may answer; None where it would have to make a forecast out of next to no history."""
        if panel.position(origin) + 1 < HISTORY_WEEKS:
            return None
        return find_vintage(origin, horizon.weeks, folder=self.folder)

    def _answer(
        self, panel: Panel, origins: list[dt.date], horizon: Horizon, found: tuple[str, Mixture] | None
    ) -> pl.DataFrame:
        if found is None:
            simple = self.simple or Pooled().fit(panel, origins, horizon)
            return simple.predict(panel, origins, horizon)
        vintage, mixture = found
        return answer(mixture, panel, origins, horizon, model=f"{self.name}-{self.version}:{vintage}")
