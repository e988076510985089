"""Reciprocity as a registered measure: strengths, half-lives, courses and who starts, as rows of ``measures``."""

from __future__ import annotations

import datetime as dt
import math

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import CELLS
from detente.relations.answers import Answer
from detente.relations.daily import KINDS, Kind, lay_out_days
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Readings
from detente.relations.reciprocity import RECIPROCITY_NAME, Reciprocity, measure_days

WEEKS_NEEDED = 26
_STEPS = (
    (-0.1, "the less, the more the other does of it"),
    (0.1, "no answer to speak of"),
    (0.3, "answered in part"),
    (0.7, "answered about half"),
    (math.inf, "answered nearly in full or more"),
)


def _quantities(kind: Kind) -> tuple[Quantity, ...]:
    return (
        Quantity(
            f"{kind}_answered",
            f"Levels of {kind} that follow within 7 days on one level of the other side's {kind} of one day.",
            "level per level",
            steps=_STEPS,
            is_headline=True,
            repeats=0.2,
            volume=0.3,
        ),
        Quantity(
            f"{kind}_half_life",
            f"Days by which half of the answer to {kind} within a fortnight has come.",
            "days",
            0.0,
            14.0,
            steps=((1.5, "at once"), (4.0, "within days"), (math.inf, "over a week or more")),
        ),
        Quantity(
            f"{kind}_course",
            f"What one level of the other side's {kind} adds on each of the days (the item) after it.",
            "level per level",
        ),
        Quantity(
            f"{kind}_starts",
            f"Share of answered large moves of {kind} after a quiet week that the actor made.",
            "0 to 1",
            0.0,
            1.0,
            steps=(
                (0.35, "the other usually starts"),
                (0.65, "neither usually starts"),
                (math.inf, "it usually starts"),
            ),
        ),
    )


QUANTITIES = tuple(quantity for kind in ("conflict", "cooperation") for quantity in _quantities(kind))
#: Events, first day, last day, direction.
_Span = tuple[int, dt.date, dt.date, Dyad]
_JACKKNIFE = "band: leaving out one week at a time"
_DRAWN = "band: 1000 draws from the errors of the fit"
_COUNTED = "band: a Jeffreys interval of the counts"


def answering(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """How strongly and how fast each side answers the other in kind; see `measure_reciprocity` for the formula.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure.

    Returns:
        Rows of ``measures``; null where a side acted on fewer than 30 days in the kind, or with less than 26 weeks.
    """
    known = tables.known(as_of)
    days = known.once(
        RECIPROCITY_NAME, lambda: lay_out_days(known.cells.select(CELLS.names), known.coverage, as_of=as_of)
    )
    found = measure_days(days, Pair(*sorted((pair.a, pair.b))))
    rows = [row for dyad in pair.dyads for kind in KINDS for row in _rows(found, dyad.actor, kind, known.of(pair))]
    return build_rows(RECIPROCITY_NAME, QUANTITIES, pair, as_of, sorted(rows, key=lambda row: str(row.dyad)))


def _rows(found: Reciprocity, actor: str, kind: Kind, cells: pl.DataFrame) -> list[Row]:
    dyad = next(one for one in found.pair.dyads if one.actor == actor)
    answer = found.answer(actor, kind)
    if answer is None:
        why = next((text for text in found.missing if kind in text), " ".join(found.missing))
        names = (f"{kind}_answered", f"{kind}_half_life", f"{kind}_starts")
        return [Row(name, None, dyad=dyad, note=why) for name in names]
    span: _Span = (int(cells["n"].sum()), found.first_day, found.as_of, dyad)
    rows = [
        Row(
            f"{kind}_answered",
            answer.strength,
            answer.strength_low,
            answer.strength_high,
            *span,
            note=f"{_JACKKNIFE}; p = {answer.p_value:.3f}",
        ),
        _half_life(answer, kind, span),
        _starts(answer, kind, span),
    ]
    for step in answer.curve:
        item = f"day {step.first_day}" if step.first_day == step.last_day else f"days {step.first_day}–{step.last_day}"
        rows.append(Row(f"{kind}_course", step.per_day, step.low, step.high, *span, item=item, note=_JACKKNIFE))
    return rows


def _half_life(answer: Answer, kind: Kind, span: _Span) -> Row:
    n, since, until, _ = span
    if answer.half_life is None:
        return Row(f"{kind}_half_life", None, dyad=answer.dyad, note="an answer is not sure, so it has no course")
    middle, low, high = answer.half_life
    return Row(f"{kind}_half_life", middle, low, high, n, since, until, answer.dyad, note=_DRAWN)


def _starts(answer: Answer, kind: Kind, span: _Span) -> Row:
    _, since, until, _ = span
    lead = answer.lead
    note = f"{lead.openings} openings; {_COUNTED}" if lead.openings else "no quiet week was broken by an answered move"
    return Row(f"{kind}_starts", lead.share, lead.low, lead.high, lead.openings, since, until, answer.dyad, note=note)


MEASURE = Measure(
    name=RECIPROCITY_NAME,
    title="Reciprocity: tit for tat",
    function=answering,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_NEEDED,
    guide=Guide(
        sentence=(
            "How strongly and how fast a state answers what the other does towards it in kind, conflict with conflict "
            "and cooperation with cooperation, and which of the two tends to start."
        ),
        formula=(
            "Least squares over days: a side's level on its own past 28 days, the other's past 14, the weekend, a slow "
            "drift, earlier volume of the pair's news, and what both and the world did elsewhere; the strength sums "
            "the coefficients of the other's last 7 days. Level = asinh(points / volume of news / median active day)."
        ),
        high="Near 1: what one side does is followed, within a week, by nearly as much of it from the other.",
        low="About 0: no answer that can be told from habit and news; below 0: more from one, less from the other.",
        missing="Null where a side acted on fewer than 30 days in the kind, or fewer than 26 weeks are covered.",
        cannot_tell=(
            "Not a cause: news that comes in waves, or a third party that both react to in turn, can look like it. "
            "Answers on the same day, and answers in another coin (sanctions for words), are not seen."
        ),
    ),
    citations=("goldstein1990", "goldstein1997", "brandt2006", "corsi2009", "kunsch1989"),
)
