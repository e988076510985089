"""Levels of the past forecast as distributions: what models' answers imply, beside climatology and persistence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import Horizon
from detente.domain.tables import BACKTEST_CASES, LEVEL_CASES, TENTHS, check_table
from detente.forecast.level_quantiles import implied_levels
from detente.forecast.outcomes import SPREAD_WEEKS, Situation, describe_situation, realised_changes, trailing_means
from detente.forecast.panel import Panel

Floats = npt.NDArray[np.float64]

#: The baselines: the pair's own mean levels of the past two years, and the reference with changes as usual.
LEVEL_CLIMATOLOGY, LEVEL_PERSISTENCE = "level-climatology", "level-persistence"
_AT = np.array(TENTHS) / 100


def build_level_cases(truth: Panel, cases: pl.DataFrame, models: Sequence[str]) -> pl.DataFrame:
    """Distributions of the mean level over the horizon, for every question of a backtest, beside what came out.

    Args:
        truth: Weeks of all pairs, those that resolve the questions included.
        cases: Rows of ``backtest_cases``.
        models: Whose answers to turn into distributions; the two baselines stand beside them.

    Returns:
        Rows of ``level_cases``.
    """
    check_table(cases, BACKTEST_CASES)
    frames = [LEVEL_CASES.empty()]
    place = {pair: row for row, pair in enumerate(truth.pairs)}
    asked = cases.filter(pl.col("model").is_in(list(models)))
    for (weeks, origin), answers in asked.group_by("horizon_weeks", "origin", maintain_order=True):
        position, horizon = truth.position(origin), Horizon(weeks)
        situation = describe_situation(truth.until(position), horizon)
        level, _ = realised_changes(truth, position, horizon, situation)
        found: dict[str, Floats] = {}
        for (model,), said in answers.group_by("model", maintain_order=True):
            chances = np.full((len(truth.pairs), 2), np.nan)
            chances[[place[pair] for pair in said["pair"]]] = said.select("p_deteriorate", "p_improve").to_numpy()
            found[str(model)] = implied_levels(chances[:, 0], chances[:, 1], situation).quantiles(TENTHS)
        found |= _baselines(situation, horizon)
        rows = np.array([place[pair] for pair in answers["pair"].unique().sort()])
        frames += _frames(truth, origin, horizon, found, level, rows)
    return check_table(pl.concat(frames).sort("horizon_weeks", "model", "origin", "pair"), LEVEL_CASES)


def _baselines(situation: Situation, horizon: Horizon) -> dict[str, Floats]:
    """Quantiles of both baselines, shape (pairs, tenths)."""
    means = trailing_means(situation.level[:, -SPREAD_WEEKS:], horizon.weeks)[:, horizon.weeks - 1 :]
    changes = situation.changes[situation.is_busy]
    usual = np.quantile(changes[np.isfinite(changes)], _AT) if np.isfinite(changes).any() else np.full(_AT.size, np.nan)
    return {
        LEVEL_CLIMATOLOGY: _quantiles(means),
        LEVEL_PERSISTENCE: situation.reference[:, None] + situation.spread[:, None] * usual,
    }


def _quantiles(values: Floats) -> Floats:
    """Quantiles of each row without its NaN; NaN where it holds nothing."""
    found = np.full((values.shape[0], _AT.size), np.nan)
    held = np.isfinite(values)
    whole = held.all(axis=1) & (values.shape[1] > 0)
    if whole.any():
        found[whole] = np.quantile(values[whole], _AT, axis=1).T
    for row in np.flatnonzero(held.any(axis=1) & ~whole):
        found[row] = np.quantile(values[row][held[row]], _AT)
    return found


def _frames(
    truth: Panel,
    origin: dt.date,
    horizon: Horizon,
    found: Mapping[str, Floats],
    level: Floats,
    rows: npt.NDArray[np.intp],
) -> list[pl.DataFrame]:
    """One frame a model, of the same pairs: those that all models and the level are known of."""
    known = np.isfinite(level) & np.isfinite(np.stack([q.sum(axis=1) for q in found.values()])).all(axis=0)
    held = rows[known[rows]]
    return [
        pl.DataFrame(
            {
                "pair": [truth.pairs[row] for row in held],
                "origin": origin,
                "horizon_weeks": horizon.weeks,
                "model": model,
                **{f"q{percent:02d}": quantiles[held, place] for place, percent in enumerate(TENTHS)},
                "level": level[held],
            },
            schema=LEVEL_CASES.schema,
        )
        for model, quantiles in found.items()
    ]
