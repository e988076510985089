"""Scales: never zero, free of the unit, leaning on the pool only while young."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest

from detente.domain.tables import WEEKS
from detente.relations import pair_scales
from detente.relations.scale import SMALLEST_SCALE, typical_scales


def test_a_long_history_speaks_for_itself() -> None:
    """From 26 weeks on the scale is the pair's own median absolute balance, whatever the others do."""
    balance = np.random.default_rng(1).normal(size=(5, 26)) * 10
    np.testing.assert_allclose(typical_scales(balance), np.median(np.abs(balance), axis=1))


def test_a_short_history_leans_on_the_pool() -> None:
    """With 13 of 26 weeks the scale is half way, in logs, between the pair's own and the pool's."""
    balance = np.full((3, 13), np.nan)
    balance[:] = np.array([[1.0], [4.0], [16.0]])
    np.testing.assert_allclose(typical_scales(balance), [2.0, 4.0, 8.0])


def test_gaps_are_left_out_and_not_taken_for_quiet() -> None:
    """Medians are of the weeks that are held, even and odd in number; gaps do not pull them to zero."""
    row = np.full(60, np.nan)
    row[:30] = np.arange(1.0, 31.0)
    other = np.concatenate([np.full(33, 7.0), np.full(27, np.nan)])
    np.testing.assert_allclose(typical_scales(np.stack([row, other, -np.ones(60)])), [15.5, 7.0, 1.0])


@pytest.mark.parametrize("balance", [np.zeros((2, 40)), np.full((2, 40), np.nan), np.empty((2, 0))])
def test_no_scale_is_zero(balance: np.ndarray) -> None:
    """Pairs without events, or without weeks, get the smallest scale."""
    np.testing.assert_allclose(typical_scales(balance), SMALLEST_SCALE)


def test_a_week_too_young_to_know_takes_the_pool_of_pairs_that_meet() -> None:
    """Pairs that never meet do not make the pool that a pair without weeks of its own leans on."""
    balance = np.zeros((12, 40))
    balance[0] = np.nan
    balance[1:3] = 8.0
    assert math.isclose(typical_scales(balance)[0], 8.0)


def test_levels_and_forecasts_use_one_scale() -> None:
    """With short, gappy histories too, a level's scale is the scale of the forecast's panel for the same pairs."""
    rng = np.random.default_rng(2)
    for weeks in (1, 9, 25, 26, 40):
        balance = rng.normal(size=(6, weeks)) * 10.0 ** np.arange(-3, 3)[:, None]
        balance[rng.random(balance.shape) < 0.2] = np.nan
        ends = [dt.date(2018, 1, 7) + dt.timedelta(days=7 * week) for week in range(weeks)]
        rows = [
            {
                "pair": f"AA{row}-BBB",
                "week_end": end,
                "covered_days": 7,
                "balance": None if math.isnan(value) else value,
            }
            for row, values in enumerate(balance)
            for end, value in zip(ends, values.tolist(), strict=True)
        ]
        table = pl.DataFrame(rows, schema=WEEKS.schema).fill_nan(None).sample(fraction=1.0, shuffle=True, seed=3)
        np.testing.assert_array_equal(pair_scales(table).sort("pair")["scale"].to_numpy(), typical_scales(balance))
