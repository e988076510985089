"""Series models of statsforecast behind the protocol."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import FORECASTS, check_table
from detente.errors import ConfigError
from detente.forecast import Panel
from detente.forecast.timeseries import SeriesModel, auto_arima, auto_ets, auto_theta

_P = ["p_deteriorate", "p_hold", "p_improve"]


@pytest.fixture
def few(panel: Panel) -> Panel:
    """Three pairs with a gap, a constant one and an empty one: series models are slow and meet odd series."""
    balance = panel.balance[:5].copy()
    balance[0, 50:53] = np.nan
    balance[3] = 1.0
    balance[4] = np.nan
    return Panel(panel.pairs[:5], panel.week_ends, balance)


@pytest.mark.parametrize("build", [auto_ets, auto_arima, auto_theta])
def test_series_models_answer_for_every_pair(few: Panel, build: object) -> None:
    """Every series, also one with gaps, without change or empty, gets probabilities; the same ones each time."""
    pytest.importorskip("statsforecast")
    origin, horizon = [few.week_ends[80]], Horizon(4)
    found = check_table(build().fit(few, origin, horizon).predict(few, origin, horizon), FORECASTS)  # type: ignore[operator]
    np.testing.assert_allclose(found.select(_P).to_numpy().sum(axis=1), 1.0, atol=1e-9)
    assert found.equals(build().predict(few, origin, horizon))  # type: ignore[operator]


def test_horizons_share_one_fit(few: Panel) -> None:
    """Asked at three horizons from one origin, each series is fitted once."""
    calls: list[int] = []

    class _Model:
        def simulate(self, h: int, n_paths: int, y: np.ndarray, seed: int) -> np.ndarray:
            calls.append(h)
            return np.full((n_paths, h), y.mean()) + 0.0 * seed

    pytest.importorskip("statsforecast")
    model = SeriesModel("made-up", lambda _: _Model())
    for weeks in (4, 13, 26):
        model.predict(few, [few.week_ends[80]], Horizon(weeks))
    assert calls == [26] * 3


def test_without_the_package_the_next_step_is_named(few: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where statsforecast is not installed the error says how to get it."""
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(ConfigError, match=r"detente\[baselines\]"):
        auto_theta().fit(few, [few.week_ends[80]], Horizon(4))
