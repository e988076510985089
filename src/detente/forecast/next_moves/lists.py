"""The candidates of each question of a day, what is known of them, and where the true answers stand.

Only the best by the mixture are looked at closely; of a true answer that is not among them it is kept how many others
the mixture puts above it, so that none is dropped to the bottom blindly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.components import Day, Neighbours
from detente.forecast.next_moves.facts import Facts, Questions, Small, Whole, ask
from detente.forecast.next_moves.features import describe
from detente.forecast.next_moves.history import History, prefix
from detente.forecast.next_moves.mixture import Mixture, past_class

Floats = npt.NDArray[np.float32]
#: Candidates looked at closely, and questions handled at once (small enough for the shares to stay near the processor).
CANDIDATES, CHUNK = 150, 24


@dataclass(frozen=True)
class Lists:
    """Some questions with their candidates.

    Attributes:
        day: Of each question.
        subject: Of each question.
        relation: Of each question.
        chosen: Candidates, likeliest by the mixture first, shape (questions, candidates).
        mixed: Their probabilities by the mixture.
        features: Shape (questions, candidates, features), half precision.
        is_answer: Whether a candidate is a true answer, shape (questions, candidates).
        missed_question: Question of each true answer that is not among the candidates.
        missed_above: How many actors outside the list, true answers apart, the mixture puts above it …
        missed_equal: … and as high.
    """

    day: Small
    subject: Small
    relation: Small
    chosen: Small
    mixed: Floats
    features: npt.NDArray[np.float16]
    is_answer: npt.NDArray[np.bool_]
    missed_question: Whole
    missed_above: Small
    missed_equal: Small

    def part(self, begin: int, end: int) -> Lists:
        """Those from one number to before another."""
        missed = (self.missed_question >= begin) & (self.missed_question < end)
        columns = {
            field.name: getattr(self, field.name)[missed if field.name.startswith("missed") else slice(begin, end)]
            for field in fields(self)
        }
        columns["missed_question"] = columns["missed_question"] - begin
        return Lists(**columns)


def walk(facts: Facts, days: Iterable[int], *, known_until: int | None = None) -> Iterator[tuple[Day, Questions]]:
    """The days asked about with all that is known before each, in order.

    Args:
        facts: All facts, both ways.
        days: The days asked about, ascending.
        known_until: The first day of which nothing is known any more (several steps ahead); None where all days before
            the one asked about are known (one step ahead).
    """
    history = History(facts if known_until is None else facts.until(known_until))
    neighbours = Neighbours()
    for day in days:
        history.advance(day)
        questions = ask(facts, day)
        if len(questions):
            yield Day(history, neighbours, history.rules.confidences()), questions


def classes(day: Day, questions: Questions) -> Whole:
    """Class of past of each question."""
    counter = day.history.counters["sr"]
    places = counter.find(prefix("sr", day.vocabulary, questions.subject, questions.relation))
    return past_class(counter.counts(places, day.history.day)[-1])


def chunks(questions: Questions, size: int = CHUNK) -> Iterator[slice]:
    """Slices of the questions of a day."""
    for begin in range(0, len(questions), size):
        yield slice(begin, min(begin + size, len(questions)))


def fit_mixture(facts: Facts, days: Iterable[int], *, known_until: int | None = None) -> Mixture:
    """Weights fitted on some past days; arguments as for `walk`."""
    shares, kinds = [], []
    for day, questions in walk(facts, days, known_until=known_until):
        kind = classes(day, questions)
        for where in chunks(questions):
            row, answers = _answers(questions, where)
            plain = day.plain(questions.subject[where][row], questions.relation[where][row], answers)
            shares.append(np.concatenate([plain, day.wide(questions, where)[:, row, answers]]).T)
            kinds.append(kind[where][row])
    return Mixture.fit(np.concatenate(shares), np.concatenate(kinds))


def build_lists(day: Day, questions: Questions, mixture: Mixture, *, candidates: int = CANDIDATES) -> Iterator[Lists]:
    """The lists of some questions of a day, a chunk at a time."""
    kind = classes(day, questions)
    for where in chunks(questions):
        wide = day.wide(questions, where)
        mixed = day.blend(questions, where, wide, mixture.of(kind[where]))
        row, answers = _answers(questions, where)
        chosen = best(mixed, candidates)
        subject, relation = questions.subject[where], questions.relation[where]
        at = np.arange(chosen.shape[0])[:, None]
        n, k = chosen.shape
        plain = day.plain(np.repeat(subject, k), np.repeat(relation, k), chosen.ravel()).reshape(-1, n, k)
        shares = np.concatenate([plain, wide[:, at, chosen]])
        features = describe(day, subject, relation, chosen, shares, mixed[at, chosen])
        yield Lists(
            day=np.full(subject.size, questions.day, dtype=np.int32),
            subject=subject,
            relation=relation,
            chosen=chosen,
            mixed=mixed[at, chosen],
            features=features.astype(np.float16),
            **_truth(mixed, chosen, row, answers),
        )


def best(mixed: Floats, candidates: int) -> Small:
    """The likeliest of each row, likeliest first."""
    n = min(candidates, mixed.shape[1])
    chosen = np.argpartition(-mixed, n - 1, axis=1)[:, :n]
    order = np.argsort(-np.take_along_axis(mixed, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1).astype(np.int32)


def _answers(questions: Questions, where: slice) -> tuple[Whole, Small]:
    begin, end = questions.start[where.start], questions.start[where.stop]
    return questions.of_answer[begin:end] - where.start, questions.answers[begin:end]


def _truth(mixed: Floats, chosen: Small, row: Whole, answers: Small) -> dict[str, Any]:
    """Which candidates are true, and how high the mixture puts true answers that are not among them."""
    true = np.zeros(mixed.shape, dtype=bool)
    true[row, answers] = True
    at = np.arange(chosen.shape[0])[:, None]
    listed = np.zeros(mixed.shape, dtype=bool)
    listed[at, chosen] = True
    missed = ~listed[row, answers]
    rest = np.where(listed | true, -1.0, mixed)
    value = mixed[row, answers][missed]
    others = rest[row[missed]]
    return {
        "is_answer": true[at, chosen],
        "missed_question": row[missed],
        "missed_above": (others > value[:, None]).sum(axis=1).astype(np.int32),
        "missed_equal": (others == value[:, None]).sum(axis=1).astype(np.int32),
    }
