"""What the ranking of next moves is taught, by data set; chosen for two cores and three hours, never on test."""

from __future__ import annotations

from dataclasses import dataclass

from detente.forecast.next_moves.network import GIVEN_UP
from detente.forecast.next_moves.ranker import Lesson

#: Days asked about together where several steps ahead are learned.
MULTI_STEP_SPAN = 30


@dataclass(frozen=True)
class Span:
    """Days asked about together.

    Attributes:
        days: Ascending.
        known_until: The first day of which nothing is known; None where all days before the one asked about are.
    """

    days: list[int]
    known_until: int | None


@dataclass(frozen=True)
class GraphLesson:
    """How a network that reads the graph is taught.

    Attributes:
        days: Days before valid, of those that have lists, that it learns from …
        passes: … so many times.
        drawn: Candidates of each list, with their features; None for all, and without.
        lists: A step.
        rate: The highest learning rate.
        given_up: How soon an answer that looks hopeless is given up (see `GIVEN_UP`).
    """

    days: int
    passes: int
    drawn: int | None = None
    lists: int = 420
    rate: float = 3e-3
    given_up: float = GIVEN_UP


@dataclass(frozen=True)
class Plan:
    """What is learned from.

    Attributes:
        train_days: Days before valid from which training questions are drawn …
        train_every: … every so many of them.
        valid_every: Days of valid that are asked, every so many.
        mixture_every: The same of the forty days that the mixture's weights are fitted on.
        tree_share: Of the training lists that trees learn from.
        rounds: Of boosting.
        lesson: How the network is taught.
        graph: How the network that reads the graph alone is taught; None for none of it.
        joint: How the one is taught that reads features as well.
        seeds: One model of each kind each.
        ahead_every: Several steps ahead, days of train that are asked, every so many.
    """

    train_days: int
    train_every: int
    valid_every: int
    mixture_every: int
    tree_share: float
    rounds: int
    lesson: Lesson
    graph: GraphLesson | None
    joint: GraphLesson
    seeds: tuple[int, ...] = (1, 2)
    ahead_every: int = 3

    @property
    def voices(self) -> tuple[str, ...]:
        """The kinds of model that are taught."""
        return ("trees", "network", *(("graph",) if self.graph else ()), "joint")


_LESSON = Lesson(passes=2, dropout=0.3)
PLANS = {
    "icews14": Plan(
        train_days=299,
        train_every=1,
        valid_every=1,
        mixture_every=2,
        tree_share=0.25,
        rounds=80,
        lesson=_LESSON,
        graph=GraphLesson(244, 4, given_up=0),
        joint=GraphLesson(184, 3, drawn=48),
        seeds=(1, 2, 3),
    ),
    "icews18": Plan(
        train_days=160,
        train_every=4,
        valid_every=3,
        mixture_every=6,
        tree_share=0.5,
        rounds=80,
        lesson=_LESSON,
        graph=None,
        joint=GraphLesson(160, 3, drawn=48, lists=800),
        ahead_every=6,
    ),
}
