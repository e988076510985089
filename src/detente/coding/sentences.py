"""Text to sentences with their places in it: rules only, so that every reader cuts a text in the same way.

A line ends a sentence unless the next line begins with a small letter (hard-wrapped text). A sentence of more than
``LONGEST_WORDS`` words is cut at the last comma, semicolon or space before the limit, so that no parser meets a
sentence that it cannot bear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_WORDS = 120
#: Characters, for texts without spaces.
LONGEST_CHARACTERS = 1200

_ABBREVIATIONS = frozenset(
    [
        "mr", "mrs", "ms", "dr", "prof", "gen", "lt", "col", "maj", "sgt", "capt", "cmdr", "adm", "sen", "rep", "gov",
        "rev", "hon", "st", "jr", "sr", "vs", "etc", "inc", "ltd", "corp", "co", "no", "art", "fig", "approx", "est",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "e.g", "i.e", "a.m", "p.m",
        "u.s", "u.k", "u.n", "ph.d", "d.c", "amb", "sec",
    ]
)  # fmt: skip
#: Abbreviations that end a sentence when a capitalised word that can start one follows.
_MAY_END = frozenset(["inc", "ltd", "corp", "co", "etc", "a.m", "p.m", "u.s", "u.k", "u.n", "d.c", "jr", "sr"])
_STARTERS = frozenset(
    ["the", "a", "an", "but", "and", "he", "she", "it", "they", "we", "in", "on", "at", "this", "that", "these", "if"]
)
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)")
_LINE = re.compile(r"[^\S\n]*\n\s*")
_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text: first character, and the one after the last."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words themselves."""
        return text[self.start : self.end]


def find_sentences(text: str) -> list[Span]:
    """The sentences of a text, in order, without the space around them."""
    spans = []
    for block in _blocks(text):
        for sentence in _sentences_of(text, block):
            spans += _bounded(text, sentence)
    return spans


def _blocks(text: str) -> list[Span]:
    blocks, start = [], 0
    for match in _LINE.finditer(text):
        follows = text[match.end() : match.end() + 1]
        if follows.islower() and "\n\n" not in match[0]:
            continue
        blocks.append(Span(start, match.start()))
        start = match.end()
    blocks.append(Span(start, len(text)))
    return [block for block in blocks if block.of(text).strip()]


def _sentences_of(text: str, block: Span) -> list[Span]:
    spans, start = [], block.start
    for match in _END.finditer(text, block.start, block.end):
        if _ends(text, start, match, block.end):
            spans.append(_trimmed(text, start, match.end()))
            start = match.end()
    if text[start : block.end].strip():
        spans.append(_trimmed(text, start, block.end))
    return spans


def _ends(text: str, start: int, match: re.Match[str], stop: int) -> bool:
    """Whether a mark of the end is one: not after an abbreviation or an initial, and before a capital."""
    after = text[match.end() : min(match.end() + 60, stop)].lstrip()
    if not after:
        return True
    if after.lstrip("\"“‘'([")[:1].islower():
        return False
    if match[0] != ".":
        return True
    before = text[start : match.start()].split()
    last = before[-1].lstrip("\"“‘'([").casefold() if before else ""
    next_word = re.match(r"\w+", after)
    starts = bool(next_word) and next_word[0].casefold() in _STARTERS if next_word else False
    if last in _ABBREVIATIONS:
        return last in _MAY_END and starts
    return not (len(last) == 1 and last.isalpha() and before[-1][-1].isupper())


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _bounded(text: str, sentence: Span) -> list[Span]:
    spans, start = [], sentence.start
    while True:
        words = list(_WORDS.finditer(text, start, min(start + LONGEST_CHARACTERS, sentence.end)))
        cut_by_words = len(words) > LONGEST_WORDS
        if not cut_by_words and start + LONGEST_CHARACTERS >= sentence.end:
            break
        limit = words[LONGEST_WORDS].start() if cut_by_words else start + LONGEST_CHARACTERS
        comma = max(text.rfind(mark, start + 1, limit) for mark in (",", ";", ":"))
        space = text.rfind(" ", start + 1, limit)
        cut = comma + 1 if comma - start > (limit - start) // 2 else space if space > start else limit
        spans.append(_trimmed(text, start, cut))
        start = cut
    return [span for span in (*spans, _trimmed(text, start, sentence.end)) if span.end > span.start]
