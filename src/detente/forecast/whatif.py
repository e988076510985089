"""What if one side makes a move: the outlook with and without it, and how such days went on before.

The move is added to the last week that the forecaster reads; the forecaster itself is the same. The path of answers
comes from the pair's fitted reciprocity. Both say what has followed such moves in the past, not what they cause.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from detente.codebook import PlainMove, quads
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import CELLS, FORECASTS, RESPONSES, check_table
from detente.errors import QuestionError
from detente.forecast.panel import Panel
from detente.forecast.protocol import Forecaster
from detente.relations.answers import respond_to_move, total_response
from detente.relations.reciprocity import Reciprocity

#: The public name of this algorithm; a changed result is a new name.
WHATIF_NAME = "whatif-v3"
#: Days of a dyad with a type of event from which its own quantile is taken for the size of a move of that type.
DAYS_FOR_OWN_SIZE = 5
#: A supposed move is news, not the routine of its type: as large as the largest tenth of such days. A usual one is the
#: median.
LARGE, USUAL = 0.9, 0.5
#: Days over which answers are followed and added up.
FOLLOWED_DAYS = 28
_MILLI = 1000.0


@dataclass(frozen=True)
class Supposed:
    """A move that is supposed to happen.

    Args:
        move: The move as coded.
        day: When.
        share: How large it is among days with such moves, as a quantile.
    """

    move: PlainMove
    day: dt.date
    share: float = LARGE


@dataclass(frozen=True)
class MoveSize:
    """How large a day of such a move usually is.

    Args:
        points: Sum of a day's intensities, Goldstein points with their sign.
        days: Days it rests on.
        basis: Whose days: the dyad's own, those of all dyads where it has too few, or one event's intensity.
        share: Which quantile of them.
    """

    points: float
    days: int
    basis: str
    share: float


@dataclass(frozen=True)
class Total:
    """What has followed in all over the days after such a move, with the 90 % band; in points of the kind, no sign."""

    actor: str
    recipient: str
    points: float
    low: float
    high: float


@dataclass(frozen=True)
class WhatIf:
    """The outlook with and without a move.

    Args:
        pair: The pair.
        supposed: The move as coded, and its day.
        as_of: The day at whose end everything is read.
        size: How large the move is taken to be.
        kind: ``cooperation`` or ``conflict``.
        balances: The last week's balance without and with the move, points a day.
        outlooks: Rows of ``forecasts``: at each horizon without the move, then with it.
        responses: Rows of ``responses``; empty where reciprocity could not be measured.
        totals: The same added up over 28 days: the side that answers, then the side that moved.
        missing: Why there is no path; empty where there is one.
        algorithm: Public name of what built it.
    """

    pair: Pair
    supposed: Supposed
    as_of: dt.date
    size: MoveSize
    kind: str
    balances: tuple[float, float]
    outlooks: tuple[tuple[pl.DataFrame, pl.DataFrame], ...]
    responses: pl.DataFrame
    totals: tuple[Total, ...]
    missing: str
    algorithm: str = WHATIF_NAME


def build_whatif(
    forecaster: Forecaster,
    panel: Panel,
    cells: pl.DataFrame,
    reciprocity: Reciprocity,
    supposed: Supposed,
    *,
    covered_days: int,
    horizons: tuple[Horizon, ...],
) -> WhatIf:
    """Work out what a move would change.

    Args:
        forecaster: Unfitted; it learns from the panel as it is, without the move.
        panel: Weeks of all pairs up to the as-of day, the pair among them.
        cells: Rows of ``cells`` of all pairs up to that day: what such moves were like.
        reciprocity: The pair's, as of that day; its day is the as-of day.
        supposed: The move, on a day of the last week up to the as-of day.
        covered_days: Days of that week that the provider covered.
        horizons: How far ahead, each for one outlook.

    Raises:
        QuestionError: when the day is not in the last week, or that week is a gap.
    """
    as_of, pair, day = reciprocity.as_of, reciprocity.pair, supposed.day
    if not 0 <= (as_of - day).days < DAYS_IN_WEEK:
        raise QuestionError(
            f"A move on {day} was supposed, read as of {as_of}.",
            "A move is added to the last week that the outlook reads, so it must fall in it.",
            f"Choose a day from {as_of - dt.timedelta(days=DAYS_IN_WEEK - 1)} to {as_of}, or another --as-of.",
        )
    size = size_of_move(cells, supposed.move, share=supposed.share)
    points = size.points / max(covered_days, 1)
    outlooks = tuple(compare_outlooks(forecaster, panel, pair, as_of, horizon, points=points) for horizon in horizons)
    balance = float(panel.balance[panel.pairs.index(pair.id), panel.position(as_of)])
    kind = "conflict" if size.points < 0 else "cooperation"
    responses, totals, missing = _follow(reciprocity, supposed.move, kind, abs(size.points))
    balances = (balance, balance + points)
    return WhatIf(pair, supposed, as_of, size, kind, balances, outlooks, responses, totals, missing)


def size_of_move(cells: pl.DataFrame, move: PlainMove, *, share: float = LARGE) -> MoveSize:
    """How large a day with such a move is: not one bare event, but what is reported on such days.

    A quantile, over days with events of the move's type and sign, of their summed intensity: of the dyad's own days;
    with fewer than five of them, of its days with any type of the same quad; with fewer still, of the days of all dyads
    with the type; the intensity of the code where nobody is known to have done it.

    Args:
        cells: Rows of ``cells`` of all pairs.
        move: The move.
        share: The quantile: 0.5 for a usual such day, 0.9 for a large one.
    """
    check_table(cells, CELLS)
    column, sign = ("cooperation_milli", 1) if move.intensity_milli >= 0 else ("conflict_milli", -1)
    alike = [name for name, quad in quads().items() if quad == move.quad]
    known = cells.filter("directed", pl.col("event_type").is_in(alike), pl.col(column) > 0)
    own = known.filter(pl.col("actor") == move.actor, pl.col("recipient") == move.recipient)
    is_type = pl.col("event_type") == move.event_type
    dyad = Dyad(move.actor, move.recipient)
    for days, basis in (
        (own.filter(is_type), f"days of {dyad} with {move.event_type}"),
        (own, f"days of {dyad} with {move.quad} (too few with {move.event_type})"),
        (known.filter(is_type), f"days of all dyads with {move.event_type} (too few of {dyad})"),
    ):
        sums = days.group_by("occurred", "actor", "recipient").agg(pl.col(column).sum())[column]
        if sums.len() >= DAYS_FOR_OWN_SIZE:
            points = float(np.quantile(sums.to_numpy(), share)) / _MILLI
            return MoveSize(sign * points, sums.len(), basis, share)
    basis = f"one event of CAMEO {move.code}: nobody is known to have done it"
    return MoveSize(move.intensity_milli / _MILLI, 0, basis, share)


def compare_outlooks(
    forecaster: Forecaster, panel: Panel, pair: Pair, origin: dt.date, horizon: Horizon, *, points: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One outlook of a pair without, and one with, so many points a day more in the week up to the origin.

    Returns:
        Rows of ``forecasts``, one each.

    Raises:
        QuestionError: when the pair's last week is a gap, or the pair is not in the panel.
    """
    position = panel.position(origin)
    if pair.id not in panel.pairs or np.isnan(panel.balance[panel.pairs.index(pair.id), position]):
        raise QuestionError(
            f"A what-if of {pair} as of {origin} was asked for.",
            "The week up to that day is a gap: there is nothing to add a move to.",
            "Choose another day.",
        )
    moved_panel = panel.add(panel.pairs.index(pair.id), position, points)
    fitted = forecaster.fit(panel, [origin], horizon)
    both = (fitted.predict(each, [origin], horizon) for each in (panel, moved_panel))
    without, moved = (check_table(rows.filter(pl.col("pair") == pair.id), FORECASTS) for rows in both)
    return without, moved


def _follow(
    reciprocity: Reciprocity, move: PlainMove, kind: str, points: float
) -> tuple[pl.DataFrame, tuple[Total, ...], str]:
    """The path of both sides after the move, its sums, and why there is none."""
    answering, moving = reciprocity.answer(move.recipient, kind), reciprocity.answer(move.actor, kind)
    if answering is None or moving is None:
        why = " ".join(reciprocity.missing) or f"The {kind} of one side could not be measured."
        return RESPONSES.empty(), (), f"No path of answers: {why}"
    shock = moving.shock_of(points)
    path = respond_to_move(answering, moving, shock=shock, days=FOLLOWED_DAYS)
    totals = total_response(answering, moving, shock=shock, days=FOLLOWED_DAYS)
    return path, tuple(Total(a.dyad.actor, a.dyad.recipient, value, low, high) for a, value, low, high in totals), ""
