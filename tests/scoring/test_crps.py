"""CRPS, the order of forecasts, consistency bars and bands by blocks: known values, and another library's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DataError
from detente.scoring import (
    auc,
    brier,
    consistency,
    count_cells,
    crps_counts,
    crps_ensemble,
    crps_normal,
    draw_blocks,
    log_score,
    reliability,
    rps,
    skill,
)


def test_scores_are_those_of_another_library() -> None:
    """Scoringrules gives the same CRPS of ensembles, normals and negative binomials, and the same RPS and Brier."""
    other = pytest.importorskip("scoringrules")
    draws = np.random.default_rng(1)
    y, ensemble = draws.normal(size=50), draws.normal(size=(50, 30))
    np.testing.assert_allclose(crps_ensemble(ensemble, y), other.crps_ensemble(y, ensemble, estimator="nrg"), rtol=1e-9)
    mean, deviation = draws.normal(size=50), draws.uniform(0.2, 3, size=50)
    np.testing.assert_allclose(crps_normal(mean, deviation, y), other.crps_normal(y, mean, deviation), rtol=1e-6)
    size, rate, counts = draws.uniform(1, 6, 50), draws.uniform(0.5, 4, 50), draws.poisson(4, 50)
    from scipy.stats import nbinom

    middles, edges = count_cells(400)
    below = nbinom.cdf(middles[None, :], size[:, None], (1 / (1 + rate / size))[:, None])
    theirs = other.crps_negbinom(counts, size, 1 / (1 + rate / size))
    np.testing.assert_allclose(crps_counts(below, edges, counts), theirs, rtol=1e-3, atol=1e-4)
    p, outcome = draws.dirichlet([1, 1, 1], size=50), draws.integers(0, 3, 50)
    theirs = other.rps_score(outcome + 1, p)
    np.testing.assert_allclose(2 * rps(p, outcome), theirs, rtol=1e-9)
    theirs = other.brier_score((outcome == 0).astype(float), p[:, 0])
    np.testing.assert_allclose((p[:, 0] - (outcome == 0)) ** 2, theirs, rtol=1e-9)
    assert brier(p, outcome).shape == log_score(p, outcome).shape


@given(st.integers(0, 3000), st.floats(0.5, 800))
def test_cells_change_little_about_large_counts(value: int, mean: float) -> None:
    """CRPS by growing cells is within two per cent of that count by count."""
    counts = np.arange(8000)
    whole = 1 - np.exp(-(counts + 1) / mean)
    exact = float(((whole - (counts >= value)) ** 2).sum())
    middles, edges = count_cells(7500)
    found = crps_counts([1 - np.exp(-(middles + 1) / mean)], edges, [value])[0]
    assert found == pytest.approx(exact, rel=0.02, abs=0.02)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=6), st.lists(st.floats(-5, 5), min_size=2, max_size=6))
def test_no_ensemble_scores_better_than_the_true_one(truth: list[float], said: list[float]) -> None:
    """Expected over the true draws, saying them costs no more than saying others: propriety of CRPS."""

    def expected(ensemble: list[float]) -> float:
        return float(crps_ensemble([ensemble] * len(truth), truth).mean())

    assert expected(truth) <= expected(said) + 1e-9


@pytest.mark.parametrize(
    "ask",
    [
        lambda: crps_ensemble([[1.0]], [1.0, 2.0]),
        lambda: crps_ensemble([[math.nan]], [1.0]),
        lambda: crps_normal([0.0], [0.0], [1.0]),
        lambda: crps_counts([[0.5, 1.2]], [0, 1, 2], [1]),
        lambda: crps_counts([[0.5, 1.0]], [0, 1, 2], [2]),
        lambda: draw_blocks([], [], block=1, seed=1),
        lambda: draw_blocks([1, 2], [1], block=1, seed=1),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_is_refused(ask: object) -> None:
    """Other shapes, values that are not finite, no distribution, counts beyond the cells: an error."""
    with pytest.raises(DataError):
        ask()  # type: ignore[operator]


def test_auc_is_the_share_of_pairs_in_order() -> None:
    """By hand over all pairs of a case that came and one that did not; ties count half; weights count cases."""
    draws = np.random.default_rng(6)
    p, y = draws.integers(0, 5, 40) / 4, draws.integers(0, 2, 40)
    hit, miss = p[y == 1][:, None], p[y == 0][None, :]
    assert auc(p, y) == pytest.approx(float(((hit > miss) + 0.5 * (hit == miss)).mean()))
    weight = draws.integers(0, 3, 40)
    assert auc(p, y, weight=weight) == pytest.approx(auc(np.repeat(p, weight), np.repeat(y, weight)))
    assert math.isnan(auc([0.5], [1]))


def test_consistency_bars_hold_reliable_forecasts_and_not_others() -> None:
    """Nearly all bins of a reliable forecaster lie in their bars, its error below the bound; others' do not."""
    draws = np.random.default_rng(7)
    p = draws.uniform(size=4000)
    for happened, is_reliable in ((draws.random(4000) < p, True), (draws.random(4000) < 0.5 * p + 0.25, False)):
        table = reliability(p, happened)
        bars = consistency(table, seed=1)
        inside = ((table.came >= bars.low) & (table.came <= bars.high)).sum()
        assert (inside >= 8) == is_reliable
        assert (table.expected_error < bars.expected_error) == is_reliable


def test_blocks_keep_times_and_groups_whole() -> None:
    """Each draw holds as many times and groups as there are, times in runs of the block's length."""
    times, groups = np.tile(np.arange(40), 5), np.repeat(np.arange(5), 40)
    found = draw_blocks(times, groups, block=8, seed=3, draws=50)
    assert (found.time_weight.sum(axis=1) == 40).all()
    assert (found.group_weight.sum(axis=1) == 5).all()
    assert found.blocks == 5.0
    values = np.random.default_rng(1).normal(size=200)
    by_hand = [(values * found.weights(draw)).sum() for draw in range(50)]
    np.testing.assert_allclose(found.totals(values), by_hand)


def test_bands_hold_the_skill_and_widen_with_dependence() -> None:
    """The band holds the skill, is wider where a few groups or streaks of time decide, and repeats with its seed."""
    draws = np.random.default_rng(9)
    times, groups = np.tile(np.arange(60), 20), np.repeat(np.arange(20), 60)
    reference = np.full(1200, 0.3)
    alone = 0.27 + draws.normal(0, 0.1, 1200)
    shared = 0.27 + draws.normal(0, 0.1, 20)[groups] + np.repeat(draws.normal(0, 0.1, 10), 6)[times]
    widths = []
    for scores in (alone, shared):
        found = draw_blocks(times, groups, block=6, seed=2).skill(scores, reference)
        assert found == draw_blocks(times, groups, block=6, seed=2).skill(scores, reference)
        assert found.value == pytest.approx(skill(scores, reference))
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] > 4 * widths[0]
    low, high = draw_blocks(times, groups, block=6, seed=2).mean_band(alone, groups < 10)
    assert low < alone[groups < 10].mean() < high
