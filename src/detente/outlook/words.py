"""Estimative words: a published scale, and numbers as they are printed.

Source: Office of the Director of National Intelligence, Intelligence Community Directive 203, Analytic Standards
(2015). A word is never printed without its number.
"""

from __future__ import annotations

#: Word, from (inclusive) and to (exclusive), as probabilities. The directive's steps start at 1 % and end at 99 %; here
#: the outermost reach 0 and 1, so that every probability has a word.
SCALE: tuple[tuple[str, float, float], ...] = (
    ("almost certainly not", 0.0, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("as likely as not", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 1.0),
)


def estimative_word(probability: float) -> str:
    """The word for a probability: ``unlikely`` for 0.27.

    Args:
        probability: From 0 to 1.
    """
    for word, low, high in SCALE:
        if low <= probability < high:
            return word
    return SCALE[-1][0]


def format_probability(probability: float) -> str:
    """A probability in whole per cent; below one and above 99 it says so rather than claim certainty."""
    if probability < 0.01:
        return "<1 %"
    return ">99 %" if probability > 0.99 else f"{probability:.0%}".replace("%", " %")


def format_band(low: float, high: float) -> str:
    """The ends of a band in whole per cent: ``20–35 %``."""
    return f"{low * 100:.0f}–{high * 100:.0f} %"


def format_day(day: object) -> str:
    """A date as people read it: ``26 March 2018``."""
    return f"{day:%-d %B %Y}"
