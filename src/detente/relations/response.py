"""The regression behind reciprocity: how one side's day follows from its own past, the partner's past and the rest.

Arrays in, arrays out; knows nothing of states. Least squares, with errors from leaving out one week at a time: the
size of a day's news is very unequal, and news comes in waves. `respond` turns both fits into a path over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Days after a move whose answers are told apart: the next day, the days after, the rest of the week, the next week.
#: One coefficient a step, not one a day: a pair has some 450 days, too few to tell 14 lags apart.
ANSWER_STEPS = ((1, 1), (2, 3), (4, 7), (8, 14))
#: Own past: the same steps and the two weeks before them.
HABIT_STEPS = (*ANSWER_STEPS, (15, 28))
#: Days of the partner's past that an answer is looked for in.
ANSWER_DAYS = ANSWER_STEPS[-1][1]
#: Steps that make up the strength, 7 days. In simulations bands of the week cover at their rate; those of the fortnight
#: fall short, since the second week is hard to tell from habit.
STRENGTH_STEPS = 3
_ATTENTION_STEPS = ((1, 1), (2, 7))
#: Days between the bends of the slow drift that is taken out of both sides.
_DRIFT_DAYS = 182
_SATURDAY, _SUNDAY = 5, 6
#: A column with less spread than this, relative to its size, says nothing and is left out.
_NO_SPREAD = 1e-9
#: Days of a block that is left out at a time, and how many blocks at most. In simulations bands from blocks of a week
#: cover at their rate; those from single days fall short, those from blocks of four weeks are too wide.
_BLOCK_DAYS = 7
_MOST_BLOCKS = 100


@dataclass(frozen=True)
class AnswerFit:
    """One side's answers to the other, of one kind.

    Args:
        answer: Coefficients of the partner's mean level over each of ``ANSWER_STEPS``, shape (4,).
        habit: Coefficients of its own mean level over each of ``HABIT_STEPS``, shape (5,).
        deviations: Of ``answer`` then ``habit`` when a block of days is left out, shape (blocks, 9), scaled so that
            their products add up to the covariance.
        residual: What is left unexplained, shape (days,); NaN on days not used.
    """

    answer: Floats
    habit: Floats
    deviations: Floats
    residual: Floats

    @property
    def covariance(self) -> Floats:
        """Of ``answer`` then ``habit``, shape (9, 9)."""
        return np.asarray(self.deviations.T @ self.deviations, dtype=np.float64)

    @property
    def free_blocks(self) -> int:
        """Degrees of freedom of the errors."""
        return len(self.deviations) - 1

    @property
    def strength(self) -> float:
        """What follows within 7 days from one unit on one day: the sum of the first steps of the answer."""
        return float(self.answer[:STRENGTH_STEPS].sum())

    @property
    def strength_deviations(self) -> Floats:
        """The same of each block left out, shape (blocks,); the root of the sum of squares is its standard error."""
        return np.asarray(self.deviations[:, :STRENGTH_STEPS].sum(axis=1), dtype=np.float64)

    @property
    def error(self) -> float:
        """Standard error of ``strength``."""
        return float(np.sqrt((self.strength_deviations**2).sum()))


def lag_means(values: Floats, steps: Sequence[tuple[int, int]]) -> Floats:
    """Means over steps of past days, gaps left out; NaN where a step holds no day.

    Args:
        values: Shape (days,), NaN in a gap.
        steps: First and last day back of each step.

    Returns:
        Shape (days, steps).
    """
    held = ~np.isnan(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(held, values, 0.0))])
    count = np.concatenate([[0.0], np.cumsum(held)])
    days = np.arange(values.size)
    columns = []
    for first, last in steps:
        stop, start = np.maximum(days - first + 1, 0), np.maximum(days - last, 0)
        known = count[stop] - count[start]
        mean = (total[stop] - total[start]) / np.maximum(known, 1.0)
        columns.append(np.where((known > 0) & (days >= last), mean, np.nan))
    return np.stack(columns, axis=1)


def build_controls(
    *, weekdays: npt.NDArray[np.int64], attention: Floats, same_day: Sequence[Floats], drift: bool = True
) -> Floats:
    """What both sides have in common: calendar, slow drift, earlier volume of the pair, the rest of the world.

    Args:
        weekdays: 0 for Monday, shape (days,).
        attention: Level of the pair's events, both ways and of any kind, shape (days,); used for the past only.
        same_day: Series of the rest of the world; each enters with its day and the mean of its week before.
        drift: Whether to take out a slow drift beside the mean.

    Returns:
        Shape (days, controls), the mean included.
    """
    size = attention.size
    bends = max(round(size / _DRIFT_DAYS), 1) + 1 if drift else 1
    places = np.linspace(0, max(size - 1, 1), bends)
    hats = [np.interp(np.arange(size), places, row) for row in np.eye(bends)] if bends > 1 else [np.ones(size)]
    calendar = [(weekdays == day).astype(np.float64) for day in (_SATURDAY, _SUNDAY)]
    past = [lag_means(attention, _ATTENTION_STEPS)]
    week = [lag_means(series, ((1, 7),)) for series in same_day]
    columns = [np.stack([*hats, *calendar, *same_day], axis=1), *past, *week]
    return np.concatenate(columns, axis=1)


def fit_answer(own: Floats, partner: Floats, controls: Floats) -> AnswerFit | None:
    """Regress one side's level on its own past, the partner's past and the controls.

    Args:
        own: The answering side's levels, shape (days,), NaN in a gap.
        partner: The other side's levels.
        controls: Shape (days, controls); one column at least is the mean.

    Returns:
        The fit; None when there are too few days, or a past does not vary.
    """
    answer, habit = lag_means(partner, ANSWER_STEPS), lag_means(own, HABIT_STEPS)
    design = np.concatenate([answer, habit, controls], axis=1)
    used = np.isfinite(own) & np.isfinite(design).all(axis=1)
    rows, target = design[used], own[used]
    wanted = answer.shape[1] + habit.shape[1]
    if used.sum() < 3 * wanted or (rows[:, :wanted].std(axis=0) < _NO_SPREAD).any():
        return None
    varied = np.ptp(rows, axis=0) > _NO_SPREAD
    constant = np.flatnonzero(~varied & (np.abs(rows[0]) > _NO_SPREAD))[:1]
    rows = rows[:, varied | np.isin(np.arange(rows.shape[1]), constant)]
    starts = _block_starts(rows.shape[0])
    left = np.add.reduceat(rows[:, :, None] * rows[:, None, :], starts, axis=0)
    right = np.add.reduceat(rows * target[:, None], starts, axis=0)
    beta = _solve(left.sum(axis=0)[None], right.sum(axis=0)[None])[0]
    without = _solve(left.sum(axis=0) - left, right.sum(axis=0) - right)[:, :wanted]
    deviations = (without - without.mean(axis=0)) * np.sqrt(1 - 1 / starts.size)
    steps = len(ANSWER_STEPS)
    return AnswerFit(
        answer=beta[:steps],
        habit=beta[steps:wanted],
        deviations=deviations,
        residual=_spread_out(target - rows @ beta, used, np.nan),
    )


def _solve(left: Floats, right: Floats) -> Floats:
    """Normal equations of several samples; where one does not tell its columns apart, the smallest solution."""
    try:
        return np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(left, hermitian=True) @ right[:, :, None])[:, :, 0], dtype=np.float64)


def _block_starts(size: int) -> npt.NDArray[np.int64]:
    count = int(np.clip(size // _BLOCK_DAYS, 2, _MOST_BLOCKS))
    return (np.arange(count) * size) // count


def _spread_out(values: Floats, used: npt.NDArray[np.bool_], missing: float) -> Floats:
    out = np.full(used.size, missing)
    out[used] = values
    return out


def respond(
    answering: tuple[Floats, Floats], moving: tuple[Floats, Floats], *, shock: float, days: int
) -> tuple[Floats, Floats]:
    """What follows a shock to the moving side on day 0, both sides' habits and answers running on.

    Args:
        answering: Coefficients ``answer`` and ``habit`` of the side that answers; a leading axis of draws may stand
            before them.
        moving: Those of the side that moved.
        shock: Size of the shock, in levels.
        days: How many days after it.

    Returns:
        The answering side's and the moving side's change of level on days 0 … days, shape (…, days + 1).
    """
    shape = (*answering[0].shape[:-1], days + 1)
    theirs, ours = np.zeros(shape), np.zeros(shape)
    ours[..., 0] = shock
    kernels = [(_by_day(answer, ANSWER_STEPS), _by_day(habit, HABIT_STEPS)) for answer, habit in (answering, moving)]
    (answer, habit), (back, own_habit) = kernels
    for day in range(1, days + 1):
        reach = min(day, habit.shape[-1])
        near = min(day, answer.shape[-1])
        past = slice(day - reach, day)
        recent = slice(day - near, day)
        theirs[..., day] = (habit[..., :reach][..., ::-1] * theirs[..., past]).sum(-1) + (
            answer[..., :near][..., ::-1] * ours[..., recent]
        ).sum(-1)
        ours[..., day] = (own_habit[..., :reach][..., ::-1] * ours[..., past]).sum(-1) + (
            back[..., :near][..., ::-1] * theirs[..., recent]
        ).sum(-1)
    return theirs, ours


def _by_day(coefficients: Floats, steps: Sequence[tuple[int, int]]) -> Floats:
    """A coefficient of a mean over several days, shared out among them."""
    widths = [last - first + 1 for first, last in steps]
    return np.repeat(coefficients / np.array(widths, dtype=np.float64), widths, axis=-1)
