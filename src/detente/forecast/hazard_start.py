"""Weights that a hazard model starts from: learned on other years, and pulled towards when little past is held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from detente.forecast.dyad_days import Floats
from detente.forecast.hazard_features import HAZARD_FEATURES
from detente.forecast.shipped_weights import read_weights

#: Weights to pull towards, and how strongly each; both of shape (1 + features,), the intercept first.
Pull = tuple[Floats, Floats]
#: Where they lie.
SHIPPED = Path(__file__).parent / "hazard_weights"
#: Strength of the pull towards them, in cases that do not overlap. Chosen on 2005 to 2014: weights of the years up to
#: 2010, asked in four spans of fifteen months of the years after; 30 did worse, 1,000 no better.
PULL = 300.0
#: What these mean depends on how long the past is and on how much the source reports: the store's own past speaks.
OWN = ("base_logit", "hostile_364", "volume_364")


@dataclass(frozen=True)
class HazardStart:
    """Weights of standardised features by horizon.

    Attributes:
        learned: The last day they had seen.
        weights: By horizon in weeks, each of shape (1 + features,), the intercept first.
    """

    learned: dt.date
    weights: dict[int, Floats]

    def pull(self, origin: dt.date, weeks: int) -> Pull | None:
        """Weights to pull towards, and how strongly each, as of a day; None where they had seen more than that day.

        Args:
            origin: The day at whose end a model is fitted.
            weeks: How far ahead; the nearest horizon that was learned, as a ratio, stands for it.
        """
        if origin < self.learned:
            return None
        nearest = min(self.weights, key=lambda held: (abs(np.log(held / weeks)), held))
        is_own = np.array([True, *(name in OWN for name in HAZARD_FEATURES)])
        return np.where(is_own, 0.0, self.weights[nearest]), np.where(is_own, 0.0, PULL)


@cache
def load_hazard_start(path: Path = SHIPPED / "weights.json") -> HazardStart:
    """The shipped weights.

    Raises:
        DataError: when they are of other features than this version's.
    """
    held = read_weights(path, HAZARD_FEATURES, script="scripts/train_hazards.py")
    weights = {int(weeks): np.array(values) for weeks, values in held["weights"].items()}
    return HazardStart(dt.date.fromisoformat(held["learned"]), weights)
