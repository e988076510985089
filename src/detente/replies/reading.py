"""An article read for a reader: who judges which pair how, each with its sentence, beside what the model says."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from detente import assessors
from detente.coding.articles import parse_article
from detente.coding.assessments import read_article
from detente.coding.reading import as_record
from detente.outlook.words import format_day

if TYPE_CHECKING:
    from detente.replies.desk import Desk

#: Longest text that is read for somebody who is waiting.
LONGEST_TEXT = 60_000


def read_reply(desk: Desk, content: str | bytes, *, date: dt.date | None = None) -> dict[str, Any]:
    """What is said in an article, and what the data say beside each assessment; nothing of it is kept.

    The model answers as of the day of the article. Where the article has no day, or one that the data do not hold, it
    answers as of the last day held, and ``data.as_of_why`` says so: then the two do not know the same.

    Args:
        desk: Whose data stand beside it.
        content: The article, text or HTML.
        date: The day of publication, where the reader knows it.

    Raises:
        DataError: when the content is no text, or too long.
        ConfigError: when the extra ``reading`` is not installed.
    """
    reading = read_article(parse_article(content, date=date))
    world = desk.world()
    day, first, last = reading.article.date, world.view.first_day, world.as_of
    why = ""
    asked = reading
    if day is None:
        why = f"the text does not say its day, so the model answers as of the last day held, {format_day(last)}"
    elif not first <= day <= last:
        why = (
            f"the data hold {format_day(first)} to {format_day(last)} and not {format_day(day)}, the day of the "
            f"article, so the model answers as of {format_day(last)}"
        )
        asked = dataclasses.replace(reading, article=dataclasses.replace(reading.article, date=None))
    data = assessors.read_beside(asked, today=last, world=desk.world(day if day and not why else None))
    return {**as_record(reading, name="pasted"), "data": data.as_dict() | {"as_of_why": why or None}}
