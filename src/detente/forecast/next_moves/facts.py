"""Coded facts (subject, relation, object, day) as whole numbers, each told in both directions.

A fact "Japan criticised China" also answers the question who criticised China: it is told a second time with the
relation turned round, so that one machinery answers both questions. Attributes of actors (country, sector) and of
relations (CAMEO root) come along as whole numbers; 0 is "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Vocabulary:
    """What the numbers stand for.

    Attributes:
        actors: How many there are.
        relations: How many there are, before they are turned round.
        country: Of each actor, shape (actors,); 0 unknown.
        sector: Of each actor, shape (actors,); 0 unknown.
        root: Of each relation, shape (relations,): its CAMEO root.
    """

    actors: int
    relations: int
    country: Small
    sector: Small
    root: Small

    @cached_property
    def turned_root(self) -> Small:
        """Root and direction of each relation as asked, shape (2 × relations,)."""
        return np.concatenate([self.root * 2, self.root * 2 + 1]).astype(np.int32)

    @cached_property
    def group(self) -> Small:
        """Country and sector of each actor as one number, shape (actors,)."""
        return (self.country * (int(self.sector.max()) + 1) + self.sector).astype(np.int32)

    def is_home(self, subject: Small, answer: Small) -> npt.NDArray[np.bool_]:
        """Whether both are known to be of the same country."""
        found: npt.NDArray[np.bool_] = (self.country[subject] == self.country[answer]) & (self.country[subject] > 0)
        return found

    def turned(self, relation: Small) -> Small:
        """The same relations seen from the other side."""
        return np.where(relation < self.relations, relation + self.relations, relation - self.relations)

    def is_turned(self, relation: Small) -> Small:
        """1 where the relation is asked from the recipient's side."""
        return (relation >= self.relations).astype(np.int32)


@dataclass(frozen=True)
class Facts:
    """Facts in order of days; `object` answers the question (subject, relation, day).

    Attributes:
        day: Days from the first, shape (facts,), ascending.
        subject: Of whom it is asked.
        relation: What, turned relations from `vocabulary.relations` on.
        object: The answer.
        vocabulary: What the numbers stand for.
    """

    day: Small
    subject: Small
    relation: Small
    object: Small
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return int(self.day.size)

    def both_ways(self) -> Facts:
        """All facts and the same turned round, repeats of a day dropped, in order of days."""
        relation = np.concatenate([self.relation, self.relation + self.vocabulary.relations])
        columns = np.stack(
            [
                np.concatenate([self.day, self.day]),
                np.concatenate([self.subject, self.object]),
                relation,
                np.concatenate([self.object, self.subject]),
            ]
        ).astype(np.int32)
        day, subject, relation, answer = np.unique(columns, axis=1)
        return Facts(day, subject, relation, answer, self.vocabulary)

    def of_day(self, day: int) -> slice:
        """Where the facts of one day stand."""
        return slice(*np.searchsorted(self.day, (day, day + 1)).tolist())

    def until(self, day: int) -> Facts:
        """Only what happened before a day."""
        end = int(np.searchsorted(self.day, day))
        return self.take(slice(0, end))

    def take(self, where: slice | npt.NDArray[np.bool_]) -> Facts:
        """Some of the facts."""
        return Facts(self.day[where], self.subject[where], self.relation[where], self.object[where], self.vocabulary)


@dataclass(frozen=True)
class Questions:
    """The questions of one day: distinct (subject, relation), each with its answers.

    Attributes:
        day: The day asked about.
        subject: Shape (questions,).
        relation: Shape (questions,).
        start: Where the answers of each begin in `answers`, shape (questions + 1,).
        answers: Objects that answer, ascending within a question.
    """

    day: int
    subject: Small
    relation: Small
    start: Whole
    answers: Small

    def __len__(self) -> int:
        return int(self.subject.size)

    @property
    def of_answer(self) -> Whole:
        """Which question each answer belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))


def ask(facts: Facts, day: int) -> Questions:
    """The questions that the facts of a day answer, in order of subject and relation."""
    today = facts.take(facts.of_day(day))
    order = np.lexsort((today.object, today.relation, today.subject))
    subject, relation, answers = today.subject[order], today.relation[order], today.object[order]
    new = np.ones(subject.size, dtype=bool)
    new[1:] = (subject[1:] != subject[:-1]) | (relation[1:] != relation[:-1])
    first = np.flatnonzero(new)
    return Questions(day, subject[first], relation[first], np.append(first, subject.size).astype(np.int64), answers)


def code_attributes(names: list[str], values: Mapping[str, str | None]) -> Small:
    """Whole numbers for attributes of named things: 0 where there is none."""
    known = sorted({value for value in values.values() if value})
    number = {value: place + 1 for place, value in enumerate(known)}
    return np.asarray([number.get(values.get(name) or "", 0) for name in names], dtype=np.int32)
