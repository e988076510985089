"""Questions of the past that are resolved: what a trained model learns from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.forecast.climatology import posterior_counts
from detente.forecast.outcomes import BUSY_SHARE, Situation, describe_situation, outcome_index, realised_changes
from detente.forecast.panel import Panel
from detente.forecast.predictors import build_predictors, predictor_names

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Weeks of history from which a past origin is learned from; the reference and a little more.
_FIRST_ORIGIN = REFERENCE_WEEKS + 7
#: Pairs learned from, the busiest. More were better: on GDELT dyad scores, four weeks ahead, skill was +.144 with 386,
#: +.146 with 578 and +.148 with 800 (origins of 2019 and 2020), and +.147 with 800 and +.151 with 1,600 in 2020.
MOST_PAIRS = 1600
#: Past origins within one horizon, and questions in all (seventy origins of all those pairs): more ask nearly the same
#: again, and every second week of 80 taught as much as all (+.151 in 2020, as above). Of few, all are asked.
_ORIGINS_A_HORIZON, _MOST_CASES, _FEW_CASES = 8, 70 * MOST_PAIRS, 60_000
#: A pair without events in this share of all weeks is hardly ever busy, and learning from it is waiting for nothing.
_LEAST_ACTIVE = BUSY_SHARE / 2
#: Lengths of history, in weeks, to which every third past origin is also cut, in turn: a model must serve young series
#: too, and must not take the length of the history for the calendar.
_SHORT_HISTORIES = (26, 39, 52, 78, 104)


@dataclass(frozen=True)
class View:
    """What a model sees of all pairs at one origin.

    Args:
        predictors: Shape (pairs, predictors); NaN where not known.
        offset: Logarithms of an even climatology's probabilities, shape (pairs, 3).
    """

    predictors: Floats
    offset: Floats

    def take(self, rows: npt.NDArray[np.bool_]) -> View:
        """Some of the pairs."""
        return View(self.predictors[rows], self.offset[rows])


@dataclass(frozen=True)
class Cases:
    """Resolved questions, one a row.

    Args:
        predictors: Shape (cases, predictors).
        offset: Logarithms of an even climatology's probabilities, shape (cases, 3).
        outcome: 0 deteriorate, 1 hold, 2 improve.
        origin: Columns of the panel.
    """

    predictors: Floats
    offset: Floats
    outcome: Ints
    origin: Ints

    def take(self, rows: npt.NDArray[np.bool_] | Ints) -> Cases:
        """Some of the rows."""
        return Cases(self.predictors[rows], self.offset[rows], self.outcome[rows], self.origin[rows])


def view_origin(panel: Panel, position: int, horizon: Horizon) -> View:
    """What is known of all pairs at a column of a panel; nothing after it is read."""
    return _view(describe_situation(panel.until(position), horizon), horizon, panel, position)


def _view(situation: Situation, horizon: Horizon, panel: Panel, position: int) -> View:
    counts = posterior_counts(situation, horizon, even=True)
    offset = np.log(counts / counts.sum(axis=1, keepdims=True))
    days = panel.days_until(position, REFERENCE_WEEKS)
    return View(build_predictors(situation, horizon, panel.pairs, offset, days), offset)


def build_cases(panel: Panel, position: int, horizon: Horizon, *, short: bool = True) -> Cases:
    """Resolved questions of the busiest pairs, closed by the end of a column.

    Args:
        panel: Weeks of all pairs; those after the column are not read.
        position: The last column that may be read.
        horizon: How far ahead was asked.
        short: Whether to add cases whose history is cut short.
    """
    known, newest = keep_busiest(panel, position, position), position - horizon.weeks
    asked = max(newest - _FIRST_ORIGIN + 1, 0) * len(known.pairs)
    step = max(horizon.weeks // _ORIGINS_A_HORIZON if asked > _FEW_CASES else 1, -(-asked // _MOST_CASES))
    parts = [_resolved(known, origin, horizon) for origin in range(newest, _FIRST_ORIGIN - 1, -step)]
    if short:
        parts += list(_cut_short(known, newest, horizon, step))
    if not parts:
        width = len(predictor_names())
        return Cases(np.empty((0, width)), np.empty((0, 3)), np.empty(0, np.int64), np.empty(0, np.int64))
    return join(parts)


def join(parts: Sequence[Cases]) -> Cases:
    """Cases one after another."""
    return Cases(
        np.concatenate([part.predictors for part in parts]),
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.outcome for part in parts]),
        np.concatenate([part.origin for part in parts]),
    )


def _cut_short(known: Panel, newest: int, horizon: Horizon, step: int) -> Iterator[Cases]:
    for turn, origin in enumerate(range(newest, _FIRST_ORIGIN - 1, -3 * step)):
        weeks = _SHORT_HISTORIES[turn % len(_SHORT_HISTORIES)]
        first = origin + 1 - weeks
        if first > 0:
            cut = known.cut(len(known.week_ends) - 1, first=first)
            part = _resolved(cut, weeks - 1, horizon)
            yield Cases(part.predictors, part.offset, part.outcome, part.origin + first)


def _resolved(known: Panel, origin: int, horizon: Horizon) -> Cases:
    situation = describe_situation(known.until(origin), horizon)
    _, change = realised_changes(known, origin, horizon, situation)
    outcome = outcome_index(change)
    use = situation.is_busy & (outcome >= 0)
    view = _view(situation, horizon, known, origin)
    return Cases(view.predictors[use], view.offset[use], outcome[use], np.full(np.count_nonzero(use), origin))


def keep_busiest(panel: Panel, position: int, last: int, *, most: int = MOST_PAIRS) -> Panel:
    """The weeks up to a column ``last``, of the pairs with events in most weeks up to ``position``.

    Ties go to the pair with the larger balances. Pairs without events in a quarter of the weeks are left out, where
    there is one with.
    """
    balance = panel.until(position)
    active = np.count_nonzero(np.nan_to_num(balance), axis=1)
    size = np.abs(np.nan_to_num(balance)).mean(axis=1)
    lively = np.count_nonzero(active >= _LEAST_ACTIVE * balance.shape[1])
    rows = np.sort(np.lexsort((-size, -active))[: min(most, lively or most)])
    return panel.cut(last, rows=rows)
