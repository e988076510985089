"""An assessment as a question: over how many weeks, and why it is none that can be scored (``assessors-v1``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.assessors.review import Proposal
from detente.domain.periods import DAYS_IN_WEEK, LONGEST_HORIZON_WEEKS, NEAR_FUTURE_WEEKS, STANDARD_HORIZONS, Horizon

#: Public, versioned name of the rules in this module: what is scored, over how many weeks, and what is void.
ASSESSORS_NAME = "assessors-v1"
CONDITIONAL = "conditional"
CONDITION_NOT_MET = "its condition was not met"
NO_DATE = "no day of publication"
NO_PAIR = "the text leaves open which pair is meant"
NO_DIRECTION = "it names no change"
NO_RANGE = "it has no word or number of likelihood"
NO_LAST_DAY = {
    "now": "it speaks of the present",
    "open": "its horizon has no end",
    "event": "its horizon ends with an event whose day the text does not give",
}
PAST = "its horizon had passed when it was published"
TOO_LONG = f"its horizon is longer than {LONGEST_HORIZON_WEEKS} weeks"


@dataclass(frozen=True)
class Ahead:
    """How far ahead an assessment looks, in whole weeks.

    Args:
        horizon: The nearest number of weeks.
        assumed: Whether the statement names no horizon, so that the near future is taken.
    """

    horizon: Horizon
    assumed: bool


def horizon_of(kind: str | None, until: dt.date | None, published: dt.date) -> Ahead | str:
    """The weeks from the day of publication to the last day that a statement speaks of, rounded; or why there are none.

    Without any horizon, and for *the near future*, they are 13.

    Args:
        kind: The kind of its horizon, one of ``horizons.KINDS``; None where it names none.
        until: The last day that it speaks of.
        published: The day of publication.
    """
    if kind is None or kind == "near":
        return Ahead(Horizon(NEAR_FUTURE_WEEKS), kind is None)
    if kind in NO_LAST_DAY or until is None:
        return NO_LAST_DAY.get(kind, NO_LAST_DAY["open"])
    days = (until - published).days
    if days <= 0:
        return PAST
    weeks = max(round(days / DAYS_IN_WEEK), 1)
    return TOO_LONG if weeks > LONGEST_HORIZON_WEEKS else Ahead(Horizon(weeks), False)


def nearest_standard(kind: str | None, until: dt.date | None, published: dt.date) -> Ahead:
    """The standard horizon nearest to a statement's; where that has no last day, the near future, marked as assumed."""
    if kind in (None, "near", *NO_LAST_DAY) or until is None:
        return Ahead(Horizon(NEAR_FUTURE_WEEKS), kind != "near")
    weeks = (until - published).days / DAYS_IN_WEEK
    return Ahead(Horizon(min(STANDARD_HORIZONS, key=lambda one: abs(one - weeks))), False)


def why_void(one: Proposal) -> str | None:
    """Why an accepted assessment cannot be scored whatever the data hold; None where it can.

    A condition is judged by the reviewer, if at all.
    """
    record = one.record
    if record["source"]["published"] is None:
        return NO_DATE
    if record["pair"] is None:
        return NO_PAIR
    if record["direction"] == "none":
        return NO_DIRECTION
    if record["p_low"] is None:
        return NO_RANGE
    if record["conditions"] and one.condition != "met":
        return CONDITIONAL if one.condition is None else CONDITION_NOT_MET
    return None
