"""Questions about a relation's future, and models that answer them with probabilities.

In come weeks of all pairs; out go rows of the tables ``forecasts`` and ``resolutions``. Nothing here reads a week after
the origin it answers from, except ``resolve``, which says what came out.
"""

from __future__ import annotations

from detente.forecast.chances import forecast_provocations
from detente.forecast.climatology import Climatology
from detente.forecast.days import add_days
from detente.forecast.hazard import OWN_RATE
from detente.forecast.level_quantiles import FAN_NAME, build_fan
from detente.forecast.logit import Logit
from detente.forecast.outcomes import OUTCOME_NAME, Situation, describe_situation, outcome_index, resolve
from detente.forecast.panel import Panel, build_panel
from detente.forecast.protocol import Forecaster
from detente.forecast.provoked import answer_provocations
from detente.forecast.questions import Question
from detente.forecast.rules import PROVOKED
from detente.forecast.stated import BASE_MODEL, answer_stated, state_questions
from detente.forecast.trained import Trained

__all__ = [
    "BASE_MODEL",
    "FAN_NAME",
    "OUTCOME_NAME",
    "OWN_RATE",
    "PROVOKED",
    "Climatology",
    "Forecaster",
    "Logit",
    "Panel",
    "Question",
    "Situation",
    "Trained",
    "add_days",
    "answer_provocations",
    "answer_stated",
    "build_fan",
    "build_panel",
    "default_forecaster",
    "describe_situation",
    "forecast_provocations",
    "outcome_index",
    "resolve",
    "state_questions",
]


def default_forecaster() -> Forecaster:
    """The forecaster used where none is named: ``trained-v5``; where no vintage may answer, a simpler model does."""
    return Trained()
