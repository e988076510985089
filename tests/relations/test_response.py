"""The regression behind reciprocity, piece by piece: means of the past, half-lives, paths, leads, shifts."""

from __future__ import annotations

import numpy as np
import pytest
from tit_for_tat import ANSWER, HABIT, NONE, controls_of, simulate_sides

from detente.relations.answers import half_lives
from detente.relations.leads import count_leads
from detente.relations.response import ANSWER_STEPS, fit_answer, lag_means, respond
from detente.relations.shifted import draw_shift, shift_days


def test_means_of_the_past_leave_gaps_out() -> None:
    """Only earlier days count; a gap is not a zero; before the first full step there is nothing."""
    values = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    means = lag_means(values, ((1, 1), (2, 3)))
    np.testing.assert_allclose(means[:, 0], [np.nan, 1.0, 2.0, np.nan, 4.0])
    np.testing.assert_allclose(means[:, 1], [np.nan, np.nan, np.nan, 1.5, 2.0])


def test_the_fit_is_that_of_plain_least_squares() -> None:
    """Coefficients equal those of a textbook solver on the same columns."""
    first, second, common = simulate_sides(np.random.default_rng(1), answers=(ANSWER, NONE), days=300)
    controls = controls_of(common)
    fit = fit_answer(first, second, controls)
    assert fit
    design = np.concatenate(
        [lag_means(second, ANSWER_STEPS), lag_means(first, (*ANSWER_STEPS, (15, 28))), controls], axis=1
    )[28:]
    beta = np.linalg.lstsq(design, first[28:], rcond=None)[0]
    np.testing.assert_allclose(fit.answer, beta[:4], atol=1e-8)
    np.testing.assert_allclose(fit.habit, beta[4:9], atol=1e-8)


def test_a_side_that_never_moves_cannot_be_answered() -> None:
    """No fit, rather than a number, where the partner's past does not vary."""
    first, _, common = simulate_sides(np.random.default_rng(1), answers=(NONE, NONE), days=300)
    assert fit_answer(first, np.ones(300), controls_of(common)) is None


def test_a_path_follows_both_sides_rules() -> None:
    """The first days after a shock, worked out by hand: answers to the shock, and habits and answers to those."""
    theirs, ours = respond((ANSWER, HABIT), (2 * ANSWER, HABIT), shock=2.0, days=3)
    np.testing.assert_allclose(ours[:2], [2.0, 0.15 * 2])
    np.testing.assert_allclose(theirs[:2], [0.0, 0.1 * 2])
    assert theirs[2] == pytest.approx(0.15 * 0.2 + 0.1 * 0.3 + 0.1 / 2 * 2)
    assert ours[2] == pytest.approx(0.15 * 0.3 + 0.1 / 2 * 2 + 0.2 * 0.2)


def test_nothing_follows_where_nobody_answers() -> None:
    """Without answers the other side's path stays at zero, with draws or without."""
    draws = np.tile(NONE, (7, 1)), np.tile(HABIT, (7, 1))
    theirs, ours = respond(draws, draws, shock=1.0, days=10)
    assert theirs.shape == (7, 11)
    assert not theirs.any()
    assert (ours[:, 1] > 0).all()


def test_half_of_an_answer_comes_when_it_comes() -> None:
    """All on the next day: half a day in; even over a fortnight: after seven; half on each end: where they meet."""
    cases = np.array([[1.0, 0, 0, 0], [1, 2, 4, 7], [0, 0, 0, 1.0], [0.5, 0, 0, 0.5]])
    np.testing.assert_allclose(half_lives(cases), [0.5, 7.0, 10.5, 1.0])


def test_who_starts_is_counted_from_quiet_weeks() -> None:
    """Openings break a quiet week and are answered; moves of both on one day, and unanswered ones, do not count."""
    first, second = np.zeros(200), np.zeros(200)
    for opening, answer in ((20, 25), (60, 61), (100, 113)):
        first[opening], second[answer] = 1.0, 1.0
    second[140], first[145] = 1.0, 1.0
    first[170], second[170] = 1.0, 1.0
    second[190] = 1.0
    lead = count_leads(first, second)
    assert (lead.openings, lead.share) == (4, 0.75)
    assert 0.3 < (lead.low or 0) < 0.75 < (lead.high or 0) < 1
    assert count_leads(second, first).share == 0.25
    assert count_leads(np.zeros(50), np.zeros(50)).share is None


def test_shifts_are_large_and_keep_the_days() -> None:
    """A shifted side has the same values, at least sixty days away either way round."""
    generator = np.random.default_rng(0)
    shifts = {draw_shift(450, generator) for _ in range(500)}
    assert min(shifts) >= 60
    assert max(shifts) <= 390
    values = np.arange(450.0)
    assert sorted(shift_days(values, 77)) == list(values)
    with pytest.raises(ValueError, match="too few"):
        draw_shift(100, generator)
