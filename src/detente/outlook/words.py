"""Estimative words, and how numbers, days and states are printed.

Source of the words: Office of the Director of National Intelligence, Intelligence Community Directive 203, Analytic
Standards (2015). A word is never printed without its number.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from detente.codebook import state_name
from detente.codebook.estimates import SCALE
from detente.domain.tables import OUTCOMES
from detente.errors import DataError

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT = {"USA": "US", "GBR": "UK", "ARE": "UAE"}
#: States whose names take an article in a sentence.
_WITH_ARTICLE = frozenset(
    {"USA", "GBR", "ARE", "NLD", "PHL", "BHS", "GMB", "MDV", "COM", "SLB", "MHL", "DOM", "CAF", "COG"}
)


def estimative_word(probability: float) -> str:
    """The word for a probability as it is printed, in whole per cent: ``unlikely`` for 0.27.

    So the word always agrees with the number beside it: 0.1960 is printed 20 % and is ``unlikely``, like 0.20.

    Args:
        probability: From 0 to 1.

    Raises:
        DataError: when it is no probability.
    """
    if not 0.0 <= probability <= 1.0:
        raise DataError(
            f"A word for the probability {probability} was asked for.",
            "A probability lies between 0 and 1.",
            "Give it as a share, not in per cent.",
        )
    printed = _per_cent(probability)
    return next((word for word, _, high in SCALE if printed < _per_cent(high)), SCALE[-1][0])


def describe_chances(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The three probabilities of a row of ``forecasts``, each with its band and its word, by outcome."""
    return {
        name: {
            "probability": row[f"p_{name}"],
            "low": row[f"p_{name}_low"],
            "high": row[f"p_{name}_high"],
            "word": estimative_word(row[f"p_{name}"]),
        }
        for name in OUTCOMES
    }


def estimative_clause(probability: float, verb: str) -> str:
    """A word with its verb, to follow a plural subject: ``are unlikely to deteriorate``.

    Args:
        probability: From 0 to 1.
        verb: Plain form of a verb.
    """
    word = estimative_word(probability)
    chances = {"almost no chance": "almost no chance", "roughly even chance": "a roughly even chance"}
    if word in chances:
        return f"have {chances[word]} of {verb.removesuffix('e')}ing"
    return f"are {word} to {verb}"


def format_probability(probability: float) -> str:
    """A probability in whole per cent; below one and above 99 it says so rather than claim certainty."""
    if probability < 0.01:
        return "<1 %"
    return ">99 %" if probability > 0.99 else f"{_per_cent(probability)} %"


def format_band(low: float, high: float) -> str:
    """The ends of a band in whole per cent: ``20–35 %``; its outer ends are never 0 or 100."""
    lower = "<1" if low < 0.01 else ">99" if low > 0.99 else str(_per_cent(low))
    upper = "<1" if high < 0.01 else ">99" if high > 0.99 else str(_per_cent(high))
    return f"{lower} %" if lower == upper else f"{lower}–{upper} %"


def format_number(value: float | None, decimals: int = 1) -> str:
    """A quantity; a dash where it is not known."""
    return "–" if value is None else _minus(f"{_no_negative_zero(value, decimals):.{decimals}f}")


def format_change(value: float, decimals: int = 1) -> str:
    """A change with its sign, the minus a true one: ``+1.2``, ``−0.8``; ``0.0`` has none."""
    rounded = _no_negative_zero(value, decimals)
    return _minus(f"{rounded:+.{decimals}f}") if rounded else f"{0:.{decimals}f}"


def format_day(day: dt.date) -> str:
    """A date as people read it: ``26 March 2018``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_month(month: int) -> str:
    """Three letters of a month's name, from 1 to 12."""
    return _MONTHS[month - 1][:3]


def short_name(iso3: str) -> str:
    """A state's name where there is little room: ``US``."""
    return _SHORT.get(iso3) or state_name(iso3)


def sentence_name(iso3: str) -> str:
    """A state's name inside a sentence: ``the United States``."""
    return f"the {state_name(iso3)}" if iso3 in _WITH_ARTICLE else state_name(iso3)


def _per_cent(probability: float) -> int:
    """Whole per cent, halves rounded up; the same for the word and for the number."""
    return math.floor(probability * 100 + 0.5 + 1e-9)


def _no_negative_zero(value: float, decimals: int) -> float:
    return round(value, decimals) or 0.0


def _minus(text: str) -> str:
    return text.replace("-", "−")
