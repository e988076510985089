"""Filtered ranks agree with their definition, worked out in another way, on the same scores."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from detente.errors import DataError
from detente.scoring.filtered_ranks import Missed, filtered_ranks, summarise_ranks


def _by_definition(scores: list[float], answers: list[int], wanted: int) -> Fraction:
    """The mean place of one answer in a sorted list without the other answers, over all ways to order ties."""
    kept = [score for place, score in enumerate(scores) if place == wanted or place not in answers]
    ordered = sorted(kept, reverse=True)
    first = ordered.index(scores[wanted]) + 1
    return Fraction(2 * first + ordered.count(scores[wanted]) - 1, 2)


def _made_up(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 12, (60, 40)) / 4, rng.random((60, 40)) < 0.06


def test_ranks_agree_with_an_independent_implementation_on_the_same_scores() -> None:
    """Scores full of ties and questions with several answers give the ranks of the definition, and so the same MRR."""
    scores, true = _made_up(3)
    ranks, question = filtered_ranks(scores, true)
    expected = [
        _by_definition(row.tolist(), np.flatnonzero(answers).tolist(), wanted)
        for row, answers in zip(scores, true, strict=True)
        for wanted in np.flatnonzero(answers).tolist()
    ]
    assert ranks.tolist() == [float(rank) for rank in expected]
    assert question.tolist() == np.nonzero(true)[0].tolist()
    found = summarise_ranks(ranks)
    assert found.mrr == pytest.approx(float(sum(1 / rank for rank in expected) / len(expected)))
    assert found.hits[3] == sum(rank <= 3 for rank in expected) / len(expected)


def test_answers_outside_a_list_rank_as_if_all_had_been_scored() -> None:
    """A list of the likeliest and counts for the rest give the very ranks of all scores together."""
    scores, true = _made_up(4)
    scores += np.random.default_rng(5).random(scores.shape) * (np.arange(40) % 2)
    order = np.argsort(-scores, axis=1, kind="stable")
    scores, true = np.take_along_axis(scores, order, 1), np.take_along_axis(true, order, 1)
    full, _ = filtered_ranks(np.where(np.arange(40) < 10, scores + 100, scores), true)
    question, answer = np.nonzero(true[:, 10:])
    rest = np.where(true, -1.0, scores)[:, 10:]
    mine = scores[:, 10:][question, answer][:, None]
    missed = Missed(question, (rest[question] > mine).sum(axis=1), (rest[question] == mine).sum(axis=1))
    listed, _ = filtered_ranks(scores[:, :10], true[:, :10], missed=missed)
    assert sorted(full.tolist()) == sorted(listed.tolist())


def test_scores_that_are_no_numbers_are_refused() -> None:
    """A missing score has no rank and is not taken for a low one."""
    with pytest.raises(DataError, match="no number"):
        filtered_ranks([[np.nan, 1.0]], [[True, False]])
