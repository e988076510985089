"""Words of likelihood in other people's texts, as ranges of probability.

Source of the steps: Office of the Director of National Intelligence, Intelligence Community Directive 203, Analytic
Standards (2015), which gives two words for each. ``estimate_words.csv`` holds these and their plain variants ("not
likely" is *unlikely*); words that the directive does not place (may, could, little chance, certain) have no range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from detente.codebook.reading import read_data

#: Word, from (inclusive) and to (exclusive), as probabilities; the last step holds its upper end too. The directive's
#: steps start at 1 % and end at 99 %; here the outermost reach 0 and 1, so that every probability has a word.
SCALE: tuple[tuple[str, float, float], ...] = (
    ("almost no chance", 0.0, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even chance", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 1.0),
)
_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_PER_CENT = re.compile(
    rf"\b{_NUMBER}(?:\s?(?:%|per ?cent))?(?:\s?(?:to|–|-)\s?{_NUMBER})?\s?(?:%|per ?cent)", re.IGNORECASE
)
_ODDS = re.compile(r"\b(one|two|three|four) (?:in|out of) (two|three|four|five|ten|twenty|a hundred)\b", re.IGNORECASE)
_CHANCE = re.compile(r"\b(chances?|probabilit\w+|likelihood|odds|risk|possibilit\w+)\b", re.IGNORECASE)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20, "a hundred": 100}
_NOT_BEFORE = re.compile(r"(?:\bnot|n[’']t|\bnever|\bhardly|\bneither)\s+(?:\w+ly\s+|at all\s+)?$", re.IGNORECASE)
#: Words before *likely* that make it a comparison, which names no range.
_COMPARED = re.compile(r"\b(?:more|less|as|how|so|too|the most|increasingly)\s+$", re.IGNORECASE)


@dataclass(frozen=True)
class Estimate:
    """A word or number of likelihood in a text.

    Args:
        start: First character.
        end: Character after the last.
        text: As written, with a negation that belongs to it.
        low: Lower end of the range.
        high: Upper end of the range.
    """

    start: int
    end: int
    text: str
    low: float
    high: float

    @property
    def opposite(self) -> tuple[float, float]:
        """The range of the contrary."""
        return round(1 - self.high, 4), round(1 - self.low, 4)


def find_estimates(text: str) -> list[Estimate]:
    """All words and numbers of likelihood in a text that have a range, in order."""
    found = _numbers(text)
    for match in _pattern().finditer(text):
        if any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        low, high = _ranges()[" ".join(match[0].lower().split())]
        start, before = match.start(), text[: match.start()]
        if _COMPARED.search(before):
            continue
        if negation := _NOT_BEFORE.search(before):
            start, (low, high) = negation.start(), (round(1 - high, 4), round(1 - low, 4))
        found.append(Estimate(start, match.end(), text[start : match.end()], low, high))
    return sorted(found, key=lambda one: one.start)


def _numbers(text: str) -> list[Estimate]:
    found = []
    for match in _PER_CENT.finditer(text):
        if _CHANCE.search(text[max(0, match.start() - 60) : match.end() + 25]):
            low = min(float(match[1]) / 100, 1.0)
            high = min(float(match[2]) / 100, 1.0) if match[2] else low
            found.append(Estimate(*match.span(), match[0], min(low, high), max(low, high)))
    for match in _ODDS.finditer(text):
        if _CHANCE.search(text[max(0, match.start() - 90) : match.end() + 25]):
            share = _COUNTS[match[1].lower()] / _COUNTS[match[2].lower()]
            found.append(Estimate(*match.span(), match[0], share, share))
    return found


@cache
def _ranges() -> dict[str, tuple[float, float]]:
    return {row["text"]: (float(row["low"]), float(row["high"])) for row in read_data("estimate_words")}


@cache
def _pattern() -> re.Pattern[str]:
    texts = sorted(_ranges(), key=len, reverse=True)
    words = "|".join(re.escape(text).replace(r"\ ", r"\s+") for text in texts)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
