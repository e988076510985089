"""Provocation: the days on which a state's material conflict passed its own measure, and how often that happens.

The rule is the design's: a day's material conflict above the dyad's own 99th percentile of the past two years, and at
least one event of intensity −6 or below. A day is judged by earlier days alone, so the threshold moves from day to day.
Questions and chances (``provoked-v1``) fix it at their origin instead, so that it can be bet on.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import quads
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import STANDARD_HORIZONS
from detente.relations.bands import BAND, wilson_band
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings
from detente.relations.weeks import COVERED_DAYS_NEEDED

PROVOCATION = "provocation-v1"
#: The floor of the design: at least one event as hostile as this, in thousandths of a Goldstein point.
FLOOR_MILLI = -6000
PERCENTILE = 0.99
LOOK_BACK_DAYS = 730
#: Covered days before a day from which it can be judged: of fewer, a 99th percentile is next to the largest of all.
DAYS_TO_JUDGE = 91
#: Judged weeks from which a chance is given; and at least two windows of the horizon must fit into them.
WEEKS_TO_COUNT = 13
_MILLI = 1000.0
Floats = npt.NDArray[np.float64]
_MATERIAL_CONFLICT = tuple(name for name, quad in quads().items() if quad == "material conflict")

QUANTITIES = (
    Quantity(
        "chance",
        "How often windows of the horizon (the item) held at least one provocative move: the base rate.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.1, "it seldom happens"),
            (0.35, "it happens now and then"),
            (0.65, "about as often as not"),
            (math.inf, "more often than not"),
        ),
        is_headline=True,
    ),
    Quantity("moves", "Provocative days in the judged part of the past two years.", "days", 0.0),
    Quantity(
        "days_since",
        "Days since the last provocative day.",
        "days",
        0.0,
        steps=((8, "within the last week"), (29, "within the last four weeks"), (math.inf, "more than four weeks ago")),
    ),
    Quantity("threshold", "Material conflict that a day must now pass to be provocative.", "Goldstein points", 0.0),
    Quantity("move", "Material conflict of one provocative day (the item).", "Goldstein points", 0.0),
)


def provocation(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """Each side's provocative moves of the past two years, their base rate by horizon, and the time since the last.

    A covered day is provocative when the dyad's material conflict exceeds the 99th percentile of its own covered days
    in the two years before that day, and one event is of intensity −6 or below. The base rate for a horizon of h weeks
    is the share of the h-week windows with at least one, windows sliding by a week; its band is a Wilson interval
    for as many windows as fit end to end, since overlapping ones are not independent.

    Args:
        tables: The readings.
        pair: The pair.
        as_of: The day at whose end to measure.

    Returns:
        Rows of ``measures``, for each direction; null where too few days can be judged.
    """
    known = tables.known(as_of)
    calendar = known.once(PROVOCATION, lambda: _build_calendar(known))
    rows = [row for dyad in pair.dyads for row in _of_dyad(calendar, dyad)]
    return build_rows(PROVOCATION, QUANTITIES, pair, as_of, rows)


@dataclass(frozen=True)
class _Calendar:
    """What all dyads have in common: covered days, which can be judged, and in which of the last weeks they lie.

    Args:
        as_of: The as-of day.
        days: Covered days.
        starts: For each covered day, the position of the first day of its two years.
        is_judged: Whether enough covered days lie before it.
        first: Position of the first day of the past two years.
        weeks_back: Whole weeks before the as-of day, of each day.
        is_week: Whether a week (by weeks back) can be judged.
        conflict: Material conflict of each dyad that has any.
    """

    as_of: dt.date
    days: npt.NDArray[np.datetime64]
    starts: npt.NDArray[np.int64]
    is_judged: npt.NDArray[np.bool_]
    first: int
    weeks_back: npt.NDArray[np.int64]
    is_week: npt.NDArray[np.bool_]
    conflict: dict[str, _Conflict]

    def since(self) -> dt.date | None:
        """First day that can be judged, of the past two years."""
        judged = self.days[self.first :][self.is_judged[self.first :]]
        return judged[0].item() if len(judged) else None


@dataclass(frozen=True)
class _Conflict:
    """Material conflict of one dyad, cell by cell, oldest first.

    Args:
        place: Position of each cell's day among the covered days.
        points: Its Goldstein points, without the sign.
        square: Sum of their squares.
        lowest: The most hostile single event in thousandths; NaN where only sums are known.
        n: Events.
        kinds: Types.
    """

    place: npt.NDArray[np.int64]
    points: Floats
    square: Floats
    lowest: Floats
    n: npt.NDArray[np.int64]
    kinds: tuple[str, ...]


def _build_calendar(known: Known) -> _Calendar:
    days, span = known.days, np.timedelta64(LOOK_BACK_DAYS, "D")
    starts = np.searchsorted(days, days - span)
    judged = np.arange(len(days)) - starts >= DAYS_TO_JUDGE
    first = int(np.searchsorted(days, np.datetime64(known.as_of) - span, side="right"))
    counted = np.bincount(known.weeks_back[first:][judged[first:]], minlength=1)
    is_week = counted >= COVERED_DAYS_NEEDED
    return _Calendar(known.as_of, days, starts, judged, first, known.weeks_back, is_week, _gather(known))


def _gather(known: Known) -> dict[str, _Conflict]:
    """Cells of material conflict by dyad, as arrays."""
    way = pl.concat_str("actor", "recipient", separator=">").alias("way")
    kept = known.cells.filter("directed", pl.col("event_type").is_in(_MATERIAL_CONFLICT)).with_columns(way)
    kept = kept.sort("way", "occurred", "event_type")
    place = np.searchsorted(known.days, kept["occurred"].to_numpy().astype("datetime64[D]"))
    points, square = kept["conflict_milli"].to_numpy() / _MILLI, kept["square_milli"].to_numpy() / _MILLI**2
    lowest, n = kept["lowest_milli"].cast(pl.Float64).to_numpy(), kept["n"].to_numpy()
    kinds, ways = kept["event_type"].to_list(), kept["way"].rle().struct.unnest()
    gathered, start = {}, 0
    for name, length in zip(ways["value"], ways["len"], strict=True):
        part = slice(start, start + length)
        start += length
        gathered[name] = _Conflict(place[part], points[part], square[part], lowest[part], n[part], tuple(kinds[part]))
    return gathered


_NONE = _Conflict(
    place=np.zeros(0, dtype=np.int64),
    points=np.zeros(0),
    square=np.zeros(0),
    lowest=np.zeros(0),
    n=np.zeros(0, dtype=np.int64),
    kinds=(),
)


def _of_dyad(calendar: _Calendar, dyad: Dyad) -> list[Row]:
    conflict = calendar.conflict.get(str(dyad), _NONE)
    since = calendar.since()
    n = int(conflict.n[conflict.place >= calendar.first].sum())
    blank = Row("moves", None, n=n, since=since, until=calendar.as_of, dyad=dyad)
    note = None
    if since is None:
        note = f"no day has {DAYS_TO_JUDGE} covered days before it in two years"
    elif len(conflict.n) and np.isnan(conflict.lowest).all():
        note = "the data give sums, not single events"
    if note:
        names = ("chance", "moves", "days_since", "threshold")
        return [replace(blank, quantity=name, note=note) for name in names]
    daily = np.bincount(conflict.place, weights=conflict.points, minlength=len(calendar.days)).astype(np.float64)
    hostile = np.zeros(len(daily), dtype=bool)
    hostile[conflict.place[conflict.lowest <= FLOOR_MILLI]] = True
    moves = _provocative(calendar, daily, hostile)
    count = len(moves)
    ago = (np.datetime64(calendar.as_of) - calendar.days[moves[-1]]).astype(int) if count else None
    none = None if count else "none in the judged days"
    return [
        *_chances(calendar, moves, blank),
        replace(blank, value=float(count), note="counted"),
        replace(blank, quantity="days_since", value=None if ago is None else float(ago), note=none or "counted"),
        _threshold(calendar, daily, blank),
        *(_move(calendar, conflict, place, dyad) for place in reversed(moves)),
    ]


def _provocative(calendar: _Calendar, daily: Floats, hostile: npt.NDArray[np.bool_]) -> list[int]:
    """Positions of the provocative days of the past two years, oldest first."""
    tried = np.flatnonzero(hostile & calendar.is_judged)
    return [
        int(place)
        for place in tried[tried >= calendar.first]
        if daily[place] > np.quantile(daily[calendar.starts[place] : place], PERCENTILE)
    ]


def _chances(calendar: _Calendar, moves: list[int], blank: Row) -> list[Row]:
    """The base rate for each standard horizon."""
    held = calendar.is_week
    hit = np.zeros(len(held), dtype=bool)
    hit[calendar.weeks_back[moves]] = True
    rows = []
    for weeks in STANDARD_HORIZONS:
        needed = max(WEEKS_TO_COUNT, 2 * weeks)
        if held.sum() < needed:
            note = f"{int(held.sum())} weeks can be judged; {needed} are needed"
            rows.append(replace(blank, quantity="chance", item=f"{weeks}w", note=note))
            continue
        value, low, high = _base_rate(hit[held], weeks)
        note = f"{int(held.sum())} weeks judged; band: Wilson, for the windows that fit end to end"
        found = replace(blank, quantity="chance", value=value, low=low, high=high)
        rows.append(replace(found, item=f"{weeks}w", note=note))
    return rows


def _base_rate(hit: npt.NDArray[np.bool_], weeks: int) -> tuple[float, float, float]:
    """Share of sliding windows with a hit, drawn a little towards a half, and its 90 % band."""
    windows = np.lib.stride_tricks.sliding_window_view(hit, weeks).any(axis=1)
    fitting = len(hit) / weeks
    with_one = float(windows.mean()) * fitting
    return (with_one + 0.5) / (fitting + 1), *wilson_band(with_one, fitting)


def _threshold(calendar: _Calendar, daily: Floats, blank: Row) -> Row:
    """What the next day would have to pass; its band is that of an order statistic."""
    past = np.sort(daily[calendar.first :])
    count = len(past)
    if count < DAYS_TO_JUDGE:
        return replace(blank, quantity="threshold", note=f"{count} covered days in two years")
    half = BAND * math.sqrt(PERCENTILE * (1 - PERCENTILE) / count)
    low, value, high = (float(np.quantile(past, min(max(PERCENTILE + step, 0), 1))) for step in (-half, 0.0, half))
    note = "and one event of −6 or below; band: order statistics of independent days"
    return replace(blank, quantity="threshold", value=value, low=low, high=high, note=note)


def _move(calendar: _Calendar, conflict: _Conflict, place: int, dyad: Dyad) -> Row:
    """One provocative day, with what it was made of."""
    day = calendar.days[place].item()
    cells = np.flatnonzero(conflict.place == place)
    value, half = float(conflict.points[cells].sum()), BAND * math.sqrt(conflict.square[cells].sum())
    weightiest = cells[np.argsort(-conflict.points[cells], kind="stable")]
    note = f"{', '.join(conflict.kinds[cell] for cell in weightiest)}; band: events taken to arrive independently"
    n = int(conflict.n[cells].sum())
    return Row("move", value, value - half, value + half, n, day, day, dyad, str(day), note)


MEASURE = Measure(
    name=PROVOCATION,
    title="Provocation: moves out of its own ordinary",
    function=provocation,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=26,
    guide=Guide(
        sentence=(
            "How often a state makes a provocative move towards the other: a day of material conflict beyond nearly "
            "all of its own past two years, with at least one clearly hostile act."
        ),
        formula=(
            "A day's material conflict > 99th percentile of the dyad's covered days of the two years before, and one "
            "event of intensity ≤ −6; base rate = share of h-week windows with such a day, with a Wilson band."
        ),
        high="Near 1: almost every stretch of that length held a provocative move.",
        low="Near 0: such moves are rare; the band stays wide where few windows can be looked back on.",
        missing="Null where fewer than 13 weeks, or two of the horizon, can be judged; a day needs 91 before it.",
        cannot_tell=(
            "It is a base rate, not a forecast, and it measures a state by itself: for one that fights every week only "
            "an extraordinary day is provocative. A much-reported day can pass for a provocative one. The threshold "
            "moves with each day; questions and the chances of the outlook (provoked-v1) fix it at their origin, so "
            "that a run of hostile days counts there in full and here less and less."
        ),
    ),
    citations=("goldstein1992", "wilson1927"),
)
