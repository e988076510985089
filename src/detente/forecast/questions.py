"""A question about a relation's future, with the rule by which a stranger can resolve it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, REFERENCE_WEEKS, Horizon
from detente.errors import QuestionError
from detente.forecast.outcomes import OUTCOME_NAME, SPREAD_WEEKS, THRESHOLD


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
            "Its level is asinh(balance / s), with s the pair's median absolute weekly balance up to "
            f"{self.origin}, shrunk to that of all pairs. "
            f"The reference is the mean level of the {REFERENCE_WEEKS} weeks up to {self.origin}; the future is the "
            f"mean level of the {self.horizon.weeks} weeks after it; each needs at least half of its weeks. "
            f"The change is future minus reference, in standard deviations of such changes over the {SPREAD_WEEKS} "
            "weeks before, shrunk to those of all pairs. "
            f"Below −{THRESHOLD} is 'deteriorate', above +{THRESHOLD} 'improve', anything else 'hold'."
        )
