"""Bands that respect dependence: blocks of time and whole groups of cases are drawn together.

Cases of one time move together, neighbouring times overlap, and one group (a pair of states) is itself at all times.
The circular block bootstrap (Politis & Romano 1992: politis-romano-1992) draws stretches of time; drawing groups beside
them (Owen 2007: owen-2007, the pigeonhole bootstrap) makes the band say what other pairs would have given as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detente.errors import DataError
from detente.scoring.comparison import Skill, skill

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Resampling:
    """Draws of times and groups, used for every comparison on the same cases so that they can be set side by side.

    Args:
        time: Place of each case's time, shape (cases,).
        group: Place of each case's group, same shape.
        time_weight: How often each draw holds each time, shape (draws, times).
        group_weight: How often each draw holds each group, shape (draws, groups).
        blocks: How many blocks that do not overlap fit into the times: with fewer than about four, a band says little.
    """

    time: Ints
    group: Ints
    time_weight: Floats
    group_weight: Floats
    blocks: float

    def totals(self, values: npt.ArrayLike) -> Floats:
        """The sum of values over the cases of each draw, shape (draws,).

        Args:
            values: One for each case.
        """
        times, groups = self.time_weight.shape[1], self.group_weight.shape[1]
        place = self.group * times + self.time
        table = np.bincount(place, np.asarray(values, dtype=np.float64), groups * times).reshape(groups, times)
        return np.asarray(((self.group_weight @ table) * self.time_weight).sum(axis=1), dtype=np.float64)

    def weights(self, draw: int) -> Floats:
        """How often one draw holds each case, shape (cases,): for figures that are no ratio of sums."""
        weight = self.time_weight[draw, self.time] * self.group_weight[draw, self.group]
        return np.asarray(weight, dtype=np.float64)

    def skill(
        self, scores: npt.ArrayLike, reference: npt.ArrayLike, cases: npt.NDArray[np.bool_] | None = None
    ) -> Skill:
        """Skill over the reference with its 95 % band.

        Args:
            scores: Scores of the forecaster, one for each case; less is better.
            reference: Scores of the reference on the same cases.
            cases: Which cases to use; by default all.

        Raises:
            DataError: when there are no cases, or the reference is perfect.
        """
        s, r = np.asarray(scores, dtype=np.float64), np.asarray(reference, dtype=np.float64)
        use = np.ones(s.size, dtype=np.bool_) if cases is None else cases
        value = skill(s[use], r[use])
        mine, theirs = self.totals(np.where(use, s, 0.0)), self.totals(np.where(use, r, 0.0))
        drawn = 1 - mine[theirs > 0] / theirs[theirs > 0]
        low, high = np.quantile(drawn, (0.025, 0.975)) if drawn.size else (math.nan, math.nan)
        return Skill(value, float(low), float(high))

    def mean_band(self, values: npt.ArrayLike, cases: npt.NDArray[np.bool_]) -> tuple[float, float]:
        """The 95 % band of the mean of some cases' values; NaN where hardly a draw holds one of them."""
        v = np.asarray(values, dtype=np.float64)
        count = self.totals(cases.astype(np.float64))
        drawn = self.totals(np.where(cases, v, 0.0))[count > 0] / count[count > 0]
        if 2 * drawn.size < count.size:
            return math.nan, math.nan
        low, high = np.quantile(drawn, (0.025, 0.975))
        return float(low), float(high)


def draw_blocks(times: npt.ArrayLike, groups: npt.ArrayLike, *, block: int, seed: int, draws: int = 1000) -> Resampling:
    """Draw blocks of neighbouring times, in a circle, and groups with replacement.

    Args:
        times: When each case was asked, sortable, shape (cases,).
        groups: What each case is of, same shape.
        block: Times in a block; at most all of them.
        seed: Seed of the draws.
        draws: Number of draws.

    Raises:
        DataError: when there are no cases, or not the same number of times and groups.
    """
    moments, time = np.unique(np.asarray(times), return_inverse=True)
    kinds, group = np.unique(np.asarray(groups), return_inverse=True)
    if not time.size or time.shape != group.shape:
        raise DataError(
            "Cases were to be drawn again and again.",
            f"There are {time.size} times and {group.size} groups.",
            "Hand over one time and one group for each case, and at least one case.",
        )
    random = np.random.default_rng(seed)
    length = min(block, moments.size)
    starts = random.integers(0, moments.size, size=(draws, math.ceil(moments.size / length)))
    drawn = ((starts[:, :, None] + np.arange(length)) % moments.size).reshape(draws, -1)[:, : moments.size]
    picked = random.integers(0, kinds.size, size=(draws, kinds.size))
    return Resampling(
        time.astype(np.int64),
        group.astype(np.int64),
        _multiplicity(drawn, moments.size),
        _multiplicity(picked, kinds.size),
        moments.size / length,
    )


def _multiplicity(drawn: npt.NDArray[np.int64], size: int) -> Floats:
    draws = drawn.shape[0]
    place = np.arange(draws)[:, None] * size + drawn
    return np.bincount(place.ravel(), minlength=draws * size).reshape(draws, size).astype(np.float64)
