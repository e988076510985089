"""The world at a glance: which pairs moved or may move, and how one state stands with all others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import relations
from detente.codebook import state_name
from detente.domain.periods import DAYS_IN_WEEK, NEAR_FUTURE_WEEKS
from detente.domain.tables import WATCH
from detente.outlook.detail import plain_rows
from detente.outlook.words import sentence_name, short_name

if TYPE_CHECKING:
    from detente.world import World

#: The state whose relations are shown where none was chosen.
DEFAULT_STATE = "USA"
LISTED = 12
#: Shares over this many weeks; a pair with fewer events in them is left blank on the map.
MAP_WEEKS, FEWEST_EVENTS = 26, 13
ORDERS = ("moved", "deteriorate", "improve")


def watch_reply(world: World, *, top: int = LISTED) -> dict[str, Any]:
    """Pairs that moved most, and those likeliest to deteriorate and to improve over the near future.

    Args:
        world: The world to read.
        top: Pairs of each list.
    """
    # One table serves all three orders: the longest list there can be is taken, then sorted.
    table = world.watch(top=10_000, horizon=NEAR_FUTURE_WEEKS)
    keys = {"moved": pl.col("z").abs(), "deteriorate": pl.col("p_deteriorate"), "improve": pl.col("p_improve")}
    lists = {}
    for name in ORDERS:
        rows = table.sort(keys[name], "pair", descending=[True, False], nulls_last=True).head(top)
        lists[name] = [row | {"name": pair_name(row["pair"])} for row in plain_rows(rows)]
    return {
        "as_of": str(world.as_of),
        "provider": world.provider,
        "horizon_weeks": NEAR_FUTURE_WEEKS,
        "columns": {column.name: column.meaning for column in WATCH.columns},
        "lists": lists,
    }


def relations_reply(world: World, state: str) -> dict[str, Any]:
    """How one state stands with every other: the share of conflict in what both did, over half a year, with its band.

    Args:
        world: The world to read.
        state: The state, ISO3.
    """
    first = world.as_of - dt.timedelta(days=MAP_WEEKS * DAYS_IN_WEEK)
    own = world.weeks_of_state(state, world.as_of).filter(pl.col("week_end") > first)
    rows = [
        _stand(state, str(pair), weeks.drop_nulls("balance"))
        for (pair,), weeks in own.group_by("pair", maintain_order=True)
    ]
    rows.sort(key=lambda row: (-row["events"], row["pair"]))
    return {
        "state": state,
        "name": sentence_name(state),
        "as_of": str(world.as_of),
        "provider": world.provider,
        "weeks": MAP_WEEKS,
        "fewest_events": FEWEST_EVENTS,
        "measure": "conflict / (cooperation + conflict), Goldstein points of both directions",
        "band": "90 %: 1,000 draws of whole weeks, never narrower than a Wilson interval; null with fewer than 8 weeks",
        "rule": relations.LEVEL,
        "relations": rows,
    }


def _stand(state: str, pair: str, weeks: pl.DataFrame) -> dict[str, Any]:
    """How one state stands with another: events, and the share of conflict with its band where there is enough."""
    other = next(one for one in pair.split("-") if one != state)
    days = weeks["covered_days"].to_numpy()
    conflict, cooperation = (weeks[name].to_numpy() * days for name in ("conflict", "cooperation"))
    whole, events = conflict + cooperation, int(weeks["n"].sum())
    is_enough = events >= FEWEST_EVENTS and whole.sum() > 0
    banded = relations.share_with_band(conflict, whole, events) if is_enough else None
    return {
        "state": other,
        "pair": f"{state}-{other}",
        "name": state_name(other),
        "events": events,
        "conflict_share": float(conflict.sum() / whole.sum()) if is_enough else None,
        "conflict_share_low": banded[1] if banded else None,
        "conflict_share_high": banded[2] if banded else None,
    }


def freshness_reply(world: World) -> dict[str, Any]:
    """How fresh the data are and how many of their days are covered."""
    coverage = world.view.coverage()
    counts = dict(coverage.group_by("status").len().iter_rows())
    present = coverage.filter(pl.col("status") == "present")["day"]
    return {
        "first_day": str(world.view.first_day),
        "last_day": str(present.max()) if present.len() else None,
        "as_of": str(world.as_of),
        "provider": world.provider,
        "is_sample": world.is_sample,
        "days": {name: int(counts.get(name, 0)) for name in ("present", "thin", "absent")},
        "pairs": world.pairs().height,
    }


def pair_name(pair: str) -> str:
    """A pair's short name: ``US – Russia``."""
    a, b = pair.split("-")
    return f"{short_name(a)} – {short_name(b)}"
