"""What the hazard of a provocative move may be read from: figures of a dyad's recent days, known at the origin."""

from __future__ import annotations

import numpy as np

from detente.domain.periods import DAYS_IN_WEEK
from detente.forecast.dyad_days import Bools, Floats, Ints
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
_YEAR_WEEKS = _YEAR // DAYS_IN_WEEK
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
    means = _Means(past)
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
    recent = days.candidate[:, max(place + 1 - _QUARTER, 0) : place + 1]
    moves = recent > bar[:, None]
    weeks = past.highest[:, max(origin + 1 - _YEAR_WEEKS, 0) : origin + 1]
    month, recency = moves[:, -_MONTH:].sum(axis=1).astype(np.float64), _recency(weeks > bar[:, None])
    material = means.log_ratio("material", origin)
    year = means.mean("material", origin, _YEAR)
    return np.stack(
        [
            moves[:, -DAYS_IN_WEEK:].sum(axis=1),
            month,
            np.log1p(moves.sum(axis=1)),
            recency,
            _of_reverse(month, days.reverse),
            _of_reverse(recency, days.reverse, otherwise=_YEARS_AGO),
            _of_reverse(material, days.reverse),
            np.log1p(_elsewhere(month, codes[0], pool)),
            np.log1p(_elsewhere(month, codes[1], pool)),
            np.full(len(days.dyads), 10 * month[:pool].mean()),
            np.log((means.mean("material", origin, DAYS_IN_WEEK) + 0.02) / (year + 0.02)),
            material,
            np.sqrt(means.mean("hostile", origin, _MONTH)),
            np.sqrt(means.mean("hostile", origin, _YEAR)),
            recent[:, -_MONTH:].max(axis=1) / np.maximum(bar, 2.0),
            means.log_ratio("verbal", origin),
            means.log_ratio("cooperation", origin, floor=0.1),
            means.log_ratio("events", origin),
            np.log(np.maximum(means.mean("events", origin, _YEAR), 0.02)),
        ],
        axis=1,
    )


class _Means:
    """Means per covered day over whole weeks up to an origin, from running sums.

    Args:
        past: What was known at each weekly origin.
    """

    def __init__(self, past: History) -> None:
        self._covered = np.concatenate([[0], np.cumsum(past.covered)])
        starts = np.maximum(past.places + 1 - DAYS_IN_WEEK, 0)
        self._sums = {}
        for name in ("events", "material", "verbal", "cooperation", "hostile"):
            weekly = np.add.reduceat(getattr(past.days, name), starts, axis=1, dtype=np.float64)
            self._sums[name] = np.pad(np.cumsum(weekly, axis=1), ((0, 0), (1, 0))).T.copy()

    def mean(self, name: str, origin: int, span: int) -> Floats:
        """Mean per covered day of so many days up to an origin, shape (dyads,)."""
        start = max(origin + 1 - span // DAYS_IN_WEEK, 0)
        count = max(int(self._covered[origin + 1] - self._covered[start]), 1)
        return np.asarray((self._sums[name][origin + 1] - self._sums[name][start]) / count, dtype=np.float64)

    def log_ratio(self, name: str, origin: int, *, floor: float = 0.02) -> Floats:
        """Log of the last month's daily mean over the last year's."""
        month, year = self.mean(name, origin, _MONTH), self.mean(name, origin, _YEAR)
        return np.asarray(np.log((np.maximum(month, 0) + floor) / (np.maximum(year, 0) + floor)), dtype=np.float64)


def _recency(weeks: Bools) -> Floats:
    """Log of the days since the week of the last move, at most a year."""
    back = weeks[:, ::-1]
    since = np.where(back.any(axis=1), back.argmax(axis=1), _YEAR_WEEKS)
    return np.asarray(np.log1p(DAYS_IN_WEEK * since), dtype=np.float64)


def _of_reverse(values: Floats, reverse: Ints, *, otherwise: float = 0.0) -> Floats:
    return np.where(reverse >= 0, values[reverse], otherwise)


def _elsewhere(month: Floats, code: Ints, pool: int) -> Floats:
    """Moves of the pool in the last month by, or towards, the same state, without the dyad's own."""
    total = np.bincount(code[:pool], month[:pool], int(code.max(initial=0)) + 1)
    own = np.where(np.arange(month.size) < pool, month, 0.0)
    return np.asarray(np.maximum(total[code] - own, 0.0), dtype=np.float64)
