"""Shifts: when the level of a relation broke, when its volatility did, and from when on that could be known.

A break is found with what was known at the as-of day, and beside it stands the first day on which it could have been
found: whoever reads it later must not think that it was seen at once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.relations.bands import BAND
from detente.relations.cuts import cut_spells
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Readings
from detente.relations.scale import SMALLEST_SCALE, WEEKS_FOR_OWN_SCALE
from detente.relations.volume import usual_news, volume_index

SHIFTS = "shifts-v3"
#: Breaks are looked for in so many of the last covered weeks.
LONGEST_WEEKS = 156
#: A spell between two breaks has at least so many weeks.
SHORTEST_SPELL = 4
#: Penalty of one break in units of (long-run variance × log weeks). Chosen on simulated series without a break, 64 and
#: 156 weeks long, independent or autocorrelated (0.3, 0.5): some break is found in at most 5 of 100 (9 of 100 of 30
#: weeks); one of two standard deviations is found in 9 of 10.
PENALTY = 4.0
#: Estimates of one break that lie no further apart than this, in weeks, are the same break.
_SAME_BREAK = 3
#: 95 % point of the one-sided distribution of the estimated date, in units of variance / shift² (Bai 1997).
_DATE_BAND = 7.69
_SMALLEST_VARIANCE = 1e-6
_MAD_TO_SD = 1.4826
Floats = npt.NDArray[np.float64]

QUANTITIES = (
    Quantity(
        "level_shifts",
        "Breaks of level found in the last three years.",
        "breaks",
        0.0,
        steps=((0.5, "no break of level"), (1.5, "one break of level"), (math.inf, "several breaks of level")),
        is_headline=True,
    ),
    Quantity(
        "volatility_shifts",
        "Breaks of volatility found in the last three years.",
        "breaks",
        0.0,
        steps=(
            (0.5, "no break of volatility"),
            (1.5, "one break of volatility"),
            (math.inf, "several breaks of volatility"),
        ),
        is_headline=True,
    ),
    Quantity(
        "level_shift",
        "Mean level after a break (the item is its day) minus the mean before; since and until are the day's band.",
        "level",
        steps=((0.0, "for the worse"), (math.inf, "for the better")),
    ),
    Quantity("level_shift_delay", "Weeks from that break until it could be found.", "weeks", 0.0),
    Quantity(
        "volatility_shift",
        "Spread of the weekly level after a break (the item is its day), as a multiple of the spread before.",
        "ratio",
        0.0,
        steps=((1.0, "calmer"), (math.inf, "stormier")),
    ),
    Quantity("volatility_shift_delay", "Weeks from that break until it could be found.", "weeks", 0.0),
)
_TOO_QUIET = "fewer than one event a week: breaks would be breaks of reporting"
_COUNTED = "counted"
_SIZE = "band: weeks about a steady mean, long-run variance"


def shifts(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """When the level of a relation, or its volatility, broke, and from when on that could be known.

    The weekly level asinh(balance / v / s), as in `measure_levels`, is cut into spells of steady mean by penalised
    least squares (exact, by the search of `ruptures`, with a penalty of 4 · long-run variance · log weeks); the
    logarithm of its squared distance from those means is cut likewise for volatility. The band of a break's day is
    Bai's (1997). The first day on which a break could be found is that of the first week as of which the same search,
    on the scale of that week, finds a break within three weeks of it.

    Args:
        tables: The readings.
        pair: The pair.
        as_of: The day at whose end to measure; the search uses nothing later.

    Returns:
        Rows of ``measures`` for the pair and each direction; null with fewer than 26 covered weeks or one event a week.
    """
    known = tables.known(as_of)
    is_busy = pair.id in known.busy
    rows = []
    for dyad in (None, *pair.dyads):
        levels = (known.levels_towards(dyad) if dyad else known.levels(pair)) if is_busy else None
        held = None if levels is None else levels.drop_nulls("balance")
        if held is None or held.height < WEEKS_FOR_OWN_SCALE:
            note = _TOO_QUIET if held is None else f"{held.height} covered weeks; {WEEKS_FOR_OWN_SCALE} are needed"
            rows += [Row(name, None, dyad=dyad, note=note) for name in ("level_shifts", "volatility_shifts")]
            continue
        rows += _of_series(held, dyad, as_of)
    return build_rows(SHIFTS, QUANTITIES, pair, as_of, rows)


@dataclass(frozen=True)
class _Weeks:
    """Covered weeks of one series, oldest first.

    Args:
        balance: Points a day.
        news: Other pairs' news; NaN in a gap.
        ends: Last days.
    """

    balance: Floats
    news: Floats
    ends: list[dt.date]

    def until(self, end: int) -> _Weeks:
        """The first so many weeks."""
        return _Weeks(self.balance[:end], self.news[:end], self.ends[:end])

    @property
    def first(self) -> int:
        """Position of the first week that is looked at."""
        return max(len(self.balance) - LONGEST_WEEKS, 0)


@dataclass(frozen=True)
class _Break:
    """One break of the mean of a series.

    Args:
        place: Position of the first week after it.
        change: Mean after minus mean before.
        error: Standard error of that.
        reach: Half-width of the band of its place, in weeks.
    """

    place: int
    change: float
    error: float
    reach: int


def _of_series(held: pl.DataFrame, dyad: Dyad | None, as_of: dt.date) -> list[Row]:
    news = held["news"].fill_null(float("nan")).to_numpy()
    weeks = _Weeks(held["balance"].to_numpy(), news, held["week_end"].to_list())
    since, n = weeks.ends[weeks.first] - dt.timedelta(days=DAYS_IN_WEEK - 1), int(held["n"][weeks.first :].sum())
    rows = []
    for kind, series in (("level", _levels), ("volatility", _storms)):
        found = _find_breaks(series(weeks))
        count = float(len(found))
        rows.append(Row(f"{kind}_shifts", count, n=n, since=since, until=as_of, dyad=dyad, note=_COUNTED))
        for one in reversed(found):
            rows += _rows_of_break(kind, series, one, weeks, n, dyad)
    return rows


def _rows_of_break(
    kind: str, series: Callable[[_Weeks], Floats], one: _Break, weeks: _Weeks, n: int, dyad: Dyad | None
) -> list[Row]:
    first, ends = weeks.first, weeks.ends
    place, last = first + one.place, len(ends) - 1
    begin = dt.timedelta(days=DAYS_IN_WEEK - 1)
    day = ends[place] - begin
    earliest, latest = ends[max(place - one.reach, first)] - begin, ends[min(place + one.reach, last)]
    seen = _first_seen(series, weeks, place)
    low, value, high = one.change - BAND * one.error, one.change, one.change + BAND * one.error
    if kind == "volatility":  # half the mean logarithm of squares is the logarithm of the spread
        low, value, high = (math.exp(end / 2) for end in (low, value, high))
    note = f"the day lies between {earliest} and {latest}; found as of {ends[seen]}; {_SIZE}"
    delay = float((ends[seen] - day).days + 1) / DAYS_IN_WEEK
    return [
        Row(f"{kind}_shift", value, low, high, n, earliest, latest, dyad, str(day), note),
        Row(
            f"{kind}_shift_delay", delay, None, None, n, day, ends[seen], dyad, str(day), f"{_COUNTED}, to {ends[seen]}"
        ),
    ]


def _levels(weeks: _Weeks) -> Floats:
    """The last weeks of the level, on the scale and beside the news of all of them."""
    news = weeks.news.reshape(1, -1)
    balance = weeks.balance / volume_index(news, usual_news(news))[0]
    scale = max(float(np.median(np.abs(balance))), SMALLEST_SCALE)
    return np.asarray(np.arcsinh(balance[-LONGEST_WEEKS:] / scale))


def _storms(weeks: _Weeks) -> Floats:
    """Logarithms of squared distances from the means of the spells of level, with a floor for single calm weeks."""
    levels = _levels(weeks)
    edges = [0, *(one.place for one in _find_breaks(levels)), len(levels)]
    squares = np.concatenate([(part - part.mean()) ** 2 for part in np.split(levels, edges[1:-1])])
    return np.log(squares + max(0.1 * float(np.median(squares)), _SMALLEST_VARIANCE))


def _find_breaks(series: Floats) -> list[_Break]:
    """Breaks of the mean of a series, oldest first."""
    if len(series) < 2 * SHORTEST_SPELL:
        return []
    variance = _long_run_variance(series)
    edges = cut_spells(series, penalty=PENALTY * variance * math.log(len(series)), shortest=SHORTEST_SPELL)
    breaks = []
    for start, place, end in zip(edges, edges[1:], edges[2:], strict=False):
        change = float(series[place:end].mean() - series[start:place].mean())
        error = math.sqrt(variance * (1 / (place - start) + 1 / (end - place)))
        reach = math.floor(_DATE_BAND * variance / max(change**2, 1e-12)) + 1
        breaks.append(_Break(place, change, error, min(reach, len(series))))
    return breaks


def _long_run_variance(series: Floats) -> float:
    """Variance of a week that allows for autocorrelation: from differences of neighbouring four-week means.

    The median absolute deviation is taken, so that a few breaks do not pass for noise.
    """
    means = np.convolve(series, np.full(SHORTEST_SPELL, 1 / SHORTEST_SPELL), "valid")
    steps = means[SHORTEST_SPELL:] - means[:-SHORTEST_SPELL]
    if not len(steps):
        return max(float(series.var()), _SMALLEST_VARIANCE)
    deviation = _MAD_TO_SD * float(np.median(np.abs(steps - np.median(steps))))
    return max(deviation**2 * SHORTEST_SPELL / 2, _SMALLEST_VARIANCE)


def _first_seen(series: Callable[[_Weeks], Floats], weeks: _Weeks, place: int) -> int:
    """Position of the first week as of which the search finds a break near ``place``."""
    last = len(weeks.balance)
    for end in range(max(place + SHORTEST_SPELL - _SAME_BREAK, WEEKS_FOR_OWN_SCALE), last):
        known = weeks.until(end)
        if any(abs(known.first + one.place - place) <= _SAME_BREAK for one in _find_breaks(series(known))):
            return end - 1
    return last - 1


MEASURE = Measure(
    name=SHIFTS,
    title="Shifts: when the relation changed for good",
    function=shifts,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_FOR_OWN_SCALE,
    guide=Guide(
        sentence=(
            "On which days the usual level of the relation, or of one side's behaviour towards the other, broke for a "
            "month or more, when it became calmer or stormier, and from when on that could be known."
        ),
        formula=(
            "Least-squares cuts of the weekly level with a penalty of 4 · long-run variance · log(weeks) for each; the "
            "same of log squared distances for volatility; bands of days after Bai (1997)."
        ),
        high="A shift above zero is for the better; a ratio above 1 means stormier weeks than before.",
        low="A shift below zero is for the worse; a ratio below 1 means calmer weeks than before.",
        missing="Null with fewer than 26 covered weeks, or with less than one event a week on average.",
        cannot_tell=(
            "A slow drift is cut into steps that are not there, a break of the last four weeks cannot be seen yet, and "
            "a break of the press (a new paper, a war elsewhere) looks like one of the relation."
        ),
    ),
    citations=("jackson2005", "killick2012", "truong2020", "bai1997"),
)
