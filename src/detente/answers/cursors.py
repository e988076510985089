"""Cursors: where the next page begins, and what it is a page of.

A cursor holds the as-of day, so that a reader who named none reads on as of the same day, and a digest of the question
and of what it counted, so that a cursor of another question, or of data that have changed, is refused and not misread.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from detente.answers.budget import clip, write_compact
from detente.errors import ConfigError

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})\.([0-9a-f]{10})\.(\d{4}-\d{2}-\d{2}|-)\.(\d{1,9})")
_LETTERS = 10


@dataclass(frozen=True)
class Place:
    """Where a page begins.

    Args:
        day: The day at which it begins; None where pages are not cut by day.
        skip: Rows, of that day where there is one, that came before.
    """

    day: dt.date | None = None
    skip: int = 0


@dataclass(frozen=True)
class Cursor:
    """A cursor as read.

    Args:
        as_of: The day that the pages are read as of.
        about: Digest of the question.
        place: Where the page begins.
    """

    as_of: dt.date
    about: str
    place: Place

    def __str__(self) -> str:
        return f"{self.as_of}.{self.about}.{self.place.day or '-'}.{self.place.skip}"

    def check(self, about: str) -> Place:
        """The place, where the question is the same.

        Raises:
            ConfigError: when it is another, or the data have changed since.
        """
        if about != self.about:
            raise ConfigError(
                f"The cursor {str(self)!r} was given.",
                "It belongs to another question, or the data have changed since.",
                "Repeat the arguments of the page that gave it, or start again without a cursor.",
            )
        return self.place


def read_cursor(text: str) -> Cursor:
    """Read a cursor.

    Raises:
        ConfigError: when it is none.
    """
    match = _FORM.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        day = None if match[3] == "-" else dt.date.fromisoformat(match[3])
        return Cursor(dt.date.fromisoformat(match[1]), match[2], Place(day, int(match[4])))
    except ValueError:
        raise ConfigError(
            f"The cursor {clip(text, 80)!r} was given.",
            "It is none.",
            "Hand on `page.next` of the answer before, as it stands; leave it out for the first page.",
        ) from None


def about_question(**question: object) -> str:
    """A digest of what is asked and of what it counted."""
    plain: Mapping[str, object] = {key: None if value is None else str(value) for key, value in question.items()}
    return hashlib.sha256(write_compact(dict(sorted(plain.items()))).encode("utf-8", "surrogatepass")).hexdigest()[
        :_LETTERS
    ]
