"""Scores of forecast levels: the continuous ranked probability score against both baselines, and whether bands held."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.tables import LEVEL_CASES, TENTHS, check_table
from detente.scoring import crps_ensemble, draw_blocks

Floats = npt.NDArray[np.float64]

_SEED = 20261
_BASELINES = "level-"
_QUANTILES = [f"q{percent:02d}" for percent in TENTHS]
#: Bands whose share of cases is counted, by the quantiles that end them.
_BANDS = ((50, "q25", "q75"), (90, "q05", "q95"))


def score_levels(cases: pl.DataFrame, weeks: int, *, step: int, block_weeks: int) -> list[dict[str, Any]]:
    """Scores of the models that said what level would come, at one horizon, the best first.

    The ten quantiles are scored as draws of the distribution; less is better, in units of the level. Skill is stated
    against every other model whose name begins with ``level-``: the baselines.

    Args:
        cases: Rows of ``level_cases``.
        weeks: The horizon.
        step: Weeks from one origin to the next.
        block_weeks: Shortest block of time.
    """
    check_table(cases, LEVEL_CASES)
    kept = cases.filter(pl.col("horizon_weeks") == weeks).sort("model", "origin", "pair")
    each = {str(name): rows for (name,), rows in kept.group_by("model", maintain_order=True)}
    if not each:
        return []
    first = next(iter(each.values()))
    block = math.ceil(max(block_weeks, weeks) / step)
    draws = draw_blocks(first["origin"].to_numpy(), first["pair"].to_numpy(), block=block, seed=_SEED)
    crps = {name: crps_ensemble(rows.select(_QUANTILES).to_numpy(), rows["level"]) for name, rows in each.items()}
    found = []
    for name in sorted(crps, key=lambda model: float(crps[model].mean())):
        record: dict[str, Any] = {"model": name, "crps": round(float(crps[name].mean()), 6)}
        for percent, low, high in _BANDS:
            inside = each[name].select(pl.col("level").is_between(low, high))["level"].to_numpy()
            lowest, highest = draws.mean_band(inside.astype(np.float64), np.ones(inside.size, dtype=np.bool_))
            record[f"within_{percent}"] = round(float(inside.mean()), 4)
            record[f"within_{percent}_band"] = [round(lowest, 4), round(highest, 4)]
        record["skill"] = []
        for other in sorted(crps):
            if other.startswith(_BASELINES) and other != name:
                skill = draws.skill(crps[name], crps[other])
                figures = {"value": skill.value, "low": skill.low, "high": skill.high}
                record["skill"].append({"model": other} | {key: round(value, 6) for key, value in figures.items()})
        found.append(record)
    return found
