"""Scores: known values, propriety, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DataError
from detente.scoring import bootstrap_skill, brier, diebold_mariano, log_score, reliability, rps, skill

_WEIGHTS = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3)


def _normal(weights: list[float]) -> np.ndarray:
    return np.array(weights) / sum(weights)


@pytest.mark.parametrize("score", [brier, rps, log_score])
@given(truth=_WEIGHTS, said=_WEIGHTS)
def test_no_report_scores_better_than_the_truth(
    score: Callable[..., np.ndarray], truth: list[float], said: list[float]
) -> None:
    """Expected over the true probabilities, saying them costs no more than saying anything else: propriety."""
    p, q = _normal(truth), _normal(said)

    def expected(report: np.ndarray) -> float:
        return float(p @ score(np.tile(report, (3, 1)), [0, 1, 2]))

    assert expected(p) <= expected(q) + 1e-12
    if np.abs(p - q).max() > 0.05:
        assert expected(p) < expected(q)


def test_perfect_forecasts_score_zero() -> None:
    """A forecast that gave everything to what came out scores zero by every rule."""
    for score in (brier, rps, log_score):
        assert score([[0.0, 1.0, 0.0]], [1]).tolist() == [0.0]


def test_worst_forecasts_reach_the_stated_bounds() -> None:
    """The opposite end costs 1 by RPS, 2 by Brier, infinity by the log score."""
    worst = [[1.0, 0.0, 0.0]]
    assert rps(worst, [2])[0] == 1.0
    assert brier(worst, [2])[0] == 2.0
    assert log_score(worst, [2])[0] == math.inf


def test_rps_knows_the_order_of_classes() -> None:
    """Missing by two classes costs more than missing by one; the Brier score sees no difference."""
    said = [[0.0, 0.0, 1.0]] * 2
    near, far = rps(said, [1, 0])
    assert near == 0.5
    assert far == 1.0
    assert len(set(brier(said, [1, 0]))) == 1


@pytest.mark.parametrize(
    ("probabilities", "outcomes"),
    [
        ([[0.5, 0.4]], [0]),
        ([[1.2, -0.2]], [0]),
        ([[math.nan, 1.0]], [0]),
        ([[0.5, 0.5]], [2]),
        ([[0.5, 0.5]], [-1]),
        ([[0.5, 0.5]], [0.5]),
        ([[0.5, 0.5]], [0, 1]),
        ([0.5, 0.5], [0]),
    ],
)
def test_what_is_no_forecast_is_refused(probabilities: list, outcomes: list) -> None:
    """Probabilities that do not add up, and outcomes that are no class, are errors and not scores."""
    with pytest.raises(DataError, match="cannot be scored"):
        brier(probabilities, outcomes)


def test_reliability_of_forecasts_that_come_true_as_often_as_said() -> None:
    """Calibrated forecasts have no expected error; empty bins are NaN; 1.0 falls in the last bin."""
    table = reliability([0.25] * 4 + [1.0], [0, 0, 1, 0, 1], bins=10)
    assert table.expected_error == pytest.approx(0.0)
    assert table.count.tolist() == [0, 0, 4, 0, 0, 0, 0, 0, 0, 1]
    assert np.isnan(table.said[0])
    assert math.isnan(reliability([], []).expected_error)


@pytest.mark.parametrize(("probability", "happened"), [([1.1], [1]), ([0.5], [2]), ([0.5, 0.5], [1])])
def test_reliability_refuses_what_is_no_probability(probability: list, happened: list) -> None:
    """A share above one, an outcome that is neither 0 nor 1, or a missing one is an error."""
    with pytest.raises(DataError):
        reliability(probability, happened)


def test_skill_is_zero_against_itself_and_one_when_perfect() -> None:
    """Skill runs from 1 (no error) over 0 (the reference) below."""
    assert skill([0.2, 0.4], [0.2, 0.4]) == 0.0
    assert skill([0.0, 0.0], [0.2, 0.4]) == 1.0
    assert skill([0.4, 0.8], [0.2, 0.4]) == pytest.approx(-1.0)


def test_bootstrap_band_holds_the_skill_and_repeats_with_its_seed() -> None:
    """One seed gives one band, which encloses the skill of a forecaster that is better by a tenth."""
    draws = np.random.default_rng(3)
    reference = draws.uniform(0.1, 0.3, 520)
    scores, times = reference * 0.9 + draws.normal(0, 0.01, 520), np.repeat(np.arange(52), 10)
    found = bootstrap_skill(scores, reference, times, seed=1)
    assert found == bootstrap_skill(scores, reference, times, seed=1)
    assert 0 < found.low < found.value < found.high < 0.2


def test_bootstrap_band_widens_with_blocks_when_scores_run_in_streaks() -> None:
    """Scores that run in streaks give a wider band when blocks keep the streaks together."""
    streak = np.repeat(np.random.default_rng(5).normal(0, 0.05, 13), 8)
    reference, times = np.full(104, 0.3), np.arange(104)
    alone = bootstrap_skill(0.28 + streak, reference, times, seed=1, block=1)
    together = bootstrap_skill(0.28 + streak, reference, times, seed=1, block=8)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_diebold_mariano_sees_the_better_one() -> None:
    """The statistic is negative for the better forecaster, with a small p-value; equal ones have none."""
    noise = np.random.default_rng(7).normal(0, 0.05, 200)
    statistic, p_value = diebold_mariano(0.2 + noise * 0.1, 0.25 + noise, overlap=4)
    assert statistic < -3
    assert p_value < 0.01
    assert diebold_mariano(0.25 + noise, 0.2 + noise * 0.1, overlap=4)[0] == pytest.approx(-statistic)
    assert all(math.isnan(value) for value in diebold_mariano(noise + 1, noise + 1))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: skill([], []),
        lambda: skill([0.1], [0.1, 0.2]),
        lambda: skill([0.1], [0.0]),
        lambda: bootstrap_skill([0.1], [0.2], [1, 2], seed=0),
    ],
)
def test_comparisons_that_cannot_be_made_are_refused(ask: Callable[[], object]) -> None:
    """No cases, other cases, or a perfect reference: an error with its reason."""
    with pytest.raises(DataError, match="cannot be made"):
        ask()


def test_the_band_of_a_mean_keeps_cases_of_one_time_together() -> None:
    """Many cases of few times say less than as many of their own times; without cases there is no band."""
    from detente.scoring import bootstrap_mean

    draws = np.random.default_rng(5)
    times = np.repeat(np.arange(10), 50)
    scores = draws.normal(size=10)[times] + 0.1 * draws.normal(size=500)
    together = bootstrap_mean(scores, times, seed=1)
    apart = bootstrap_mean(scores, np.arange(500), seed=1)
    assert together[0] < scores.mean() < together[1]
    assert together[1] - together[0] > 3 * (apart[1] - apart[0])
    with pytest.raises(DataError, match="shapes"):
        bootstrap_mean([], [], seed=1)
