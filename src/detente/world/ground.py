"""The ground of an explanation: the events that each reason rests on, and where each of them can be read.

In come reasons, rows of ``reasons`` or ``measure_reasons``; out come the events behind each, as known on the day of the
explanation, and the mentions of these events that are held. Where none are, that is said, with what to do about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.domain.tables import MENTIONS
from detente.relations import Change, Explanation, weightiest_first

if TYPE_CHECKING:
    from detente.domain.actors import Pair
    from detente.store import View

#: The provider that publishes mentions, and from when on.
_WITH_MENTIONS, _MENTIONS_FROM = "gdelt", dt.date(2015, 2, 18)
_CELL = ("actor", "recipient", "event_type")
_ORDER = ("occurred", "known_at", "event_key", "line")
_MILLI = 1000.0
_TOLD = ("event_key", "known_at", "provider_code", "n", "actor_name", "recipient_name", "place", "confidence")
_MENTIONED = (
    "known_at", "medium", "outlet", "locator", "sentence",
    "actor_offset", "recipient_offset", "action_offset", "confidence",
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """What one reason rests on.

    Args:
        reason: The row, by column.
        events: Rows of ``events``, the weightiest first; none where the row is not about events of the pair.
        n: How many events there are in all.
    """

    reason: dict[str, Any]
    events: pl.DataFrame
    n: int

    @property
    def further(self) -> int:
        """Events that are not among the rows."""
        return self.n - int(self.events["n"].sum())


@dataclass(frozen=True)
class Grounds:
    """What the reasons of an explanation rest on.

    Args:
        grounds: One for each reason, in their order.
        mentions: Rows of ``mentions`` of these events, in order of the time at which they were found.
        missing: Why no mentions are held, and what to do about it; empty where some are, or were not asked for.
    """

    grounds: tuple[Ground, ...]
    mentions: pl.DataFrame
    missing: str = ""

    def mentions_of(self, event_key: str | None) -> pl.DataFrame:
        """The mentions of one event."""
        key = int(event_key) if event_key and event_key.isdecimal() else None
        return self.mentions.filter(pl.col("event_key") == key) if key is not None else self.mentions.clear()

    @property
    def events_told(self) -> tuple[int, int]:
        """Of how many rows of events mentions are held, and how many rows there are."""
        keys = [key for one in self.grounds for key in one.events["event_key"]]
        told = {str(key) for key in self.mentions["event_key"].unique()}
        return sum(key in told for key in keys), len(keys)

    def as_list(self) -> list[dict[str, Any]]:
        """For each reason how many events it rests on, and the weightiest as JSON-ready records with their mentions."""
        return [
            {"n_events": one.n, "events": [self._record(row) for row in one.events.iter_rows(named=True)]}
            for one in self.grounds
        ]

    def _record(self, row: dict[str, Any]) -> dict[str, Any]:
        mentions = self.mentions_of(row["event_key"]).select(_MENTIONED).iter_rows(named=True)
        return (
            {"day": str(row["occurred"]), "actor": row["actor"], "recipient": row["recipient"]}
            | {name: _plain(row[name]) for name in ("event_type", *_TOLD)}
            | {"intensity": row["intensity_milli"] / _MILLI, "locator": row["locator"]}
            | {"mentions": [{name: _plain(value) for name, value in one.items()} for one in mentions]}
        )


def find_grounds(
    view: View, pair: Pair, found: Explanation | Change, *, top: int, most: int, mentions: bool = True
) -> Grounds:
    """The events behind the weightiest reasons of an explanation, and where they can be read.

    A cell rests on its own events. A row about the days without a type rests on the events of the year before, whose
    usual sum it takes away. Of a measure, a row about what the two did in a week rests on the events of that week that
    have no row of their own; what left the window, and what others did, rests on no event of the pair.

    Args:
        view: The store, as of the day of the explanation.
        pair: The pair.
        found: The explanation.
        top: How many reasons, the weightiest first.
        most: How many rows of events for each, the weightiest first.
        mentions: Whether to look for mentions.

    Raises:
        StoreError: when a file is missing or damaged.
    """
    rows = list(weightiest_first(found.reasons).head(top).iter_rows(named=True))
    span_of = _spans_of_balance(found) if isinstance(found, Explanation) else _spans_of_measure(found)
    spans = [span_of(row) for row in rows]
    since = min((first for first, _, _ in filter(None, spans)), default=view.as_of)
    until = max((last for _, last, _ in filter(None, spans)), default=view.as_of)
    events = _weightiest_first(view.events(pair, since=since, until=until))
    if isinstance(found, Explanation):
        covered = view.coverage().filter(pl.col("status") == "present")["day"]
        events = events.filter(pl.col("occurred").is_in(covered.implode()))
    own = [_of(events, span) for span in spans]
    grounds = tuple(Ground(row, of.head(most), int(of["n"].sum())) for row, of in zip(rows, own, strict=True))
    if not mentions:
        return Grounds(grounds, MENTIONS.empty())
    told = view.mentions_of(pl.concat([events.clear(), *(one.events for one in grounds)])["event_key"])
    return Grounds(grounds, told, "" if told.height else _why_none(view, grounds))


def _weightiest_first(events: pl.DataFrame) -> pl.DataFrame:
    weight = pl.col("intensity_milli").abs()
    return events.sort(weight, *_ORDER, descending=[True, *(False for _ in _ORDER)], nulls_last=True)


#: First day, last day, and which of the pair's events in between.
_Span = tuple[dt.date, dt.date, pl.Expr]


def _of(events: pl.DataFrame, span: _Span | None) -> pl.DataFrame:
    if span is None:
        return events.clear()
    first, last, where = span
    return events.filter(pl.col("occurred").is_between(first, last), where)


def _is_cell(row: dict[str, Any]) -> pl.Expr:
    """The events of a row's direction and type."""
    same = [pl.col(name).eq_missing(pl.lit(row[name], pl.String)) for name in _CELL]
    return pl.all_horizontal(same)


def _spans_of_balance(found: Explanation) -> Callable[[dict[str, Any]], _Span | None]:
    day_before = found.recent_from - dt.timedelta(days=1)

    def span(row: dict[str, Any]) -> _Span | None:
        first, last = (row["day"], row["day"]) if row["day"] else (found.usual_from, day_before)
        return first, last, _is_cell(row)

    return span


def _spans_of_measure(found: Change) -> Callable[[dict[str, Any]], _Span | None]:
    ends = [found.first, *found.reasons["week_end"].unique().sort()]
    starts = dict(zip(ends[1:], ends, strict=False))
    cells = found.reasons.drop_nulls("day")

    def span(row: dict[str, Any]) -> _Span | None:
        if row["day"]:
            return row["day"], row["day"], _is_cell(row)
        if row["n"] is None:
            return None
        own = [
            (pl.col("occurred") == cell["day"]) & _is_cell(cell)
            for cell in cells.filter(pl.col("week_end") == row["week_end"]).iter_rows(named=True)
        ]
        first = starts[row["week_end"]] + dt.timedelta(days=1)
        return first, row["week_end"], ~pl.any_horizontal(own) if own else pl.lit(value=True)

    return span


def _why_none(view: View, grounds: tuple[Ground, ...]) -> str:
    """Why no mentions of the events are held, and what to do about it: for the days of cells, where there are any."""
    if view.provider != _WITH_MENTIONS:
        return (
            f"The data of {view.provider} come without mentions; where they say in what an event can be read, that "
            "stands below the event."
        )
    of_cells = [one.events["occurred"] for one in grounds if one.reason["day"]]
    days = pl.concat(of_cells or [one.events["occurred"] for one in grounds] or [pl.Series([], dtype=pl.Date)])
    since, until = days.min(), days.max()
    if not isinstance(since, dt.date) or not isinstance(until, dt.date):
        return "The rows rest on no events, so that there is nothing to read."
    if until < _MENTIONS_FROM:
        return f"GDELT has mentions from {_MENTIONS_FROM} on; of earlier events it gives the address of one article."
    return (
        "No mentions of these events are held. Fetch them with `detente sync gdelt "
        f"--since {max(since, _MENTIONS_FROM)} --until {until} --mentions`, or load files that you have with "
        "`detente load mentions FILE...`; then ask again."
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON's own types
    return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, dt.datetime) else value
