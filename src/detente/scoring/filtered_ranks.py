"""Where the true answer stands among all possible ones: filtered ranks, their reciprocal mean, hits.

The ranks of temporal-knowledge-graph forecasting (Gastinger et al. 2023: gastinger2023): other answers that are true
at the same moment are not counted as mistakes, and a tie gets the mean of the ranks it spans.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.errors import DataError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankSummary:
    """How well true answers were ranked.

    Attributes:
        queries: True answers looked for.
        mrr: Mean of 1 / rank.
        hits: Share of ranks at most 1, 3 and 10.
        mean: Mean rank.
    """

    queries: int
    mrr: float
    hits: dict[int, float]
    mean: float


@dataclass(frozen=True)
class Missed:
    """True answers that were not scored one by one: all that is known is how many others go before them.

    Attributes:
        question: Question of each, shape (missed,).
        above: Others, not true and not scored one by one either, that are held likelier.
        equal: Others of these that are held as likely.
    """

    question: npt.ArrayLike
    above: npt.ArrayLike
    equal: npt.ArrayLike


def filtered_ranks(
    scores: npt.ArrayLike, is_answer: npt.ArrayLike, *, missed: Missed | None = None
) -> tuple[Floats, Whole]:
    """Rank of every true answer among all that are not true, ties at their mean.

    Args:
        scores: Higher is likelier, shape (questions, possible answers).
        is_answer: Whether each is true at that moment, same shape.
        missed: True answers beside these, which stand behind all that were scored.

    Returns:
        Ranks, one for each true answer in order of questions and then those missed, and the question of each.

    Raises:
        DataError: when the shapes differ, or a score is no number.

    >>> ranks, _ = filtered_ranks([[0.5, 0.9, 0.5, 0.1]], [[True, True, False, False]])
    >>> ranks.tolist()
    [1.5, 1.0]
    """
    values, true = np.asarray(scores, dtype=np.float64), np.asarray(is_answer, dtype=bool)
    if values.shape != true.shape or values.ndim != 2 or np.isnan(values).any():
        raise DataError(
            "Scores were to be ranked.",
            f"They have shape {values.shape}, the answers {true.shape}; {int(np.isnan(values).sum())} are no number.",
            "Give one number for each question and possible answer.",
        )
    question, answer = np.nonzero(true)
    wrong = np.where(true, -np.inf, values)
    mine = values[question, answer][:, None]
    others = wrong[question]
    ranks = 1 + (others > mine).sum(axis=1) + (others == mine).sum(axis=1) / 2
    if missed is None:
        return ranks, question
    late = np.asarray(missed.question, dtype=np.int64)
    before = (~true).sum(axis=1)[late] + np.asarray(missed.above)
    behind = 1 + before + np.asarray(missed.equal) / 2
    return np.concatenate([ranks, behind]), np.concatenate([question, late])


def summarise_ranks(ranks: npt.ArrayLike) -> RankSummary:
    """Mean reciprocal rank, hits and mean rank.

    >>> summarise_ranks([1, 2, 4]).mrr
    0.5833333333333334
    """
    values = np.asarray(ranks, dtype=np.float64)
    hits = {most: float((values <= most).mean()) for most in (1, 3, 10)}
    return RankSummary(queries=values.size, mrr=float((1 / values).mean()), hits=hits, mean=float(values.mean()))
