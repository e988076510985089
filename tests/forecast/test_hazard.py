"""Hazards of provocative moves: the rule of the moves, no look-ahead, and skill where there is something to know."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import CELLS, COVERAGE, HAZARDS, check_table
from detente.errors import QuestionError
from detente.forecast.dyad_days import DyadDays, build_dyad_days
from detente.forecast.hazard import ProvocationHazard, resolve_hazards
from detente.forecast.hazard_features import HAZARD_FEATURES, base_rates, build_hazard_features, spans_with_a_move
from detente.scoring import auc, skill

_FIRST = dt.date(2018, 1, 1)


def _make(dyads: int = 60, size: int = 420, *, seed: int = 3) -> DyadDays:
    """Dyads that run hot and cold: hostile days come in spells, and each side's spells follow the other's."""
    draws = np.random.default_rng(seed)
    names = tuple(
        (f"A{row // 2:02d}", f"B{row // 2:02d}") if row % 2 else (f"B{row // 2:02d}", f"A{row // 2:02d}")
        for row in range(dyads)
    )
    heat = np.zeros((dyads, size))
    for day in range(1, size):
        heat[:, day] = 0.97 * heat[:, day - 1] + 0.35 * draws.normal(size=dyads)
    chance = 1 / (1 + np.exp(3.0 - 1.5 * heat))
    hostile = draws.random((dyads, size)) < chance * 0.5
    material = np.where(hostile, 7 + draws.exponential(6, (dyads, size)) * np.exp(0.3 * heat), 0.0)
    calm = draws.exponential(2.0, (dyads, size))
    covered = np.ones(size, dtype=bool)
    covered[200:203] = False
    return DyadDays(
        names, _FIRST, covered,
        events=np.where(covered, 3.0 + hostile, 0.0), material=material * covered, verbal=calm * covered,
        cooperation=calm * covered, hostile=hostile & covered,
    )  # fmt: skip


@pytest.fixture(scope="module")
def days() -> DyadDays:
    """60 dyads, 420 days."""
    return _make()


def test_provocative_days_are_those_of_the_rule(days: DyadDays) -> None:
    """Day by day: hostile, above the 99th percentile of the covered days of two years before, of at least 91."""
    for row in (0, 7):
        for day in range(days.covered.size):
            past = days.material[row, max(day - 730, 0) : day][days.covered[max(day - 730, 0) : day]]
            expected = (
                bool(days.covered[day]) and past.size >= 91
                and bool(days.hostile[row, day]) and days.material[row, day] > np.quantile(past, 0.99)
            )  # fmt: skip
            assert days.provoked[row, day] == expected
    assert days.provoked.any()


def test_spans_look_ahead_of_the_day_and_close_with_the_data(days: DyadDays) -> None:
    """A span begins on the next day, ends with the horizon, and cannot be said before its end."""
    happened, held = spans_with_a_move(days, Horizon(4))
    assert not held[-28:].any()
    for day in (150, 300):
        np.testing.assert_array_equal(happened[:, day], days.provoked[:, day + 1 : day + 29].any(axis=1))
    assert held[391]
    assert not held[60]  # too few of its days can be judged


def test_base_rates_lean_on_the_pool(days: DyadDays) -> None:
    """A dyad's own rate is a Jeffreys mean of its spans; the shrunk one lies between it and the pool's."""
    happened, held = spans_with_a_move(days, Horizon(4))
    own, shrunk = base_rates(happened, held, Horizon(4))
    spans, share = held.sum() / 28, happened[:, held].mean(axis=1)
    np.testing.assert_allclose(own, (share * spans + 0.5) / (spans + 1))
    assert np.ptp(shrunk) < np.ptp(own)
    np.testing.assert_allclose(base_rates(happened, np.zeros_like(held), Horizon(4))[0], 0.5)


def test_answers_fit_the_table(days: DyadDays) -> None:
    """Every dyad gets a probability within its band, and the base rate beside it."""
    origin, horizon = _FIRST + dt.timedelta(days=350), Horizon(4)
    found = check_table(ProvocationHazard().fit(days, origin, horizon).predict(days, origin, horizon), HAZARDS)
    assert found.height == len(days.dyads)
    assert found.select((pl.col("p_low") < pl.col("p")).all() & (pl.col("p") < pl.col("p_high")).all()).item()
    assert np.isfinite(build_hazard_features(days, 350, found["base_rate"].to_numpy())).all()
    assert build_hazard_features(days, 5, np.full(60, 0.1)).shape == (60, len(HAZARD_FEATURES))


def test_with_too_little_to_learn_from_the_answer_is_the_shrunk_base_rate(days: DyadDays) -> None:
    """Early in the data no question is resolved: the answer is the rate of the pool, with a wide band."""
    origin, horizon = _FIRST + dt.timedelta(days=100), Horizon(4)
    found = ProvocationHazard().fit(days, origin, horizon).predict(days, origin, horizon)
    assert found["p"].n_unique() == 1
    assert (found["p_high"] - found["p_low"]).min() > 0.3


@pytest.mark.parametrize("wild", [0.0, 1e6])
def test_planted_days_change_no_hazard(days: DyadDays, wild: float) -> None:
    """Whatever comes after an origin, fit and answer keep every bit; so does cutting the data off there."""
    place, horizon = 330, Horizon(4)
    origin = _FIRST + dt.timedelta(days=place)
    planted = {name: getattr(days, name).copy() for name in ("events", "material", "verbal", "cooperation")}
    for values in planted.values():
        values[:, place + 1 :] = wild
    hostile = days.hostile.copy()
    hostile[:, place + 1 :] = wild > 0
    other = replace(days, hostile=hostile, **planted)
    answers = [
        ProvocationHazard().fit(known, origin, horizon).predict(known, origin, horizon)
        for known in (days, other, days.until(origin))
    ]
    assert answers[0].equals(answers[1])
    assert answers[0].equals(answers[2])


def test_hazards_beat_base_rates_where_spells_last_and_not_when_time_is_shuffled() -> None:
    """On spells the model is better than each dyad's base rate out of sample; beside other origins' outcomes, worse."""
    days, horizon = _make(120, 420, seed=5), Horizon(4)
    origins = [_FIRST + dt.timedelta(days=day) for day in (300, 330, 360, 390)]
    model = ProvocationHazard().fit(days, origins[0], horizon)
    answers = [model.predict(days, origin, horizon) for origin in origins]
    came = np.concatenate([resolve_hazards(days, origin, horizon)["happened"].to_numpy() for origin in origins])
    p, base = (np.concatenate([answer[name].to_numpy() for answer in answers]) for name in ("p", "base_rate"))
    assert auc(p, came) > auc(base, came) + 0.03
    assert skill((p - came) ** 2, (base - came) ** 2) > 0.03
    moved = np.roll(p.reshape(4, -1), 2, axis=0).ravel()
    assert skill((moved - came) ** 2, (p - came) ** 2) < 0


def test_hazards_are_refused_for_what_was_not_learned(days: DyadDays) -> None:
    """Another horizon, an earlier origin, or a day that is not held is an error."""
    origin = _FIRST + dt.timedelta(days=330)
    model = ProvocationHazard().fit(days, origin, Horizon(4))
    for day, weeks in ((origin, 13), (origin - dt.timedelta(days=7), 4), (_FIRST + dt.timedelta(days=900), 4)):
        with pytest.raises(QuestionError):
            model.predict(days, day, Horizon(weeks))
    last = _FIRST + dt.timedelta(days=419)
    assert resolve_hazards(days, last, Horizon(4)).is_empty()


def test_days_are_built_from_cells() -> None:
    """Events stand on their day and in their dyad's row; uncovered days hold nothing; undirected rows are left out."""
    day = dt.date(2018, 1, 2)
    cell = dict.fromkeys(CELLS.names) | {"occurred": day, "actor": "RUS", "recipient": "USA", "directed": True, "n": 2}
    cell |= {"event_type": "ASSAULT", "cooperation_milli": 0, "conflict_milli": 14000, "lowest_milli": -9000}
    cell |= {"square_milli": 1.0}
    gap = cell | {"occurred": day + dt.timedelta(days=1)}
    talk = cell | {"event_type": "CONSULT", "cooperation_milli": 3000, "conflict_milli": 0, "lowest_milli": 1000}
    cells = pl.DataFrame([cell, gap, talk, cell | {"directed": False}], schema=CELLS.schema)
    status = ["present", "present", "absent"]
    coverage = pl.DataFrame(
        [("x", _FIRST + dt.timedelta(days=place), 1, dt.datetime(2018, 1, 9), status[place]) for place in range(3)],  # noqa: DTZ001
        schema=COVERAGE.schema, orient="row",
    )  # fmt: skip
    found = build_dyad_days(cells, coverage)
    assert found.dyads == (("RUS", "USA"),)
    assert found.material.tolist() == [[0.0, 14.0, 0.0]]
    assert found.hostile.tolist() == [[False, True, False]]
    assert found.events.tolist() == [[0.0, 4.0, 0.0]]
    assert found.cooperation.tolist() == [[0.0, 3.0, 0.0]]


def test_provocative_days_are_those_that_the_measure_reports() -> None:
    """On the sample, the days that a hazard is the hazard of are the moves that ``provocation-v1`` lists."""
    from detente.domain.actors import Pair
    from detente.relations.provocation import provocation
    from detente.relations.readings import Readings
    from detente.world import open_world

    view = open_world().view
    cells, pair = view.cells(Pair("RUS", "USA")), Pair("RUS", "USA")
    found = build_dyad_days(cells, view.coverage())
    measured = provocation(Readings(cells, view.coverage()), pair, view.as_of).filter(pl.col("quantity") == "move")
    assert measured.height >= 3
    for row, (actor, _) in enumerate(found.dyads):
        mine = {str(found.first + dt.timedelta(days=int(day))) for day in np.flatnonzero(found.provoked[row])}
        assert mine == set(measured.filter(pl.col("actor") == actor)["item"])
