"""Cells of an explanation gathered into days that people can read, and that still add up to the change."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from detente.codebook import cameo_table, phrases
from detente.outlook.words import sentence_name, short_name
from detente.relations import Explanation

#: Days shown on each side of the account, and beyond them days that are known for something.
_SHOWN = 5
_NAMED_SHOWN = 3
_CELLS_NAMED = 2
#: Reports of an act follow it by up to so many days.
_DAYS_TO_REPORT = 2
#: Share of a day's weight from which a dyad can give it the name of its act.
_FAIR_SHARE = 0.25


@dataclass(frozen=True)
class Cell:
    """One dyad's events of one type on one day.

    Args:
        actor: State that acted.
        recipient: State that received.
        event_type: PLOVER type; None for public statements.
        n: Events.
        contribution: Share of the change, Goldstein points a day.
    """

    actor: str
    recipient: str
    event_type: str | None
    n: int
    contribution: float

    @property
    def is_shortfall(self) -> bool:
        """Whether the cell counts because there was less of it than usual, not because of what was done."""
        sign = _signs().get(self.event_type or "", 0)
        return sign * self.contribution < 0

    @property
    def what(self) -> str:
        """The cell in a few words: ``US → Russia: COERCE, 14 events``."""
        kind = self.event_type or "statement"
        less = ", less than usual" if self.is_shortfall else ""
        events = "event" if self.n == 1 else "events"
        return f"{short_name(self.actor)} → {short_name(self.recipient)}: {kind}, {self.n} {events}{less}"

    @property
    def sentence(self) -> str:
        """The cell as reported: ``Russia refused (REJECT, 5 events)``."""
        if self.is_shortfall:
            return f"there was less than usual ({self.what.removesuffix(', less than usual')})"
        events = "event" if self.n == 1 else "events"
        deed = phrases()[self.event_type] if self.event_type else "made public statements"
        return f"{sentence_name(self.actor)} {deed} ({self.event_type or 'statement'}, {self.n} {events})"


@dataclass(frozen=True)
class Reason:
    """One day on one side of the account, or a remainder.

    Args:
        day: The day; None for a remainder.
        contribution: Share of the change, Goldstein points a day.
        n: Events; None where the row stands for days without any.
        cells: What the day is made of, the weightiest first; empty for a remainder. They add up to the contribution.
        what: The row in words.
        label: The name of a known event that these reports follow; empty where none is known.
    """

    day: dt.date | None
    contribution: float
    n: int | None
    cells: tuple[Cell, ...]
    what: str
    label: str = ""

    def as_dict(self) -> dict[str, object]:
        """The reason as JSON-ready values."""
        return {
            "day": str(self.day) if self.day else None,
            "contribution": self.contribution,
            "n": self.n,
            "what": self.what,
            "label": self.label or None,
            "cells": [vars(cell) for cell in self.cells],
        }


def gather_reasons(explanation: Explanation, known: pl.DataFrame) -> tuple[Reason, ...]:
    """Gather cells into days, each side of the account apart, and name those that are known.

    Args:
        explanation: The change and its cells.
        known: Rows of ``chronology`` of the pair.

    Returns:
        The weightiest days for the worse, then for the better, then what is left over in up to three rows; together
        they sum to the change.
    """
    worse, better = (_days(explanation.reasons, known, is_worse=side) for side in (True, False))
    shown = [*_choose(worse), *_choose(better)]
    left = [_rest(side, shown, name) for side, name in ((worse, "worse"), (better, "better"))]
    rows = [*shown, *(reason for reason in left if reason)]
    remainder = explanation.change - math.fsum(reason.contribution for reason in rows)
    return (*rows, Reason(None, remainder, None, (), "usual behaviour, on the days without it"))


def _days(reasons: pl.DataFrame, known: pl.DataFrame, *, is_worse: bool) -> list[Reason]:
    side = pl.col("contribution") < 0 if is_worse else pl.col("contribution") >= 0
    rows = reasons.drop_nulls("day").filter(side).sort("day")
    direction = "conflict" if is_worse else "cooperation"
    acts = known.filter(pl.col("direction") == direction).sort("day", maintain_order=True).to_dicts()
    names = ("actor", "recipient", "event_type", "n", "contribution")
    days = []
    for day, found in groupby(rows.select("day", *names).iter_rows(), key=itemgetter(0)):
        parts = [Cell(*row[1:]) for row in found]
        parts.sort(key=lambda cell: (-abs(cell.contribution), cell.actor, cell.event_type or ""))
        days.append(_reason(day, parts, _label(acts, day, parts)))
    return sorted(days, key=lambda reason: -abs(reason.contribution))


def _reason(day: dt.date, parts: Sequence[Cell], label: str) -> Reason:
    more = len(parts) - _CELLS_NAMED
    what = "; ".join(cell.what for cell in parts[:_CELLS_NAMED]) + (f"; {more} more" if more > 0 else "")
    total = math.fsum(cell.contribution for cell in parts)
    return Reason(day, total, sum(cell.n for cell in parts), tuple(parts), what, label)


def _choose(side: Sequence[Reason]) -> list[Reason]:
    """The weightiest days of one side, and after them the weightiest that are known for something."""
    return [*side[:_SHOWN], *[reason for reason in side[_SHOWN:] if reason.label][:_NAMED_SHOWN]]


def _rest(side: Iterable[Reason], shown: Sequence[Reason], name: str) -> Reason | None:
    others = [reason for reason in side if reason not in shown]
    if not others:
        return None
    days = "1 other day" if len(others) == 1 else f"{len(others)} other days"
    total = math.fsum(reason.contribution for reason in others)
    return Reason(None, total, sum(reason.n or 0 for reason in others), (), f"{days}, what was {name} than usual")


def _label(acts: Sequence[dict[str, Any]], day: dt.date, cells: Sequence[Cell]) -> str:
    """What reports of a day follow: known acts, on it or up to two days before, of dyads that make up its weight."""
    dyads = _weighty_dyads(cells)
    first = day - dt.timedelta(days=_DAYS_TO_REPORT)
    near = (act for act in acts if first <= act["day"] <= day)
    labels = [act["label"] for act in near if (act["actor"], act["recipient"]) in dyads]
    return " / ".join(list(dict.fromkeys(labels))[-2:])


def _weighty_dyads(cells: Sequence[Cell]) -> set[tuple[str, str]]:
    """The dyads with a fair share of a day; a stray report must not give the day another act's name."""
    weights: dict[tuple[str, str], float] = {}
    for cell in cells:
        dyad = (cell.actor, cell.recipient)
        weights[dyad] = weights.get(dyad, 0.0) + abs(cell.contribution)
    total = math.fsum(weights.values())
    return {dyad for dyad, weight in weights.items() if weight >= _FAIR_SHARE * total}


@cache
def _signs() -> dict[str, int]:
    """+1 for types that are always cooperative, −1 for always hostile ones, 0 for those that can be either."""
    bounds = cameo_table().drop_nulls("event_type").group_by("event_type")
    found = bounds.agg(pl.col("intensity_milli").min().alias("low"), pl.col("intensity_milli").max().alias("high"))
    return {name: 1 if low >= 0 else -1 if high <= 0 else 0 for name, low, high in found.iter_rows()}
