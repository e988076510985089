"""Drivers in a forecast: only what was known counts, and every share adds up."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.domain.tables import DRIVERS
from detente.forecast.drivers import (
    FEATURES,
    GROUPS,
    correct,
    driver_features,
    explain_drivers,
    fit_corrections,
    shapley,
)

ORIGIN = dt.date(2018, 7, 20)
NAMES = list(FEATURES)


def world(months: int = 60, *, seed: int = 1) -> pl.DataFrame:
    """Five years of prices and indices, of the world, the United States and Russia."""
    draws = np.random.default_rng(seed)
    table = []
    for back in range(months * 30):
        day = ORIGIN - dt.timedelta(days=back)
        known = dt.datetime.combine(day + dt.timedelta(days=7), dt.time.min)
        table.append(("oil", "oil_brent", None, day, 70.0 - back * 0.01, known, "USD"))
    end = dt.date(2018, 6, 30)
    for _ in range(months):
        for provider, series, state in (
            ("gpr", "gpr", None), ("gpr_country", "gpr_country", "USA"), ("gpr_country", "gpr_country", "RUS"),
            ("epu", "epu", None), ("epu", "epu", "USA"),
        ):  # fmt: skip
            known = dt.datetime.combine(end + dt.timedelta(days=10), dt.time.min)
            table.append((provider, series, state, end, float(np.exp(draws.normal())), known, "index"))
        end = end.replace(day=1) - dt.timedelta(days=1)
    return pl.DataFrame(table, schema=DRIVERS.schema, orient="row")


def test_oil_is_the_change_of_its_last_known_prices() -> None:
    """Brent rises a cent a day: over four weeks 0.28 of the mean of the five prices known."""
    found = driver_features(world(), ["RUS-USA"], ORIGIN)[0]
    now = np.mean([70.0 - (7 + back) * 0.01 for back in range(5)])
    assert found[NAMES.index("oil_change_4w")] == pytest.approx(np.log(now / (now - 0.28)) / 0.10)


def test_nothing_from_after_the_origin_is_read() -> None:
    """Wild values of the origin's future, and of its past known later, change no feature."""
    plain = world()
    wild = plain.with_columns(
        value=pl.lit(1e6), known_at=pl.lit(dt.datetime.combine(ORIGIN, dt.time.min) + dt.timedelta(days=1))
    )
    later = plain.with_columns(value=pl.lit(1e6), period_end=pl.lit(ORIGIN + dt.timedelta(days=1)))
    same = driver_features(pl.concat([plain, wild, later]), ["RUS-USA", "FRA-USA"], ORIGIN)
    np.testing.assert_array_equal(same, driver_features(plain, ["RUS-USA", "FRA-USA"], ORIGIN))


def test_what_is_not_known_is_usual() -> None:
    """Without series, or for states without one, features are 0; all are between −4 and 4."""
    assert not driver_features(DRIVERS.empty(), ["RUS-USA"], ORIGIN).any()
    found = driver_features(world(), ["RUS-USA", "BOL-PER", "BOL-USA"], ORIGIN)
    assert found.shape == (3, len(FEATURES))
    assert np.abs(found).max() <= 4
    assert not found[1, NAMES.index("country_gpr_higher")]
    assert found[2, NAMES.index("country_gpr_higher")]
    assert not found[2, NAMES.index("country_gpr_lower")]
    assert (found[:, 0] == found[0, 0]).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_add_up(seed: int) -> None:
    """Log-odds add up to the correction, probabilities to the change of the forecast, whatever the numbers."""
    draws = np.random.default_rng(seed)
    base, features = draws.dirichlet(np.ones(3)), draws.normal(size=len(FEATURES))
    weights = draws.normal(size=(len(FEATURES), 3)) * [1, 0, 1]
    shares = explain_drivers(base, features, weights)
    assert [share.group for share in shares] == list(GROUPS)
    np.testing.assert_allclose(sum(np.array(share.log_odds) for share in shares), features @ weights, atol=1e-12)
    moved = correct(base[None, :], (features @ weights)[None, :])[0]
    np.testing.assert_allclose(sum(np.array(share.probability) for share in shares), moved - base, atol=1e-12)


def test_a_group_without_weight_has_no_share() -> None:
    """A series that moves nothing is given nothing; equal series are given equal shares."""
    worth = shapley(lambda mask: np.array([mask[0] * mask[1] + 0 * mask[2]]), 3)
    np.testing.assert_allclose(worth[:, 0], [0.5, 0.5, 0.0])


def test_a_real_effect_is_found_and_a_void_one_is_not() -> None:
    """Where a feature moves outcomes its weight has that sign; noise is pulled to nothing by the ridge."""
    draws = np.random.default_rng(3)
    features = draws.normal(size=(4000, 2))
    base = np.full((4000, 3), 1 / 3)
    p = correct(base, features @ np.array([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]]))
    outcome = (draws.random(4000)[:, None] > np.cumsum(p, axis=1)).sum(axis=1)
    weights = fit_corrections(base, features, outcome, ridge=10.0)
    np.testing.assert_allclose(weights[0], [1, 0, -1], atol=0.15)
    np.testing.assert_allclose(weights[1], 0, atol=0.12)
    assert np.abs(fit_corrections(base, features, outcome, ridge=1e9)).max() < 1e-4
