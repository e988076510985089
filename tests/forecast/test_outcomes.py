"""Outcomes: outcome-v3 against a slow, literal reading of its rule."""

from __future__ import annotations

import datetime as dt
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.domain.tables import OUTCOMES
from detente.errors import QuestionError
from detente.forecast import Panel, Question, describe_situation, outcome_index, resolve
from detente.forecast.outcomes import POOL_CHANGES, trailing_means


def _literal(panel: Panel, position: int, weeks: int) -> list[str]:
    """The rule of outcome-v3, word by word, for panels without gaps and at least 26 weeks of history."""
    held = panel.balance[:, : position + 1]
    levels = [np.arcsinh(panel.balance[row] / np.median(np.abs(held[row]))) for row in range(len(panel.pairs))]
    own, count = [], 0
    for level in levels:
        # a reference needs at least half of its 13 weeks; a change counts when its future ends by the origin
        starts = range(max(6, position - 104), position - weeks + 1)
        changes = [
            level[t + 1 : t + 1 + weeks].mean() - level[max(t - 12, 0) : t + 1].mean()
            for t in starts
            if t > position - 104
        ]
        count = len(changes)
        own.append(statistics.variance(changes))
    pool, apart, found = statistics.median(own), count / weeks, []
    for level, variance in zip(levels, own, strict=True):
        spread = ((apart * variance + POOL_CHANGES * pool) / (apart + POOL_CHANGES)) ** 0.5
        change = level[position + 1 : position + 1 + weeks].mean() - level[position - 12 : position + 1].mean()
        z = change / spread
        found.append("deteriorate" if z < -0.5 else "improve" if z > 0.5 else "hold")
    return found


@pytest.mark.parametrize("weeks", [4, 13, 26])
@pytest.mark.parametrize("position", [70, 92])
def test_outcomes_are_those_of_the_printed_rule(panel: Panel, position: int, weeks: int) -> None:
    """The array arithmetic gives what a stranger gets who applies the rule pair by pair."""
    found = resolve(panel, [panel.week_ends[position]], Horizon(weeks))
    assert found["outcome"].to_list() == _literal(panel, position, weeks)
    assert set(found["outcome"]) == set(OUTCOMES)


def test_questions_that_are_not_closed_have_no_resolution(panel: Panel) -> None:
    """With the last week of the horizon missing there is no outcome; with it there is one for every pair."""
    last = len(panel.week_ends) - 1
    assert resolve(panel, [panel.week_ends[last - 12]], Horizon(13)).is_empty()
    assert resolve(panel, [panel.week_ends[last - 13]], Horizon(13)).height == len(panel.pairs)


def test_spans_with_too_many_gaps_are_not_resolved(panel: Panel) -> None:
    """A future of which more than half is a gap gives no outcome; with just half held it does."""
    balance = panel.balance.copy()
    balance[0, 81:84] = np.nan
    balance[1, 81:83] = np.nan
    found = resolve(Panel(panel.pairs, panel.week_ends, balance), [panel.week_ends[80]], Horizon(4))
    assert panel.pairs[0] not in found["pair"].to_list()
    assert panel.pairs[1] in found["pair"].to_list()


@settings(max_examples=25)
@given(factor=st.floats(0.5, 50.0))
def test_outcomes_do_not_depend_on_the_unit(factor: float) -> None:
    """Balances in another unit give the same outcomes: levels are free of scale."""
    draws = np.random.default_rng(4)
    balance = draws.normal(size=(8, 90)) * 5
    ends = tuple(dt.date(2018, 1, 7) + dt.timedelta(days=7 * week) for week in range(90))
    names = tuple(f"A-{row}" for row in range(8))
    one, other = (
        resolve(Panel(names, ends, values), [ends[70]], Horizon(13)) for values in (balance, balance * factor)
    )
    assert one["outcome"].to_list() == other["outcome"].to_list()


def test_turning_friends_and_foes_around_turns_the_outcomes_around(panel: Panel) -> None:
    """With every balance's sign turned, deteriorate and improve change places."""
    turned = Panel(panel.pairs, panel.week_ends, -panel.balance)
    swap = {"deteriorate": "improve", "hold": "hold", "improve": "deteriorate"}
    origin = [panel.week_ends[80]]
    found = resolve(panel, origin, Horizon(13))["outcome"].to_list()
    assert [swap[name] for name in found] == resolve(turned, origin, Horizon(13))["outcome"].to_list()


def test_a_young_series_has_a_spread_before_its_first_change(panel: Panel) -> None:
    """With 15 weeks no change over 13 is complete; the spread is then that of independent weeks, and finite."""
    situation = describe_situation(panel.balance[:, :15], Horizon(13))
    assert np.isnan(situation.changes).all()
    assert (situation.spread > 0).all()
    assert np.unique(situation.spread).size == 1
    assert not situation.outcome_counts().any()


def test_quiet_pairs_do_not_make_the_pool(panel: Panel) -> None:
    """Many pairs without events change nothing in the spread of the busy ones."""
    quiet = np.zeros((300, 100))
    alone = describe_situation(panel.balance[:, :100], Horizon(4))
    among = describe_situation(np.concatenate([panel.balance[:, :100], quiet]), Horizon(4))
    np.testing.assert_array_equal(alone.spread, among.spread[: len(panel.pairs)])
    assert describe_situation(quiet, Horizon(4)).is_busy.all()


def test_trailing_means_skip_gaps_and_need_half() -> None:
    """A mean is over the weeks that are held, and NaN with fewer than half of them."""
    level = np.array([[1.0, np.nan, 3.0, np.nan, np.nan]])
    np.testing.assert_array_equal(trailing_means(level, 2), [[1.0, 1.0, 3.0, 3.0, np.nan]])


def test_thresholds_themselves_are_hold() -> None:
    """A change of exactly half a spread is hold; an unknown change is no outcome."""
    assert outcome_index(np.array([-0.51, -0.5, 0.0, 0.5, 0.51, np.nan])).tolist() == [0, 1, 1, 1, 2, -1]


def test_a_question_prints_its_dates_and_rule() -> None:
    """The resolution names the pair, the days it is asked and closes on, and the thresholds."""
    question = Question(Pair("USA", "RUS"), dt.date(2018, 4, 20), Horizon(13))
    assert question.closes == dt.date(2018, 7, 20)
    for part in ("outcome-v3", "USA-RUS", "2018-04-20", "2018-07-20", "13 weeks", "0.5", "deteriorate"):
        assert part in question.resolution


def test_a_question_with_an_unknown_rule_is_refused() -> None:
    """Only rules that are written down can resolve a question."""
    with pytest.raises(QuestionError, match="outcome-v9"):
        Question(Pair("USA", "RUS"), dt.date(2018, 4, 20), Horizon(13), rule="outcome-v9")
