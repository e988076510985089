"""Trained forecasters: skill where there is something to learn, none where time is shuffled, and no look ahead."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import make_panel

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS, check_table
from detente.errors import QuestionError
from detente.forecast import Climatology, Forecaster, Panel, resolve
from detente.forecast.cases import build_cases, view_origin
from detente.forecast.learned import Blend
from detente.forecast.mixture import FLOOR
from detente.forecast.predictors import CLIP, predictor_names
from detente.forecast.registry import FORECASTERS, find_forecaster
from detente.scoring import rps

pytestmark = pytest.mark.xdist_group("learned")  # what takes long to start is started once

_P = ["p_deteriorate", "p_hold", "p_improve"]
_INDEX = {"deteriorate": 0, "hold": 1, "improve": 2}
_HORIZON = Horizon(4)
_FIT = 100


@pytest.fixture(scope="module")
def world() -> Panel:
    """150 pairs that return to their means, 130 weeks."""
    return make_panel(150, 130, seed=3)


@pytest.fixture(scope="module")
def fitted(world: Panel) -> Forecaster:
    """The blend, trained on what was known in week 100."""
    return Blend().fit(world, [world.week_ends[_FIT]], _HORIZON)


def _scores(forecaster: Forecaster, panel: Panel, *, shuffled: bool = False) -> float:
    """Mean score over the weeks after the fit; shuffled, each pair's answers go to other weeks of the same pair."""
    origins = list(panel.week_ends[_FIT:126:2])
    asked = resolve(panel, origins, _HORIZON).join(
        forecaster.predict(panel, origins, _HORIZON), on=["pair", "origin"], maintain_order="left"
    )
    p, outcome = asked.select(_P).to_numpy(), asked["outcome"].replace_strict(_INDEX).to_numpy()
    if shuffled:
        place = np.random.default_rng(5).permutation(asked.height)
        of_pair = np.argsort(asked["pair"].to_numpy()[place], kind="stable")
        p[np.argsort(asked["pair"].to_numpy(), kind="stable")] = p[place[of_pair]]
    return float(rps(p, outcome).mean())


def test_the_blend_beats_climatology_where_levels_return_to_their_mean(world: Panel, fitted: Forecaster) -> None:
    """Trained before, asked after: on pairs that return to their mean it scores a tenth better."""
    assert _scores(fitted, world) < 0.9 * _scores(Climatology(), world)


def test_shuffled_time_destroys_the_skill(world: Panel, fitted: Forecaster) -> None:
    """Answers given to other weeks of the same pairs are worse than climatology: the skill is in the timing."""
    assert _scores(fitted, world, shuffled=True) > _scores(Climatology(), world)


def test_answers_fit_the_table_and_lie_in_their_bands(world: Panel, fitted: Forecaster) -> None:
    """Rows add up to one, no outcome is ruled out, and bands hold their probability and have some width."""
    found = check_table(fitted.predict(world, [world.week_ends[110]], _HORIZON), FORECASTS)
    p = found.select(_P).to_numpy()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-12)
    assert p.min() >= FLOOR
    for name in _P:
        low, high = found[f"{name}_low"].to_numpy(), found[f"{name}_high"].to_numpy()
        assert (low <= found[name].to_numpy()).all()
        assert (high >= found[name].to_numpy()).all()
        assert 0.005 < np.median(high - low) < 0.5
    assert found["model"].unique().to_list() == ["blend-v5"]


def test_a_forecast_is_the_same_bytes_with_later_weeks_and_without(world: Panel, fitted: Forecaster) -> None:
    """As of an old week, a panel that goes on and one that ends there give the same bytes, fitted and asked."""
    day = world.week_ends[_FIT]
    cut = Panel(world.pairs, world.week_ends[: _FIT + 1], world.balance[:, : _FIT + 1].copy())
    wild = world.balance.copy()
    wild[:, _FIT + 1 :] = 1e6
    expected = fitted.predict(world, [day], _HORIZON)
    for panel in (cut, Panel(world.pairs, world.week_ends, wild)):
        assert Blend().fit(panel, [day], _HORIZON).predict(panel, [day], _HORIZON).equals(expected)


def test_with_a_short_past_the_logit_answers_and_says_so() -> None:
    """Where there is too little to grow trees on, the simpler model answers under its own name."""
    panel = make_panel(60, 60)
    found = Blend().fit(panel, [panel.week_ends[50]], _HORIZON).predict(panel, [panel.week_ends[50]], _HORIZON)
    assert found["model"].unique().to_list() == ["pooled-v1"]


def test_questions_from_before_its_learning_are_refused(world: Panel, fitted: Forecaster) -> None:
    """Unfitted, at another horizon, or asked as of a day before it learned, it refuses."""
    for forecaster, day, horizon in (
        (Blend(), world.week_ends[110], _HORIZON),
        (fitted, world.week_ends[_FIT - 1], _HORIZON),
        (fitted, world.week_ends[110], Horizon(13)),
    ):
        with pytest.raises(QuestionError):
            forecaster.predict(world, [day], horizon)
    with pytest.raises(QuestionError, match="No origin"):
        Blend().fit(world, [], _HORIZON)


def test_predictors_have_no_unit(world: Panel) -> None:
    """Balances in another unit give the same predictors, so that one model serves providers of different scale."""
    ours, theirs = (
        view_origin(Panel(world.pairs, world.week_ends, world.balance * factor), 90, _HORIZON).predictors
        for factor in (10.0, 80.0)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_predictors_are_bounded_and_named(world: Panel) -> None:
    """Every column has a name of its own; gaps and young series give NaN or bounded values, never infinity."""
    names = predictor_names()
    assert len(set(names)) == len(names)
    balance = world.balance[:, :40].copy()
    balance[0], balance[1, -1] = np.nan, 1e9
    for weeks in (3, 16, 40):
        panel = Panel(world.pairs, world.week_ends[:weeks], balance[:, :weeks])
        found = view_origin(panel, weeks - 1, _HORIZON).predictors
        assert found.shape == (len(world.pairs), len(names))
        assert not np.isinf(found).any()
        assert np.nanmax(np.abs(found)) <= CLIP


def test_the_sides_other_news_is_loud_where_it_grew() -> None:
    """Where one side's other relation fills three times the news for four weeks, it shows; the pair's own does not."""
    held = make_panel(3, 80)
    pairs = ("AAA-BBB", "AAA-CCC", "BBB-CCC")
    balance = np.ones_like(held.balance)
    balance[1, -4:] = 3.0
    view = view_origin(Panel(pairs, held.week_ends, balance), 79, Horizon(4))
    found = dict(zip(predictor_names(), view.predictors.T, strict=True))
    year = (48 + 4 * 3.0) / 52
    grown = np.log(3.0 / year)
    assert found["loud_4"].tolist() == pytest.approx([grown, 0.0, grown])
    assert found["louder_1"].tolist() == pytest.approx([grown, 0.0, grown])
    assert found["loud_13"][0] == pytest.approx(np.log((9 + 4 * 3.0) / 13 / year))


def test_cases_are_resolved_by_the_column_they_are_built_for(world: Panel) -> None:
    """No question still open at the column is learned from, and weeks after it change nothing."""
    cases = build_cases(world, 90, _HORIZON)
    assert cases.origin.max() == 90 - _HORIZON.weeks
    wild = world.balance.copy()
    wild[:, 91:] = -1e6
    again = build_cases(Panel(world.pairs, world.week_ends, wild), 90, _HORIZON)
    np.testing.assert_array_equal(cases.predictors, again.predictors)
    np.testing.assert_array_equal(cases.outcome, again.outcome)


def test_forecasters_are_found_by_name() -> None:
    """Every registered name gives an unfitted forecaster of that name; an unknown one is an error that lists them."""
    for name in FORECASTERS:
        assert find_forecaster(name).name == name
    with pytest.raises(QuestionError, match="blend"):
        find_forecaster("oracle")
