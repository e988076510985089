"""Relations compared with each other: where each stands among all, over a year or any window (`standing-v1`).

A level compares a relation with its own past and says nothing about which of two relations is the better one; this
says that, and nothing about what is usual for a pair. In come ``cells`` and ``coverage`` of one provider, all dyads of
them, since the others are the measuring rod; out comes ``standings``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.tables import CELLS, COVERAGE, STANDINGS, check_table
from detente.errors import CutoffError
from detente.relations.expected import expected_amounts

#: The public name of this algorithm; a changed result is a new name.
STANDING = "standing-v1"
#: What affinity counts beside hostility, and how far hostility makes allowance for volume (0: an amount, 1: a share).
#: Chosen together, two numbers for all yardsticks, on one half of the pairs of 2002–2014 (benchmarks/validity.py).
AFFINITY_WEIGHT = 0.25
VOLUME_POWER = 0.5
#: With fewer events than this in the window a relation has no standing.
EVENTS_NEEDED = 5
#: Relations of about as much news, for ``place_among_peers``; with fewer than the least there is no place at all.
PEERS, LEAST_OTHERS = 100, 19
#: Reports of one affair come together and relations have their seasons, so variances are more than that of independent
#: events: cooperation (visits) twice as much, and never below a floor in squared log units. Fitted together to how odd
#: and even weeks, and odd and even four weeks, of 2018 differ in the sample: bands of halves hold 90 % of differences.
COOPERATION_CLUMPS = 2.0
FLOORS = {"hostility": 0.02, "affinity": 0.05, "standing": 0.02}
#: Half-width of a 90 % band in standard errors.
_BAND = 1.6449
_MILLI = 1000.0

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_NOBODY = pl.lit(None, pl.String)


@dataclass(frozen=True)
class _Sums:
    """Sums of a window in Goldstein points, one entry for each relation that had an event.

    Args:
        conflict: Conflict.
        cooperation: Cooperation.
        conflict_square: Sum of its squared intensities, of which its variance is made.
        cooperation_square: The same for cooperation.
        ends: Places of the two states in a list of states, shape (relations, 2).
        is_directed: Whether the first end acts towards the second.
    """

    conflict: _Floats
    cooperation: _Floats
    conflict_square: _Floats
    cooperation_square: _Floats
    ends: _Ints
    is_directed: bool


def measure_standings(
    cells: pl.DataFrame,
    coverage: pl.DataFrame,
    *,
    first: dt.date,
    last: dt.date,
    by: Literal["pair", "dyad"] = "pair",
) -> pl.DataFrame:
    """Where each relation stands among all relations, from the most hostile to the most cordial.

    With X the conflict and Y the cooperation of a relation in the window (Goldstein points), T = X + Y, T* the median T
    of all relations, s the share of conflict in all news, u the usual weight of one event:

    - hostility = log((X + u) / (E + u)), E = s·√(T·T*): the conflict against what a relation with that much news has.
      The root is half an allowance for volume: hostility is the geometric mean of the amount and the share of conflict.
    - affinity = log((Y + u) / (F + u)), F = aᵢ·aⱼ fitted to the cooperation of every state with all others: the
      cooperation against what two states that are in the news that much lead one to expect.
    - standing = affinity / 4 − hostility.

    The added u is the prior, worth one event: relations with little news are drawn to the middle. The band is that of a
    gamma posterior of either rate (delta method), widened for reports that come together; the expected amounts are
    taken as known. Doubling all news leaves everything but the prior's part where it was.

    A high standing is a relation with much cooperation for its two states and little conflict for its news; a low one
    is hostile. Null: fewer than five events. It cannot tell an ally from a partner in business, nor whether conflict
    that is reported between two busy states (crimes and courts included) is meant by either; busy relations hold more
    conflict of every kind, so read ``place_among_peers`` where two differ much in news. It compares relations of one
    window and one provider, never numbers of two providers.

    Goldstein (1992) for intensities; Goodman (1968) for quasi-independence; Gelman et al. (2013), ch. 2, for the prior.

    Args:
        cells: Rows of ``cells``, of all dyads.
        coverage: Rows of ``coverage``; events on days that are not covered are left out.
        first: First day of the window.
        last: Last day of the window.
        by: One row per pair, or per dyad (then F = aᵢ·bⱼ).

    Returns:
        Rows of ``standings``: every relation with an event in the window, sorted by pair and actor.

    Raises:
        DataError: when a table does not fit its schema.
        CutoffError: when no day of the window is covered.

    >>> day = dt.date(2018, 1, 1)
    >>> def cell(actor: str, recipient: str, points: int) -> tuple[object, ...]:
    ...     plus, minus = max(points, 0) * 1000, max(-points, 0) * 1000
    ...     return (day, actor, recipient, True, None, 9, plus, minus, None, (points * 1000.0) ** 2 / 9)
    >>> rows = [cell("FRA", "DEU", 30), cell("PRK", "USA", -40), cell("USA", "FRA", 20), cell("DEU", "PRK", 3)]
    >>> cells = pl.DataFrame(rows, schema=CELLS.schema, orient="row")
    >>> covered = [("p", day, 4, dt.datetime(2018, 1, 2), "present")]
    >>> coverage = pl.DataFrame(covered, schema=COVERAGE.schema, orient="row")
    >>> measure_standings(cells, coverage, first=day, last=day).sort("standing")["pair"].to_list()
    ['PRK-USA', 'DEU-PRK', 'FRA-USA', 'DEU-FRA']
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    days = coverage.filter(pl.col("status") == "present", pl.col("day").is_between(first, last)).select("day")
    if days.is_empty():
        raise CutoffError(
            f"Standings from {first} to {last} were asked for.",
            "No day of them is covered.",
            "Choose another window, or load data for it.",
        )
    within = cells.filter(pl.col("occurred").is_between(first, last))
    within = within.join(days, left_on="occurred", right_on="day", how="semi")
    sums = _sums(within, by)
    rows = sums.select(
        "pair",
        "actor",
        "recipient",
        pl.lit(first).alias("first_day"),
        pl.lit(last).alias("last_day"),
        pl.lit(days.height, pl.Int64).alias("covered_days"),
        "n",
        (pl.col("cooperation_milli") / _MILLI).alias("cooperation"),
        (pl.col("conflict_milli") / _MILLI).alias("conflict"),
        *_measured(sums, is_directed=by == "dyad"),
    )
    return check_table(rows.select(STANDINGS.names), STANDINGS)


def measure_yearly_standings(
    cells: pl.DataFrame, coverage: pl.DataFrame, *, by: Literal["pair", "dyad"] = "pair"
) -> pl.DataFrame:
    """The standings of every calendar year that the provider covered at least in part; each year by itself.

    Args:
        cells: Rows of ``cells``, of all dyads.
        coverage: Rows of ``coverage``.
        by: One row per pair and year, or per dyad and year.

    Returns:
        Rows of ``standings``, year after year; ``covered_days`` shows which years are whole.
    """
    check_table(coverage, COVERAGE)
    present = coverage.filter(pl.col("status") == "present")["day"].sort()
    windows = [
        (max(present[0], dt.date(year, 1, 1)), min(present[-1], dt.date(year, 12, 31)))
        for year in present.dt.year().unique().sort().to_list()
    ]
    tables = [measure_standings(cells, coverage, first=first, last=last, by=by) for first, last in windows]
    return pl.concat([STANDINGS.empty(), *tables])


def _sums(cells: pl.DataFrame, by: str) -> pl.DataFrame:
    """Exact sums by relation, in thousandths of a point: whole numbers, so that no order of rows matters."""
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    keyed = cells.with_columns((lower + "-" + upper).alias("pair"))
    keyed = keyed.filter("directed") if by == "dyad" else keyed.with_columns(actor=_NOBODY, recipient=_NOBODY)
    keys = ["pair", "actor", "recipient"]
    total = pl.col("cooperation_milli") + pl.col("conflict_milli")
    parts = {side: pl.col(f"{side}_milli") for side in ("cooperation", "conflict")}
    squares = {
        f"{side}_square": pl.when(total > 0).then((pl.col("square_milli") * part / total).round()).otherwise(0.0)
        for side, part in parts.items()
    }
    measured = ("n", "cooperation_milli", "conflict_milli", "cooperation_square", "conflict_square")
    return keyed.with_columns(**squares).group_by(keys).agg(pl.col(*measured).sum()).sort(keys)


def _measured(sums: pl.DataFrame, *, is_directed: bool) -> list[pl.Series]:
    """The measured columns of ``standings``."""
    points = _points(sums, is_directed=is_directed)
    enough = (sums["n"].to_numpy() >= EVENTS_NEEDED) & (points.conflict + points.cooperation > 0)
    found = _log_ratios(points) if sums.height else {}
    columns = []
    for name in ("hostility", "affinity", "standing"):
        value, error = found.get(name, (np.zeros(0), np.zeros(0)))
        for end, times in (("", 0.0), ("_low", -_BAND), ("_high", _BAND)):
            shown = np.where(enough, value + times * error, np.nan)
            columns.append(pl.Series(name + end, shown, pl.Float64).fill_nan(None))
    level, low, high = (columns[place].to_numpy() for place in (6, 7, 8))
    for name, values in zip(("place", "place_low", "place_high"), _places(level, low, high), strict=True):
        columns.append(pl.Series(name, values, pl.Float64).fill_nan(None))
    for name, values in zip(("", "_low", "_high"), _places_among_peers(level, low, high, points), strict=True):
        columns.append(pl.Series(f"place_among_peers{name}", values, pl.Float64).fill_nan(None))
    return columns


def _points(sums: pl.DataFrame, *, is_directed: bool) -> _Sums:
    names = ("actor", "recipient")
    split = [pl.col("pair").str.split("-").list.get(at).alias(name) for at, name in enumerate(names)]
    ends = sums.select(names) if is_directed else sums.select(split)
    states = pl.concat([ends["actor"], ends["recipient"]]).unique().sort()
    places = [states.search_sorted(ends[name]).to_numpy() for name in names]
    return _Sums(
        conflict=sums["conflict_milli"].to_numpy() / _MILLI,
        cooperation=sums["cooperation_milli"].to_numpy() / _MILLI,
        conflict_square=sums["conflict_square"].to_numpy() / _MILLI**2,
        cooperation_square=sums["cooperation_square"].to_numpy() / _MILLI**2,
        ends=np.stack(places, axis=1).astype(np.int64).reshape(-1, 2),
        is_directed=is_directed,
    )


def _log_ratios(sums: _Sums) -> dict[str, tuple[_Floats, _Floats]]:
    """Hostility, affinity and standing with their standard errors; NaN where the data hold one side only."""
    total = sums.conflict + sums.cooperation
    unit = float((sums.conflict_square + sums.cooperation_square).sum() / max(total.sum(), 1e-12))
    unit = unit if unit > 0 else 1.0
    share = float(sums.conflict.sum() / max(total.sum(), 1e-12))
    expected = share * total**VOLUME_POWER * float(np.median(total)) ** (1 - VOLUME_POWER)
    likely = expected_amounts(sums.cooperation, sums.ends, is_directed=sums.is_directed)
    hostility = np.log((sums.conflict + unit) / (expected + unit))
    affinity = np.log((sums.cooperation + unit) / (likely + unit))
    # How the logarithm of the expected conflict moves with one point more of news.
    pull = VOLUME_POWER * expected / (expected + unit) / np.maximum(total, unit)
    slopes = {
        "hostility": (1 / (sums.conflict + unit) - pull, -pull),
        "affinity": (np.zeros_like(total), 1 / (sums.cooperation + unit)),
    }
    slopes["standing"] = (
        -slopes["hostility"][0],
        AFFINITY_WEIGHT * slopes["affinity"][1] - slopes["hostility"][1],
    )
    values = {"hostility": hostility, "affinity": affinity, "standing": AFFINITY_WEIGHT * affinity - hostility}
    seen = {"hostility": sums.conflict.any(), "affinity": sums.cooperation.any()}
    seen["standing"] = seen["hostility"] and seen["affinity"]
    spread = (sums.conflict_square + unit**2, COOPERATION_CLUMPS * (sums.cooperation_square + unit**2))
    return {
        name: (
            np.where(seen[name], value, np.nan),
            np.sqrt(slopes[name][0] ** 2 * spread[0] + slopes[name][1] ** 2 * spread[1] + FLOORS[name]),
        )
        for name, value in values.items()
    }


def _places(level: _Floats, low: _Floats, high: _Floats) -> tuple[_Floats, _Floats, _Floats]:
    """Share of the other relations that stand worse (those equal count half), for the value and both ends."""
    known = np.sort(level[np.isfinite(level)])
    if len(known) <= LEAST_OTHERS:
        nothing = np.full(len(level), np.nan)
        return nothing, nothing, nothing
    worse, not_better = np.searchsorted(known, level, "left"), np.searchsorted(known, level, "right")
    place = np.where(np.isfinite(level), (worse + not_better - 1) / 2 / (len(known) - 1), np.nan)
    ends = [np.searchsorted(known, end) / len(known) for end in (low, high)]
    return (
        place,
        np.where(np.isfinite(level), np.minimum(ends[0], place), np.nan),
        np.where(np.isfinite(level), np.maximum(ends[1], place), np.nan),
    )


def _places_among_peers(level: _Floats, low: _Floats, high: _Floats, points: _Sums) -> tuple[_Floats, ...]:
    """Share of the 100 relations nearest in volume that stand worse, for the value and both ends of its band."""
    order = np.flatnonzero(np.isfinite(level))
    order = order[np.argsort((points.conflict + points.cooperation)[order], kind="stable")]
    places = np.full((3, len(level)), np.nan)
    span = min(PEERS + 1, len(order))
    if span > LEAST_OTHERS:
        windows = np.lib.stride_tricks.sliding_window_view(level[order], span)
        near = windows[np.clip(np.arange(len(order)) - span // 2, 0, len(order) - span)]
        for at, ends in enumerate((level, low, high)):
            own = ends[order][:, None]
            equal = (near == own).sum(axis=1) - (at == 0)
            places[at, order] = np.clip(((near < own).sum(axis=1) + equal / 2) / (span - 1), 0.0, 1.0)
    return places[0], np.minimum(places[0], places[1]), np.maximum(places[0], places[2])
