"""What one actor does to another, where both are given: PLOVER type, quad and probability (``relation-v2``).

In: a text and where actor and recipient stand in it. Out: the most probable of the PLOVER roots, by the words and by
the encoder's vector; where the encoder cannot be loaded, by the words alone (``relation-v1``). It is taken as given
that something happened; whether anything did is for ``events``. The card is ``models/relation.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.codebook.events import quad_of
from detente.coding.dense import probabilities
from detente.coding.encoder import has_encoder, load_encoder
from detente.coding.parsing import parse_sentences
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import LONGEST_CHARACTERS, Span
from detente.errors import DataError

VERSION = "relation-v2"
#: The same by words alone.
WITHOUT_ENCODER = "relation-v1"


@dataclass(frozen=True)
class Question:
    """A text with the places of actor and recipient; a place may be None where the text does not name the one."""

    id: str | int
    text: str
    actor: tuple[int, int] | None
    recipient: tuple[int, int] | None


@dataclass(frozen=True)
class Relation:
    """What an actor does to a recipient.

    Args:
        event_type: One of the 15 PLOVER types of the labelled sets; their YIELD is the codebook's CONCEDE and RETREAT.
        quad: Its quad.
        probability: How likely the type is right, given that there is an event.
        of_quad: How likely the quad is right, given that there is one.
    """

    event_type: str
    quad: str
    probability: float
    of_quad: float = 1.0


def relation_of(event_type: str, probability: float) -> Relation:
    """A type with its quad, of which nothing more is known than of the type."""
    return Relation(event_type, quad_of(event_type), probability, probability)


def classify_relation(
    features: Sequence[str],
    vector: Any = None,  # noqa: ANN401 - an array
    *,
    model: str = "relation",
    quad_first: bool = False,
) -> Relation:
    """The most probable relation of a pair.

    Args:
        features: What ``pair_features`` says of it.
        vector: What the encoder says of it, where there is one.
        model: ``relation``, or ``link_type``, which also learned from pairs found in news.
        quad_first: Whether the most probable quad is chosen first, and the type within it.
    """
    return relation_from(probabilities(model, features, vector), quad_first=quad_first)


def relation_from(odds: Mapping[str, float], *, quad_first: bool = False) -> Relation:
    """The most probable of several types; see ``classify_relation``."""
    of_quad: dict[str, float] = {}
    for name, value in odds.items():
        of_quad[quad_of(name)] = of_quad.get(quad_of(name), 0.0) + value
    if quad_first:
        best = max(of_quad, key=lambda quad: (of_quad[quad], quad))
        odds = {name: value for name, value in odds.items() if quad_of(name) == best}
    root = max(odds, key=lambda name: (odds[name], name))
    return Relation(root, quad_of(root), odds[root], min(of_quad[quad_of(root)], 1.0))


def code_relations(questions: Sequence[Question]) -> list[Relation]:
    """The relation of each given pair, in order.

    Raises:
        ConfigError: when the extra ``reading`` is not installed.
    """
    near = [near_pair(question) for question in questions]
    docs, encoder = parse_sentences([text for text, *_ in near]), load_encoder()
    return [
        classify_relation(
            pair_features(doc, _tokens(doc, actor), _tokens(doc, recipient)),
            encoder.vector(text, actor, recipient, masked=False) if encoder else None,
        )
        for doc, (text, actor, recipient) in zip(docs, near, strict=True)
    ]


def coder_name() -> str:
    """What codes here, as it stands beside what was coded."""
    return VERSION if has_encoder() else WITHOUT_ENCODER


def question_from(record: Any) -> Question:  # noqa: ANN401 - anything that JSON can hold
    """A question from a record ``id, text, actor_span, recipient_span``.

    Raises:
        DataError: when a part is missing, or a span does not lie in the text.
    """
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "id" not in record:
        raise DataError(
            "A line with a pair to be coded was read.", "It holds no id and text.", "Give id, text and both spans."
        )
    text = record["text"]
    return Question(record["id"], text, _span(record, "actor_span", text), _span(record, "recipient_span", text))


def _span(record: dict[str, Any], name: str, text: str) -> tuple[int, int] | None:
    value = record.get(name)
    if value is None:
        return None
    whole = isinstance(value, list) and len(value) == 2 and all(type(one) is int for one in value)
    if not whole or not 0 <= value[0] < value[1] <= len(text):
        raise DataError(
            f"The {name} of {record['id']!r} was read.",
            f"{value!r} is no [start, end] in a text of {len(text)} characters.",
            "Give character offsets: the first, and the one after the last.",
        )
    return value[0], value[1]


def near_pair(question: Question) -> tuple[str, Span | None, Span | None]:
    """The part of a text around its pair, and where the two stand in it: nothing longer is read at once."""
    text, spans = question.text, [span for span in (question.actor, question.recipient) if span]
    at = 0
    if len(text) > LONGEST_CHARACTERS:
        first, last = min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=0)
        at = max(0, min(first - 200, last - LONGEST_CHARACTERS + 200))
    part = text[at : at + LONGEST_CHARACTERS]
    return part, _within(question.actor, at, len(part)), _within(question.recipient, at, len(part))


def _within(span: tuple[int, int] | None, at: int, length: int) -> Span | None:
    """A place in the part of a text that begins there; None where it lies outside."""
    if span is None or span[1] <= at or span[0] >= at + length:
        return None
    return Span(max(span[0] - at, 0), min(span[1] - at, length))


def _tokens(doc: Any, span: Span | None) -> list[Any]:  # noqa: ANN401 - a spaCy Doc
    return tokens_in(doc, span.start, span.end) if span else []
