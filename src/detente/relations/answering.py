"""Reciprocity as a registered measure: what `reciprocity` finds of a pair, in rows of the table ``measures``."""

from __future__ import annotations

import datetime as dt
import math

import polars as pl

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import CELLS
from detente.relations.answers import Answer
from detente.relations.daily import KINDS, Daily, build_daily
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings
from detente.relations.reciprocity import DAYS_NEEDED, RECIPROCITY_NAME, Reciprocity, active_pairs, measure_daily

#: When one event was reported twice, or all news of a period doubled, the strength moved by at most 0.054 in 24 trials
#: on simulated worlds and 8 on the sample.
_STEADY = 0.1
QUANTITIES = (
    Quantity(
        "strength",
        "What follows within a week, in levels, on one level of one day of the other's acts of a kind (the item).",
        "levels on one level",
        steps=(
            (-0.1, "it does less of it than otherwise"),
            (0.1, "no answer that can be told from habit and news"),
            (0.4, "it answers in part"),
            (math.inf, "it answers much of it in kind"),
        ),
        is_headline=True,
        repeats=_STEADY,
        volume=_STEADY,
    ),
    Quantity("half_life", "Days by which half of what comes within two weeks has come, by kind.", "days", 0.0, 14.0),
    Quantity(
        "starts",
        "Share of the exchanges of a kind (the item) that this side opened after a quiet week.",
        "0 to 1",
        0.0,
        1.0,
        steps=(
            (0.35, "it is mostly the other that starts"),
            (0.65, "neither starts clearly more often"),
            (math.inf, "it mostly starts"),
        ),
    ),
)
_NOTE = "band: weeks left out in turn (jackknife)"
_QUIET = "fewer than 30 active days of one side"


def reciprocity(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """How strongly and fast each side answers the other in kind: the numbers of `measure_reciprocity`.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure.

    Returns:
        Rows of ``measures``: the mean strength of both, and of each side and kind the strength, its half-life and who
        starts.
    """
    known = tables.known(as_of)
    ordered = Pair(*sorted((pair.a, pair.b)))
    found, n = _measured(known, ordered)
    since = known.days[0].item() if len(known.days) else None
    if found is None or found.strength is None:
        note = "; ".join(text.removesuffix(".") for text in found.missing) if found else _QUIET
        sides = [(None, None), *((dyad, kind) for dyad in ordered.dyads for kind in KINDS)]
        rows = [Row("strength", None, n=n, dyad=dyad, item=kind, note=note) for dyad, kind in sides]
        return build_rows(RECIPROCITY_NAME, QUANTITIES, pair, as_of, rows)
    ends = (found.strength, found.strength_low, found.strength_high)
    count = f"mean of {len(found.answers)} answers, p {found.p_value:.3f}; {_NOTE}"
    rows = [Row("strength", *ends, n, since, as_of, note=count)]
    for dyad in ordered.dyads:
        for kind in KINDS:
            rows += _side(found.answer(dyad.actor, kind), dyad, kind, (n, since, as_of))
    return build_rows(RECIPROCITY_NAME, QUANTITIES, pair, as_of, rows)


def _measured(known: Known, pair: Pair) -> tuple[Reciprocity | None, int]:
    """The pair's reciprocity, None where it is too quiet for one; and the events that it rests on."""
    n = int(known.of(pair)["n"].sum())
    if known.days.size < DAYS_NEEDED:
        return _too_short(known, pair), n
    active = known.once((RECIPROCITY_NAME, "active"), lambda: _active(known))
    if pair.id not in active:
        return None, n
    chosen = list(active.values()) if known.are_many_wanted else [pair]
    daily = known.once(
        (RECIPROCITY_NAME, "daily", None if known.are_many_wanted else pair.id), lambda: _set_out(known, chosen)
    )
    return measure_daily(daily, pair), n


def _too_short(known: Known, pair: Pair) -> Reciprocity:
    days = known.days
    missing = (f"{days.size} days are covered; {DAYS_NEEDED} are needed.",)
    first = days[0].item() if days.size else known.as_of
    return Reciprocity(pair, known.as_of, first, (), None, None, None, None, missing)


def _active(known: Known) -> dict[str, Pair]:
    pairs = active_pairs(known.cells.select(CELLS.names), as_of=known.as_of)
    return {pair.id: pair for pair in pairs}


def _set_out(known: Known, pairs: list[Pair]) -> Daily:
    return build_daily(known.cells.select(CELLS.names), known.coverage, pairs, as_of=known.as_of)


def _side(answer: Answer | None, dyad: Dyad, kind: str, span: tuple[int, dt.date | None, dt.date]) -> list[Row]:
    """One side's answers of a kind: strength, and half-life and who starts where they are known."""
    if answer is None:
        return [Row("strength", None, n=span[0], dyad=dyad, item=kind, note=f"{_QUIET} in {kind}, or no variation")]
    ends = (answer.strength, answer.strength_low, answer.strength_high)
    rows = [Row("strength", *ends, *span, dyad, kind, f"p {answer.p_value:.3f}; {_NOTE}")]
    if answer.half_life is not None:
        rows.append(Row("half_life", *answer.half_life, *span, dyad, kind, "band: draws from the errors of the fit"))
    lead = answer.lead
    if lead.share is not None:
        note = f"{lead.openings} openings; band: a Jeffreys interval of the counts"
        rows.append(Row("starts", lead.share, lead.low, lead.high, *span, dyad, kind, note))
    return rows


MEASURE = Measure(
    name=RECIPROCITY_NAME,
    title="Reciprocity: tit for tat",
    function=reciprocity,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=math.ceil(DAYS_NEEDED / 7),
    guide=Guide(
        sentence=(
            "How strongly and how fast each side's behaviour towards the other answers the other's in kind, beyond its "
            "own habit, the volume of news and what the rest of the world does; and who tends to start."
        ),
        formula=(
            "level(t) = Σ answer · partner's past days + Σ habit · own past days + controls; strength = sum of the "
            "answers over seven days; the band leaves out weeks in turn."
        ),
        high="Well above zero: what one side does is followed, within a week, by more of the same from the other.",
        low="About zero: no answer; below zero it does less of it than otherwise.",
        missing="Null with fewer than 180 covered days, or 30 on which each side acted in the kind.",
        cannot_tell=(
            "Whether one caused the other: waves of news, or a third state that both answer, can look like it. Answers "
            "on the same day, or in another coin, are not seen."
        ),
    ),
    citations=("goldstein1990", "goldstein1997", "brandt2006", "kuensch1989"),
)
