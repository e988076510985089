"""Whoever says what actors do to one another: the coder of the package, or one that is plugged in, by one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from detente.coding import events, relation
from detente.coding.actors import Mention
from detente.coding.events import Event, find_events
from detente.coding.relation import Question, Relation
from detente.coding.sentences import Span


class Coder(Protocol):
    """Codes pairs of actors."""

    @property
    def name(self) -> str:
        """Its public name and version, which stands beside whatever it coded."""

    def relations(self, questions: Sequence[Question]) -> list[Relation]:
        """What each given actor does to the given recipient, in order; it is taken as given that something happens."""

    def events(self, sentences: Sequence[tuple[Span, Any]], mentions: Sequence[Mention]) -> list[Event]:
        """The events of a text: see ``events.find_events``."""


@dataclass(frozen=True)
class OwnCoder:
    """The coder of the package, which needs no network.

    Args:
        given_actors: Whether it codes given pairs alone, or whole texts.
    """

    given_actors: bool = False

    @property
    def name(self) -> str:
        """The name of the model that says what happens; it tells whether the encoder could be used."""
        return relation.coder_name() if self.given_actors else events.coder_name()

    def relations(self, questions: Sequence[Question]) -> list[Relation]:
        """See ``relation.code_relations``."""
        return relation.code_relations(questions)

    def events(self, sentences: Sequence[tuple[Span, Any]], mentions: Sequence[Mention]) -> list[Event]:
        """See ``events.find_events``."""
        return find_events(sentences, mentions)
