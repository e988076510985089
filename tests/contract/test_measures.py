"""What every measure must satisfy: its declared properties are claims that these tests try to refute."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import STATES, TYPES, World, day, draw_world
from polars.testing import assert_frame_equal

from detente.codebook import reference_of
from detente.domain.actors import Pair
from detente.domain.tables import MEASURES
from detente.errors import ConfigError
from detente.relations import REGISTRY, Measure, Readings, find_measure, measure_pair, measure_pairs

PAIR = Pair("USA", "RUS")
DAYS = 70 * 7
KEY = ["measure", "actor", "recipient", "item", "quantity"]
EVERY = pytest.mark.parametrize("measure", list(REGISTRY.values()), ids=list(REGISTRY))
SEEDS = st.integers(0, 1)


def _world(seed: int) -> World:
    return draw_world(seed, days=DAYS)


@cache
def _readings(seed: int) -> Readings:
    return _world(seed).readings()


def _measured(measure: Measure, world: World, pair: Pair = PAIR) -> pl.DataFrame:
    return measure(world.readings(), pair, world.as_of)


def _headlines(measure: Measure, rows: pl.DataFrame) -> pl.Series:
    return rows.filter(pl.col("quantity").is_in(measure.headlines))["value"]


@EVERY
def test_a_measure_is_introduced(measure: Measure) -> None:
    """It has a versioned name, a title, declared quantities with readings in order, and references that exist."""
    assert REGISTRY[measure.name] is measure
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*-v\d+", measure.name)
    assert measure.headlines
    assert len({quantity.name for quantity in measure.quantities}) == len(measure.quantities)
    for quantity in measure.quantities:
        assert quantity.meaning
        assert quantity.unit
        bounds = [bound for bound, _ in quantity.steps]
        assert bounds == sorted(set(bounds))
        assert not bounds or bounds[-1] == float("inf")
    for key in measure.citations:
        assert len(reference_of(key)) > 30


@EVERY
def test_a_measure_has_a_guide_of_its_own(measure: Measure) -> None:
    """Every part of the guide is there, is nobody else's, and the first sentence names the direction."""
    parts = vars(measure.guide)
    assert all(len(text) > 20 for text in parts.values())
    for other in REGISTRY.values():
        if other is not measure:
            assert not set(parts.values()) & set(vars(other.guide).values())
            assert measure.title != other.title
    named = r"\btowards\b" if measure.is_directed else r"\b(together|both|between)\b"
    assert re.search(named, measure.guide.sentence)


@EVERY
@settings(max_examples=5, deadline=None)
@given(seed=SEEDS, back=st.integers(0, DAYS - 1))
def test_rows_keep_to_what_is_declared(measure: Measure, seed: int, back: int) -> None:
    """As of any day: declared quantities in their unit and bounds, bands hold their value, and null is explained."""
    as_of = day(DAYS - 1 - back)
    rows = measure(_readings(seed), PAIR, as_of)
    assert rows.height
    for row in rows.iter_rows(named=True):
        quantity = measure.quantity(row["quantity"])
        assert (row["measure"], row["pair"], row["as_of"]) == (measure.name, "RUS-USA", as_of)
        assert row["unit"] == quantity.unit
        assert row["n"] >= 0
        assert row["until"] is None or row["until"] <= as_of
        if row["value"] is None:
            assert (row["low"], row["high"]) == (None, None)
            assert row["note"]
        else:
            assert quantity.lowest <= row["low"] <= row["value"] <= row["high"] <= quantity.highest
            assert row["since"] is not None
            assert quantity.reading(row["value"], row["low"], row["high"]) or not quantity.steps


@EVERY
@settings(max_examples=2, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_a_pair_is_nothing(measure: Measure, seed: int) -> None:
    """Asked for either state first, a measure says the same."""
    forth, back = (measure(_readings(seed), pair, day(DAYS - 1)).sort(KEY) for pair in (PAIR, Pair("RUS", "USA")))
    assert forth.equals(back)


@EVERY
@settings(max_examples=2, deadline=None)
@given(seed=SEEDS)
def test_direction_is_as_declared(measure: Measure, seed: int) -> None:
    """A directed measure has rows of both directions, and where the states exchange parts so do its rows."""
    world = _world(seed)
    rows = _measured(measure, world)
    directions = set(rows.select("actor", "recipient").drop_nulls().iter_rows())
    assert bool(directions) == measure.is_directed
    assert not measure.is_directed or directions == {("USA", "RUS"), ("RUS", "USA")}
    swap = pl.col("actor", "recipient", "item").replace({"USA": "RUS", "RUS": "USA"})
    other = _measured(measure, world.mirrored()).with_columns(swap)
    both = rows.join(other, on=KEY, how="full", nulls_equal=True, suffix="_other")
    assert both.height == rows.height == other.height
    for column in ("value", "low", "high"):
        assert (both[column] - both[f"{column}_other"]).abs().fill_null(0.0).max() < 0.05
        assert both[column].is_null().equals(both[f"{column}_other"].is_null())


@EVERY
def test_history_needed_is_as_declared(measure: Measure) -> None:
    """With one week less than it needs every headline is null; with what it needs some headline is not."""
    short, enough = ((measure.weeks_needed + step) * 7 for step in (-1, 0))
    if short:
        assert _headlines(measure, _measured(measure, draw_world(1, days=short, rate=1.0))).is_null().all()
    assert not _headlines(measure, _measured(measure, draw_world(1, days=enough, rate=1.0))).is_null().all()


@EVERY
@settings(max_examples=2, deadline=None)
@given(seed=SEEDS, thin=st.sets(st.integers(0, DAYS - 1), min_size=1, max_size=60))
def test_days_that_are_not_covered_say_nothing(measure: Measure, seed: int, thin: set[int]) -> None:
    """Whatever a thin day holds, a catastrophe included, no bit changes: it is a gap, not a quiet day."""
    bare = replace(_world(seed).without(thin), uncovered=frozenset(thin))
    wild = bare.plus((day(number), "USA", "RUS", "ASSAULT", 10**4) for number in sorted(thin))
    assert _measured(measure, bare).equals(_measured(measure, wild))


@EVERY
def test_what_is_not_covered_is_null_never_zero(measure: Measure) -> None:
    """Where no day is covered, nothing has a value."""
    world = replace(_world(0), uncovered=frozenset(range(DAYS)))
    rows = _measured(measure, world)
    assert rows.height
    assert rows["value"].is_null().all()


@EVERY
@settings(max_examples=2, deadline=None)
@given(seed=SEEDS, at=st.integers(7 * 55, DAYS - 2))
def test_the_future_changes_no_bit(measure: Measure, seed: int, at: int) -> None:
    """As of a day, every row is the same with a catastrophe of every dyad on every later day."""
    past = _world(seed).until(at)
    wild = [
        (day(number), actor, recipient, "ASSAULT", 10**4)
        for number in range(at + 1, DAYS)
        for actor in STATES
        for recipient in STATES
        if actor != recipient
    ]
    planted = replace(past.plus(wild), days=DAYS)
    assert measure(past.readings(), PAIR, day(at)).equals(measure(planted.readings(), PAIR, day(at)))


@EVERY
@settings(max_examples=4, deadline=None)
@given(
    seed=SEEDS,
    at=st.integers(DAYS - 120, DAYS - 1),
    kind=st.sampled_from(TYPES),
    forth=st.booleans(),
    reports=st.integers(1, 12),
)
def test_repeats_move_it_no_more_than_stated(
    measure: Measure, seed: int, at: int, kind: str | None, forth: bool, reports: int
) -> None:
    """Every report of one event there twice: no quantity moves by more than the small amount that it states."""
    actor, recipient = ("USA", "RUS") if forth else ("RUS", "USA")
    once, twice = (_world(seed).plus([(day(at), actor, recipient, kind, n)]) for n in (reports, 2 * reports))
    _compare(measure, _measured(measure, once), _measured(measure, twice), "repeats")


@EVERY
@settings(max_examples=4, deadline=None)
@given(seed=SEEDS, start=st.integers(0, DAYS - 7), length=st.integers(7, 200))
def test_volume_moves_it_no_more_than_stated(measure: Measure, seed: int, start: int, length: int) -> None:
    """All news of a period doubled: no quantity moves by more than the small amount that it states."""
    world = _world(seed)
    doubled = measure(world.readings(doubled=(start, start + length)), PAIR, world.as_of)
    _compare(measure, measure(_readings(seed), PAIR, world.as_of), doubled, "volume")


def _compare(measure: Measure, first: pl.DataFrame, second: pl.DataFrame, claim: str) -> None:
    both = first.join(second, on=KEY, how="full", nulls_equal=True, suffix="_second", coalesce=True)
    for row in both.iter_rows(named=True):
        stated = getattr(measure.quantity(row["quantity"]), claim)
        if stated is None:
            continue
        assert (row["value"] is None) == (row["value_second"] is None), row
        if row["value"] is not None:
            assert abs(row["value"] - row["value_second"]) <= stated + 1e-9, row


def test_the_claims_that_matter_are_made() -> None:
    """The measures that must not grow with repeats or volume say by how much at most they do, and it is little."""
    most = {"level": 0.3, "reciprocity": 0.3, "consistency": 0.0, "attention": 0.05}
    for name, bound in most.items():
        first = find_measure(name).quantities[0]
        assert first.repeats is not None
        assert first.volume is not None
        assert max(first.repeats, first.volume) <= bound


def test_volume_itself_is_sensitive_to_volume() -> None:
    """The doubling of the test above is felt by what counts events, so the test is not blind."""
    first, second = (
        find_measure("level")(readings, PAIR, day(DAYS - 1)).filter(pl.col("quantity") == "events")["value"]
        for readings in (_readings(1), _world(1).readings(doubled=(DAYS - 28, DAYS)))
    )
    assert (second / first).to_list() == pytest.approx([2.0, 2.0, 2.0])


def test_all_measures_answer_in_one_table() -> None:
    """A pair's table is what the measures say one by one, alone or among other pairs."""
    tables, as_of = _readings(2), day(DAYS - 1)
    alone = measure_pair(tables, PAIR, as_of)
    assert alone.schema == MEASURES.schema
    assert alone["measure"].unique(maintain_order=True).to_list() == list(REGISTRY)
    among = measure_pairs(_world(2).readings(), [Pair("FRA", "CHN"), PAIR], as_of)
    assert_frame_equal(among.filter(pl.col("pair") == "RUS-USA"), alone, rel_tol=1e-9)
    assert _readings(2).known(as_of).busy == {f"{a}-{b}" for a in STATES for b in STATES if a < b}


def test_a_measure_is_found_by_its_name() -> None:
    """With or without the version; another name is an error that lists what there is."""
    assert find_measure("attention") is find_measure("attention-v1")
    with pytest.raises(ConfigError, match="attention-v1"):
        find_measure("no-such-measure")
