"""Sentences made from numbers; write-only: nothing is ever read back from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.outlook.reasons import Reason
from detente.outlook.words import estimative_clause, format_band, format_day, format_probability, short_name
from detente.relations import Status

#: With fewer earlier weeks than this a comparison with "the past year" must say how short it is.
_SHORT_HISTORY = 50
#: With fewer weeks than this the probabilities are more the other pairs' than this one's.
_FORECAST_HISTORY = 26
_RECENT_WEEKS, _USUAL_WEEKS = 4, 52
_BUSY, _QUIET = 1.5, 0.67
#: A day that weighs at least this share of the weightiest is worth naming beside it.
_NEARLY = 0.6
#: From this probability on, an improvement that is likelier than a turn for the worse is the news.
_NEWS = 0.5


def write_headline(pair: Pair, row: Mapping[str, Any], horizon: Horizon) -> str:
    """The chance of a turn for the worse, in words and numbers; of one for the better where that is the likelier half.

    Args:
        pair: The two states.
        row: A row of ``forecasts``.
        horizon: Its horizon.
    """
    is_better = row["p_improve"] >= _NEWS and row["p_improve"] > row["p_deteriorate"]
    outcome = "improve" if is_better else "deteriorate"
    probability = row[f"p_{outcome}"]
    band = format_band(row[f"p_{outcome}_low"], row[f"p_{outcome}_high"])
    weeks = "week" if horizon.weeks == 1 else f"{horizon.weeks} weeks"
    return (
        f"{short_name(pair.a)}–{short_name(pair.b)} relations {estimative_clause(probability, outcome)} in the next "
        f"{weeks} ({format_probability(probability)}; 90 % band {band})"
    )


def write_standfirst(
    status: Status, reasons: Sequence[Reason], row: Mapping[str, Any], levels: pl.DataFrame, *, as_of: dt.date
) -> str:
    """How the last four weeks compare with the pair's own year, what weighed most, how much was reported, what may be.

    Args:
        status: The last four weeks against the past year.
        reasons: The days that moved the balance.
        row: The row of ``forecasts`` of the headline.
        levels: Rows of ``levels`` of the pair.
        as_of: The day.
    """
    weeks = levels.sort("week_end")
    parts = [_status_sentence(status, as_of), *_reason_sentences(reasons), *_volume_sentence(weeks)]
    parts.append(_spread_sentence(row))
    held = weeks["balance"].count()
    if held < _FORECAST_HISTORY:
        count = "1 week" if held == 1 else f"{held} weeks"
        parts.append(f"With {count} of history these probabilities owe more to other pairs than to this one.")
    return " ".join(parts)


def _status_sentence(status: Status, as_of: dt.date) -> str:
    if status.status is None or status.z is None:
        return f"As of {format_day(as_of)} there are too few covered weeks to say what is usual between them."
    span = "their own past year"
    if status.weeks_used < _SHORT_HISTORY:
        span = f"the {status.weeks_used} earlier weeks there are data for"
    grade = f"{status.grade} " if status.grade and status.status != "usual" else ""
    stand = "as usual" if status.status == "usual" else f"{grade}{status.status}"
    return (
        f"The four weeks to {format_day(as_of)} were {stand}, {abs(status.z):.1f} standard deviations "
        f"{'below' if status.z < 0 else 'above'} the mean of {span}."
    )


def _reason_sentences(reasons: Sequence[Reason]) -> list[str]:
    days = sorted((r for r in reasons if r.day), key=lambda reason: -abs(reason.contribution))
    worse = [reason for reason in days if reason.contribution < 0]
    better = [reason for reason in days if reason.contribution > 0]
    parts = [f"What weighed most against them: {_weightiest(worse)}."] if worse else []
    return [*parts, f"What weighed most in their favour: {_weightiest(better)}."] if better else parts


def _weightiest(days: Sequence[Reason]) -> str:
    """The weightiest day, and where that has no name the next known event that weighs nearly as much."""
    first = days[0]
    near = (day for day in days[1:] if day.label and abs(day.contribution) >= _NEARLY * abs(first.contribution))
    second = None if first.label else next(near, None)
    return f"{_named(first)}; then {_named(second)}" if second else _named(first)


def _named(reason: Reason) -> str:
    day = format_day(reason.day) if reason.day else ""
    if reason.label:
        return f"“{reason.label}” (reports of {day})"
    return f"reports of {day}, chiefly that {reason.cells[0].sentence}"


def _volume_sentence(weeks: pl.DataFrame) -> list[str]:
    counts = weeks["n"]
    recent = counts.tail(_RECENT_WEEKS).drop_nulls()
    earlier = counts.head(max(len(counts) - _RECENT_WEEKS, 0)).tail(_USUAL_WEEKS).drop_nulls()
    if recent.is_empty() or not earlier.sum():
        return []
    ratio = float(recent.sum()) / len(recent) / (float(earlier.sum()) / len(earlier))
    if _QUIET <= ratio <= _BUSY:
        return []
    amount = "more" if ratio > _BUSY else "less"
    return [
        f"There was {amount} news of the two than usual ({ratio:.1f} times the weekly mean), which by itself moves "
        "the level."
    ]


def _spread_sentence(row: Mapping[str, Any]) -> str:
    parts = [
        f"{verb} {format_probability(row[f'p_{name}'])} ({format_band(row[f'p_{name}_low'], row[f'p_{name}_high'])})"
        for verb, name in (("worse", "deteriorate"), ("much the same", "hold"), ("better", "improve"))
    ]
    return f"The outlook: {', '.join(parts)}."
