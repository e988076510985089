"""Resolution rules as data: what is asked, what can be answered, how a stranger finds the answer, or none.

A rule is plain values: it can be written as JSON or YAML, sent to somebody else, and read back. Its numbers are those
that the code uses; a test resolves questions by a second implementation that reads nothing but the printed rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from detente.domain.periods import REFERENCE_WEEKS
from detente.domain.tables import OUTCOMES
from detente.errors import QuestionError
from detente.forecast import outcomes
from detente.relations import provocation
from detente.relations.scale import POOL_EVENTS_A_WEEK, SMALLEST_SCALE, WEEKS_FOR_OWN_SCALE
from detente.relations.volume import ADDED_EVENTS, CAPPING_PLACE, POINTS_AN_EVENT
from detente.relations.weeks import COVERED_DAYS_NEEDED

RULE_VERSION = "rule-v1"
OUTCOME, PROVOKED = outcomes.OUTCOME_NAME, "provoked-v1"
LEVEL_MEAN, LEVEL_END = "level-mean-v3", "level-end-v3"
#: Kinds of question and the rule of each.
KINDS: Mapping[str, str] = MappingProxyType(
    {"outlook": OUTCOME, "provocation": PROVOKED, "level": LEVEL_MEAN, "level-end": LEVEL_END}
)
#: PLOVER's types of that quad, spelled out for those who have no codebook at hand.
MATERIAL_CONFLICT = ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT")
#: Design: at least one event as hostile as this, in Goldstein points. These are the numbers of the measure of the past.
FLOOR = provocation.FLOOR_MILLI / 1000.0
PERCENTILE = provocation.PERCENTILE
LOOK_BACK_DAYS = provocation.LOOK_BACK_DAYS
#: Of fewer covered days a 99th percentile is next to the largest of all.
DAYS_NEEDED = provocation.DAYS_TO_JUDGE
#: A "no" needs the days of the horizon to have been looked at: a gap can hide a move.
SHARE_COVERED = 0.9


@dataclass(frozen=True)
class Rule:
    """How a question is resolved.

    Args:
        name: Public, versioned name.
        kind: outlook, provocation or level.
        asks: The question in one sentence, with places for its pair and days.
        answers: What can come out; ``number`` for a figure.
        parameters: Every number that the steps use.
        steps: What to do, in order, with places for parameters and for the question's pair and days.
        void: When a closed question has no answer.
    """

    name: str
    kind: str
    asks: str
    answers: tuple[str, ...]
    parameters: Mapping[str, float]
    steps: tuple[str, ...]
    void: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The rule as plain values, ready for JSON and YAML."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {"version": RULE_VERSION} | plain | {"parameters": dict(self.parameters)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Rule:
        """Read back what ``as_dict`` gave.

        Raises:
            QuestionError: when it is of another version or form.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        if values.pop("version", None) != RULE_VERSION or set(values) != set(cls.__dataclass_fields__):
            raise QuestionError(
                "A resolution rule was read.",
                f"It is not of the form {RULE_VERSION}.",
                f"Such a rule has: version, {', '.join(cls.__dataclass_fields__)}.",
            )
        return cls(**values)


_WEEKS = (
    "Weeks are blocks of seven days ending on {origin} and whole weeks before and after it.",
    "A week's balance is the sum of the intensities of all events between the two states, per day that the provider "
    "covered; a week with fewer than {covered_days_needed} covered days does not count, and events on days that are "
    "not covered do not either.",
    "Its news are the events with a type of all other pairs, per covered day; where no event of the provider has one, "
    "the absolute intensities of all other pairs over {points_an_event}. No pair counts for more in a week than the "
    "busiest but {busier} of those others, or for any where there are fewer.",
    "Its volume is (news + {added_events} / 7) / (usual news + {added_events} / 7), where usual news are the median of "
    "the weeks up to {origin}.",
    "Its level is asinh(balance / volume / s).",
    "s is the pair's median absolute weekly balance / volume up to {origin}, at least {smallest_scale}; with fewer "
    "than {weeks_for_own_scale} weeks it is s^w · pool^(1 − w), with w the share of those weeks and pool the median "
    "of all pairs' own s above the least.",
    "All pairs are those with at least {pool_events_a_week} event a week on average up to {origin}, and the pair "
    "itself.",
)
_CLOCKS = "Up to {origin} only what was known at its end counts; after it, what is known when the question is resolved."
_SCALE = {
    "covered_days_needed": COVERED_DAYS_NEEDED,
    "smallest_scale": SMALLEST_SCALE,
    "weeks_for_own_scale": WEEKS_FOR_OWN_SCALE,
    "pool_events_a_week": POOL_EVENTS_A_WEEK,
    "busier": CAPPING_PLACE - 1,
    "added_events": ADDED_EVENTS,
    "points_an_event": POINTS_AN_EVENT,
}
_TOO_FEW_WEEKS = "fewer than half of the {weeks} weeks after {origin} count"

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule(
                name=OUTCOME,
                kind="outlook",
                asks="Will the relation of {a} and {b} deteriorate, hold or improve in the {weeks} weeks after "
                "{origin}?",
                answers=OUTCOMES,
                parameters=_SCALE
                | {
                    "reference_weeks": REFERENCE_WEEKS,
                    "spread_weeks": outcomes.SPREAD_WEEKS,
                    "pool_changes": outcomes.POOL_CHANGES,
                    "busy_share": outcomes.BUSY_SHARE,
                    "smallest_spread": outcomes.SMALLEST_SPREAD,
                    "threshold": outcomes.THRESHOLD,
                },
                steps=(
                    *_WEEKS,
                    "The reference is the mean level of the {reference_weeks} weeks up to {origin}; the future is the "
                    "mean level of the {weeks} weeks after it; each needs at least half of its weeks.",
                    "The change is future minus reference, divided by the standard deviation of such changes over the "
                    "{spread_weeks} weeks up to {origin}, at least {smallest_spread}; that variance is averaged with "
                    "the median variance of the pairs with events in at least {busy_share} of their weeks, with "
                    "weights of changes / {weeks} and {pool_changes}.",
                    _CLOCKS,
                    "Below −{threshold} is 'deteriorate', above +{threshold} 'improve', anything else 'hold'.",
                ),
                void=("fewer than half of the {reference_weeks} weeks up to {origin} count", _TOO_FEW_WEEKS),
            ),
            Rule(
                name=PROVOKED,
                kind="provocation",
                asks="Will {a} make at least one provocative move towards {b} in the {weeks} weeks after {origin}?",
                answers=("yes", "no"),
                parameters={
                    "percentile": PERCENTILE,
                    "look_back_days": LOOK_BACK_DAYS,
                    "days_needed": DAYS_NEEDED,
                    "floor": FLOOR,
                    "share_covered": SHARE_COVERED,
                },
                steps=(
                    "A day's material conflict is the sum of the hostile intensities, without their sign, of {a}'s "
                    "acts of material conflict (PLOVER types "
                    + ", ".join(MATERIAL_CONFLICT)
                    + ") towards {b} on that day.",
                    "The threshold is its {percentile} quantile (by straight lines between order statistics) over the "
                    "covered days among the {look_back_days} days that end on {origin}, days without such an act "
                    "counting as zero.",
                    "A covered day is provocative when its material conflict is above the threshold and at least one "
                    "such act has an intensity of {floor} or less.",
                    _CLOCKS,
                    "'yes' if any of the days after {origin} up to {closes} is provocative; 'no' if none is and at "
                    "least {share_covered} of them are covered.",
                ),
                void=(
                    "the provider does not say who acts, or gives sums that do not show the most hostile act",
                    "fewer than {days_needed} covered days among the {look_back_days} that end on {origin}",
                    "no provocative day was seen, but fewer than {share_covered} of the days of the horizon are "
                    "covered",
                ),
            ),
            Rule(
                name=LEVEL_MEAN,
                kind="level",
                asks="What will be the mean level of {a} and {b} over the {weeks} weeks after {origin}?",
                answers=("number",),
                parameters=_SCALE,
                steps=(*_WEEKS, _CLOCKS, "The answer is the mean level of the {weeks} weeks after {origin}."),
                void=(_TOO_FEW_WEEKS,),
            ),
            Rule(
                name=LEVEL_END,
                kind="level-end",
                asks="What will be the level of {a} and {b} in the week that ends on {closes}?",
                answers=("number",),
                parameters=_SCALE,
                steps=(*_WEEKS, _CLOCKS, "The answer is the level of the week that ends on {closes}."),
                void=("the week that ends on {closes} does not count",),
            ),
        )
    }
)
