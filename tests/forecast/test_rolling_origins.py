"""Rolling origins: same questions for all, refits on the past alone, and no skill where time is shuffled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import BACKTEST_CASES, check_table
from detente.errors import QuestionError
from detente.forecast import Forecaster, Logit, Panel, resolve
from detente.forecast.backtest import Schedule, cut_panel, is_shocked, replay
from detente.forecast.baselines import MixedClimatology, PooledClimatology
from detente.forecast.registry import FORECASTERS
from detente.scoring import rps, skill

_P = ["p_deteriorate", "p_hold", "p_improve"]
_INDEX = {"deteriorate": 0, "hold": 1, "improve": 2}


def test_origins_stand_in_blocks_between_fittings() -> None:
    """Weekly origins from the start to the end; a new block begins when the weeks of a fitting are over."""
    start = dt.date(2020, 1, 6)
    schedule = Schedule.between(start, start + dt.timedelta(days=69), step_weeks=2, refit_weeks=4)
    assert [(day - start).days for day in schedule.origins] == [0, 14, 28, 42, 56]
    assert [len(block) for block in schedule.blocks()] == [2, 2, 1]
    with pytest.raises(QuestionError, match="There are none"):
        Schedule.between(start, start - dt.timedelta(days=1))


@dataclass
class _Spy:
    """A forecaster that writes down the last week it was shown."""

    seen: list[tuple[str, dt.date, int, int]] = field(default_factory=list)
    name = "spy"
    version = "v1"

    def fit(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> Forecaster:
        self.seen.append(("fit", panel.week_ends[-1], len(origins), horizon.weeks))
        assert panel.balance.shape[1] == len(panel.week_ends)
        return self

    def predict(self, panel: Panel, origins: Sequence[dt.date], horizon: Horizon) -> pl.DataFrame:
        self.seen.append(("predict", panel.week_ends[-1], len(origins), horizon.weeks))
        return PooledClimatology().predict(panel, origins, horizon)


def test_a_fitting_sees_no_week_after_its_origin(panel: Panel) -> None:
    """The panel handed to fit ends on the day of fitting; the one to answer from ends on the block's last origin."""
    spy, ends = _Spy(), panel.week_ends
    schedule = Schedule((ends[60], ends[64], ends[70]), refit_weeks=8)
    replay(panel, {"spy": spy}, schedule, [Horizon(4)])
    assert spy.seen == [
        ("fit", ends[60], 1, 4), ("predict", ends[64], 2, 4), ("fit", ends[70], 1, 4), ("predict", ends[70], 1, 4),
    ]  # fmt: skip


def test_late_data_are_read_as_they_were_known(panel: Panel) -> None:
    """Where panels differ by the day they are read, each origin is answered from its own."""
    spy, ends, asked = _Spy(), panel.week_ends, []

    def known(day: dt.date) -> Panel:
        asked.append(day)
        return cut_panel(panel, day)

    replay(panel, {"spy": spy}, Schedule((ends[60], ends[64])), [Horizon(4)], known=known)
    assert [(what, last) for what, last, *_ in spy.seen] == [
        ("fit", ends[60]), ("predict", ends[60]), ("predict", ends[64]),
    ]  # fmt: skip
    assert asked == [ends[60], ends[60], ends[64]]


def test_cases_are_answers_beside_outcomes(panel: Panel) -> None:
    """Every model answers the same questions, and the outcome beside an answer is the published rule's."""
    ends = panel.week_ends
    schedule = Schedule((ends[70], ends[80], ends[118]))  # the last one cannot be resolved
    models = {"pool": PooledClimatology(), "mix": MixedClimatology()}
    steps: list[tuple[str, int, int]] = []
    found = replay(panel, models, schedule, [Horizon(4)], progress=lambda *step: steps.append(step))
    check_table(found, BACKTEST_CASES)
    assert found.height == 2 * 2 * len(panel.pairs)
    mine = found.filter(pl.col("model") == "mix").sort("origin", "pair")
    rule = resolve(panel, [ends[70], ends[80]], Horizon(4)).sort("origin", "pair")
    assert mine["outcome"].to_list() == rule["outcome"].to_list()
    direct = MixedClimatology().predict(panel, [ends[70], ends[80]], Horizon(4)).sort("origin", "pair")
    np.testing.assert_array_equal(mine.select(_P).to_numpy(), direct.select(_P).to_numpy())
    assert len(steps) == len(schedule.blocks()) * 2
    assert replay(panel, models, Schedule((ends[118],)), [Horizon(4)]).is_empty()


def test_only_the_asked_pairs_are_kept_but_all_teach(panel: Panel) -> None:
    """Scoring one pair leaves its answers as they are with all pairs around."""
    schedule = Schedule((panel.week_ends[90],))
    whole = replay(panel, {"logit": Logit()}, schedule, [Horizon(4)])
    one = replay(panel, {"logit": Logit()}, schedule, [Horizon(4)], pairs=[panel.pairs[3]])
    assert one.equals(whole.filter(pl.col("pair") == panel.pairs[3]))


def test_a_shock_is_a_week_far_from_the_year_before() -> None:
    """One wild week among the last four is a shock; among those before it is not; little history calls none."""
    level = np.tile([1.0, -1.0], (4, 30))
    level[0, -3] = 5.0
    level[1, -6] = 5.0
    level[2, -1] = np.nan
    assert is_shocked(level).tolist() == [True, False, False, False]
    assert not is_shocked(np.array([[0.0] * 10 + [9.0]])).any()


@pytest.mark.parametrize("name", ["logit", "local-level", "var"])
def test_shuffled_time_destroys_the_skill(panel: Panel, name: str) -> None:
    """Answers set beside the outcomes of other origins are worth less than climatology; beside their own, more.

    (Shuffling the weeks themselves would not do: a reference of 13 weeks returns to the mean in a world without memory
    too, and a forecast of that is skill and no leak.)
    """
    schedule = Schedule(tuple(panel.week_ends[80:116:3]), refit_weeks=52)
    models = {name: FORECASTERS[name](), "climatology-mix": MixedClimatology()}
    cases = replay(panel, models, schedule, [Horizon(4)]).sort("model", "pair", "origin")
    mine, theirs = (cases.filter(pl.col("model") == model) for model in (name, "climatology-mix"))
    outcome = mine["outcome"].replace_strict(_INDEX).to_numpy()
    usual = rps(theirs.select(_P).to_numpy(), outcome)
    in_order = mine.select(_P).to_numpy()
    moved = np.roll(in_order.reshape(len(panel.pairs), -1, 3), 5, axis=1).reshape(-1, 3)
    assert skill(rps(in_order, outcome), usual) > 0.04
    assert skill(rps(moved, outcome), usual) < 0.0
