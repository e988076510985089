"""A question about a relation's future, with the rule by which a stranger can resolve it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, REFERENCE_WEEKS, Horizon
from detente.errors import QuestionError
from detente.forecast.outcomes import OUTCOME_NAME, POOL_CHANGES, SPREAD_WEEKS, THRESHOLD
from detente.relations.scale import SMALLEST_SCALE, WEEKS_FOR_OWN_SCALE


@dataclass(frozen=True)
class Question:
    """Will a relation deteriorate, hold or improve within a horizon from an origin?

    Args:
        pair: The two states.
        origin: The day at whose end the question is asked.
        horizon: How far ahead.
        rule: Name of the rule that resolves it.
    """

    pair: Pair
    origin: dt.date
    horizon: Horizon
    rule: str = OUTCOME_NAME

    def __post_init__(self) -> None:
        if self.rule != OUTCOME_NAME:
            raise QuestionError(
                f"A question with the resolution rule {self.rule!r} was asked.",
                f"The only rule so far is {OUTCOME_NAME!r}.",
                "Leave the rule out.",
            )

    @property
    def closes(self) -> dt.date:
        """The last day of the horizon: the question can be resolved once this day's events are known."""
        return self.origin + dt.timedelta(days=DAYS_IN_WEEK * self.horizon.weeks)

    @property
    def resolution(self) -> str:
        """The resolution rule in full, for this question."""
        return (
            f"{self.rule}, {self.pair}, asked on {self.origin}, closing on {self.closes}. "
            f"Weeks are blocks of seven days ending on {self.origin} and whole weeks before and after it. "
            "A week's balance is the sum of the intensities of all events between the two states, per day that the "
            "provider covered; a week with fewer than four covered days does not count. "
            "Its level is asinh(balance / s). s is the pair's median absolute weekly balance up to "
            f"{self.origin}, at least {SMALLEST_SCALE} points a day; with fewer than {WEEKS_FOR_OWN_SCALE} weeks it is "
            "s^w · pool^(1 − w), with w the share of those weeks and pool the median of all pairs' own s above the "
            "least. "
            f"The reference is the mean level of the {REFERENCE_WEEKS} weeks up to {self.origin}; the future is the "
            f"mean level of the {self.horizon.weeks} weeks after it; each needs at least half of its weeks. "
            f"The change is future minus reference, divided by the standard deviation of such changes over the "
            f"{SPREAD_WEEKS} weeks up to {self.origin}; that variance is averaged with the median variance of the "
            f"pairs with events in at least half of their weeks, with weights of changes / {self.horizon.weeks} and "
            f"{POOL_CHANGES:g}. "
            f"Below −{THRESHOLD} is 'deteriorate', above +{THRESHOLD} 'improve', anything else 'hold'."
        )
