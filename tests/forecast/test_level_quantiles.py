"""Levels as distributions: they say what the three-way answer says, and the fan of weeks agrees with its horizon."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from detente.domain.periods import Horizon
from detente.domain.tables import BACKTEST_CASES, FAN, TENTHS
from detente.errors import QuestionError
from detente.forecast import Logit, Panel, build_fan, describe_situation, resolve
from detente.forecast.level_backtest import LEVEL_CLIMATOLOGY, LEVEL_PERSISTENCE, build_level_cases
from detente.forecast.level_quantiles import implied_levels, student_quantiles
from detente.forecast.outcomes import realised_changes

_AT = 100


@pytest.fixture(scope="module")
def fan(panel: Panel) -> pl.DataFrame:
    """The fan of all pairs, from what logit-v1 says of four weeks."""
    return build_fan(panel, panel.week_ends[_AT], _answers(panel, 4))


def _answers(panel: Panel, weeks: int) -> pl.DataFrame:
    origin, horizon = panel.week_ends[_AT], Horizon(weeks)
    return Logit().fit(panel, [origin], horizon).predict(panel, [origin], horizon)


def test_quantiles_are_those_of_students_distribution() -> None:
    """They equal SciPy's, from one in a thousand to its opposite."""
    p = np.linspace(0.001, 0.999, 99)
    np.testing.assert_allclose(student_quantiles(p), t.ppf(p, 6), atol=2e-4)


def test_the_distribution_gives_back_the_answer_it_came_from(panel: Panel) -> None:
    """Below the edge of deteriorate, and above that of improve, lies as much of it as the answer said."""
    situation = describe_situation(panel.until(_AT), Horizon(4))
    said = _answers(panel, 4)
    placed = implied_levels(said["p_deteriorate"].to_numpy(), said["p_improve"].to_numpy(), situation)
    for edge, column, below in ((-0.5, "p_deteriorate", True), (0.5, "p_improve", False)):
        standard = (situation.reference + edge * situation.spread - placed.centre) / placed.width
        share = t.cdf(standard, 6)
        np.testing.assert_allclose(share if below else 1 - share, said[column].to_numpy(), atol=1e-4)


def test_the_weeks_of_a_fan_agree_with_the_mean_level_of_its_horizon(panel: Panel, fan: pl.DataFrame) -> None:
    """The mean of the weekly medians is the median of the mean level; quantiles rise; no pair is missing."""
    median = fan.filter(pl.col("kind") == "level-end").group_by("pair").agg(pl.col("q50").mean()).sort("pair")
    mean = fan.filter(pl.col("kind") == "level").sort("pair")
    np.testing.assert_allclose(median["q50"], mean["q50"], atol=1e-9)
    quantiles = fan.select([f"q{percent:02d}" for percent in FAN]).to_numpy()
    assert (np.diff(quantiles, axis=1) > 0).all()
    assert mean["pair"].to_list() == list(panel.pairs)
    assert fan["model"].unique().to_list() == ["level-fan-v1 of logit-v1"]


def test_bands_of_single_weeks_hold_about_as_often_as_they_say(panel: Panel) -> None:
    """Over many pairs and origins half of the weeks lie within the 50 % band, and nine tenths within the 90 %."""
    inside: list[list[bool]] = []
    for at in range(60, 116, 8):
        origin, horizon = panel.week_ends[at], Horizon(4)
        answers = Logit().fit(panel, [origin], horizon).predict(panel, [origin], horizon)
        rows = build_fan(panel, origin, answers).filter(kind="level-end", horizon_weeks=2).sort("pair")
        came = np.arcsinh(panel.balance[:, at + 2] / rows["scale"].to_numpy())
        inside += [list(rows.select(pl.lit(pl.Series(came)).is_between(low, high)).to_series()) for low, high in _BANDS]
    shares = [float(np.mean(inside[place::2])) for place in range(2)]
    assert shares == [pytest.approx(0.5, abs=0.1), pytest.approx(0.9, abs=0.06)]


_BANDS = (("q25", "q75"), ("q05", "q95"))


def test_nothing_after_the_origin_changes_a_fan(panel: Panel, fan: pl.DataFrame) -> None:
    """Wild weeks planted after the origin leave every bit of it; one pair's fan is its rows of all pairs'."""
    balance = panel.balance.copy()
    balance[:, _AT + 1 :] = 1e6
    wild = Panel(panel.pairs, panel.week_ends, balance)
    assert build_fan(wild, wild.week_ends[_AT], _answers(wild, 4)).equals(fan)
    alone = build_fan(panel, panel.week_ends[_AT], _answers(panel, 4), pair=panel.pairs[7])
    assert alone.equals(fan.filter(pl.col("pair") == panel.pairs[7]))


def test_a_fan_needs_a_forecast_from_its_day(panel: Panel) -> None:
    """From a day without one it refuses, and says what to do."""
    with pytest.raises(QuestionError, match="Make one first"):
        build_fan(panel, panel.week_ends[_AT] + dt.timedelta(days=7), _answers(panel, 4))


def test_level_cases_hold_the_level_that_came_and_both_baselines(panel: Panel) -> None:
    """What came out is the mean level on the origin's scale; climatology is the pair's own past, counted by hand."""
    origin, horizon = panel.week_ends[_AT], Horizon(4)
    cases = (
        _answers(panel, 4)
        .join(resolve(panel, [origin], horizon), on=["pair", "origin", "horizon_weeks"])
        .with_columns(model=pl.lit("logit"), is_shocked=False)
        .select(BACKTEST_CASES.names)
    )
    found = build_level_cases(panel, cases, ["logit"])
    assert set(found["model"]) == {"logit", LEVEL_CLIMATOLOGY, LEVEL_PERSISTENCE}
    situation = describe_situation(panel.until(_AT), horizon)
    level, _ = realised_changes(panel, _AT, horizon, situation)
    pair = found.filter(pl.col("pair") == panel.pairs[3], pl.col("model") == LEVEL_CLIMATOLOGY).row(0, named=True)
    assert pair["level"] == pytest.approx(level[3])
    past = [situation.level[3, at - 3 : at + 1].mean() for at in range(3, _AT + 1)]
    expected = np.quantile(past, np.array(TENTHS) / 100)
    np.testing.assert_allclose([pair[f"q{percent:02d}"] for percent in TENTHS], expected)
