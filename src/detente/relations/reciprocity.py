"""Tit for tat: how strongly and how fast each side answers the other in kind (`reciprocity-v1`).

In come ``cells`` and ``coverage`` of all pairs as of a day; out come the answers of both sides, cooperation and
conflict apart, with bands, and pairs side by side. Nothing after the as-of day is read. `shifted` holds the null.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import ANSWERS, RECIPROCITY, check_table
from detente.relations.answers import Answer, build_answer, wald
from detente.relations.daily import KINDS, Daily, Days, Kind, lay_out_days, to_levels
from detente.relations.leads import Lead, count_leads
from detente.relations.response import AnswerFit, build_controls, fit_answer
from detente.relations.shifted import draw_shift, shift_days

Floats = npt.NDArray[np.float64]

#: The public name of this algorithm; a changed result is a new name.
RECIPROCITY_NAME = "reciprocity-v1"
#: Days on which a side must have acted in a kind for its answers to be measured: fewer hold no pattern, only episodes.
ACTIVE_DAYS_NEEDED = 30
#: Days of history needed: two bends of the slow drift are then apart from two weeks of answers.
DAYS_NEEDED = 182


@dataclass(frozen=True)
class Reciprocity:
    """How the two sides of a pair answer each other.

    Args:
        pair: The pair.
        as_of: The last day used.
        first_day: The first day used.
        answers: Up to four: each side's, of cooperation and of conflict.
        strength: Their mean; None where none could be measured.
        strength_low: Lower end of its 90 % band.
        strength_high: Upper end.
        p_value: Chance of such a mean or more if it were nil or less.
        missing: Why answers are missing, a sentence each.
        algorithm: Public name of what measured it.
    """

    pair: Pair
    as_of: dt.date
    first_day: dt.date
    answers: tuple[Answer, ...]
    strength: float | None
    strength_low: float | None
    strength_high: float | None
    p_value: float | None
    missing: tuple[str, ...]
    algorithm: str = RECIPROCITY_NAME

    def answer(self, actor: str, kind: str) -> Answer | None:
        """One side's answers of a kind; None where they could not be measured."""
        return next((item for item in self.answers if item.dyad.actor == actor and item.kind == kind), None)

    def table(self) -> pl.DataFrame:
        """Rows of the table ``answers``; q-values are over this pair's answers."""
        return answers_table(self.answers)


def measure_reciprocity(cells: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, *, as_of: dt.date) -> Reciprocity:
    """How strongly and how fast each side of a pair answers what the other does, in kind.

    For each side and kind, level(t) = Σ answer_k · partner(t − k) + Σ habit_k · own(t − k) + controls + error, by least
    squares over the days; k runs to 14 days (28 for the habit) in steps of days 1, 2–3, 4–7, 8–14 (15–28). A day's
    level is asinh(points / volume of news / s), s the side's median active day. Controls: weekend, a slow drift, the
    pair's volume of news in the week before, and what both sides and the world did elsewhere, that day and the week
    before. strength = Σ answer_k over the first 7 days; its 90 % band is a jackknife over weeks.

    High: what one side does is followed, within a week, by more of the same from the other, beyond its own habit.
    About 0: no answer that can be told from habit and news. Low (below 0): the other does less of it than otherwise.
    Missing: fewer than 30 active days of a side, or 182 days in all. Its direction is the answering side's towards the
    other. It cannot tell a cause: news that comes in waves, or a third party's act that both answer in turn, can look
    like it. Answers on the same day are not seen (they are kept apart as ``same_day``), nor those in another coin.

    Goldstein and Freeman (1990); Goldstein and Pevehouse (1997); Brandt and Freeman (2006); Corsi (2009) for the steps;
    Künsch (1989) for the jackknife.

    Args:
        cells: Rows of ``cells`` of all pairs; the others are the rest of the world.
        coverage: Rows of ``coverage``.
        pair: The pair.
        as_of: The last day used.

    Raises:
        DataError: when a table does not fit its schema.

    >>> from detente.domain.tables import CELLS, COVERAGE
    >>> found = measure_reciprocity(CELLS.empty(), COVERAGE.empty(), Pair("USA", "RUS"), as_of=dt.date(2018, 7, 1))
    >>> found.strength is None, found.missing[0]
    (True, '0 days are covered; 182 are needed.')
    """
    return measure_days(lay_out_days(cells, coverage, as_of=as_of), pair)


def measure_days(days: Days, pair: Pair) -> Reciprocity:
    """The same of days that are laid out already: for many pairs, one after the other."""
    held = int(days.held.sum())
    if held < DAYS_NEEDED:
        return _unmeasured(days.days, pair, f"{held} days are covered; {DAYS_NEEDED} are needed.")
    quiet = [kind for kind in KINDS if days.active_days(pair, kind) < ACTIVE_DAYS_NEEDED]
    missing = [f"One side's {kind} is on fewer than {ACTIVE_DAYS_NEEDED} days." for kind in quiet]
    if len(quiet) == len(KINDS):
        return _unmeasured(days.days, pair, *missing)
    return _measure(days.of([pair]), pair, missing)


def measure_reciprocities(cells: pl.DataFrame, coverage: pl.DataFrame, *, as_of: dt.date) -> list[Reciprocity]:
    """Measure all sufficiently active pairs; see `measure_reciprocity`."""
    days = lay_out_days(cells, coverage, as_of=as_of)
    return [measure_days(days, pair) for pair in active_pairs(days)]


def rank_reciprocity(cells: pl.DataFrame, coverage: pl.DataFrame, *, as_of: dt.date) -> pl.DataFrame:
    """All sufficiently active pairs, the surest reciprocity first: rows of the table ``reciprocity``.

    Args:
        cells: Rows of ``cells`` of all pairs.
        coverage: Rows of ``coverage``.
        as_of: The last day used.
    """
    return rank_pairs(measure_reciprocities(cells, coverage, as_of=as_of))


def rank_pairs(measured: Iterable[Reciprocity]) -> pl.DataFrame:
    """Rows of the table ``reciprocity``, by p-value; pairs without an answer are left out."""
    rows = []
    for item in measured:
        if item.p_value is None:
            continue
        found = sorted((answer for answer in item.answers if answer.strength_low > 0), key=lambda one: one.p_value)
        labels = "; ".join(f"{answer.dyad.actor} answers {answer.dyad.recipient}'s {answer.kind}" for answer in found)
        ends = (item.strength, item.strength_low, item.strength_high, item.p_value)
        rows.append((item.pair.id, *ends, 0.0, len(item.answers), labels))
    table = pl.DataFrame(rows, schema=RECIPROCITY.schema, orient="row").sort("p_value", "pair")
    return check_table(table.with_columns(false_discovery("p_value")), RECIPROCITY)


def answers_table(answers: Iterable[Answer]) -> pl.DataFrame:
    """Answers of any number of pairs as rows of the table ``answers``, by p-value."""
    rows = [answer.row() for answer in answers]
    table = pl.DataFrame(rows, schema=ANSWERS.schema, orient="row").sort("p_value", "pair", "actor", "kind")
    return check_table(table.with_columns(false_discovery("p_value")), ANSWERS)


def false_discovery(column: str) -> pl.Expr:
    """Benjamini–Hochberg q-values of a column of p-values sorted from the smallest: the share of false finds so far."""
    place = pl.int_range(1, pl.len() + 1)
    return (pl.col(column) * pl.len() / place).reverse().cum_min().reverse().clip(0.0, 1.0).alias("q_value")


def active_pairs(days: Days) -> list[Pair]:
    """Pairs of which both sides acted on enough days in at least one kind, in alphabetical order."""
    return [
        Pair(*pair.split("-")) for pair, counts in days.active.items() if max(counts.values()) >= ACTIVE_DAYS_NEEDED
    ]


def shifted_answers(daily: Daily, pair: Pair, generator: np.random.Generator) -> list[Answer]:
    """The pair's answers to a partner taken from another time: a draw from the null."""
    controls, levels = _prepare(daily, pair)
    answers = []
    for kind in KINDS:
        for dyad in pair.dyads if kind in controls else ():
            moved = shift_days(levels[kind, dyad.reverse][0], draw_shift(len(daily.days), generator))
            fit = fit_answer(levels[kind, dyad][0], moved, controls[kind])
            if fit is not None:
                answers.append(build_answer(pair, dyad, kind, fit, other=None, lead=Lead(0, None, None, None)))
    return answers


def _measure(daily: Daily, pair: Pair, missing: list[str]) -> Reciprocity:
    controls, levels = _prepare(daily, pair)
    fits: dict[tuple[Kind, Dyad], AnswerFit] = {}
    for kind in controls:
        for dyad in pair.dyads:
            fit = fit_answer(levels[kind, dyad][0], levels[kind, dyad.reverse][0], controls[kind])
            if fit is None:
                missing.append(f"The {kind} of {dyad.reverse.actor} does not vary enough over the days held.")
            else:
                fits[kind, dyad] = fit
    answers = []
    for (kind, dyad), fit in fits.items():
        lead = count_leads(levels[kind, dyad][0], levels[kind, dyad.reverse][0])
        level, scale = levels[kind, dyad]
        other = fits.get((kind, dyad.reverse))
        answers.append(build_answer(pair, dyad, kind, fit, other=other, lead=lead, level=level, scale=scale))
    if not fits:
        return _unmeasured(daily.days, pair, *missing)
    mean, low, high, p_value = mean_strength(list(fits.values()))
    return Reciprocity(
        pair, daily.days[-1], daily.days[0], tuple(answers), mean, low, high, p_value, missing=tuple(missing)
    )


def mean_strength(fits: Sequence[AnswerFit]) -> tuple[float, float, float, float]:
    """The mean strength of a pair's answers, its 90 % band and p-value; weeks are left out of all of them together."""
    together = np.mean([fit.strength_deviations for fit in fits], axis=0)
    mean = float(np.mean([fit.strength for fit in fits]))
    return mean, *wald(mean, float(np.sqrt((together**2).sum())), len(together) - 1)


def _unmeasured(days: tuple[dt.date, ...], pair: Pair, *missing: str) -> Reciprocity:
    return Reciprocity(pair, days[-1], days[0], (), None, None, None, None, missing)


def _prepare(daily: Daily, pair: Pair) -> tuple[dict[Kind, Floats], dict[tuple[Kind, Dyad], tuple[Floats, float]]]:
    """Levels of both sides, and controls, for the kinds in which both sides are active enough."""
    volume = daily.volume(pair)
    weekdays = np.array([day.weekday() for day in daily.days])
    attention, _ = to_levels(daily.events[pair.id], daily.held, volume)
    controls: dict[Kind, Floats] = {}
    levels: dict[tuple[Kind, Dyad], tuple[Floats, float]] = {}
    for kind in KINDS:
        amounts = {dyad: daily.amounts[kind, dyad] for dyad in pair.dyads}
        if min(int((values[daily.held] > 0).sum()) for values in amounts.values()) < ACTIVE_DAYS_NEEDED:
            continue
        for dyad, values in amounts.items():
            levels[kind, dyad] = to_levels(values, daily.held, volume)
        rest = [daily.elsewhere(kind, state, pair) for state in (pair.a, pair.b)]
        rest.append(daily.world_without(kind, pair))
        same_day = [to_levels(values, daily.held, volume)[0] for values in rest]
        controls[kind] = build_controls(weekdays=weekdays, attention=attention, same_day=same_day)
    return controls, levels
