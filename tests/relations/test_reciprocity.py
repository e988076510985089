"""Reciprocity: planted rules come back, chance does not pass for them, and the unit of reporting does not matter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tit_for_tat import ANSWER, FIRST, NONE, cells_of, controls_of, coverage_of, simulate_sides, world_of

from detente.domain.actors import Dyad, Pair
from detente.domain.tables import ANSWER_CURVES
from detente.relations.answers import wald
from detente.relations.daily import build_daily, lay_out_days, one_sided
from detente.relations.reciprocity import (
    active_pairs,
    answers_table,
    false_discovery,
    measure_reciprocities,
    measure_reciprocity,
    rank_pairs,
    shifted_answers,
)
from detente.relations.response import STRENGTH_STEPS, fit_answer

_DAYS = 450
_AS_OF = FIRST + dt.timedelta(days=_DAYS - 1)
_PAIR = Pair("USA", "RUS")
_WEEK = float(ANSWER[:STRENGTH_STEPS].sum())


def _fits(answers: tuple[np.ndarray, np.ndarray], count: int, seed: int) -> list[tuple[float, float, float, float]]:
    """Strength, its band and p-value of the first side's answers in simulated pairs."""
    generator, found = np.random.default_rng(seed), []
    for _ in range(count):
        first, second, common = simulate_sides(generator, answers=answers)
        fit = fit_answer(first, second, controls_of(common))
        assert fit
        found.append((fit.strength, *wald(fit.strength, fit.error, fit.free_blocks)))
    return found


def test_planted_answers_come_back_and_bands_cover() -> None:
    """Of 120 simulated pairs the mean strength is near the planted one, and nine bands in ten hold it."""
    found = _fits((ANSWER, ANSWER), 120, seed=1)
    assert np.mean([row[0] for row in found]) == pytest.approx(_WEEK, abs=0.06)
    covered = np.mean([low <= _WEEK <= high for _, low, high, _ in found])
    assert 0.83 <= covered <= 0.97
    assert np.mean([p < 0.05 for *_, p in found]) > 0.5


def test_where_nobody_answers_little_is_found() -> None:
    """Common shocks, habits and days active together are not taken for answers more often than stated."""
    found = _fits((NONE, ANSWER * 0), 150, seed=2)
    assert np.mean([p < 0.05 for *_, p in found]) <= 0.09


def test_partners_from_another_time_are_not_answered() -> None:
    """In a world where all pairs answer, shifting partners in time leaves no more finds than the level allows."""
    generator = np.random.default_rng(4)
    daily = build_daily(cells_of(world_of(generator)), coverage_of(_DAYS), [_PAIR], as_of=_AS_OF)
    p_values = [item.p_value for _ in range(60) for item in shifted_answers(daily, _PAIR, generator)]
    assert len(p_values) == 120
    assert np.mean(np.array(p_values) < 0.05) <= 0.1


@pytest.fixture(scope="module")
def cells() -> pl.DataFrame:
    """A small world in which the US and Russia answer each other's conflict."""
    return cells_of(world_of(np.random.default_rng(9)))


def test_a_pair_is_measured_whole(cells: pl.DataFrame) -> None:
    """Both sides' answers of conflict are found, with curve, half-life and who starts; cooperation says why not."""
    found = measure_reciprocity(cells, coverage_of(_DAYS), _PAIR, as_of=_AS_OF)
    assert {answer.dyad for answer in found.answers} == set(_PAIR.dyads)
    assert all(answer.strength_low > 0 and answer.p_value < 0.05 for answer in found.answers)
    assert found.p_value is not None
    assert found.p_value < 0.01
    assert found.missing == ("One side's cooperation is on fewer than 30 days.",)
    answer = found.answer("USA", "conflict")
    assert answer
    assert answer.dyad == Dyad("USA", "RUS")
    week = sum(step.per_day * (step.last_day - step.first_day + 1) for step in answer.curve[:STRENGTH_STEPS])
    assert week == pytest.approx(answer.strength)
    assert answer.curve_table().schema == ANSWER_CURVES.schema
    assert answer.half_life
    middle, low, high = answer.half_life
    assert 0 < low <= middle <= high <= 14
    other = found.answer("RUS", "conflict")
    assert other
    assert other.lead.openings == answer.lead.openings
    assert other.lead.share == pytest.approx(1 - (answer.lead.share or 0))


def test_reports_repeated_change_nothing(cells: pl.DataFrame) -> None:
    """Every report given three times leaves each strength the same to a millionth."""
    thrice = cells.with_columns(pl.col("n", "cooperation_milli", "conflict_milli") * 3, pl.col("square_milli") * 3)
    once, again = (measure_reciprocity(rows, coverage_of(_DAYS), _PAIR, as_of=_AS_OF) for rows in (cells, thrice))
    for one, other in zip(once.answers, again.answers, strict=True):
        assert other.strength == pytest.approx(one.strength, abs=1e-6)


def test_doubled_volume_of_news_changes_little(cells: pl.DataFrame) -> None:
    """All news doubled for 60 days moves a strength by less than 0.1, well within its band."""
    inside = pl.col("occurred").is_between(FIRST + dt.timedelta(days=150), FIRST + dt.timedelta(days=209))
    counts = ("n", "cooperation_milli", "conflict_milli")
    doubled = cells.with_columns(
        *(pl.when(inside).then(pl.col(name) * 2).otherwise(pl.col(name)) for name in counts),
        pl.when(inside).then(pl.col("square_milli") * 2).otherwise(pl.col("square_milli")),
    )
    once, again = (measure_reciprocity(rows, coverage_of(_DAYS), _PAIR, as_of=_AS_OF) for rows in (cells, doubled))
    for one, other in zip(once.answers, again.answers, strict=True):
        assert abs(other.strength - one.strength) < min(0.1, (one.strength_high - one.strength_low) / 3)


def test_planted_future_changes_no_bit(cells: pl.DataFrame) -> None:
    """Wild events after the as-of day leave the table of that day the same."""
    day = FIRST + dt.timedelta(days=300)
    wild = cells.filter(pl.col("occurred") > day).with_columns(pl.col("n", "conflict_milli") * 1000)
    past = cells.filter(pl.col("occurred") <= day)
    one = measure_reciprocity(past, coverage_of(301), _PAIR, as_of=day)
    other = measure_reciprocity(pl.concat([past, wild]), coverage_of(_DAYS), _PAIR, as_of=day)
    assert one.table().equals(other.table())
    both = (lay_out_days(rows, coverage_of(_DAYS), as_of=day) for rows in (past, pl.concat([past, wild])))
    assert len({tuple(pair.id for pair in active_pairs(days)) for days in both}) == 1


def test_gaps_are_left_out(cells: pl.DataFrame) -> None:
    """Whatever is reported on thin days does not count, and they are not taken for quiet ones."""
    thin = frozenset(range(200, 215))
    on_thin = pl.col("occurred").is_between(FIRST + dt.timedelta(days=200), FIRST + dt.timedelta(days=214))
    wild = cells.with_columns(pl.when(on_thin).then(pl.col("n") * 99).otherwise(pl.col("n")).alias("n"))
    one, other = (
        measure_reciprocity(rows, coverage_of(_DAYS, thin=thin), _PAIR, as_of=_AS_OF) for rows in (cells, wild)
    )
    assert one.table().equals(other.table())
    assert one.answers[0].days < _DAYS - 28 - len(thin)
    assert np.isnan(one.answers[0].fit.residual[200:215]).all()


def test_too_little_history_says_so(cells: pl.DataFrame) -> None:
    """A hundred days, or a pair that hardly meets, get no strength and a reason."""
    young = measure_reciprocity(cells, coverage_of(_DAYS), _PAIR, as_of=FIRST + dt.timedelta(days=99))
    assert young.strength is None
    assert young.missing == ("100 days are covered; 182 are needed.",)
    strangers = measure_reciprocity(cells, coverage_of(_DAYS), Pair("PRK", "BRA"), as_of=_AS_OF)
    assert not strangers.answers
    assert len(strangers.missing) == 2


def test_what_both_did_together_is_no_answer() -> None:
    """Of meetings reported both ways the smaller count leaves both sides; conflict stays."""
    base = {"occurred": FIRST, "directed": True, "lowest_milli": None, "square_milli": 1.0}
    meeting = {"event_type": "CONSULT", "conflict_milli": 0}
    rows = [
        base | meeting | {"actor": "USA", "recipient": "RUS", "n": 4, "cooperation_milli": 4000},
        base | meeting | {"actor": "RUS", "recipient": "USA", "n": 3, "cooperation_milli": 3000},
        base | meeting | {"actor": "USA", "recipient": "FRA", "n": 1, "cooperation_milli": 1000},
    ]
    rows += [
        base
        | {"actor": a, "recipient": b, "event_type": "ACCUSE", "n": 1, "cooperation_milli": 0, "conflict_milli": 2000}
        for a, b in (("USA", "RUS"), ("RUS", "USA"))
    ]
    schema = cells_of({}).schema
    sides = one_sided(pl.DataFrame(rows, schema=schema)).sort("actor", "recipient")
    assert sides.select("actor", "recipient", "n", "cooperation", "conflict").rows() == [
        ("RUS", "USA", 4, 0, 2000),
        ("USA", "FRA", 1, 1000, 0),
        ("USA", "RUS", 5, 1000, 2000),
    ]


def test_false_discoveries_are_controlled_as_defined() -> None:
    """A q-value is at most the limit exactly where the step-up rule of Benjamini and Hochberg rejects."""
    p_values = np.sort(np.concatenate([np.random.default_rng(3).uniform(size=40), [0.0001, 0.001, 0.004, 0.004]]))
    q_values = pl.DataFrame({"p": p_values}).select(false_discovery("p"))["q_value"].to_numpy()
    for limit in (0.01, 0.05, 0.1, 0.5):
        below = np.flatnonzero(p_values <= limit * np.arange(1, p_values.size + 1) / p_values.size)
        assert (q_values <= limit).sum() == (below[-1] + 1 if below.size else 0)


def test_pairs_of_the_sample_are_ranked_and_a_few_pass(sample_measured: list) -> None:  # type: ignore[type-arg]
    """India and Pakistan, and the US and Turkey, are among the surest of 2018–19; not all pairs pass."""
    ranked = rank_pairs(sample_measured)
    assert ranked.height > 60
    assert {"IND-PAK", "TUR-USA"} <= set(ranked["pair"].head(5))
    assert 1 <= (ranked["q_value"] <= 0.1).sum() <= ranked.height / 4
    assert ranked["q_value"].is_sorted()
    answers = answers_table(answer for item in sample_measured for answer in item.answers)
    assert answers["p_value"].is_sorted()
    assert answers.height > 150


def test_shifted_partners_of_the_sample_are_not_answered(sample_measured: list, sample_view: object) -> None:  # type: ignore[type-arg]
    """On the real pairs, too, the null is found no more often than its level (one draw of each)."""
    pairs = [item.pair for item in sample_measured]
    daily = build_daily(sample_view.cells(), sample_view.coverage(), pairs, as_of=sample_view.as_of)  # type: ignore[attr-defined]
    generator = np.random.default_rng(7)
    p_values = [answer.p_value for pair in pairs for answer in shifted_answers(daily, pair, generator)]
    assert len(p_values) > 200
    assert np.mean(np.array(p_values) < 0.05) <= 0.075


@pytest.fixture(scope="module")
def sample_view() -> object:
    """The bundled sample, as known at its end."""
    from detente.sample import sample_store_path
    from detente.store import open_store

    return open_store(sample_store_path(), read_only=True).view(None, None)


@pytest.fixture(scope="module")
def sample_measured(sample_view: object) -> list:  # type: ignore[type-arg]
    """All sufficiently active pairs of the sample."""
    return measure_reciprocities(sample_view.cells(), sample_view.coverage(), as_of=sample_view.as_of)  # type: ignore[attr-defined]


def test_israel_and_the_palestinians_answered_each_other(reference_data: Path, tmp_path: Path) -> None:
    """KEDS Levant 1979–2004, loaded through the store: conflict is answered both ways, as published."""
    from detente.pipeline import load
    from detente.sources import SOURCES
    from detente.sources.options import ReadOptions
    from detente.store import open_store

    store = open_store(tmp_path / "store")
    load(store, SOURCES["keds"], [reference_data / "events" / "keds" / "original" / "Levant.dat.gz"], ReadOptions())
    view = store.view(None, None)
    as_of = dt.date(2003, 12, 31)
    found = measure_reciprocity(view.cells(), view.coverage(), Pair("ISR", "PSE"), as_of=as_of)
    for actor in ("ISR", "PSE"):
        answer = found.answer(actor, "conflict")
        assert answer
        assert answer.p_value < 0.01
        assert answer.strength_low > 0
