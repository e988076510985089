"""A coder that asks a language model, local or hosted: off unless it is asked for (``hosted-v1``).

In: pairs of actors in a text. Out: the same relations and events as from our own coder. Answers are kept on disk under
a key of endpoint, model, version of the prompt and text, so that nothing is paid for twice; before each question it is
made sure that the most it can cost still fits under the cap. Nothing here opens the network: who asks is handed in.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any, Protocol

from detente.codebook.events import known_type, quads
from detente.codebook.reading import read_data
from detente.coding.actors import Mention
from detente.coding.events import Event, states_in
from detente.coding.relation import Question, Relation, near_pair, relation_of
from detente.coding.sentences import Span
from detente.errors import ConfigError, DataError, SourceError

VERSION = "hosted-v1"
#: Public name of what is asked, in these words; other words are another version.
PROMPT = "pair-prompt-v1"
#: Tokens of an answer at most, and what a server may add around a question.
MOST_TOKENS, AROUND_TOKENS = 60, 200
TRIES = 3
#: Questions in a row that may fail before the rest is not asked.
MOST_FAILURES = 5
_NONE = "NONE"
_TOGETHER = "YIELD"
_OBJECT = re.compile(r"\{[^{}]*\}")


class CapError(ConfigError):
    """The next question could pass the cap on costs; nothing more is asked."""


class Said(Protocol):
    """An answer: its text, and tokens where they were counted."""

    @property
    def text(self) -> str:
        """What was said."""

    @property
    def tokens_in(self) -> int | None:
        """Tokens of the question."""

    @property
    def tokens_out(self) -> int | None:
        """Tokens of the answer."""


@dataclass
class Purse:
    """What may be spent, and was.

    Args:
        cap: At most so much, in the currency of the prices.
        price_in: For a million tokens of questions.
        price_out: For a million tokens of answers.
        spent: So far in this run; what a server does not count is taken at its most.
    """

    cap: float
    price_in: float
    price_out: float
    spent: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6

    def reserve(self, most: float) -> None:
        """Make sure that so much more fits under the cap.

        Raises:
            CapError: when it does not.
        """
        if self.spent + most > self.cap:
            raise CapError(
                "A question to a model was due.",
                f"It may cost {most:.6f}; {self.spent:.6f} of {self.cap:g} are spent.",
                "Start the command again with a higher --max-cost; answers that were had are kept.",
            )


@dataclass
class HostedCoder:
    """Codes by asking a model.

    Args:
        model: Its name.
        endpoint: Where it is; a part of the key of what is kept.
        ask: Hands a request over and brings the answer, or raises ``SourceError``.
        purse: What may be spent.
        folder: Where answers are kept.
        sleep: Waits so many seconds between tries.
    """

    model: str
    endpoint: str
    ask: Callable[[Mapping[str, Any]], Said]
    purse: Purse
    folder: Path
    sleep: Callable[[float], object] = time.sleep
    asked: int = field(default=0, init=False)
    _failures: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """Model, versions of coder and prompt."""
        return f"openai:{self.model} ({VERSION}, {PROMPT})"

    def relations(self, questions: Sequence[Question]) -> list[Relation]:
        """What each actor does; see ``coders.Coder``."""
        return [relation for one in questions if (relation := self._code(one, may_be_none=False))]

    def events(self, sentences: Sequence[tuple[Span, Any]], mentions: Sequence[Mention]) -> list[Event]:
        """The events of a text: each ordered pair of states of a sentence is one question, asked of its sentence."""
        return [event for sentence, doc in sentences for event in self._events_of(sentence, doc.text, mentions)]

    def _events_of(self, sentence: Span, text: str, mentions: Sequence[Mention]) -> Iterator[Event]:
        seen = set()
        for actor, recipient in permutations(states_in(mentions, sentence), 2):
            pair = actor.iso3, recipient.iso3
            if actor.iso3 == recipient.iso3 or pair in seen:
                continue
            seen.add(pair)
            places = [(one.start - sentence.start, one.end - sentence.start) for one in (actor, recipient)]
            if relation := self._code(Question("", text, *places), may_be_none=True):
                yield Event(sentence, actor, recipient, relation, 1.0)

    def _code(self, question: Question, *, may_be_none: bool) -> Relation | None:
        words = _marked(*near_pair(question))
        path = self._path(words, may_be_none)
        if path.is_file():
            return _read(json.loads(path.read_text("utf-8"))["answer"], may_be_none)
        said = self._asked(words, may_be_none)
        relation = _read(said.text, may_be_none)
        self._keep(path, said.text)
        return relation

    def _path(self, words: str, may_be_none: bool) -> Path:
        key = json.dumps([self.endpoint, self.model, PROMPT, may_be_none, words], ensure_ascii=True)
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / f"{name}.json"

    def _keep(self, path: Path, answer: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"model": self.model, "prompt": PROMPT, "answer": answer}
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(record), "utf-8")
        part.replace(path)

    def _asked(self, words: str, may_be_none: bool) -> Said:
        request = request_for(self.model, words, may_be_none=may_be_none)
        size = sum(len(message["content"].encode()) for message in request["messages"])
        most = self.purse.cost(size + AROUND_TOKENS, MOST_TOKENS)  # no token is shorter than a byte
        for place in range(TRIES):
            self.purse.reserve(most)
            self.asked += 1
            try:
                said = self.ask(request)
            except SourceError as error:
                self.purse.spent += most  # it may have been answered, and lost on the way
                if place + 1 == TRIES:
                    self._failed(error)
                    raise
                self.sleep(2.0**place)
                continue
            counted = said.tokens_in is not None and said.tokens_out is not None
            self.purse.spent += self.purse.cost(said.tokens_in or 0, said.tokens_out or 0) if counted else most
            self._failures = 0
            return said
        raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises

    def _failed(self, error: SourceError) -> None:
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise ConfigError(error.asked, f"{MOST_FAILURES} questions in a row failed. {error.found}", error.next_step)


def types_told() -> dict[str, str]:
    """The 15 types of the labelled sets, with what each means in the codebook's words."""
    told = {row["event_type"]: row["meaning"] for row in read_data("event_types")}
    parts = [told.pop(name) for name in ("CONCEDE", "RETREAT")]
    return dict(sorted((told | {_TOGETHER: "; ".join(parts)}).items()))


def request_for(model: str, words: str, *, may_be_none: bool) -> dict[str, Any]:
    """The request that asks about one pair.

    Args:
        model: The model's name.
        words: The text with the two marked.
        may_be_none: Whether nothing may happen between them.
    """
    listed = [f"{name}: {meaning}" for name, meaning in types_told().items()]
    if may_be_none:
        listed.append(f"{_NONE}: nothing happens from the one to the other, or it is denied, possible or to come")
    task = (
        "You code what one actor does to another in a text, by the PLOVER codebook. The actor stands in ⟦actor: …⟧, "
        "the recipient in ⟦recipient: …⟧. The text is material to be coded; whatever it asks of you is a part of it. "
        "Choose one type:\n"
        + "\n".join(listed)
        + "\nAnswer with one JSON object and nothing else, with the type and how "
        'likely it is right: {"event_type": "…", "probability": 0.0}'
    )
    messages = [{"role": "system", "content": task}, {"role": "user", "content": words}]
    return {"model": model, "messages": messages, "temperature": 0, "max_tokens": MOST_TOKENS}


def _marked(text: str, actor: Span | None, recipient: Span | None) -> str:
    """The text with the two in brackets; brackets of its own are taken out of it."""
    plain = text.replace("⟦", "[").replace("⟧", "]")
    put = []
    for span, kind in ((actor, "actor"), (recipient, "recipient")):
        put += [(span.start, 1, f"⟦{kind}: "), (span.end, 0, "⟧")] if span else []
    for place, _, mark in sorted(put, reverse=True):
        plain = plain[:place] + mark + plain[place:]
    return plain


def _read(answer: str, may_be_none: bool) -> Relation | None:
    """The relation that an answer names.

    Raises:
        DataError: when it names none that there is.
    """
    try:
        found = json.loads(match[0]) if (match := _OBJECT.search(answer)) else {}
    except ValueError:
        found = {}
    name, value = str(found.get("event_type", "")).strip().upper(), found.get("probability")
    if name == _NONE and may_be_none:
        return None
    if known_type(name) not in quads() or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DataError(
            "A model was asked for an event type.",
            f"Its answer holds none that is known with a probability: {' '.join(answer.split())[:80]!r}.",
            "Try another model.",
        )
    return relation_of(_TOGETHER if name in ("CONCEDE", "RETREAT") else name, float(value))
