"""Lines of texts to lines of events: one record in, one record out, in order.

In: lines of JSON, ``id, text`` (with ``date`` where it is known), or with the places of two given actors. Out: a line
of JSON for each, the same whatever lines stand around it. A line that cannot be coded is a ``Problem``, never a guess.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from detente.codebook.leaders import known_until
from detente.coding.actors import find_actors
from detente.coding.articles import LONGEST_TEXT, Article
from detente.coding.attribution import find_attributions
from detente.coding.coders import Coder, OwnCoder
from detente.coding.events import Event, attribute_events, event_record, has_two_states
from detente.coding.relation import question_from
from detente.coding.sentences import find_sentences
from detente.coding.speakers import identify_speakers
from detente.domain.periods import parse_day
from detente.errors import ConfigError, DataError, SourceError

#: Lines that are coded at once, here or by another process.
LINES_AT_ONCE = 16


@dataclass(frozen=True)
class Problem:
    """A line that could not be coded: its number, counted from 1, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Task:
    """How lines are to be coded: whether the actors are given, and the day of texts without a date."""

    given_actors: bool = False
    day: dt.date | None = None


def code_lines(
    lines: Iterable[tuple[int, str]], task: Task, *, coder: Coder | None = None
) -> Iterator[dict[str, Any] | Problem]:
    """Code lines in order, in this process; ``batches.code_batch`` does the same for whatever runs batches.

    Args:
        lines: Number and text of each line.
        task: What is asked.
        coder: Who codes; by default the coder of the package.

    Raises:
        ConfigError: when the extra ``reading`` is not installed, or the coder cannot go on.
    """
    if coder:
        yield from (_code_line(task, number, line, coder) for number, line in lines)
        return
    for part in iter(partial(_next_lines, iter(lines)), []):
        yield from code_part(task, part)


def _next_lines(lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    return list(islice(lines, LINES_AT_ONCE))


def code_part(task: Task, lines: Sequence[tuple[int, str]]) -> list[dict[str, Any] | Problem]:
    """Code a few lines; each is coded by itself."""
    return [_code_line(task, number, line, OwnCoder(task.given_actors)) for number, line in lines]


def code_text(text: str, *, day: dt.date | None = None, coder: Coder | None = None) -> list[Event]:
    """The events of one text, claims marked as such.

    Args:
        text: The text; what lies beyond the longest that is read is left out.
        day: When it was written; by default the day until which the table of leaders was kept.
        coder: Who codes; by default the coder of the package.
    """
    text = text[:LONGEST_TEXT]
    sentences = tuple(find_sentences(text))
    found = find_actors(text, day or known_until())
    if not any(has_two_states(found.mentions, sentence) for sentence in sentences):
        return []
    article = Article(text, sentences, day)
    told, parsed = find_attributions(article)
    docs = [sentence.tokens[0].doc for sentence in parsed]
    coded = (coder or OwnCoder()).events(list(zip(sentences, docs, strict=True)), found.mentions)
    return attribute_events(text, coded, told, identify_speakers(article, told, found))


def _code_line(task: Task, number: int, line: str, coder: Coder) -> dict[str, Any] | Problem:
    try:
        record = json.loads(line)
        if task.given_actors:
            question = question_from(record)
            found = coder.relations([question])[0]
            named = {"event_type": found.event_type, "quad": found.quad, "probability": round(found.probability, 4)}
            return {"id": question.id, **named, "root": found.event_type, "coder": coder.name}
        text = _text_of(record)
        day = _day_of(record, task)
        events = [event_record(text, event) for event in code_text(text, day=day, coder=coder)]
        return {"id": record["id"], "events": events, "coder": coder.name}
    except (ValueError, RecursionError) as error:
        return Problem(number, f"no JSON: {error}")
    except (DataError, SourceError) as error:
        return Problem(number, str(error))


def _text_of(record: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    if not isinstance(record, dict) or "id" not in record or not isinstance(record.get("text"), str):
        raise DataError("A line with a text to be coded was read.", "It holds no id and text.", "Give both.")
    return str(record["text"])


def _day_of(record: dict[str, Any], task: Task) -> dt.date | None:
    try:
        return parse_day(str(record["date"]), what="date of a text") if record.get("date") else task.day
    except ConfigError as error:
        raise DataError(error.asked, error.found, error.next_step) from None
