"""Climatology and logit: honest bands, learning only from the past, better than the first answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS, check_table
from detente.errors import QuestionError
from detente.forecast import Climatology, Forecaster, Logit, Panel, default_forecaster, resolve
from detente.forecast.bands import beta_quantiles
from detente.forecast.climatology import NORMAL_PRIOR
from detente.forecast.features import FEATURES, build_features
from detente.forecast.outcomes import describe_situation
from detente.forecast.pooled import MEMBERS, Pooled
from detente.scoring import rps

_P = ["p_deteriorate", "p_hold", "p_improve"]
_INDEX = {"deteriorate": 0, "hold": 1, "improve": 2}


@pytest.mark.parametrize("forecaster", [Climatology(), Logit()])
@pytest.mark.parametrize("weeks", [4, 13, 26])
@pytest.mark.parametrize("position", [1, 14, 40, 110])
def test_answers_fit_the_table_add_up_and_lie_in_their_bands(
    forecaster: Forecaster, panel: Panel, weeks: int, position: int
) -> None:
    """With two weeks of history or two years, every pair gets three probabilities that add up to one, with bands."""
    origin, horizon = panel.week_ends[position], Horizon(weeks)
    found = check_table(forecaster.fit(panel, [origin], horizon).predict(panel, [origin], horizon), FORECASTS)
    assert found["pair"].to_list() == list(panel.pairs)
    np.testing.assert_allclose(found.select(_P).to_numpy().sum(axis=1), 1.0, atol=1e-12)
    for name in _P:
        inside = (pl.col(f"{name}_low") <= pl.col(name)) & (pl.col(name) <= pl.col(f"{name}_high"))
        assert found.select(inside.all()).item()
        assert found.select(((pl.col(f"{name}_high") - pl.col(f"{name}_low")) > 0.01).all()).item()


def test_without_history_the_answer_is_that_of_a_normal_change(panel: Panel) -> None:
    """Before any change is complete climatology says what a normal change would, with bands wider than a tenth."""
    origin = panel.week_ends[14]
    found = Climatology().predict(panel, [origin], Horizon(13))
    np.testing.assert_allclose(found.select(_P).to_numpy(), np.tile(NORMAL_PRIOR, (len(panel.pairs), 1)), atol=1e-9)
    assert (found["p_hold_high"] - found["p_hold_low"]).min() > 0.1


def test_a_pair_that_has_only_risen_is_told_apart_but_not_believed_blindly() -> None:
    """Own history moves the answer away from the pool's, and no further than its few independent changes allow."""
    draws = np.random.default_rng(2)
    balance = draws.normal(size=(40, 110)) * 3
    balance[0] = np.sinh(np.linspace(-2, 2, 110)) + 0.01 * balance[0]
    ends = tuple(dt.date(2018, 1, 7) + dt.timedelta(days=7 * week) for week in range(110))
    panel = Panel(tuple(f"A-{row:02d}" for row in range(40)), ends, balance)
    found = Climatology().predict(panel, [ends[-1]], Horizon(4))["p_improve"].to_numpy()
    assert found[1:].max() < found[0] < 0.8


def test_logit_beats_climatology_where_levels_return_to_their_mean(panel: Panel) -> None:
    """On pairs that return to their mean the correction lowers the ranked probability score out of sample."""
    horizon, scores = Horizon(4), {}
    origins = list(panel.week_ends[80:116:4])
    resolved = resolve(panel, origins, horizon)
    outcome = resolved["outcome"].replace_strict(_INDEX).to_numpy()
    for forecaster in (Climatology(), Logit()):
        fitted = forecaster.fit(panel, origins, horizon)
        answers = resolved.join(fitted.predict(panel, origins, horizon), on=["pair", "origin"], maintain_order="left")
        scores[forecaster.name] = rps(answers.select(_P).to_numpy(), outcome).mean()
    assert scores["logit"] < 0.97 * scores["climatology"]


def test_logit_answers_as_climatology_while_it_has_too_few_cases(panel: Panel) -> None:
    """With fewer than 300 resolved questions the answer is climatology's, and the column model says so."""
    origin, horizon = panel.week_ends[18], Horizon(13)
    found = Logit().fit(panel, [origin], horizon).predict(panel, [origin], horizon)
    assert found.equals(Climatology().predict(panel, [origin], horizon))
    assert found["model"].unique().to_list() == ["climatology-v1"]


def test_the_default_forecaster_is_a_pool_until_a_vintage_may_answer(panel: Panel) -> None:
    """Where none is named, pooled-v1 answers as of days before every shipped vintage, given enough to learn from."""
    years_before = replace(panel, week_ends=tuple(day - dt.timedelta(weeks=156) for day in panel.week_ends))
    horizon, models = Horizon(4), []
    for world, week in ((years_before, 50), (panel, 50), (panel, 100)):
        origin = world.week_ends[week]
        found = default_forecaster().fit(world, [origin], horizon).predict(world, [origin], horizon)
        models += found["model"].unique().to_list()
    assert years_before.week_ends[50] < dt.date(2015, 12, 28) < panel.week_ends[50] < dt.date(2018, 12, 31)
    assert models == ["pooled-v1", "trained-v5:icews-2015-12-28", "trained-v5:gdelt-2018-12-31"]


def test_the_pool_is_the_weighted_mean_of_its_members(panel: Panel) -> None:
    """Half the logit, a quarter each of the others, chances and bands; the logit alone where the past is too short."""
    horizon = Horizon(4)
    for week, weights in ((60, (0.5, 0.25, 0.25)), (10, (1.0, 0.0, 0.0))):
        origin = [panel.week_ends[week]]
        found = Pooled().fit(panel, origin, horizon).predict(panel, origin, horizon)
        said = [member.fit(panel, origin, horizon).predict(panel, origin, horizon) for member, _ in MEMBERS]
        for name in ("p_deteriorate", "p_hold", "p_improve_low", "p_improve_high"):
            expected = sum(frame[name].to_numpy() * weight for frame, weight in zip(said, weights, strict=True))
            np.testing.assert_allclose(found[name].to_numpy(), expected, rtol=0, atol=1e-12)
    with pytest.raises(QuestionError, match="not been fitted"):
        Pooled().predict(panel, origin, horizon)


def test_logit_refuses_questions_it_has_not_learned_for(panel: Panel) -> None:
    """Unfitted, at another horizon, or from before it learned, it refuses; without an origin it cannot learn."""
    origin, horizon = panel.week_ends[100], Horizon(4)
    fitted = Logit().fit(panel, [origin], horizon)
    for forecaster, day, ahead in (
        (Logit(), origin, horizon),
        (fitted, origin, Horizon(13)),
        (fitted, panel.week_ends[99], horizon),
    ):
        with pytest.raises(QuestionError):
            forecaster.predict(panel, [day], ahead)
    with pytest.raises(QuestionError, match="No origin"):
        Logit().fit(panel, [], horizon)


def test_features_are_bounded_and_known_even_with_gaps(panel: Panel) -> None:
    """Gaps and short histories give zeros, not NaN; wild weeks are clipped."""
    balance = panel.balance[:, :30].copy()
    balance[0] = np.nan
    balance[1, -1] = 1e9
    features = build_features(describe_situation(balance, Horizon(4)))
    assert features.shape == (len(panel.pairs), len(FEATURES))
    assert np.abs(features).max() <= 4.0
    assert not features[0].any()


def test_beta_quantiles_are_those_of_the_tables() -> None:
    """Known quantiles: uniform, Beta(2, 2), Beta(40, 60)."""
    low, high = beta_quantiles(np.array([1.0, 2.0, 40.0]), np.array([1.0, 2.0, 60.0]), (0.05, 0.95))
    np.testing.assert_allclose(low, [0.05, 0.1354, 0.3208], atol=1e-3)
    np.testing.assert_allclose(high, [0.95, 0.8646, 0.4815], atol=1e-3)
