"""Words of a text with their places, for readers that need no parser: names are looked up word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.codebook.leaders import plain_name

#: Initials with their points (U.S.) are one word; apostrophes, hyphens and points otherwise part words.
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+")
#: What may stand between two words of one name.
_JOINT = re.compile(r"\A[ \t\xa0\n.'’‘\-–]{1,3}\Z")
_STOP = re.compile(r"[.!?…\n]")


@dataclass(frozen=True)
class Word:
    """A word as written, its plain form (no accents, no case) and its place in the text."""

    text: str
    plain: str
    start: int
    end: int

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()


def find_words(text: str) -> list[Word]:
    """All words of a text, in order."""
    return [Word(m[0], plain_name(m[0]).replace(" ", ""), *m.span()) for m in _WORD.finditer(text)]


def are_joined(text: str, one: Word, other: Word) -> bool:
    """Whether two words can belong to one name: nothing but a space, hyphen, point or apostrophe between them."""
    return bool(_JOINT.match(text[one.end : other.start]))


def starts_sentence(text: str, word: Word) -> bool:
    """Whether a word stands first in its sentence, where a capital says nothing."""
    before = text[: word.start].rstrip(" \"“”'‘’(\t\xa0")
    return not before or bool(_STOP.match(before[-1]))
