"""One question put to a world: its rule, what it rests on as known at its origin, and its answer once it is closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import forecast, relations
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.errors import QuestionError
from detente.forecast import provoked
from detente.forecast.rules import KINDS, LEVEL_END
from detente.scorecard.issue import FIGURES

if TYPE_CHECKING:
    from detente.world import World

Figures = dict[str, float | None]
Found = tuple[str | float | None, dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """A question and, where it is closed, what came of it.

    Args:
        question: Pair, origin, horizon, rule.
        provider: Whose events resolve it.
        figures: What it rests on as known at its origin.
        standing: open, resolved or void.
        answer: What came out: one of the rule's answers, or a number; None unless it is resolved.
        found: The figures that the answer rests on.
        known: The last day known when it was resolved.
    """

    question: forecast.Question
    provider: str
    figures: Figures
    standing: str
    answer: str | float | None
    found: dict[str, Any]
    known: dt.date

    def as_dict(self) -> dict[str, Any]:
        """The question with its full rule, and its resolution, as JSON-ready values."""
        resolution = {"standing": self.standing, "answer": self.answer, "known": str(self.known), **self.found}
        return {"question": self.question.as_dict(self.provider, self.figures), "resolution": resolution}

    def __str__(self) -> str:
        rule, question = self.question.stated_rule, self.question
        figures = ", ".join(f"{name} {_shown(value)}" for name, value in self.figures.items())
        found = ", ".join(f"{name} {_shown(value)}" for name, value in self.found.items())
        lines = [
            rule.asks,
            f"  rule {rule.name}; answers: {', '.join(rule.answers)}; asked on {question.origin}, closes on "
            f"{question.closes}; events of {self.provider}",
            *(f"  {number}. {step}" for number, step in enumerate(rule.steps, 1)),
            *(f"  void if {reason}." for reason in rule.void),
            f"  as known on {question.origin}: {figures or 'nothing is needed'}",
            f"  {self.standing} as known on {self.known}"
            + (f": {_shown(self.answer)}" if self.answer is not None else "")
            + (f" ({found})" if found else ""),
        ]
        return "\n".join(lines)


def ask(asked: World, resolved: World, pair: Pair, horizon: Horizon, kind: str) -> Asked:
    """Put a question as of one day, and resolve it from what is known on another.

    Args:
        asked: The world at the origin.
        resolved: The world as known when the question is resolved, of the same provider.
        pair: The two states; for a provocation the first acts.
        horizon: How far ahead.
        kind: outlook, provocation, level or level-end.

    Raises:
        QuestionError: when the kind is not known.
    """
    if kind not in KINDS:
        raise QuestionError(
            f"A question of kind {kind!r} was asked.", "There is none.", f"Kinds are: {', '.join(KINDS)}."
        )
    question = forecast.Question(pair, asked.as_of, horizon, KINDS[kind])
    state, resolve = (_state_provocation, _provocation) if kind == "provocation" else (_state_level, _level)
    figures = state(asked, question)
    answer, found = resolve(resolved, question, figures)
    closed = question.closes <= resolved.as_of
    standing = "open" if not closed else "void" if answer is None else "resolved"
    return Asked(question, asked.provider, figures, standing, answer, found, resolved.as_of)


def _state_provocation(world: World, question: forecast.Question) -> Figures:
    """The threshold of a question about provocation, as known at its origin."""
    dyad = Dyad(question.pair.a, question.pair.b)
    view = world.view_as_of(question.origin)
    return {
        "threshold": provoked.provocation_threshold(view.cells(question.pair), view.coverage(), dyad, question.origin)
    }


def _provocation(world: World, question: forecast.Question, figures: Figures) -> Found:
    threshold = figures["threshold"]
    if question.closes > world.as_of or threshold is None:
        return None, {}
    span = (question.origin + dt.timedelta(days=1), question.closes)
    dyad = Dyad(question.pair.a, question.pair.b)
    cells = world.view.cells(question.pair)
    moves, covered = provoked.find_provocations(cells, world.view.coverage(), dyad, span, threshold)
    days = [{"day": str(day), "material_conflict": conflict} for day, conflict in moves]
    return provoked.answer_provoked(moves, covered), {"share_covered": covered, "moves": days}


def _state_level(world: World, question: forecast.Question) -> Figures:
    panel = world.panel(question.origin, also=question.pair.id)
    stated = forecast.state_questions(panel, question.origin, question.horizon)
    row = stated.filter(pl.col("pair") == question.pair.id).row(0, named=True)
    names = FIGURES if question.rule == forecast.OUTCOME_NAME else ("scale", "usual_news")
    return {name: row[name] for name in names}


def _level(world: World, question: forecast.Question, figures: Figures) -> Found:
    if question.closes > world.as_of:
        return None, {}
    last = world.as_of - dt.timedelta(days=(world.as_of - question.closes).days % DAYS_IN_WEEK)
    cells, coverage = world.view.cells(), world.view.coverage()
    weeks = relations.build_weeks(cells, coverage, as_of=last, pairs=[question.pair.id])
    is_end = question.rule == LEVEL_END
    start = question.closes - dt.timedelta(days=DAYS_IN_WEEK) if is_end else question.origin
    asked = {"reference": 0.0, "spread": 1.0} | figures
    row = pl.DataFrame(
        {"pair": question.pair.id, "origin": start, "horizon_weeks": 1 if is_end else question.horizon.weeks, **asked},
        schema_overrides={"reference": pl.Float64, "usual_news": pl.Float64},
    )
    found = forecast.answer_stated(forecast.build_panel(weeks), row).row(0, named=True)
    if question.rule == forecast.OUTCOME_NAME:
        return found["outcome"], {"future": found["future"], "change": found["change"]}
    return found["future"], {}


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "; ".join(f"{row['day']} ({row['material_conflict']:.1f})" for row in value) or "none"
    return "not known" if value is None else str(value)
