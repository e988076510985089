"""Sentences made from numbers; write-only: nothing is ever read back from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.codebook import state_name
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.outlook.words import estimative_word, format_band, format_day, format_probability

if TYPE_CHECKING:
    from detente.outlook.brief import Reason
    from detente.relations import Status

#: With fewer earlier weeks than this a comparison with "the past year" must say how short it is.
_SHORT_HISTORY = 40
_BUSY = 1.5
_QUIET = 0.67


def write_headline(pair: Pair, row: Mapping[str, Any], horizon: Horizon) -> str:
    """The chance of a turn for the worse, in words and numbers.

    Args:
        pair: The two states.
        row: A row of ``forecasts``.
        horizon: Its horizon.
    """
    probability = row["p_deteriorate"]
    word = estimative_word(probability)
    names = f"{_short(pair.a)}–{_short(pair.b)} relations"
    number = format_probability(probability)
    band = f"90 % band {format_band(row['p_deteriorate_low'], row['p_deteriorate_high'])}"
    verb = {
        "almost certainly not": "will almost certainly not deteriorate",
        "as likely as not": "are as likely as not to deteriorate",
        "almost certain": "are almost certain to deteriorate",
    }.get(word, f"are {word} to deteriorate")
    return f"{names} {verb} in the next {horizon.weeks} weeks ({number}; {band})"


def write_standfirst(status: Status, reasons: Sequence[Reason], levels: pl.DataFrame, as_of: dt.date) -> str:
    """How the last four weeks compare with the pair's own year, what weighed most, and how much was reported."""
    parts = [_status_sentence(status, as_of)]
    worst = min((r for r in reasons if r.day), key=lambda r: r.contribution, default=None)
    best = max((r for r in reasons if r.day), key=lambda r: r.contribution, default=None)
    if worst and worst.contribution < 0:
        parts.append(f"What weighed most against it: {_named(worst)}.")
    if best and best.contribution > 0:
        parts.append(f"What weighed most in its favour: {_named(best)}.")
    parts += _volume_sentence(levels)
    return " ".join(parts)


def _status_sentence(status: Status, as_of: dt.date) -> str:
    if status.status is None or status.z is None:
        return f"As of {format_day(as_of)} there are too few earlier weeks to say what is usual."
    span = "their own past year"
    if status.weeks_used < _SHORT_HISTORY:
        span = f"the {status.weeks_used} earlier weeks there are data for"
    grade = f"{status.grade} " if status.grade and status.status != "usual" else ""
    return (
        f"The four weeks to {format_day(as_of)} are {grade}{status.status}, "
        f"{abs(status.z):.1f} standard deviations {'below' if status.z < 0 else 'above'} the mean of {span}."
    )


def _named(reason: Reason) -> str:
    day = format_day(reason.day)
    return f"{reason.label} ({day})" if reason.label else f"{day} ({reason.what})"


def _volume_sentence(levels: pl.DataFrame) -> list[str]:
    weekly: list[int] = levels.sort("week_end")["n"].drop_nulls().to_list()
    recent, earlier = weekly[-4:], weekly[:-4]
    if not earlier or not sum(earlier):
        return []
    ratio = (sum(recent) / len(recent)) / (sum(earlier) / len(earlier))
    amount = "more" if ratio > _BUSY else "less" if ratio < _QUIET else ""
    if not amount:
        return []
    return [f"There was {amount} news than usual ({ratio:.1f} times the weekly mean), which moves the level by itself."]


def _short(iso3: str) -> str:
    return {"USA": "US", "GBR": "UK"}.get(iso3, state_name(iso3))
