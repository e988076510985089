"""Every series by its name, as a frame: of one pair, and of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.world import PairView, World

T = TypeVar("T")

#: Series of one pair: name, what it holds, where it is from.
PAIR_SERIES: dict[str, tuple[str, Callable[[PairView], pl.DataFrame]]] = {
    "levels": ("cooperation, conflict and level of both directions by week", lambda view: view.level()),
    "directions": ("the same of each direction", lambda view: view.level(by="dyad")),
    "cells": ("events added up by day, direction and type", lambda view: view.world.view.cells(view.pair)),
    "events": ("events as held, with their source", lambda view: view.events()),
    "moves": ("the moves of each day, newest first", lambda view: view.moves()),
    "exchanges": ("unusual moves with the answers to them", lambda view: view.exchanges()),
    "forecasts": ("the three probabilities at each horizon", lambda view: view.forecasts()),
    "provocations": ("the chances of provocative moves", lambda view: view.provocations()),
    "voices": ("cooperation and conflict by who speaks", lambda view: view.voices()),
    "places": ("shares by place", lambda view: view.arenas("place")),
    "themes": ("shares by theme", lambda view: view.arenas("theme")),
    "measures": ("every registered measure", lambda view: view.measures()),
}
#: Series of all pairs.
WORLD_SERIES: dict[str, tuple[str, Callable[[World], pl.DataFrame]]] = {
    "pairs": ("all pairs, the busiest first", lambda world: world.pairs()),
    "coverage": ("which days are covered", lambda world: world.view.coverage()),
    "watch": ("pairs side by side: who moved, who may", lambda world: world.watch(top=10_000)),
    "forecasts": ("the three probabilities of all busy pairs", lambda world: world.forecasts()),
    "provocations": ("the chances of provocative moves of all busy dyads", lambda world: world.provocations()),
}


def find_pair_series(view: PairView, name: str) -> pl.DataFrame:
    """A series of one pair, as known on the world's day.

    Raises:
        ConfigError: when there is none of that name.
    """
    return _find(PAIR_SERIES, name)(view)


def find_world_series(world: World, name: str) -> pl.DataFrame:
    """A series of all pairs, as known on the world's day.

    Raises:
        ConfigError: when there is none of that name.
    """
    return _find(WORLD_SERIES, name)(world)


def _find(table: dict[str, tuple[str, Callable[[T], pl.DataFrame]]], name: str) -> Callable[[T], pl.DataFrame]:
    if name not in table:
        raise ConfigError(f"The series {name!r} was asked for.", "There is none.", f"Series are: {', '.join(table)}.")
    return table[name][1]
