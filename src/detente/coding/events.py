"""Events in a text: which state does what to which, with the sentence that says so (``events-v2``).

In: sentences, parsed, and the actors in them. Out: for each ordered pair of states in one sentence whether anything
happens between the two, and what, by the words and by the encoder's vector; where the encoder cannot be loaded, by the
words alone (``events-v1``). A pair for which an event of the quad is not probable enough is none (by words alone: for
which any event is not), nor is a deed that is denied, or not yet done. The card is ``models/events.yaml``. What a
speaker tells is marked as the speaker's and never asserted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from detente.coding.actors import Mention
from detente.coding.attribution import Attribution
from detente.coding.dense import load_dense, probabilities
from detente.coding.encoder import has_encoder, load_encoder
from detente.coding.linear import load_model
from detente.coding.relation import Relation, classify_relation
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import Span
from detente.coding.speakers import Speaker

VERSION = "events-v2"
#: The same by words alone.
WITHOUT_ENCODER = "events-v1"
#: A pair that the words alone find less likely is not encoded: most pairs are none, and encoding takes time.
LEAST_TO_ENCODE = 0.1
#: States of one sentence that are paired: a list of twenty is no account of 380 deeds.
MOST_STATES = 8
#: A cue that is speech and cannot be the deed itself, as *attacked* can.
_SAYS = re.compile(
    r"\b(?:sa(?:y|ys|id)|t(?:ell|ells|old)|according|(?:claim|announc|report|confirm|insist|boast)\w*|"
    r"stat(?:es?|ed)|den(?:y|ies|ied)|add(?:s|ed))\b",
    re.IGNORECASE,
)
#: How the verb of a pair is meant, by the names of ``relation_features``.
_DENIED = frozenset(f"{place} denied" for place in ("first", "last"))
_NOT_YET = frozenset(
    f"{place} {how}"
    for place in ("first", "last")
    for how in ("future", "may", "under if", "under unless", "under whether")
)


@dataclass(frozen=True)
class Event:
    """One deed of a state towards another, as one sentence tells it.

    Args:
        sentence: Place of the sentence in the text.
        actor: Who acts, where it is mentioned.
        recipient: Who is acted upon, where it is mentioned.
        relation: What it does.
        likelihood: How likely it is that anything happens between the two in that direction.
        told_by: Who tells it, where it stands in what somebody said; empty where the speaker is not named.
    """

    sentence: Span
    actor: Mention
    recipient: Mention
    relation: Relation
    likelihood: float
    told_by: str | None = None

    @property
    def is_attributed(self) -> bool:
        """Whether it is somebody's claim rather than the text's own account."""
        return self.told_by is not None

    @property
    def probability(self) -> float:
        """How likely it is that there is an event, and of this type."""
        return self.likelihood * self.relation.probability


def coder_name() -> str:
    """What finds events here, as it stands beside what was found."""
    return VERSION if has_encoder() else WITHOUT_ENCODER


def has_two_states(mentions: Sequence[Mention], sentence: Span) -> bool:
    """Whether a sentence names two states, without which it holds no event."""
    return len({one.iso3 for one in states_in(mentions, sentence)}) > 1


def find_events(
    sentences: Sequence[tuple[Span, Any]], mentions: Sequence[Mention], *, threshold: float | None = None
) -> list[Event]:
    """All events of a text, in order: the most likely one for each ordered pair of states of a sentence.

    Args:
        sentences: Place in the text and parse of each sentence.
        mentions: The actors of the text.
        threshold: The probability from which a pair counts; by default the one chosen in cross-validation.
    """
    chosen = load_dense("link").threshold if has_encoder() else load_model("link").threshold
    least = chosen if threshold is None else threshold
    found: list[Event] = []
    for sentence, doc in sentences:
        best: dict[tuple[str | None, str | None], Event] = {}
        for event in _candidates(sentence, doc, states_in(mentions, sentence), least):
            pair = event.actor.iso3, event.recipient.iso3
            if pair not in best or _weight(event) > _weight(best[pair]):
                best[pair] = event
        found += sorted(best.values(), key=lambda event: (event.actor.start, event.recipient.start))
    return found


def attribute_events(
    text: str, events: Sequence[Event], attributions: Sequence[Attribution], speakers: Sequence[Speaker]
) -> list[Event]:
    """The events, those that a speaker tells marked as the speaker's.

    An event is told where both of its states stand in what was said. A deed beyond words is told where only its
    recipient does: *Ankara says it struck targets in Syria*.
    """
    said = [(one, speaker) for one, speaker in zip(attributions, speakers, strict=True) if one.content]
    return [replace(event, told_by=_teller(text, event, said)) for event in events]


def event_record(text: str, event: Event) -> dict[str, Any]:
    """An event as a record; places are characters of the text."""
    sentence = event.sentence
    return {
        "actor": event.actor.iso3,
        "recipient": event.recipient.iso3,
        "event_type": event.relation.event_type,
        "root": event.relation.event_type,
        "quad": event.relation.quad,
        "probability": round(event.probability, 4),
        "probability_of_any": round(event.likelihood, 4),
        "actor_span": [event.actor.start, event.actor.end],
        "actor_role": event.actor.role,
        "recipient_span": [event.recipient.start, event.recipient.end],
        "recipient_role": event.recipient.role,
        "attributed": event.is_attributed,
        "told_by": event.told_by,
        "sentence": {"start": sentence.start, "end": sentence.end, "text": sentence.of(text)},
    }


def is_unreal(features: Collection[str], relation: Relation) -> bool:
    """Whether the words deny the deed, or a deed beyond words is only to come, possible or supposed.

    Args:
        features: What ``pair_features`` says of the pair.
        relation: What the deed would be.
    """
    how = {name.removeprefix("manner=") for name in features if name.startswith("manner=")}
    if relation.event_type != "REJECT" and how & _DENIED:
        return True
    return relation.quad.startswith("material") and bool(how & _NOT_YET)


def _teller(text: str, event: Event, said: Sequence[tuple[Attribution, Speaker]]) -> str | None:
    is_deed = event.relation.quad.startswith("material")
    for one, speaker in said:
        holds_actor, holds_recipient = (_holds(one.content, who) for who in (event.actor, event.recipient))
        says = one.cue is not None and bool(_SAYS.search(text[one.cue.start : one.cue.end]))
        if holds_recipient and (holds_actor or (is_deed and says)):
            return speaker.name or speaker.text or ""
    return None


def _holds(content: Sequence[Span], mention: Mention) -> bool:
    return any(span.start <= mention.start and mention.end <= span.end for span in content)


def _weight(event: Event) -> float:
    """By what the account of one pair is chosen: how likely an event of its quad is, by words alone any event."""
    return event.likelihood * (event.relation.of_quad if has_encoder() else 1.0)


def states_in(mentions: Sequence[Mention], sentence: Span) -> list[Mention]:
    """The states that a sentence names, in order, at most ``MOST_STATES`` of them."""
    inside = [one for one in mentions if one.iso3 and sentence.start <= one.start and one.end <= sentence.end]
    return inside[:MOST_STATES]


def _candidates(sentence: Span, doc: Any, states: Sequence[Mention], least: float) -> Iterator[Event]:  # noqa: ANN401
    for actor in states:
        for recipient in states:
            if actor.iso3 == recipient.iso3:
                continue
            places = [Span(one.start - sentence.start, one.end - sentence.start) for one in (actor, recipient)]
            features = pair_features(doc, *(tokens_in(doc, place.start, place.end) for place in places))
            likelihood, vector = _likelihood(doc.text, places, features)
            if likelihood < least:
                continue
            relation = classify_relation(features, vector, model="link_type", quad_first=vector is not None)
            is_sure = vector is None or likelihood * relation.of_quad >= least
            if is_sure and not is_unreal(features, relation):
                yield Event(sentence, actor, recipient, relation, likelihood)


def _likelihood(text: str, places: Sequence[Span], features: Sequence[str]) -> tuple[float, Any]:
    """How likely anything happens between two, and their vector where they were encoded."""
    encoder, by_words = load_encoder(), load_model("link").probabilities(features)["event"]
    if encoder is None or by_words < LEAST_TO_ENCODE:
        return by_words, None
    vector = encoder.vector(text, places[0], places[1], masked=True)
    return probabilities("link", features, vector)["event"], vector
