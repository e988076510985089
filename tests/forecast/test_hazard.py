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
from detente.forecast.hazard_features import HAZARD_FEATURES, build_hazard_features
from detente.forecast.hazard_history import base_rates, build_history
from detente.forecast.provoked import thresholds, weekly_thresholds
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


def _by_hand(days: DyadDays, row: int, place: int) -> float:
    """The threshold in the words of the rule."""
    start = max(place + 1 - 730, 0)
    past = days.material[row, start : place + 1][days.covered[start : place + 1]]
    return float(np.quantile(past, 0.99)) if past.size >= 91 else float("nan")


def test_thresholds_are_quantiles_of_the_two_years_up_to_the_origin() -> None:
    """Whether asked for one origin or for all weeks at once, before and after two years are full, gaps and all."""
    days = _make(6, 1700, seed=9)
    places, bars = weekly_thresholds(days)
    assert places[-1] == 1699
    assert np.diff(places).tolist() == [7] * (places.size - 1)
    for index in (3, 13, 40, 103, 104, 105, 150, 207, 208, places.size - 1):
        place = int(places[index])
        wanted = [_by_hand(days, row, place) for row in range(6)]
        np.testing.assert_allclose(bars[:, index], wanted)
        np.testing.assert_allclose(thresholds(days, place), wanted)
    assert np.isnan(bars[:, 3]).all()
    assert np.isfinite(bars[:, 13]).all()


def test_spans_are_judged_by_the_threshold_of_their_own_origin(days: DyadDays) -> None:
    """A span begins on the next day, ends with the horizon, and cannot be said before its end or too early."""
    past = build_history(days)
    happened, held = past.spans(Horizon(4))
    assert not held[-4:].any()
    assert held[-5]
    for index in np.flatnonzero(held)[[0, 5, -1]]:
        place = int(past.places[index])
        for row in range(len(days.dyads)):
            bar = _by_hand(days, row, place)
            ahead = slice(place + 1, place + 29)
            assert happened[row, index] == (days.hostile[row, ahead] & (days.material[row, ahead] > bar)).any()
        origin = _FIRST + dt.timedelta(days=place)
        resolved = resolve_hazards(days, origin, Horizon(4))["happened"]
        assert resolved.to_list() == happened[:, index].tolist()
    assert 0 < happened[:, held].mean() < 1
    assert not held[past.places < 90].any()


def test_a_no_needs_the_days_to_have_been_looked_at(days: DyadDays) -> None:
    """With more than a tenth of the span uncovered a yes stays a yes, and a no is void."""
    covered = days.covered.copy()
    covered[-10:-4] = False
    hidden = replace(days, covered=covered, hostile=days.hostile & covered, material=days.material * covered)
    origin = _FIRST + dt.timedelta(days=391)
    whole, found = (resolve_hazards(each, origin, Horizon(4)) for each in (days, hidden))
    assert 0 < found.height < whole.height
    assert found["happened"].all()
    assert not build_history(hidden).spans(Horizon(4))[1][-5]


def test_base_rates_lean_on_the_pool(days: DyadDays) -> None:
    """A dyad's own rate is a Jeffreys mean of its spans; the shrunk one lies between it and the pool's."""
    happened, held = build_history(days).spans(Horizon(4))
    rates = base_rates(happened, held, Horizon(4))
    spans, share = (held.sum() + 3) / 4, happened[:, held].mean(axis=1)
    np.testing.assert_allclose(rates.own, (share * spans + 0.5) / (spans + 1))
    assert np.ptp(rates.shrunk) < np.ptp(rates.own)
    np.testing.assert_allclose(base_rates(happened, np.zeros_like(held), Horizon(4)).own, 0.5)
    few = base_rates(happened, held, Horizon(4), pool=10)
    np.testing.assert_allclose(few.own, rates.own)
    assert not np.allclose(few.shrunk, rates.shrunk)


def test_answers_fit_the_table(days: DyadDays) -> None:
    """Every dyad gets a probability within its band, the base rate beside it, and the time since the last."""
    origin, horizon = _FIRST + dt.timedelta(days=350), Horizon(4)
    found = check_table(ProvocationHazard().fit(days, origin, [horizon]).predict(days, origin, [horizon]), HAZARDS)
    assert found.height == len(days.dyads)
    assert found["reason"].null_count() == found.height
    assert found.select((pl.col("p_low") < pl.col("p")).all() & (pl.col("p") < pl.col("p_high")).all()).item()
    past = build_history(days.until(origin))
    assert np.isfinite(build_hazard_features(past, np.arange(13, past.places.size))).all()
    assert build_hazard_features(past, np.arange(14, 16)).shape == (2, 60, len(HAZARD_FEATURES) - 1)
    for row in (0, 7):
        passed = np.flatnonzero(days.hostile[row, :351] & (days.material[row, :351] > _by_hand(days, row, 350)))
        assert found["days_since"][row] == (350 - passed[-1] if passed.size else None)


def test_several_horizons_are_answered_at_once(days: DyadDays) -> None:
    """Longer horizons have higher chances, and each answer is the one that it would have had alone."""
    origin, both = _FIRST + dt.timedelta(days=350), [Horizon(4), Horizon(8)]
    found = ProvocationHazard().fit(days, origin, both).predict(days, origin, both)
    four, eight = (found.filter(horizon_weeks=weeks) for weeks in (4, 8))
    assert (four["p"] < eight["p"]).mean() > 0.9
    assert eight.equals(ProvocationHazard().fit(days, origin, both[1:]).predict(days, origin, both[1:]))


def test_dyads_outside_the_pool_change_nothing_for_those_in_it(days: DyadDays) -> None:
    """Asked about with others or without them, a dyad of the pool has the same chance."""
    origin, horizon = _FIRST + dt.timedelta(days=350), [Horizon(4)]
    pool = days.of(np.arange(40))
    alone = ProvocationHazard().fit(pool, origin, horizon, pool=40).predict(pool, origin, horizon)
    among = ProvocationHazard().fit(days, origin, horizon, pool=40).predict(days, origin, horizon)
    assert among.head(40).equals(alone)


def test_too_short_a_history_gives_no_chance_but_a_reason(days: DyadDays) -> None:
    """Before 91 covered days there is no threshold; before two spans and 13 weeks of judged days there is no chance."""
    for place, weeks, words, knows_bar in (
        (80, 4, "fewer than 91 covered days", False),
        (100, 4, "weeks can be judged; 13 are needed", True),
        (250, 13, "weeks can be judged; 26 are needed", True),
    ):
        origin, horizon = _FIRST + dt.timedelta(days=place), [Horizon(weeks)]
        found = ProvocationHazard().fit(days, origin, horizon).predict(days, origin, horizon)
        assert found["p"].null_count() == found["base_rate"].null_count() == found.height
        assert words in found["reason"][0]
        assert (found["threshold"].null_count() == 0) == knows_bar


def test_with_too_little_to_learn_from_the_answer_is_the_shrunk_base_rate(days: DyadDays) -> None:
    """Of three dyads hardly a question came out: the answer is their base rates, with a wide band."""
    few, origin, horizon = days.of(np.arange(3)), _FIRST + dt.timedelta(days=250), [Horizon(4)]
    found = ProvocationHazard().fit(few, origin, horizon).predict(few, origin, horizon)
    happened, held = build_history(few.until(origin)).spans(Horizon(4))
    assert found["p"].to_list() == pytest.approx(base_rates(happened, held, Horizon(4)).shrunk.tolist())
    assert (found["p_high"] - found["p_low"]).min() > 0.3


@pytest.mark.parametrize("wild", [0.0, 1e6])
def test_planted_days_change_no_hazard(days: DyadDays, wild: float) -> None:
    """Whatever comes after an origin, fit and answer keep every bit; so does cutting the data off there."""
    place, horizon = 330, [Horizon(4)]
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
    model = ProvocationHazard().fit(days, origins[0], [horizon])
    answers = [model.predict(days, origin, [horizon]) for origin in origins]
    came = np.concatenate([resolve_hazards(days, origin, horizon)["happened"].to_numpy() for origin in origins])
    p, base = (np.concatenate([answer[name].to_numpy() for answer in answers]) for name in ("p", "base_rate"))
    assert auc(p, came) > auc(base, came) + 0.03
    assert skill((p - came) ** 2, (base - came) ** 2) > 0.03
    moved = np.roll(p.reshape(4, -1), 2, axis=0).ravel()
    assert skill((moved - came) ** 2, (p - came) ** 2) < 0


def test_hazards_are_refused_for_what_was_not_learned(days: DyadDays) -> None:
    """Another horizon, an earlier origin, or a day that is not held is an error."""
    origin = _FIRST + dt.timedelta(days=330)
    model = ProvocationHazard().fit(days, origin, [Horizon(4)])
    for day, weeks in ((origin, 13), (origin - dt.timedelta(days=7), 4), (_FIRST + dt.timedelta(days=900), 4)):
        with pytest.raises(QuestionError):
            model.predict(days, day, [Horizon(weeks)])
    with pytest.raises(QuestionError):
        resolve_hazards(days, _FIRST + dt.timedelta(days=400), Horizon(4))


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


def test_the_measure_of_the_past_is_the_rule_asked_anew_on_every_day() -> None:
    """On the sample, the moves that ``provocation-v1`` lists are the days that pass the threshold of the day before."""
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
        mine = {
            str(found.first + dt.timedelta(days=day))
            for day in range(1, found.covered.size)
            if found.candidate[row, day] > thresholds(found, day - 1)[row]
        }
        assert mine == set(measured.filter(pl.col("actor") == actor)["item"])
