"""What one actor does to another, where both are given: PLOVER type, quad and probability (``relation-v1``).

In: a text and where actor and recipient stand in it. Out: the most probable of the PLOVER roots. It is taken as given
that something happened; whether anything did is for ``events``. The card is ``models/relation.yaml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.codebook.events import quad_of
from detente.coding.linear import load_model
from detente.coding.parsing import parse_sentences
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import LONGEST_CHARACTERS
from detente.errors import DataError

VERSION = "relation-v1"


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
    """

    event_type: str
    quad: str
    probability: float


def relation_of(event_type: str, probability: float) -> Relation:
    """A type with its quad."""
    return Relation(event_type, quad_of(event_type), probability)


def classify_relation(features: Sequence[str], *, model: str = "relation") -> Relation:
    """The most probable relation of a pair with these features.

    Args:
        features: What ``pair_features`` says of it.
        model: ``relation``, or ``link_type``, which also learned from pairs found in news.
    """
    odds = load_model(model).probabilities(features)
    root = max(odds, key=lambda name: (odds[name], name))
    return relation_of(root, odds[root])


def code_relations(questions: Sequence[Question]) -> list[Relation]:
    """The relation of each given pair, in order.

    Raises:
        ConfigError: when the extra ``reading`` is not installed.
    """
    near = [_near(question) for question in questions]
    docs = parse_sentences([text for text, _ in near])
    return [
        classify_relation(pair_features(doc, _tokens(doc, question.actor, at), _tokens(doc, question.recipient, at)))
        for question, doc, (_, at) in zip(questions, docs, near, strict=True)
    ]


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


def _near(question: Question) -> tuple[str, int]:
    """The part of a long text around the pair, and where it begins: nothing longer is parsed at once."""
    spans = [span for span in (question.actor, question.recipient) if span]
    if len(question.text) <= LONGEST_CHARACTERS or not spans:
        return question.text[:LONGEST_CHARACTERS], 0
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    at = max(0, min(first - 200, last - LONGEST_CHARACTERS + 200))
    return question.text[at : at + LONGEST_CHARACTERS], at


def _tokens(doc: Any, span: tuple[int, int] | None, at: int) -> list[Any]:  # noqa: ANN401 - a spaCy Doc
    return tokens_in(doc, span[0] - at, span[1] - at) if span else []
