"""The further parts of a brief, each from the room that makes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from detente import relations
from detente.domain.periods import NEAR_FUTURE_WEEKS, Horizon
from detente.domain.tables import ASSESSED, OUTCOMES
from detente.errors import CutoffError
from detente.outlook.detail import Detail, Earlier, Stake

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.world import PairView, World

#: Measures that have a part of their own on the page, beside those of the first page.
MEASURES_SHOWN = ("standing", "reciprocity", "consistency", "attention", "shifts")
#: A version is compared with the one of a week before.
VERSION_DAYS = 7


def build_detail(
    view: PairView,
    *,
    assessed: pl.DataFrame | None = None,
    earlier: Callable[[dt.date], World] | None = None,
) -> Detail:
    """Everything that a page shows beyond the brief of a terminal, as known on the world's day.

    Args:
        view: The pair.
        assessed: Rows of ``assessed``, of any pair; None where nothing was read.
        earlier: The world of an earlier day; by default the same world is asked for that day.
    """
    world, day = view.world, view.world.as_of
    tables = world.readings(day)
    chosen = [relations.find_measure(name) for name in MEASURES_SHOWN]
    rows = ASSESSED.empty() if assessed is None else assessed
    return Detail(
        exchanges=view.exchanges(),
        measures=relations.measure_pair(tables, view.pair, day, measures=chosen),
        assessed=rows.filter(pl.col("pair") == view.pair.id, pl.col("origin") <= day),
        stake=_stake(view),
        earlier=_earlier(view, earlier),
        fan=view.fan(),
        is_there=True,
    )


def _stake(view: PairView) -> Stake | None:
    rows = view.world.stated(Horizon(NEAR_FUTURE_WEEKS), view.world.as_of, pair=view.pair.id)
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    return Stake(row["reference"], row["spread"], {name: row[f"base_{name}"] for name in OUTCOMES})


def _earlier(view: PairView, worlds: Callable[[dt.date], World] | None) -> Earlier | None:
    """The answers of a week before, from what was known then; None where the pair or the data were not there."""
    day = view.world.as_of - dt.timedelta(days=VERSION_DAYS)
    try:
        world = worlds(day) if worlds else view.world
        if world.view_as_of(day).cells(view.pair).is_empty():
            return None
    except CutoffError:
        return None
    row = world.forecast_pairs(Horizon(NEAR_FUTURE_WEEKS), day, pairs=[view.pair.id]).row(0, named=True)
    status = relations.read_status(world.levels_of(view.pair, day))
    return Earlier(day, {name: row[f"p_{name}"] for name in OUTCOMES}, status.z)
