"""What the hazard of a provocative move may be read from: figures of a dyad's recent days, known at the origin."""

from __future__ import annotations

import numpy as np

from detente.domain.periods import DAYS_IN_WEEK
from detente.forecast.dyad_days import Bools, DyadDays, Floats, Ints
from detente.forecast.hazard_history import History

#: All but the first are the same for all horizons: the first is the logit of the base rate, shrunk to the pool.
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
_CLIP = 4.0
#: The recency of a dyad without a move in a year.
_YEARS_AGO = float(np.log1p(_YEAR))


def build_hazard_features(past: History, origins: Ints, *, pool: int | None = None) -> Floats:
    """Features of all dyads at the end of some weeks, but for the base rate's, shape (origins, dyads, 19).

    Moves are days that pass the threshold as it was known at that origin.

    Args:
        past: What was known by the last of the days.
        origins: Which of its weekly origins.
        pool: How many dyads, from the first, stand for the world and for what each side does elsewhere.
    """
    means = _Means(past.days)
    size = len(past.days.dyads) if pool is None else pool
    names = np.array(past.days.dyads, dtype=object).reshape(-1, 2)
    codes = [np.unique(names[:, side].astype(str), return_inverse=True)[1] for side in (0, 1)]
    found = [_at(past, means, int(origin), codes, size) for origin in origins]
    shape = (0, len(past.days.dyads), len(HAZARD_FEATURES) - 1)
    return np.clip(np.stack(found), -2 * _CLIP, _CLIP) if found else np.empty(shape)


def _at(past: History, means: _Means, origin: int, codes: list[Ints], pool: int) -> Floats:
    """Features at one origin, shape (dyads, 19)."""
    days, place = past.days, int(past.places[origin])
    bar = np.where(np.isnan(past.bars[:, origin]), np.inf, past.bars[:, origin])
    moves = days.candidate[:, max(place + 1 - _YEAR, 0) : place + 1] > bar[:, None]
    month, recency = moves[:, -_MONTH:].sum(axis=1).astype(np.float64), _recency(moves)
    recent = days.candidate[:, max(place + 1 - _MONTH, 0) : place + 1].max(axis=1)
    material = means.log_ratio("material", place)
    year = means.mean("material", place, _YEAR)
    return np.stack(
        [
            moves[:, -DAYS_IN_WEEK:].sum(axis=1),
            month,
            np.log1p(moves[:, -_QUARTER:].sum(axis=1)),
            recency,
            _of_reverse(month, days.reverse),
            _of_reverse(recency, days.reverse, otherwise=_YEARS_AGO),
            _of_reverse(material, days.reverse),
            np.log1p(_elsewhere(month, codes[0], pool)),
            np.log1p(_elsewhere(month, codes[1], pool)),
            np.full(len(days.dyads), 10 * month[:pool].mean()),
            np.log((means.mean("material", place, DAYS_IN_WEEK) + 0.02) / (year + 0.02)),
            material,
            np.sqrt(means.mean("hostile", place, _MONTH)),
            np.sqrt(means.mean("hostile", place, _YEAR)),
            recent / np.maximum(bar, 2.0),
            means.log_ratio("verbal", place),
            means.log_ratio("cooperation", place, floor=0.1),
            means.log_ratio("events", place),
            np.log(np.maximum(means.mean("events", place, _YEAR), 0.02)),
        ],
        axis=1,
    )


class _Means:
    """Means per covered day over windows, from running sums.

    Args:
        days: The days.
    """

    def __init__(self, days: DyadDays) -> None:
        self._covered = np.concatenate([[0], np.cumsum(days.covered)])
        self._sums = {
            name: np.pad(np.cumsum(getattr(days, name), axis=1, dtype=np.float64), ((0, 0), (1, 0)))
            for name in ("events", "material", "verbal", "cooperation", "hostile")
        }

    def mean(self, name: str, place: int, span: int) -> Floats:
        """Mean per covered day of the days up to one, shape (dyads,)."""
        start = max(place + 1 - span, 0)
        count = max(int(self._covered[place + 1] - self._covered[start]), 1)
        return np.asarray((self._sums[name][:, place + 1] - self._sums[name][:, start]) / count, dtype=np.float64)

    def log_ratio(self, name: str, place: int, *, floor: float = 0.02) -> Floats:
        """Log of the last month's daily mean over the last year's."""
        month, year = self.mean(name, place, _MONTH), self.mean(name, place, _YEAR)
        return np.asarray(np.log((np.maximum(month, 0) + floor) / (np.maximum(year, 0) + floor)), dtype=np.float64)


def _recency(moves: Bools) -> Floats:
    """Log of the days since the last move, at most a year."""
    back = moves[:, ::-1]
    since = np.where(back.any(axis=1), back.argmax(axis=1), _YEAR)
    return np.asarray(np.log1p(since), dtype=np.float64)


def _of_reverse(values: Floats, reverse: Ints, *, otherwise: float = 0.0) -> Floats:
    return np.where(reverse >= 0, values[reverse], otherwise)


def _elsewhere(month: Floats, code: Ints, pool: int) -> Floats:
    """Moves of the pool in the last month by, or towards, the same state, without the dyad's own."""
    total = np.bincount(code[:pool], month[:pool], int(code.max(initial=0)) + 1)
    own = np.where(np.arange(month.size) < pool, month, 0.0)
    return np.asarray(np.maximum(total[code] - own, 0.0), dtype=np.float64)
