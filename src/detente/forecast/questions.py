"""A question about a relation's future, with the rule by which a stranger can resolve it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.errors import QuestionError
from detente.forecast.rules import OUTCOME, RULES, Rule

QUESTION_VERSION = "question-v1"


@dataclass(frozen=True)
class Question:
    """What will become of a relation within a horizon from an origin? The rule says what exactly is asked.

    Args:
        pair: The two states; where a rule has a direction, the first acts towards the second.
        origin: The day at whose end the question is asked.
        horizon: How far ahead.
        rule: Name of the rule that resolves it.
    """

    pair: Pair
    origin: dt.date
    horizon: Horizon
    rule: str = OUTCOME

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise QuestionError(
                f"A question with the resolution rule {self.rule!r} was asked.",
                "There is no such rule.",
                f"The rules are {', '.join(RULES)}.",
            )

    @property
    def closes(self) -> dt.date:
        """The last day of the horizon: the question can be resolved once this day's events are known."""
        return self.origin + dt.timedelta(days=DAYS_IN_WEEK * self.horizon.weeks)

    @property
    def stated_rule(self) -> Rule:
        """The rule with this question's states and days, and its own numbers, in place."""
        rule = RULES[self.rule]
        places = {"a": self.pair.a, "b": self.pair.b, "weeks": self.horizon.weeks}
        places |= {"origin": self.origin, "closes": self.closes}
        places |= {name: f"{value:g}" for name, value in rule.parameters.items()}
        return Rule(
            name=rule.name,
            kind=rule.kind,
            asks=rule.asks.format(**places),
            answers=rule.answers,
            parameters=rule.parameters,
            steps=tuple(step.format(**places) for step in rule.steps),
            void=tuple(reason.format(**places) for reason in rule.void),
        )

    @property
    def resolution(self) -> str:
        """The resolution rule in full, for this question."""
        head = f"{self.rule}, {self.pair}, asked on {self.origin}, closing on {self.closes}."
        return " ".join([head, *self.stated_rule.steps])

    def as_dict(self, provider: str, figures: Mapping[str, float | None]) -> dict[str, Any]:
        """The question as plain values: everything that a stranger with the provider's events needs to resolve it.

        Args:
            provider: Whose events resolve it.
            figures: What it rests on as known at the origin (see ``state_question``).
        """
        return {
            "version": QUESTION_VERSION,
            "pair": self.pair.id,
            "a": self.pair.a,
            "b": self.pair.b,
            "provider": provider,
            "origin": str(self.origin),
            "horizon_weeks": self.horizon.weeks,
            "closes": str(self.closes),
            "figures": dict(figures),
            "rule": self.stated_rule.as_dict(),
        }
