"""The filter that returns to the mean: what it expects, how sure it is, and that gaps only make it less so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.domain.periods import Horizon
from detente.forecast import Panel, describe_situation
from detente.forecast.outcomes import Situation
from detente.forecast.reverting import KEPT, PUSH, filter_reverting, implied_outcomes

_CELLS = [(kept, push) for kept in KEPT for push in PUSH]


@pytest.fixture(scope="module")
def situation(panel: Panel) -> Situation:
    """What is known after 110 weeks."""
    return describe_situation(panel.until(109), Horizon(4))


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 6), (3, 5)])
def test_means_and_variances_are_those_of_the_model(situation: Situation, first: int, last: int) -> None:
    """For every cell they equal what the covariances of the weeks ahead, written out one by one, add up to."""
    found = filter_reverting(situation)
    means, variances = found.means(first, last)
    for cell in (0, 7, 13, 24):
        kept, push = _CELLS[cell]
        weeks = range(first, last + 1)
        expected = np.mean([found.distance[cell] * kept**week for week in weeks], axis=0) + found.mean
        total = np.zeros_like(found.mean)
        for a in weeks:
            for b in weeks:
                shared = sum(kept ** (a - week) * kept ** (b - week) for week in range(1, min(a, b) + 1))
                total += found.doubt[cell] * kept ** (a + b) + push * shared + (a == b)
        np.testing.assert_allclose(means[cell], expected, rtol=1e-10)
        np.testing.assert_allclose(variances[cell], found.noise[cell] * total / len(weeks) ** 2, rtol=1e-10)


def test_it_expects_less_distance_the_farther_ahead(situation: Situation) -> None:
    """On levels that return by a tenth a week the expected distance from the mean shrinks with every week ahead."""
    found = filter_reverting(situation)
    near, far = (np.abs(found.distribution(week, week)[0] - found.mean).mean() for week in (1, 10))
    assert far < 0.7 * near
    assert 0.8 <= found.kept.min() <= np.median(found.kept) < 0.97
    assert (found.distribution(10, 10)[1] > 0).all()


def test_what_it_expects_is_closer_than_the_last_level(panel: Panel, situation: Situation) -> None:
    """The mean of the next four weeks lies nearer to what it expects than to the reference."""
    expected, _ = filter_reverting(situation).distribution(1, 4)
    came = np.arcsinh(panel.balance[:, 110:114] / situation.scale[:, None]).mean(axis=1)
    errors = [np.abs(came - said).mean() for said in (expected, situation.reference)]
    assert errors[0] < 0.95 * errors[1]


def test_a_gap_adds_doubt_and_nothing_else(situation: Situation) -> None:
    """With the last week a gap the distance is the week before's, carried on, and less sure."""
    level = situation.level.copy()
    level[:, -1] = np.nan
    gap = filter_reverting(replace(situation, level=level))
    assert np.isfinite(gap.distance).all()
    assert (gap.doubt > filter_reverting(situation).doubt - 1e-12).all()
    nothing = filter_reverting(replace(situation, level=np.full_like(level, np.nan)))
    assert (nothing.distance == 0).all()


def test_predictors_of_the_mirrored_world_change_sides(situation: Situation) -> None:
    """With every sign turned, worse and better change places and what it expects has the other sign."""
    turned = replace(situation, level=-situation.level, reference=-situation.reference)
    seen, mirrored = (implied_outcomes(filter_reverting(s), s, 4) for s in (situation, turned))
    np.testing.assert_allclose(mirrored["returning"], -seen["returning"], atol=1e-9)
    np.testing.assert_allclose(mirrored["returning_worse"], seen["returning_better"], atol=1e-9)
    np.testing.assert_allclose(mirrored["kept"], seen["kept"], atol=1e-9)
