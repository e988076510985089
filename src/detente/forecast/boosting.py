"""Gradient boosting on climatology: trees correct its log probabilities (``boosting-v5``).

LightGBM trains; `Trees` answers. Several members, each taught on two thirds of the blocks of past weeks, are averaged:
the mean is steadier than one, and how far they differ says how much hangs on which weeks happened to be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.cases import Cases, join
from detente.forecast.trees import Trees, pack_trees

Floats = npt.NDArray[np.float64]

#: Chosen on GDELT dyad scores, origins July 2019 to December 2020, refitted every half-year.
ROUNDS = 70
PARAMETERS: Mapping[str, Any] = {
    "objective": "multiclass",
    "num_class": 3,
    "num_leaves": 15,
    "learning_rate": 0.1,
    "min_data_in_leaf": 200,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "max_bin": 63,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
#: Members, the share of blocks that each is taught on, and the weeks of a block. A block outlasts most news.
MEMBERS, SHARE, BLOCK_WEEKS = 3, 2 / 3, 8


def train_members(cases: Cases, mirrored: Cases, *, seed: int = 1) -> list[Trees]:
    """Teach all members, on each case as it was and once more in the mirror, with half the weight each.

    A few years hold few turns of the world, and hundreds of pairs share each: trees would take the last one for a law.
    In the mirror every turn goes the other way, so that they learn how a relation moves and not where the world went.

    Args:
        cases: Resolved questions.
        mirrored: Those of the mirrored world (`cases.mirror`).
        seed: Where the draws start; the same seed and cases give the same trees.
    """
    both = join([cases, mirrored])
    return [_train_one(_some_blocks(both, seed + member), seed + member) for member in range(MEMBERS)]


def _some_blocks(cases: Cases, seed: int) -> Cases:
    """The cases of two thirds of the blocks of weeks, drawn without replacement."""
    block = cases.origin // BLOCK_WEEKS
    blocks = np.unique(block)
    chosen = np.random.default_rng(seed).choice(blocks, max(round(SHARE * blocks.size), 1), replace=False)
    return cases.take(np.isin(block, chosen))


def _train_one(cases: Cases, seed: int) -> Trees:
    import lightgbm  # noqa: PLC0415 - heavy, and not needed to answer

    data = lightgbm.Dataset(
        cases.predictors,
        cases.outcome,
        weight=np.full(cases.outcome.size, 0.5),
        init_score=cases.offset.T.ravel(),
        params={"max_bin": PARAMETERS["max_bin"], "verbosity": -1},
    )
    booster = lightgbm.train({**PARAMETERS, "seed": seed}, data, num_boost_round=ROUNDS)
    return pack_trees(booster.dump_model())
