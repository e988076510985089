"""All forecasters by name: what a backtest, a ledger or a command can ask for."""

from __future__ import annotations

from collections.abc import Callable

from detente.errors import QuestionError
from detente.forecast.baselines import AlwaysHold, MixedClimatology, PairClimatology, Persistence, PooledClimatology
from detente.forecast.climatology import Climatology
from detente.forecast.learned import Blend
from detente.forecast.local_level import LocalLevel
from detente.forecast.logit import Logit
from detente.forecast.pooled import Pooled
from detente.forecast.protocol import Forecaster
from detente.forecast.timeseries import auto_arima, auto_ets, auto_theta
from detente.forecast.trained import Trained
from detente.forecast.usual import UsualLevel
from detente.forecast.vector import VectorAutoregression

#: Public name → a fresh, unfitted forecaster. Names stay; a changed result is a new version of the forecaster.
FORECASTERS: dict[str, Callable[[], Forecaster]] = {
    "climatology": Climatology,
    "logit": Logit,
    "climatology-pool": PooledClimatology,
    "climatology-pair": PairClimatology,
    "climatology-mix": MixedClimatology,
    "persistence": Persistence,
    "always-hold": AlwaysHold,
    "usual-level": UsualLevel,
    "local-level": LocalLevel,
    "var": VectorAutoregression,
    "pooled": Pooled,
    "boosting": lambda: Blend("boosting", with_ridge=False),
    "blend": Blend,
    "auto-ets": auto_ets,
    "auto-arima": auto_arima,
    "theta": auto_theta,
    "trained": Trained,
}


def find_forecaster(name: str) -> Forecaster:
    """A fresh, unfitted forecaster by its public name.

    Raises:
        QuestionError: when there is none of that name.
    """
    if name not in FORECASTERS:
        raise QuestionError(
            f"The forecaster {name!r} was asked for.",
            "There is none of that name.",
            f"Name one of: {', '.join(sorted(FORECASTERS))}.",
        )
    return FORECASTERS[name]()
