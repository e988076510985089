"""Models that know no favourite direction: the mirrored world, even climatology, and the correction for drift."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import make_panel

from detente.domain.periods import Horizon
from detente.forecast import Panel
from detente.forecast.boosting import train_members
from detente.forecast.cases import Cases, build_cases, view_origin
from detente.forecast.drift import Drift
from detente.forecast.mixture import Mixture
from detente.forecast.outcomes import describe_situation, outcome_index, realised_changes
from detente.forecast.ridge import softmax
from detente.forecast.trees import Trees

_HORIZON = Horizon(4)
_LEARNED = 70


@pytest.fixture(scope="module")
def world() -> Panel:
    """120 pairs that return to their means, 120 weeks."""
    return make_panel(120, 120, seed=4)


def _stubborn(panel: Panel, worse: float) -> Mixture:
    """A model that answers climatology with a planted lean: three trees of one leaf each."""
    none = np.zeros(3, np.int8)
    number = np.array([worse, 0.0, -worse], np.float32)
    trees = Trees(np.arange(3, dtype=np.int32), none, number, none.astype(np.bool_), none.astype(np.int16), 0)
    return Mixture((trees,), None, panel.week_ends[_LEARNED], _HORIZON.weeks)


def _answers(panel: Panel, mixture: Mixture, position: int, added: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean probabilities at a column and the shares that came out."""
    situation = describe_situation(panel.until(position), _HORIZON)
    outcome = outcome_index(realised_changes(panel, position, _HORIZON, situation)[1])
    p = softmax(mixture.log_probabilities(view_origin(panel, position, _HORIZON)).mean(axis=0) + added)
    return p[outcome >= 0].mean(axis=0), np.bincount(outcome[outcome >= 0], minlength=3) / (outcome >= 0).sum()


def test_a_planted_lean_is_recovered_from_what_came_out(world: Panel) -> None:
    """A model that says "deteriorate" far too often is put right by more than half within half a year."""
    mixture = _stubborn(world, 0.8)
    drift = Drift(mixture, world, _HORIZON)
    errors = []
    for position in range(100, 116, 4):
        found = drift.correction(position)
        assert found[0] < -0.5
        assert found[1] == 0.0
        assert found[2] > 0.5
        for added in (np.zeros(3), found):
            said, came = _answers(world, mixture, position, added)
            errors.append(said - came)
    before, after = (np.abs(np.mean(errors[place::2], axis=0))[[0, 2]] for place in (0, 1))
    assert before.min() > 0.1
    assert (after < before / 2).all()


def test_a_model_without_a_lean_is_left_alone(world: Panel) -> None:
    """Where nothing is wrong on the whole, next to nothing is corrected."""
    drift = Drift(_stubborn(world, 0.0), world, _HORIZON)
    assert np.abs([drift.correction(position) for position in range(100, 116, 4)]).max() < 0.2


def test_nothing_is_corrected_before_a_question_since_its_training_is_resolved(world: Panel) -> None:
    """Up to the first closed question there is no correction, and weeks after an origin never count."""
    mixture = _stubborn(world, 0.8)
    wild = world.balance.copy()
    wild[:, 101:] = -1e6
    assert not Drift(mixture, world, _HORIZON).correction(_LEARNED + _HORIZON.weeks - 1).any()
    assert Drift(mixture, world, _HORIZON).correction(_LEARNED + _HORIZON.weeks).any()
    again = Drift(mixture, Panel(world.pairs, world.week_ends, wild), _HORIZON).correction(100)
    np.testing.assert_array_equal(Drift(mixture, world, _HORIZON).correction(100), again)


def test_the_mirrored_world_has_the_opposite_outcomes(world: Panel) -> None:
    """In the mirror the same questions come out the other way round, and climatology's two sides change places."""
    cases, mirrored = (build_cases(panel, 60, _HORIZON) for panel in (world, world.mirror()))
    np.testing.assert_array_equal(mirrored.outcome, 2 - cases.outcome)
    np.testing.assert_allclose(mirrored.offset, cases.offset[:, ::-1], atol=1e-12)
    np.testing.assert_array_equal(mirrored.origin, cases.origin)


def test_trees_do_not_take_a_turn_of_the_world_for_a_law() -> None:
    """Where all relations worsened in the one year seen, whatever their figures, trees learn no lean from it."""
    draws = np.random.default_rng(2)
    outcome = draws.choice(3, size=6000, p=[0.5, 0.3, 0.2])
    table, origin = draws.normal(size=(6000, 5)), np.arange(6000) // 100
    offset = np.full((6000, 3), np.log(1 / 3))
    cases = Cases(table, offset, outcome, origin)
    members = train_members(cases, Cases(-table, offset, 2 - outcome, origin))
    p = softmax(np.mean([member.raw_scores(draws.normal(size=(500, 5))) for member in members], axis=0))
    assert abs(p[:, 0].mean() - p[:, 2].mean()) < 0.03


def test_even_climatology_expects_as_many_turns_for_the_worse_as_for_the_better() -> None:
    """For a pair without a past the offset's two sides are equal, though the pool has lately worsened."""
    panel = make_panel(80, 90, seed=6)
    balance = panel.balance - np.linspace(0, 3, 90) * np.median(np.abs(panel.balance), axis=1, keepdims=True)
    balance[0, :-3] = np.nan
    offset = view_origin(Panel(panel.pairs, panel.week_ends, balance), 89, _HORIZON).offset
    assert offset[0, 0] == pytest.approx(offset[0, 2])
    assert (offset[1:, 0] > offset[1:, 2]).mean() > 0.8
