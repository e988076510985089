"""Monthly counts: distributions that add up, a model and baselines that read the past alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from detente.errors import QuestionError
from detente.forecast.count_baselines import ArimaCounts, CountClimatology, Ingarch, ZeroInflated, intensities
from detente.forecast.count_shapes import Frequencies, NegativeBinomial, RoundedLognormal, size_by_moments
from detente.forecast.counts import (
    CountForecaster,
    GlobalCounts,
    MonthCounts,
    build_count_features,
    build_month_counts,
    decayed_means,
)

_END = 130


def _make(dyads: int = 40, months: int = 180, *, seed: int = 2) -> MonthCounts:
    """Dyads whose rates wander together with the other direction's, seen as negative binomial counts."""
    draws = np.random.default_rng(seed)
    level = draws.normal(0.5, 1.2, size=dyads // 2)
    wander = np.zeros((dyads // 2, months))
    for month in range(1, months):
        wander[:, month] = 0.9 * wander[:, month - 1] + 0.35 * draws.normal(size=dyads // 2)
    rate = np.exp(np.repeat(level[:, None] + wander, 2, axis=0))
    counts = draws.poisson(rate * draws.gamma(2.0, 0.5, size=rate.shape))
    names = [
        pair for row in range(dyads // 2) for pair in ((f"A{row:02d}", f"B{row:02d}"), (f"B{row:02d}", f"A{row:02d}"))
    ]
    first = 1996 * 12
    ends = tuple(dt.date((first + month) // 12, (first + month) % 12 + 1, 1) for month in range(months))
    return MonthCounts(tuple(names), ends, counts.astype(np.int64))


@pytest.fixture(scope="module")
def data() -> MonthCounts:
    """40 dyads, 15 years."""
    return _make()


_SHAPES = [
    NegativeBinomial(np.array([0.3, 4.0]), np.array([0.5, 20.0])),
    NegativeBinomial(np.array([0.3, 4.0]), np.array([0.5, 20.0]), np.array([0.4, 0.1])),
    RoundedLognormal(np.array([0.2, 1.5]), np.array([0.5, 0.7])),
    Frequencies(np.array([[0, 0, 3], [2, 5, 5]]), NegativeBinomial(np.array([1.0, 4.0]), np.array([1.0, 9.0]))),
]


@pytest.mark.parametrize("shape", _SHAPES)
def test_masses_add_up_to_the_distribution(shape: NegativeBinomial) -> None:
    """Probabilities of single counts are not negative and add up to the probability of at most each count."""
    counts = np.arange(400)
    mass = np.stack([np.exp(shape.log_mass(np.array([count, count]))) for count in counts], axis=1)
    np.testing.assert_allclose(np.cumsum(mass, axis=1), shape.below(counts), atol=1e-6)
    np.testing.assert_allclose(shape.below(counts)[:, -1], 1.0, atol=1e-4)


def test_the_negative_binomial_is_scipys() -> None:
    """Masses are those of the library; moments give back the size they came from."""
    from scipy.stats import nbinom

    mean, size, values = np.array([0.5, 7.0]), np.array([0.8, 3.0]), np.array([2, 11])
    shape = NegativeBinomial(mean, size)
    np.testing.assert_allclose(shape.log_mass(values), nbinom.logpmf(values, size, size / (size + mean)))
    np.testing.assert_allclose(size_by_moments(mean, mean + mean**2 / size), size)


def test_months_are_set_side_by_side() -> None:
    """A month without a row is a zero; dyads with too few months are left out; the last month closes the table."""
    rows = pl.DataFrame(
        {
            "month": [dt.date(2000, 1, 1), dt.date(2000, 3, 1), dt.date(2000, 3, 1), dt.date(2000, 5, 1)],
            "actor": ["A", "A", "C", "A"],
            "recipient": ["B", "B", "B", "B"],
            "count": [2, 1, 9, 4],
        }
    )
    span = {"since": dt.date(2000, 1, 1), "until": dt.date(2000, 4, 1), "by": dt.date(2000, 4, 1)}
    found = build_month_counts(rows, min_months=2, **span)  # type: ignore[arg-type]
    assert found.dyads == (("A", "B"),)
    assert found.counts.tolist() == [[2, 0, 1, 0]]
    assert found.position(dt.date(2000, 3, 1)) == 2
    with pytest.raises(QuestionError):
        found.position(dt.date(2001, 1, 1))
    with pytest.raises(QuestionError, match="3 months"):
        build_month_counts(rows, min_months=3, **span)  # type: ignore[arg-type]


def test_decayed_means_forget_by_half() -> None:
    """With a half-life of one month the last month counts double the one before; the first reads nothing."""
    np.testing.assert_allclose(decayed_means(np.array([[4.0, 1.0, 0.0]]), 1.0), [[0.0, 4.0, (1.0 + 2.0) / 1.5]])


@pytest.mark.parametrize("model", [GlobalCounts(), CountClimatology(), ZeroInflated(), Ingarch()])
def test_planted_months_change_no_distribution(model: CountForecaster, data: MonthCounts) -> None:
    """Whatever counts come in a month or after it, the distribution for it keeps every bit."""
    place = 150
    planted = data.counts.copy()
    planted[:, place:] = 10_000
    other = MonthCounts(data.dyads, data.months, planted)
    masses = [
        model.fit(known, _END).predict(known, [place]).log_mass(np.full(len(data.dyads), 3)) for known in (data, other)
    ]
    np.testing.assert_array_equal(masses[0], masses[1])


def test_the_global_model_is_better_than_each_baseline(data: MonthCounts) -> None:
    """Where rates wander and both directions move together, the log score out of sample is lowest."""
    places = list(range(_END, 180))
    came = data.counts[:, places].ravel()
    scores = {}
    for model in (GlobalCounts(), CountClimatology(), ZeroInflated(), Ingarch()):
        scores[model.name] = -model.fit(data, _END).predict(data, places).log_mass(came).mean()
    assert scores["counts"] < min(scores["climatology"], scores["zero-inflated"]) - 0.05
    assert scores["counts"] < scores["ingarch"]


def test_cases_are_dyads_then_months(data: MonthCounts) -> None:
    """The order of the cases is that of the counts laid out row by row."""
    both = CountClimatology().predict(data, [100, 120]).past
    np.testing.assert_array_equal(both[3], data.counts[1, 60:120])


def test_ingarch_follows_its_equation_and_finds_a_persistent_series() -> None:
    """Rates are those of the recursion by hand; a series with memory is told from one without."""
    counts = np.array([[3, 0, 5]])
    rate = intensities(counts, np.array([2.0]), np.array([0.3]), np.array([0.4]))
    np.testing.assert_allclose(rate[0, :3], [2.0, 0.6 + 0.9 + 0.8, 0.6 + 0.0 + 0.4 * 2.3])
    draws = np.random.default_rng(4)
    memory, none = np.zeros(300, dtype=np.int64), draws.poisson(3.0, 300)
    for month in range(1, 300):
        memory[month] = draws.poisson(0.6 + 0.8 * memory[month - 1])
    months = tuple(dt.date(1990 + month // 12, month % 12 + 1, 1) for month in range(300))
    found = Ingarch().fit(MonthCounts((("A", "B"), ("C", "D")), months, np.stack([memory, none])), 300)
    assert found.alpha is not None
    assert found.alpha[0] >= 0.5
    assert found.alpha[1] <= 0.1


def test_what_has_not_learned_or_has_too_little_is_refused(data: MonthCounts) -> None:
    """Unfitted models, and histories that are too short, are errors with the next step."""
    for ask in (
        lambda: GlobalCounts().predict(data, [100]),
        lambda: Ingarch().predict(data, [100]),
        lambda: ArimaCounts().predict(data, [100]),
        lambda: CountClimatology().predict(data, [30]),
        lambda: GlobalCounts().fit(data, 20),
    ):
        with pytest.raises(QuestionError):
            ask()


def test_features_are_finite_from_the_first_month(data: MonthCounts) -> None:
    """No month has a feature that is not a number."""
    assert np.isfinite(build_count_features(data)).all()


def test_arima_counts_are_distributions(data: MonthCounts) -> None:
    """AutoARIMA on logs gives a mean near the dyad's usual count and a positive spread."""
    pytest.importorskip("statsforecast")
    two = MonthCounts(data.dyads[:2], data.months, data.counts[:2])
    shape = ArimaCounts().fit(two, 100).predict(two, [100, 101])
    assert (shape.deviation > 0).all()
    usual = np.repeat(np.log1p(two.counts[:, :100]).mean(axis=1), 2)
    assert np.abs(shape.mean - usual).max() < 1.5
