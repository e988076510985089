"""The events behind the numbers, each with where it is from: all of them, page by page, the newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.answers.cursors import Cursor, Place, about_question, read_cursor
from detente.answers.draft import Draft, Rows, check_detail, data_version, source_of
from detente.answers.pairs import BOTH, find_actor, find_pair, is_directed, name_pair, read_span
from detente.codebook import quads
from detente.domain.tables import EVENTS
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.replies import WarmWorld
    from detente.world import PairView

#: Stands for events without a type: public statements.
STATEMENT = "STATEMENT"
_MILLI = 1000.0
_BRIEF = ("occurred", "actor", "recipient", "event_type", "n", "intensity")
_NORMAL = (*_BRIEF, "provider_code", "actor_role", "recipient_role", "place", "locator")
_FULL = (*_NORMAL, "known_at", "actor_name", "recipient_name", "event_key", "line", "confidence", "coder")
_COLUMNS = {"brief": _BRIEF, "normal": _NORMAL, "full": _FULL}
#: Rows of a page at most; the size of the answer usually ends it before.
PAGES = {"brief": 40, "normal": 200, "full": 1_000}


@dataclass(frozen=True)
class Wanted:
    """Which events of a pair.

    Args:
        actor: The state that acts; None for both.
        types: Event types, None among them for statements; empty for all.
        since: First day.
        until: Last day.
    """

    actor: str | None
    types: tuple[str | None, ...]
    since: dt.date | None
    until: dt.date | None

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of a table with ``occurred, actor, event_type``."""
        if self.actor is not None:
            rows = rows.filter(pl.col("actor") == self.actor)
        if self.types:
            rows = rows.filter(pl.col("event_type").is_in(list(self.types), nulls_equal=True))
        if self.since is not None:
            rows = rows.filter(pl.col("occurred") >= self.since)
        return rows if self.until is None else rows.filter(pl.col("occurred") <= self.until)


def pair_events(  # noqa: PLR0913 - a question has that many parts
    worlds: Worlds,
    *,
    a: str,
    b: str,
    since: str | None = None,
    until: str | None = None,
    direction: str = BOTH,
    kind: str | None = None,
    as_of: str | None = None,
    detail: str = "normal",
    cursor: str | None = None,
) -> dict[str, Any]:
    """The events of a pair as known on a day, the newest first; one row is one event, or ``n`` alike ones of a day.

    Args:
        worlds: Whose data.
        a: A state.
        b: The other.
        since: First day.
        until: Last day.
        direction: ``both``, or the state that acts.
        kind: A PLOVER type, ``STATEMENT``, or a quad class such as ``material conflict``.
        as_of: The day at whose end to read.
        detail: How many columns and rows.
        cursor: Where the page begins.

    Raises:
        ConfigError: when an argument makes no sense.
        CutoffError: when nothing was known by then, or there is no event between the two.
    """
    size, mark = check_detail(detail), read_cursor(cursor) if cursor else None
    world, view = find_pair(worlds, a, b, as_of or (str(mark.as_of) if mark else None))
    wanted = Wanted(find_actor(view, direction), _types(kind), *read_span(since, until))
    cells = wanted.of(world.view.cells(view.pair))
    total = int(cells["n"].sum())
    about = about_question(tool="pair_events", pair=view.pair.id, **vars(wanted), as_of=world.as_of, total=total)
    place = mark.check(about) if mark else Place()
    rows = read_events(world, view, wanted, cells, place, PAGES[size] + 1)
    follow = _follower(rows["occurred"].to_list(), place, world.as_of, about)
    columns = [name for name in _COLUMNS[size] if name in _BRIEF or rows[name].null_count() < rows.height]
    head = name_pair(view) | {
        "summary": _summarise(view, cells, total),
        "asked": {"since": wanted.since, "until": wanted.until, "direction": wanted.actor or BOTH, "kind": kind},
        "null_columns": [name for name in _COLUMNS[size] if name not in columns],
        "units": {
            "intensity": "Goldstein points of the row, all n events together",
            "event_type": "PLOVER; null: public statement",
        },
    }
    table = Rows(
        columns, rows.select(columns).rows(), total, "events (sum of n)", follow, PAGES[size], "newest day first"
    )
    coders = {"coder": rows["coder"].unique().sort().to_list()}
    draft = Draft(
        "pair_events",
        size,
        world.as_of,
        head,
        {},
        table,
        [source_of(world) | coders],
        [],
        data_version(world),
        ["Reports, coded by machine: many are miscoded, and many reports are not many deeds."],
    )
    return draft.finish()


def read_events(
    world: WarmWorld, view: PairView, wanted: Wanted, cells: pl.DataFrame, place: Place, most: int
) -> pl.DataFrame:
    """Rows of ``events`` from a place on, the newest day first, with a column ``intensity``; the order is total.

    Only as many days are read as are needed: how many events each has is known from the cells.

    Args:
        world: Where they are read.
        view: The pair.
        wanted: Which events.
        cells: The cells of those events.
        place: Where to begin.
        most: Rows at most.
    """
    days = cells.group_by("occurred").agg(pl.col("n").sum()).sort("occurred", descending=True)
    if place.day is not None:
        days = days.filter(pl.col("occurred") <= place.day)
    found, skip = [_ordered(EVENTS.empty())], place.skip
    of = next((dyad for dyad in view.pair.dyads if dyad.actor == wanted.actor), view.pair)
    while days.height and sum(part.height for part in found) < most:
        block = days.filter(pl.col("n").cum_sum() - pl.col("n") < most + skip)
        span = world.view.events(of, since=block["occurred"].min(), until=block["occurred"].max())  # type: ignore[arg-type]
        found.append(_ordered(wanted.of(span)).slice(skip))
        days, skip = days.slice(block.height), 0
    return pl.concat(found).head(most)


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in rows.columns if name != "occurred"]
    ordered = rows.sort(["occurred", *names], descending=[True] + [False] * len(names), nulls_last=True)
    return ordered.with_columns(intensity=pl.col("intensity_milli") / _MILLI)


def _follower(days: list[dt.date], place: Place, as_of: dt.date, about: str) -> Any:  # noqa: ANN401 - a function
    """The cursor after so many rows: the day of the next one, and how many of that day came before it."""

    def follow(shown: int) -> str:
        if shown >= len(days):
            return ""
        day = days[shown]
        before = days[:shown].count(day) + (place.skip if day == place.day else 0)
        return str(Cursor(as_of, about, Place(day, before)))

    return follow


def _types(kind: str | None) -> tuple[str | None, ...]:
    """The event types of a kind; none for all."""
    if kind is None:
        return ()
    text = kind.strip()
    if text.upper() == STATEMENT:
        return (None,)
    if text.upper() in quads():
        return (text.upper(),)
    types = tuple(name for name, quad in quads().items() if quad == text.lower().replace("_", " "))
    if not types:
        raise ConfigError(
            f"kind {kind!r} was given.",
            "It is no event type and no quad class.",
            f"Use {', '.join(dict.fromkeys(quads().values()))}, {', '.join(quads())} or {STATEMENT}.",
        )
    return types


def _summarise(view: PairView, cells: pl.DataFrame, total: int) -> str:
    if not total:
        return "No such event."
    days = cells["occurred"].sort().to_list()
    sides = {f"{dyad.actor} towards {dyad.recipient}": cells.filter(actor=dyad.actor) for dyad in view.pair.dyads}
    if not is_directed(view):
        sides = {"who acts is not said": cells}
    told = "; ".join(f"{who}: {_add_up(own)}" for who, own in sides.items())
    return f"{total:,} events from {days[0]} to {days[-1]}. {told}."


def _add_up(cells: pl.DataFrame) -> str:
    good, bad = (int(cells[f"{name}_milli"].sum()) / _MILLI for name in ("cooperation", "conflict"))
    return f"{int(cells['n'].sum()):,} (cooperation {good:,.0f}, conflict {bad:,.0f} points)"
