"""Level and status as registered measures: where a relation stands, on its own scale and against its own year."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.relations.level import BAND, LEVEL
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Readings
from detente.relations.status import EARLIER_WEEKS_NEEDED, RECENT_WEEKS, STATUS, USUAL_WEEKS, status_of

_TYPICAL = math.asinh(1.0)
LEVEL_QUANTITIES = (
    Quantity(
        "level",
        "The filtered weekly level: cooperation minus conflict on the pair's own scale, the news being equal.",
        "level",
        steps=(
            (-_TYPICAL, "on balance hostile, by more than an ordinary week"),
            (-0.2, "on balance hostile"),
            (0.2, "cooperation and conflict about even"),
            (_TYPICAL, "on balance cooperative"),
            (math.inf, "on balance cooperative, by more than an ordinary week"),
        ),
        is_headline=True,
        repeats=0.3,  # 0.188 was the most in 2,400 trials on simulated worlds
        volume=0.2,  # 0.161 was the most in 9,450 trials on simulated worlds; where whole weeks double, 0.05
    ),
    Quantity(
        "conflict_share",
        "Conflict as a share of all Goldstein points of the last four weeks.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.2, "little of it is conflict"),
            (0.4, "the smaller part is conflict"),
            (0.6, "cooperation and conflict about even"),
            (0.8, "the larger part is conflict"),
            (math.inf, "nearly all of it is conflict"),
        ),
        repeats=0.35,
        volume=0.35,
    ),
    Quantity("events", "Events a week over the last four weeks.", "events a week", 0.0),
)
STATUS_QUANTITIES = (
    Quantity(
        "z",
        "Mean level of the last four weeks against the four-week means of the pair's own past year.",
        "standard deviations",
        steps=(
            (-2.0, "far worse than usual"),
            (-1.0, "worse than usual"),
            (1.0, "usual"),
            (2.0, "better than usual"),
            (math.inf, "far better than usual"),
        ),
        is_headline=True,
    ),
)
_LEVEL_NOTE = "band: the error of the filter"
_SUM_NOTE = "band: events taken to arrive independently"
_STATUS_NOTE = "band: weeks taken to vary as in the past year"
_QUIET = "fewer than 26 covered weeks, and fewer than one event a week"
_NO_EVENT = "no event is known"
_NO_WEEK = "none of the last four weeks is covered"


def level(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """Rows of ``measures`` of `level-v4`: the latest week of the filtered level, of the pair and each direction.

    The level is that of `measure_levels`; beside it stand, over the last four weeks, the share of conflict and the
    volume of the two, which other pairs' news does not tell of.
    """
    rows = []
    for dyad, levels in _sides(tables, pair, as_of):
        recent = None if levels is None else _covered(levels.tail(RECENT_WEEKS))
        if levels is None or recent is None or not recent["days"].any():
            note = _QUIET if levels is None else _NO_EVENT if levels.is_empty() else _NO_WEEK
            rows += [Row(quantity.name, None, dyad=dyad, note=note) for quantity in LEVEL_QUANTITIES]
            continue
        last = levels.row(-1, named=True)
        total = int(levels["n"].sum())
        since = levels["week_end"][0] - dt.timedelta(days=DAYS_IN_WEEK - 1)
        value, low, high = last["level"], last["level_low"], last["level_high"]
        rows.append(Row("level", value, low, high, total, since, as_of, dyad, note=_LEVEL_NOTE))
        rows += _recent(recent, levels["week_end"][-RECENT_WEEKS:][0], dyad, as_of)
    return build_rows(LEVEL, LEVEL_QUANTITIES, pair, as_of, rows)


def status(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """Rows of ``measures`` of `status-v3`: how unusual the last four weeks are, of the pair and each direction."""
    rows = []
    for dyad, levels in _sides(tables, pair, as_of):
        if levels is None or levels.is_empty():
            rows.append(Row("z", None, dyad=dyad, note=_QUIET if levels is None else _NO_EVENT))
            continue
        found = status_of(levels["level_raw"].to_numpy())
        used = levels[-RECENT_WEEKS - USUAL_WEEKS :]
        since = used["week_end"][0] - dt.timedelta(days=DAYS_IN_WEEK - 1)
        if found.z is None or found.recent_se is None or found.spread is None:
            note = f"{found.weeks_used} earlier weeks are covered, or none of the last four"
            rows.append(Row("z", None, n=int(used["n"].sum()), dyad=dyad, note=note))
            continue
        half = BAND * found.recent_se / found.spread
        n = int(used["n"].sum())
        rows.append(Row("z", found.z, found.z - half, found.z + half, n, since, as_of, dyad, note=_STATUS_NOTE))
    return build_rows(STATUS, STATUS_QUANTITIES, pair, as_of, rows)


def _sides(tables: Readings, pair: Pair, as_of: dt.date) -> list[tuple[Dyad | None, pl.DataFrame | None]]:
    """The pair and each direction with its weeks; None where they are too few to have a scale."""
    known = tables.known(as_of)
    return [(None, known.levels(pair)), *((dyad, known.levels_towards(dyad)) for dyad in pair.dyads)]


def _covered(weeks: pl.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Sums of each week; a week that is not covered well enough counts as no days and no events."""
    held = weeks["balance"].is_not_null().to_numpy()
    days = np.where(held, weeks["covered_days"].to_numpy(), 0.0)
    names = ("cooperation", "conflict", "balance_se")
    sums = {name: np.where(held, weeks[name].to_numpy(), 0.0) * days for name in names}
    return {"days": days, "n": np.where(held, weeks["n"].to_numpy(), 0.0), **sums}


def _recent(weeks: dict[str, npt.NDArray[np.float64]], first: dt.date, dyad: Dyad | None, as_of: dt.date) -> list[Row]:
    """Share of conflict and volume of the last four weeks, over those that are covered."""
    since = first - dt.timedelta(days=DAYS_IN_WEEK - 1)
    warm, cold = float(weeks["cooperation"].sum()), float(weeks["conflict"].sum())
    variance, count = float((weeks["balance_se"] ** 2).sum()), int((weeks["days"] > 0).sum())
    events, total = int(weeks["n"].sum()), warm + cold
    rows = []
    if total > 0:
        share = cold / total
        # Of the variance of the balance each side has its share of the points (delta method).
        half = BAND * math.sqrt(variance * warm * cold) / total**2
        window = (events, since, as_of, dyad, None, _SUM_NOTE)
        rows.append(Row("conflict_share", share, share - half, share + half, *window))
    else:
        rows.append(Row("conflict_share", None, n=events, dyad=dyad, note="no points in the last four weeks"))
    weekly, half = events / count, BAND * math.sqrt(max(events, 1)) / count
    rows.append(Row("events", weekly, weekly - half, weekly + half, events, since, as_of, dyad, None, _SUM_NOTE))
    return rows


LEVEL_MEASURE = Measure(
    name=LEVEL,
    title="Level: where the relation stands",
    function=level,
    quantities=LEVEL_QUANTITIES,
    is_directed=True,
    weeks_needed=1,
    guide=Guide(
        sentence=(
            "How cooperative or hostile the reported behaviour is, of both together and of each side towards the "
            "other, against what is usual in size for this pair and as if the press had been equally busy every week."
        ),
        formula=(
            "asinh(balance / v / s), where the balance is the week's Goldstein points per covered day, v the events of "
            "all other pairs that week against their median, no pair counted beyond the tenth busiest and 50 events "
            "added to both, and s the median size of balance / v in the past; smoothed by a local-level filter, whose "
            "error gives the band."
        ),
        high="Above zero cooperation outweighs conflict; at 0.88 by as much as the pair's median week is large.",
        low="Below zero conflict outweighs cooperation; the scale is logarithmic far out.",
        missing="Null where none of the last four weeks is covered, or a rarely met pair has fewer than 26 weeks.",
        cannot_tell=(
            "It reads reports, not deeds. A world in turmoil also fills the news: what is divided out as volume may be "
            "a crisis in which this pair has its part. Where fewer than ten other pairs have events, nothing "
            "is divided out. Nor can it tell which of two pairs is the better relation: standing does."
        ),
    ),
    citations=("goldstein1992", "harvey1989"),
)
STATUS_MEASURE = Measure(
    name=STATUS,
    title="Status: against its own past year",
    function=status,
    quantities=STATUS_QUANTITIES,
    is_directed=True,
    weeks_needed=EARLIER_WEEKS_NEEDED + RECENT_WEEKS,
    guide=Guide(
        sentence=(
            "Whether the last four weeks are worse than usual, usual or better than usual for this very relation, and "
            "for each side's behaviour towards the other."
        ),
        formula=(
            "z = (mean level of the last 4 weeks − mean of the up to 52 before) / standard deviation of 4-week means; "
            "the band is 1.645 standard errors of the recent mean."
        ),
        high="Above 1 the last weeks are better than usual, above 2 far better.",
        low="Below −1 they are worse than usual, below −2 far worse.",
        missing="Null with fewer than 8 covered weeks before the last four, or none of those covered.",
        cannot_tell=(
            "It compares a relation with itself: it cannot tell a friendly pair from a hostile one, and after a year "
            "of crisis a crisis is usual."
        ),
    ),
    citations=("goldstein1992",),
)
