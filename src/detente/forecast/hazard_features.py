"""What the hazard of a provocative move may be read from: figures of a dyad's recent days, known at the origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.forecast.dyad_days import DyadDays
from detente.relations.provocation import DAYS_TO_JUDGE, LOOK_BACK_DAYS, PERCENTILE

Floats = npt.NDArray[np.float64]

HAZARD_FEATURES = (
    "base_logit",
    "moves_7",
    "moves_28",
    "moves_91",
    "recency",
    "answer_moves_28",
    "answer_recency",
    "answer_conflict",
    "actor_elsewhere",
    "recipient_elsewhere",
    "world",
    "conflict_7",
    "conflict_28",
    "hostile_28",
    "hostile_364",
    "nearness",
    "verbal_28",
    "cooperation_28",
    "volume_28",
    "volume_364",
)
_MONTH, _QUARTER, _YEAR = 28, 91, 364
#: Spans of a horizon for which the pool's rate counts beside a dyad's own.
POOL_SPANS = 4.0
_CLIP = 4.0
#: The recency of a dyad without a move in a year.
_YEARS_AGO = float(np.log1p(_YEAR))


def spans_with_a_move(days: DyadDays, horizon: Horizon) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether the span after each day held a provocative move, and whether that can be said.

    Returns:
        Shape (dyads, days) and (days,). A span counts when it has ended and at least half of its days are judged.
    """
    length = horizon.weeks * DAYS_IN_WEEK
    held = np.zeros(days.covered.size, dtype=np.bool_)
    happened = np.zeros(days.provoked.shape, dtype=np.bool_)
    size = days.covered.size - length
    if size > 0:
        total = np.cumsum(days.provoked, axis=1)
        happened[:, :size] = total[:, length:] - total[:, :-length] > 0
        judged = np.cumsum(days.is_judged)
        held[:size] = 2 * (judged[length:] - judged[:-length]) >= length
    return happened, held


def base_rates(happened: npt.NDArray[np.bool_], held: npt.NDArray[np.bool_], horizon: Horizon) -> tuple[Floats, Floats]:
    """Each dyad's own rate of spans with a move (a Jeffreys mean), and the same shrunk to the pool.

    Args:
        happened: Spans that have ended by the origin, shape (dyads, days).
        held: Which of them count, shape (days,).
        horizon: Length of the spans; those that overlap count for as many as fit side by side.
    """
    fitting = held.sum() / (horizon.weeks * DAYS_IN_WEEK)
    share = happened[:, held].mean(axis=1) if held.any() else np.zeros(happened.shape[0])
    pool = (share.sum() * fitting + 0.5) / (share.size * fitting + 1.0) if fitting else 0.5
    own = (share * fitting + 0.5) / (fitting + 1.0)
    shrunk = (share * fitting + POOL_SPANS * pool) / (fitting + POOL_SPANS)
    return own, shrunk


def build_hazard_features(days: DyadDays, place: int, shrunk: Floats) -> Floats:
    """Features of all dyads at the end of one day, shape (dyads, 20).

    Args:
        days: The days; those after ``place`` are not read.
        place: The origin's column.
        shrunk: Base rates shrunk to the pool, as known at the origin.
    """
    moves = days.provoked
    month, recency = _recent(moves, place, _MONTH), _recency(moves, place)
    reverse = days.reverse
    year = _mean(days.material, days, place, _YEAR)
    usual_volume = np.maximum(_mean(days.events, days, place, _YEAR), 0.02)
    start = max(place + 1 - LOOK_BACK_DAYS, 0)
    past = days.material[:, start : place + 1][:, days.covered[start : place + 1]]
    bar = np.quantile(past, PERCENTILE, axis=1) if past.shape[1] >= DAYS_TO_JUDGE else np.ones(len(days.dyads))
    peak = days.material[:, max(place + 1 - _MONTH, 0) : place + 1].max(axis=1)
    columns = [
        np.log(shrunk / (1 - shrunk)),
        _recent(moves, place, DAYS_IN_WEEK),
        month,
        np.log1p(_recent(moves, place, _QUARTER)),
        recency,
        _of_reverse(month, reverse),
        _of_reverse(recency, reverse, otherwise=_YEARS_AGO),
        _of_reverse(_log_ratio(days.material, days, place), reverse),
        np.log1p(_elsewhere(month, days, side=0)),
        np.log1p(_elsewhere(month, days, side=1)),
        np.full(len(days.dyads), 10 * month.mean()),
        np.log((_mean(days.material, days, place, DAYS_IN_WEEK) + 0.02) / (year + 0.02)),
        _log_ratio(days.material, days, place),
        np.sqrt(_mean(days.hostile, days, place, _MONTH)),
        np.sqrt(_mean(days.hostile, days, place, _YEAR)),
        peak / np.maximum(bar, 2.0),
        _log_ratio(days.verbal, days, place),
        _log_ratio(days.cooperation, days, place, floor=0.1),
        _log_ratio(days.events, days, place),
        np.log(usual_volume),
    ]
    return np.asarray(np.clip(np.stack(columns, axis=1), -2 * _CLIP, _CLIP), dtype=np.float64)


def _recent(values: npt.NDArray[np.generic], place: int, span: int) -> Floats:
    return np.asarray(values[:, max(place + 1 - span, 0) : place + 1].sum(axis=1), dtype=np.float64)


def _mean(values: npt.NDArray[np.generic], days: DyadDays, place: int, span: int) -> Floats:
    """Mean per covered day of the last days."""
    count = max(int(days.covered[max(place + 1 - span, 0) : place + 1].sum()), 1)
    return _recent(values, place, span) / count


def _log_ratio(values: Floats, days: DyadDays, place: int, *, floor: float = 0.02) -> Floats:
    """Log of the last month's daily mean over the last year's."""
    month, year = _mean(values, days, place, _MONTH), _mean(values, days, place, _YEAR)
    return np.asarray(np.log((month + floor) / (year + floor)), dtype=np.float64)


def _recency(moves: npt.NDArray[np.bool_], place: int) -> Floats:
    """Log of the days since the last move, at most a year."""
    back = moves[:, max(place + 1 - _YEAR, 0) : place + 1][:, ::-1]
    since = np.where(back.any(axis=1), back.argmax(axis=1), _YEAR)
    return np.asarray(np.log1p(since), dtype=np.float64)


def _of_reverse(values: Floats, reverse: npt.NDArray[np.int64], *, otherwise: float = 0.0) -> Floats:
    return np.where(reverse >= 0, values[reverse], otherwise)


def _elsewhere(month: Floats, days: DyadDays, *, side: int) -> Floats:
    """Moves of the last month by the actor towards others (side 0), or by others towards the recipient (side 1)."""
    names, code = np.unique([dyad[side] for dyad in days.dyads], return_inverse=True)
    total = np.bincount(code, month, names.size)
    return np.asarray(np.maximum(total[code] - month, 0.0), dtype=np.float64)
