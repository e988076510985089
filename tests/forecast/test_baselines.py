"""Baselines: they count what they say they count, and nothing after the origin."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS, check_table
from detente.forecast import Panel, resolve
from detente.forecast.baselines import AlwaysHold, MixedClimatology, PairClimatology, Persistence, PooledClimatology
from detente.forecast.history import past_outcomes
from detente.forecast.local_level import LocalLevel, filter_levels
from detente.forecast.usual import UsualLevel
from detente.forecast.vector import VectorAutoregression, build_systems, predict_means

_P = ["p_deteriorate", "p_hold", "p_improve"]
_BASELINES = [
    PooledClimatology, PairClimatology, MixedClimatology, Persistence, AlwaysHold, LocalLevel, UsualLevel,
    VectorAutoregression,
]  # fmt: skip


@pytest.mark.parametrize("baseline", _BASELINES)
@pytest.mark.parametrize(("position", "weeks"), [(1, 4), (14, 13), (60, 26), (110, 4)])
def test_answers_fit_the_table_and_add_up(baseline: type, panel: Panel, position: int, weeks: int) -> None:
    """With two weeks of history or two years, every pair gets probabilities that add up, within their bands."""
    origins, horizon = [panel.week_ends[position - 1], panel.week_ends[position]], Horizon(weeks)
    found = check_table(baseline().fit(panel, origins, horizon).predict(panel, origins, horizon), FORECASTS)
    assert found.height == 2 * len(panel.pairs)
    assert np.isfinite(found.select(_P).to_numpy()).all()
    np.testing.assert_allclose(found.select(_P).to_numpy().sum(axis=1), 1.0, atol=1e-9)


def test_past_outcomes_are_those_that_resolution_finds(panel: Panel) -> None:
    """A past question counted by a baseline has the outcome that the published rule gives it."""
    first, horizon = 60, Horizon(13)
    found = past_outcomes(panel, first, first + 3, horizon)
    for column in range(4):
        outcome = resolve(panel, [panel.week_ends[first + column]], horizon)["outcome"].to_list()
        assert [("deteriorate", "hold", "improve")[place] for place in found[:, column]] == outcome


def test_climatologies_are_frequencies_with_one_unseen_case_each(panel: Panel) -> None:
    """The pool's share, the pair's share and half of each, counted by hand over the closed questions."""
    position, horizon = 100, Horizon(4)
    known = past_outcomes(panel, 6, position - 4, horizon)  # 91 questions, within the 104 weeks
    counts = np.stack([(known == place).sum(axis=1) for place in range(3)], axis=1) + 0.0
    pair = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
    pool = (counts.sum(axis=0) + 1) / (counts.sum(axis=0) + 1).sum()
    origin = [panel.week_ends[position]]
    for baseline, expected in (
        (PairClimatology(), pair),
        (PooledClimatology(), np.tile(pool, (len(panel.pairs), 1))),
        (MixedClimatology(), (pair + pool) / 2),
    ):
        np.testing.assert_allclose(baseline.predict(panel, origin, horizon).select(_P).to_numpy(), expected, atol=1e-9)


def test_persistence_says_what_followed_on_a_change_like_the_last(panel: Panel) -> None:
    """Pairs in the same state get the same answer: the shares of what followed on that state, over all pairs."""
    position, horizon = 100, Horizon(4)
    known = past_outcomes(panel, 6, position - 4, horizon)
    found = Persistence().predict(panel, [panel.week_ends[position]], horizon).select(_P).to_numpy()
    after, before = known[:, 4:], known[:, :-4]
    for state in range(3):
        counts = np.array([((before == state) & (after == place)).sum() for place in range(3)]) + 1.0
        for row in np.flatnonzero(known[:, -1] == state):
            np.testing.assert_allclose(found[row], counts / counts.sum(), atol=1e-9)


def test_the_filter_finds_a_wandering_level_and_a_still_one() -> None:
    """The likeliest ratio of variances is large for a random walk and small for noise around a constant."""
    draws = np.random.default_rng(3)
    walk = np.cumsum(draws.normal(size=150)) + 0.3 * draws.normal(size=150)
    still = 2.0 + draws.normal(size=150)
    state, doubt, ratio, noise = filter_levels(np.stack([walk, still]))
    assert ratio[0] >= 1.0
    assert ratio[1] <= 0.01
    assert abs(state[0] - walk[-1]) < 1.0
    assert abs(state[1] - 2.0) < 0.4
    assert 0.7 < noise[1] < 1.4
    assert (doubt > 0).all()


def test_the_filter_with_a_known_ratio_is_exponential_smoothing() -> None:
    """After long data the gain is the steady-state gain of the textbook, so a gap only adds a step of doubt."""
    walk = np.cumsum(np.random.default_rng(5).normal(size=400))[None, :]
    gap = np.concatenate([walk, np.full((1, 1), np.nan)], axis=1)
    (_, doubt, ratio, _), (_, later, again, _) = filter_levels(walk), filter_levels(gap)
    steady = (ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2  # doubt before a value, in units of the noise
    np.testing.assert_allclose(doubt, steady / (steady + 1), rtol=1e-6)
    np.testing.assert_allclose(later - doubt, again, rtol=1e-9)


def test_moods_are_the_means_of_the_sides_other_pairs() -> None:
    """A side's mood leaves out the pair itself, and is zero where it has no other pair."""
    level = np.array([[1.0, 1.0], [3.0, 5.0], [7.0, np.nan]])
    systems = build_systems(("AAA-BBB", "AAA-CCC", "AAA-DDD"), level)
    np.testing.assert_array_equal(systems[0, :, 1], [5.0, 5.0])
    np.testing.assert_array_equal(systems[0, :, 2], [0.0, 0.0])


def test_the_vector_autoregression_knows_the_moments_of_an_autoregression() -> None:
    """On a long AR(1) the predicted mean and deviation of the next weeks' mean are those of theory."""
    draws = np.random.default_rng(11)
    weeks, slope, ahead = 4000, 0.8, 4
    series = np.zeros((1, weeks, 3))
    for week in range(1, weeks):
        series[0, week, 0] = slope * series[0, week - 1, 0] + draws.normal()
    series[0, :, 1:] = draws.normal(size=(weeks, 2))
    mean, deviation = predict_means(series, ahead)
    powers = slope ** np.arange(1, ahead + 1)
    assert mean[0] == pytest.approx(series[0, -1, 0] * powers.mean(), abs=0.15)
    reach = np.cumsum(slope ** np.arange(ahead))
    assert deviation[0] == pytest.approx(np.sqrt((reach**2).sum()) / ahead, rel=0.05)


def test_series_models_see_a_level_that_is_about_to_return() -> None:
    """After a week far below the usual, the pairs' reference is low, and improvement is likelier than decline."""
    draws = np.random.default_rng(2)
    balance = draws.normal(size=(30, 150)) * 2
    balance[0, -9:] -= 6.0
    balance[0, -2:] += 6.0
    ends = tuple(dt.date(2018, 1, 7) + dt.timedelta(days=7 * week) for week in range(150))
    panel = Panel(tuple(f"A{row:02d}-B{row:02d}" for row in range(30)), ends, balance)
    for baseline in (LocalLevel(), UsualLevel(), VectorAutoregression()):
        first = baseline.predict(panel, [ends[-1]], Horizon(13)).row(0, named=True)
        assert first["p_improve"] > 2 * first["p_deteriorate"]
