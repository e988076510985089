"""Whether a state makes a provocative move within a horizon (``provoked-v1``): the one rule of questions and hazards.

The threshold is fixed at the origin, so that everybody who bets on the answer knows what must be passed. The measure
``provocation-v1`` describes the past with the same threshold taken anew on every day.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from detente.domain.actors import Dyad
from detente.domain.periods import DAYS_IN_WEEK
from detente.forecast.dyad_days import Bools, DyadDays, Floats, Ints, build_dyad_days
from detente.forecast.rules import DAYS_NEEDED, LOOK_BACK_DAYS, PERCENTILE, SHARE_COVERED

#: The highest days of two years among which the 99th percentile lies: the eighth and the ninth of 730, at most.
_TOP = 9
_WEEKS_BACK, _DAYS_OVER = divmod(LOOK_BACK_DAYS, DAYS_IN_WEEK)
_ANSWERS = {1: "yes", 0: "no", -1: None}


def thresholds(days: DyadDays, place: int) -> Floats:
    """Material conflict that a day must pass, as known at the end of one day.

    Args:
        days: Days of dyads; those after ``place`` are not read.
        place: The origin's column.

    Returns:
        In Goldstein points, shape (dyads,): the 0.99 quantile of the covered days among the 730 up to the origin; NaN
        with fewer than 91 covered.
    """
    start = max(place + 1 - LOOK_BACK_DAYS, 0)
    return _quantile(_highest(days.material[:, start : place + 1]), _covered_back(days, np.array([place])))[:, 0]


def weekly_thresholds(days: DyadDays) -> tuple[Ints, Floats]:
    """The thresholds at the ends of all weeks that end with the last day and whole weeks before it.

    Returns:
        The columns of those origins, oldest first, and the thresholds, shape (dyads, origins); as ``thresholds``.
    """
    last = days.covered.size - 1
    places = np.arange(last % DAYS_IN_WEEK, last + 1, DAYS_IN_WEEK, dtype=np.int64)
    tops = np.stack(list(_tops(days.material, places)), axis=1)
    return places, _quantile(tops, _covered_back(days, places))


def provoking_days(days: DyadDays, origin: dt.date, last: dt.date) -> Bools:
    """Days after an origin, up to another, above the origin's thresholds, shape (dyads, days); none where unknown."""
    place, end = days.position(origin), days.position(last)
    with np.errstate(invalid="ignore"):
        return np.asarray(days.candidate[:, place + 1 : end + 1] > thresholds(days, place)[:, None], dtype=np.bool_)


def answers(days: DyadDays, origin: dt.date, closes: dt.date) -> Ints:
    """What came out for each dyad: 1 for yes, 0 for no, −1 where it cannot be said, shape (dyads,)."""
    place = days.position(origin)
    moved = provoking_days(days, origin, closes).any(axis=1)
    share = days.covered[place + 1 : days.position(closes) + 1].mean()
    found = np.where(moved, 1, 0 if share >= SHARE_COVERED else -1)
    return np.where(np.isnan(thresholds(days, place)), -1, found).astype(np.int64)


def provocation_threshold(cells: pl.DataFrame, coverage: pl.DataFrame, dyad: Dyad, origin: dt.date) -> float | None:
    """Material conflict that a day of one dyad must pass to be provocative; None where the data cannot say.

    They cannot with fewer than 91 covered days, without direction, or where they give sums in place of events.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        dyad: Who acts towards whom.
        origin: The last of the 730 days looked at.

    Returns:
        The threshold in Goldstein points.
    """
    if cells.height and (not cells["directed"].any() or cells["lowest_milli"].null_count() == cells.height):
        return None
    days = build_dyad_days(cells, coverage, dyads=[(dyad.actor, dyad.recipient)])
    found = float(thresholds(days, days.position(origin))[0])
    return None if np.isnan(found) else found


def find_provocations(
    cells: pl.DataFrame, coverage: pl.DataFrame, dyad: Dyad, span: tuple[dt.date, dt.date], threshold: float
) -> tuple[list[tuple[dt.date, float]], float]:
    """The provocative days of a span, each with its material conflict, and the share of the span that is covered.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        dyad: Who acts towards whom.
        span: The first and the last day.
        threshold: What a day must pass, in Goldstein points, as it was known at the origin.
    """
    days = build_dyad_days(cells, coverage, dyads=[(dyad.actor, dyad.recipient)])
    start, end = days.position(span[0]), days.position(span[1]) + 1
    passed = np.flatnonzero(days.candidate[0, start:end] > threshold) + start
    moves = [(days.first + dt.timedelta(days=int(day)), float(days.material[0, day])) for day in passed]
    return moves, float(days.covered[start:end].mean())


def answer_provoked(moves: list[tuple[dt.date, float]], covered: float) -> str | None:
    """``yes`` or ``no``; None where no move was seen but too little was looked at."""
    return _ANSWERS[1 if moves else 0 if covered >= SHARE_COVERED else -1]


def answer_provocations(cells: pl.DataFrame, coverage: pl.DataFrame, questions: pl.DataFrame) -> list[bool | None]:
    """What came of many closed questions, by the threshold that was written down with each; None where it is void.

    Args:
        cells: Rows of ``cells``, up to the last day of every question.
        coverage: Rows of ``coverage``, likewise.
        questions: With ``actor, recipient, origin, closes, threshold``.
    """
    if questions.is_empty():
        return []
    dyads = questions.select("actor", "recipient").unique(maintain_order=True).rows()
    days = build_dyad_days(cells, coverage, dyads=dyads)
    row_of = {dyad: row for row, dyad in enumerate(dyads)}
    found: list[bool | None] = []
    for row in questions.iter_rows(named=True):
        start, end = ((row[name] - days.first).days + 1 for name in ("origin", "closes"))
        share = float(days.covered[max(start, 0) : end].sum()) / (end - start)
        ahead = days.candidate[row_of[row["actor"], row["recipient"]], max(start, 0) : end]
        moved = bool((ahead > row["threshold"]).any())
        found.append(True if moved else False if share >= SHARE_COVERED else None)
    return found


def _covered_back(days: DyadDays, places: Ints) -> Ints:
    """Covered days among the 730 up to each place."""
    total = np.concatenate([[0], np.cumsum(days.covered)])
    return np.asarray(total[places + 1] - total[np.maximum(places + 1 - LOOK_BACK_DAYS, 0)], dtype=np.int64)


def _highest(values: Floats) -> Floats:
    """The highest values of each row, rising, shape (dyads, 9); zeros where there are fewer."""
    short = max(_TOP - values.shape[1], 0)
    wide = np.concatenate([np.zeros((values.shape[0], short)), values], axis=1) if short else values
    return np.asarray(np.sort(np.partition(wide, -_TOP, axis=1)[:, -_TOP:], axis=1), dtype=np.float64)


def _tops(values: Floats, places: Ints) -> list[Floats]:
    """The highest values of the 730 days up to each of some days a week apart.

    Weeks are taken in stretches of 104; a window is the end of one stretch and the beginning of the next, so that each
    week is looked at twice, not 104 times.
    """
    weeks = [values[:, max(place + 1 - DAYS_IN_WEEK, 0) : place + 1] for place in places]
    found, ends, running = [], {}, _highest(values[:, :0])
    for index, place in enumerate(places):
        if index % _WEEKS_BACK == 0 and index:
            ends, running = _ends(weeks, index), _highest(values[:, :0])
        running = _highest(np.concatenate([running, weeks[index]], axis=1))
        window = [running]
        if index >= _WEEKS_BACK:
            over = place + 1 - LOOK_BACK_DAYS
            window += [ends[index + 1 - _WEEKS_BACK], values[:, max(over, 0) : over + _DAYS_OVER]]
        found.append(_highest(np.concatenate(window, axis=1)) if len(window) > 1 else running)
    return found


def _ends(weeks: list[Floats], until: int) -> dict[int, Floats]:
    """For each week of the stretch before one, the highest values from it to the stretch's end; and none after it."""
    ends = {until: _highest(weeks[0][:, :0])}
    for index in range(until - 1, until - 1 - _WEEKS_BACK, -1):
        ends[index] = _highest(np.concatenate([ends[index + 1], weeks[index]], axis=1))
    return ends


def _quantile(tops: Floats, covered: Ints) -> Floats:
    """The 0.99 quantile by straight lines between order statistics, from the highest values and the number of all.

    Args:
        tops: Rising, shape (dyads, 9) or (dyads, origins, 9); what is not covered is 0 and lies below.
        covered: How many days there are, shape (origins,).
    """
    stacked = tops if tops.ndim == 3 else tops[:, None, :]
    at = PERCENTILE * (np.maximum(covered, 1) - 1)
    low = np.floor(at).astype(np.int64)
    back = np.minimum(np.maximum(covered, 1) - low, _TOP)  # from the highest, counted from 1
    origins = np.arange(covered.size)
    below, above = stacked[:, origins, _TOP - back], stacked[:, origins, _TOP - np.maximum(back - 1, 1)]
    return np.where(covered >= DAYS_NEEDED, below + (above - below) * (at - low), np.nan)
