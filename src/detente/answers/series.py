"""A relation week by week: level with its band, cooperation and conflict, the newest week first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from detente import relations
from detente.answers.cursors import Cursor, Place, about_question, read_cursor
from detente.answers.draft import Draft, Rows, check_detail, data_version, source_of
from detente.answers.pairs import BOTH, CHRONOLOGY_SOURCE, find_actor, find_pair, name_pair, read_span
from detente.sample import load_chronology

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.world import PairView

_BRIEF = ("week_end", "n", "level", "level_low", "level_high")
_NORMAL = (
    "week_end",
    "covered_days",
    "n",
    "cooperation",
    "conflict",
    "conflict_share",
    "level",
    "level_low",
    "level_high",
)
_FULL = (*_NORMAL, "balance", "balance_se", "level_raw")
_COLUMNS = {"brief": _BRIEF, "normal": _NORMAL, "full": _FULL}
#: Weeks of a page at most.
PAGES = {"brief": 13, "normal": 53, "full": 520}


def pair_series(  # noqa: PLR0913 - a question has that many parts
    worlds: Worlds,
    *,
    a: str,
    b: str,
    direction: str = BOTH,
    since: str | None = None,
    until: str | None = None,
    as_of: str | None = None,
    detail: str = "normal",
    cursor: str | None = None,
) -> dict[str, Any]:
    """The weeks of a pair, or of what one of the two does, the newest first; weeks end on the as-of day's weekday.

    Args:
        worlds: Whose data.
        a: A state.
        b: The other.
        direction: ``both``, or the state that acts.
        since: Weeks that end on or after this day.
        until: Weeks that end on or before this day.
        as_of: The day at whose end to read.
        detail: How many columns and rows.
        cursor: Where the page begins.

    Raises:
        ConfigError: when an argument makes no sense.
        CutoffError: when nothing was known by then, or there is no event between the two.
    """
    size, mark = check_detail(detail), read_cursor(cursor) if cursor else None
    world, view = find_pair(worlds, a, b, as_of or (str(mark.as_of) if mark else None))
    actor = find_actor(view, direction)
    levels = _between(view.level() if actor is None else view.level(by="dyad").filter(actor=actor), since, until)
    question = {"actor": actor, "since": since, "until": until, "total": levels.height}
    about = about_question(tool="pair_series", pair=view.pair.id, as_of=world.as_of, **question)
    start = mark.check(about).skip if mark else 0
    rows = levels.sort("week_end", descending=True).select(_COLUMNS[size]).rows()[start:]

    def follow(shown: int) -> str:
        return str(Cursor(world.as_of, about, Place(None, start + shown))) if start + shown < levels.height else ""

    known = levels.drop_nulls("level")
    head = name_pair(view) | {
        "direction": actor or BOTH,
        "summary": _summarise(levels, known),
        "units": {
            "level": "asinh(balance / the pair's usual balance); 90 % band",
            "cooperation, conflict, balance": "Goldstein points a covered day",
            "conflict_share": "conflict / (cooperation + conflict)",
        },
        "missing": "null: the provider covered too few days of that week; never zero",
    }
    parts = {} if size == "brief" or start else {"known_events": _events(view, levels)}
    table = Rows(_COLUMNS[size], rows, levels.height, "weeks", follow, PAGES[size], "newest first")
    draft = Draft(
        "pair_series",
        size,
        world.as_of,
        head,
        parts,
        table,
        [source_of(world), *([CHRONOLOGY_SOURCE] if parts.get("known_events") else [])],
        [relations.LEVEL],
        data_version(world),
    )
    return draft.finish()


def _between(levels: pl.DataFrame, since: str | None, until: str | None) -> pl.DataFrame:
    first, last = read_span(since, until)
    if first is not None:
        levels = levels.filter(pl.col("week_end") >= first)
    return levels if last is None else levels.filter(pl.col("week_end") <= last)


def _events(view: PairView, levels: pl.DataFrame) -> list[dict[str, Any]]:
    """Well-known events of the pair in the span of the weeks, the newest first."""
    if levels.is_empty():
        return []
    both = [view.pair.a, view.pair.b]
    rows = load_chronology().filter(
        pl.col("actor").is_in(both),
        pl.col("recipient").is_in(both),
        pl.col("day").is_between(levels["week_end"].min(), view.world.as_of),
    )
    return rows.sort("day", descending=True).select("day", "actor", "recipient", "label").to_dicts()


def _summarise(levels: pl.DataFrame, known: pl.DataFrame) -> str:
    if known.is_empty():
        return f"{levels.height} weeks, none of them covered."
    last, low, high = (known.sort("week_end").row(-1, named=True), *_ends(known))
    return (
        f"{levels.height} weeks, {levels.height - known.height} of them gaps. Level {last['level']:+.2f} "
        f"(90 % band {last['level_low']:+.2f} to {last['level_high']:+.2f}) in the week to {last['week_end']}; "
        f"lowest {low['level']:+.2f} ({low['week_end']}), highest {high['level']:+.2f} ({high['week_end']})."
    )


def _ends(known: pl.DataFrame) -> tuple[dict[str, Any], dict[str, Any]]:
    ordered = known.sort("level", "week_end")
    return ordered.row(0, named=True), ordered.row(-1, named=True)
