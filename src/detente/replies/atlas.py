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
    weeks = world.weeks(world.as_of)
    first = world.as_of - dt.timedelta(days=MAP_WEEKS * DAYS_IN_WEEK)
    own = weeks.filter(pl.col("pair").str.contains(state, literal=True), pl.col("week_end") > first)
    days = pl.col("covered_days")
    sums = own.group_by("pair").agg(
        pl.col("n").sum(),
        (pl.col("cooperation") * days).sum().alias("cooperation"),
        (pl.col("conflict") * days).sum().alias("conflict"),
    )
    rows = []
    for row in sums.sort("n", "pair", descending=[True, False]).iter_rows(named=True):
        a, b = row["pair"].split("-")
        total = row["cooperation"] + row["conflict"]
        is_enough = row["n"] >= FEWEST_EVENTS and total > 0
        rows.append(
            {
                "state": b if a == state else a,
                "pair": f"{state}-{b if a == state else a}",
                "name": state_name(b if a == state else a),
                "events": row["n"],
                "conflict_share": row["conflict"] / total if is_enough else None,
            }
        )
    return {
        "state": state,
        "name": sentence_name(state),
        "as_of": str(world.as_of),
        "provider": world.provider,
        "weeks": MAP_WEEKS,
        "fewest_events": FEWEST_EVENTS,
        "measure": "conflict / (cooperation + conflict), Goldstein points of both directions",
        "rule": relations.LEVEL,
        "relations": rows,
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
