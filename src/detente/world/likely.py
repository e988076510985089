"""The next moves of a pair, or of one state, from a world: who is likely to do what to whom within days.

In comes a world; out come rows of ``likely_moves``, those that stand out most first. It only reads, and only what was
known at the end of the world's day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from detente.errors import ConfigError, CutoffError
from detente.forecast.moves import forecast_moves

if TYPE_CHECKING:
    import datetime as dt

    from detente.domain.actors import Pair
    from detente.world.archive import Archive

#: Partners of one state that are looked at: the busiest of the last quarter.
PARTNERS, BUSY_DAYS = 5, 90


def likely_moves(world: Archive, of: Pair | str, *, days: int = 7, as_of: str | dt.date | None = None) -> pl.DataFrame:
    """How likely each kind of move is in the days after the world's day.

    Args:
        world: Where it is read from.
        of: A pair (both directions, the first state's towards the second first), or the ISO3 code of one state: what it
            is likely to do to its busiest partners.
        days: How far ahead, 1 to 28.
        as_of: The day at whose end to read; by default the world's.

    Returns:
        Rows of ``likely_moves``; the last row of a direction may be any: each has one for no event of any kind.

    Raises:
        CutoffError: when the state has no move in the last quarter.
        QuestionError: when the past is too short, or the days are out of range.
    """
    view = world.view_as_of(as_of)
    cells = view.cells_by_place()
    if isinstance(of, str):
        dyads = [(of, partner) for partner in _partners(cells, of, view.as_of)]
    else:
        dyads = [(of.a, of.b), (of.b, of.a)]
    return forecast_moves(cells, view.coverage(), view.as_of, dyads=dyads, days=days)


def parse_days(text: str) -> int:
    """Read ``7d``, ``7`` or ``2w``.

    Raises:
        ConfigError: when it is no number of days or weeks.

    >>> parse_days("7d"), parse_days("2w")
    (7, 14)
    """
    match = re.fullmatch(r"(\d{1,3})\s*(d|days?|w|weeks?)?", text.strip().lower())
    if match is None:
        raise ConfigError(f"--next {text} was given.", "It is no number of days.", "Write it like `7d` or `2w`.")
    return int(match.group(1)) * (7 if (match.group(2) or "d").startswith("w") else 1)


def _partners(cells: pl.DataFrame, actor: str, as_of: dt.date) -> list[str]:
    recent = cells.filter(
        "directed", pl.col("actor") == actor, (pl.lit(as_of) - pl.col("occurred")).dt.total_days() < BUSY_DAYS
    )
    busy = recent.group_by("recipient").agg(pl.col("n").sum()).sort("n", "recipient", descending=[True, False])
    if busy.is_empty():
        raise CutoffError(
            f"Likely moves of {actor} as of {as_of} were asked for.",
            f"It did nothing to any state in the {BUSY_DAYS} days before.",
            "Name another state, or move the as-of date.",
        )
    return busy["recipient"].head(PARTNERS).to_list()
