"""One side's answers as a reader gets them: strength, course over days, half-life, who starts, what would follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import ANSWER_CURVES, RESPONSES, check_table
from detente.relations.daily import Kind
from detente.relations.leads import Lead
from detente.relations.response import ANSWER_STEPS, AnswerFit, respond

Floats = npt.NDArray[np.float64]

_TAILS = (0.05, 0.95)
#: Draws from the errors of a fit where a band has no formula; its ends are right to about a fiftieth of its width.
_DRAWS = 1000
#: Days whose mean is where a side stands now.
_USUAL_DAYS = 91


@dataclass(frozen=True)
class Step:
    """What one level of one day adds on each day of a step after it, with the 90 % band."""

    first_day: int
    last_day: int
    per_day: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """How one state answers another in kind.

    Args:
        pair: The pair.
        dyad: Who answers, and whom.
        kind: ``cooperation`` or ``conflict``.
        strength: Levels that follow within 7 days on one level of one day.
        strength_low: Lower end of its 90 % band.
        strength_high: Upper end.
        p_value: Chance of such a strength or more if it were nil or less.
        curve: Its course over the days.
        half_life: Days by which half of what comes within 14 days has come, with its band; None where that is not sure.
        habit: What follows on the state's own behaviour, likewise.
        same_day: Correlation of what is left of both sides on one day.
        lead: Who starts, from the answering side.
        days: Days it is measured on.
        scale: Points a day at which its level is asinh(1): its median active day.
        usual: Its mean level of the last 91 days.
        fit: The regression.
    """

    pair: Pair
    dyad: Dyad
    kind: Kind
    strength: float
    strength_low: float
    strength_high: float
    p_value: float
    curve: tuple[Step, ...]
    half_life: tuple[float, float, float] | None
    habit: float
    same_day: float
    lead: Lead
    days: int
    scale: float
    usual: float
    fit: AnswerFit

    def row(self) -> tuple[object, ...]:
        """A row of the table ``answers``; its q-value is that of an answer alone."""
        half = self.half_life or (None, None, None)
        lead = self.lead
        strength = (self.strength, self.strength_low, self.strength_high, self.p_value, self.p_value)
        starts = (lead.openings, lead.share, lead.low, lead.high)
        key = (self.pair.id, self.dyad.actor, self.dyad.recipient, self.kind)
        return (*key, *strength, *half, self.habit, self.same_day, *starts, self.days)

    def curve_table(self) -> pl.DataFrame:
        """Rows of the table ``answer_curves``."""
        key = (self.pair.id, self.dyad.actor, self.dyad.recipient, self.kind)
        rows = [(*key, step.first_day, step.last_day, step.per_day, step.low, step.high) for step in self.curve]
        return check_table(pl.DataFrame(rows, schema=ANSWER_CURVES.schema, orient="row"), ANSWER_CURVES)

    def shock_of(self, points: float) -> float:
        """How far a day with so many points more than usual is above the usual, in levels."""
        before = np.sinh(self.usual) * self.scale
        return float(np.arcsinh((before + points) / self.scale) - self.usual)

    def points_of(self, change: Floats) -> Floats:
        """A change of level, from the usual, in points a day."""
        return np.asarray((np.sinh(self.usual + change) - np.sinh(self.usual)) * self.scale, dtype=np.float64)


def build_answer(
    pair: Pair,
    dyad: Dyad,
    kind: Kind,
    fit: AnswerFit,
    *,
    other: AnswerFit | None,
    lead: Lead,
    level: Floats | None = None,
    scale: float = 1.0,
) -> Answer:
    """Read a fit: bands, course, half-life.

    Args:
        pair: The pair.
        dyad: Who answers, and whom.
        kind: Which kind.
        fit: The answering side's regression.
        other: The other side's, for what both have in common on a day.
        lead: Who starts.
        level: The answering side's levels; None where only the strength is wanted.
        scale: Points a day of its scale.
    """
    low, high, p_value = wald(fit.strength, fit.error, fit.free_blocks)
    recent = level[-_USUAL_DAYS:] if level is not None else np.zeros(1)
    known = recent[np.isfinite(recent)]
    return Answer(
        pair=pair,
        dyad=dyad,
        kind=kind,
        strength=fit.strength,
        strength_low=low,
        strength_high=high,
        p_value=p_value,
        curve=_curve(fit),
        half_life=_half_life(fit) if low > 0 else None,
        habit=float(fit.habit.sum()),
        same_day=_correlation(fit.residual, other.residual) if other is not None else 0.0,
        lead=lead,
        days=int(np.isfinite(fit.residual).sum()),
        scale=scale,
        usual=float(known.mean()) if known.size else 0.0,
        fit=fit,
    )


def wald(estimate: float, error: float, free: int) -> tuple[float, float, float]:
    """The 90 % band of an estimate, and the chance of as much or more if the truth were nil (Student's t)."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - loaded where used, so that commands start at once

    reach = float(stdtrit(free, _TAILS[1])) * error
    return estimate - reach, estimate + reach, float(stdtr(free, -estimate / error)) if error > 0 else 1.0


def respond_to_move(answering: Answer, moving: Answer, *, shock: float, days: int = 28, seed: int = 0) -> pl.DataFrame:
    """What follows a move of the other side, on both sides, beside what would have been: rows of ``responses``.

    Both sides' habits and answers run on from a shock on day 0; bands are the middle 90 % of 1000 draws from the errors
    of both fits. It is how such days went on in the past, not what the move causes.

    Args:
        answering: The answers of the side that did not move.
        moving: The answers of the side that moved, of the same kind.
        shock: How far the move's day is above the mover's usual, in levels (`Answer.shock_of`).
        days: How many days to follow.
        seed: Of the draws.
    """
    frames = []
    for answer, middle, draws in _paths(answering, moving, shock, days, seed):
        low, high = np.quantile(draws, _TAILS, axis=0)
        frames.append(
            pl.DataFrame(
                {
                    "day": np.arange(days + 1),
                    "actor": answer.dyad.actor,
                    "recipient": answer.dyad.recipient,
                    "kind": answer.kind,
                    "level": middle,
                    "level_low": low,
                    "level_high": high,
                    "points": answer.points_of(middle),
                    "points_low": answer.points_of(low),
                    "points_high": answer.points_of(high),
                },
                schema=RESPONSES.schema,
            )
        )
    return check_table(pl.concat(frames), RESPONSES)


def total_response(
    answering: Answer, moving: Answer, *, shock: float, days: int = 28, seed: int = 0
) -> list[tuple[Answer, float, float, float]]:
    """What follows a move in all, on either side, the day of the move left out: points, with the 90 % band.

    Args:
        answering: The answers of the side that did not move.
        moving: Those of the side that moved, of the same kind.
        shock: How far the move's day is above the mover's usual, in levels.
        days: How many days to follow.
        seed: Of the draws.
    """
    totals = []
    for answer, middle, draws in _paths(answering, moving, shock, days, seed):
        low, high = np.quantile(answer.points_of(draws)[:, 1:].sum(axis=1), _TAILS)
        totals.append((answer, float(answer.points_of(middle)[1:].sum()), float(low), float(high)))
    return totals


def _paths(
    answering: Answer, moving: Answer, shock: float, days: int, seed: int
) -> Iterator[tuple[Answer, Floats, Floats]]:
    """For either side its path and draws of it, in levels, shapes (days + 1,) and (draws, days + 1)."""
    generator = np.random.default_rng(seed)
    centre = respond(_parts(answering.fit), _parts(moving.fit), shock=shock, days=days)
    drawn = respond(_draws(answering.fit, generator), _draws(moving.fit, generator), shock=shock, days=days)
    yield from zip((answering, moving), centre, drawn, strict=True)


def _parts(fit: AnswerFit) -> tuple[Floats, Floats]:
    return fit.answer, fit.habit


def _draws(fit: AnswerFit, generator: np.random.Generator) -> tuple[Floats, Floats]:
    mean = np.concatenate([fit.answer, fit.habit])
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    draws = mean + generator.standard_normal((_DRAWS, mean.size)) @ root.T
    return draws[:, : fit.answer.size], draws[:, fit.answer.size :]


def _curve(fit: AnswerFit) -> tuple[Step, ...]:
    steps = []
    for place, (first, last) in enumerate(ANSWER_STEPS):
        width = last - first + 1
        value, error = fit.answer[place] / width, np.sqrt(fit.covariance[place, place]) / width
        low, high, _ = wald(float(value), float(error), fit.free_blocks)
        steps.append(Step(first, last, float(value), low, high))
    return tuple(steps)


def _half_life(fit: AnswerFit, *, seed: int = 0) -> tuple[float, float, float] | None:
    draws, _ = _draws(fit, np.random.default_rng(seed))
    positive = draws.sum(axis=1) > 0
    if fit.answer.sum() <= 0 or positive.mean() < _TAILS[1]:
        return None
    low, high = np.quantile(half_lives(draws[positive]), _TAILS)
    middle = float(half_lives(fit.answer[None, :])[0])
    return middle, min(float(low), middle), max(float(high), middle)


def half_lives(answers: Floats) -> Floats:
    """Days after which half of the sum of an answer has come, straight lines within a step.

    Args:
        answers: Coefficients of the steps, shape (cases, 4), each with a positive sum.
    """
    days = np.array([0, *(last for _, last in ANSWER_STEPS)], dtype=np.float64)
    share = np.cumsum(np.concatenate([np.zeros((len(answers), 1)), answers], axis=1), axis=1)
    share /= share[:, -1:]
    place = np.argmax(share >= 0.5, axis=1)
    rows = np.arange(len(answers))
    before, after = share[rows, place - 1], share[rows, place]
    part = (0.5 - before) / np.maximum(after - before, 1e-12)
    return np.asarray(days[place - 1] + part * (days[place] - days[place - 1]), dtype=np.float64)


def _correlation(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    return float(np.corrcoef(one[both], other[both])[0, 1]) if both.sum() > 2 else 0.0
