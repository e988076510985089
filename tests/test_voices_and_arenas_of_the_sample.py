"""Voices and arenas on the bundled sample: who speaks and where is what is known of the time, and it is quick."""

from __future__ import annotations

import doctest
import importlib
import time

import polars as pl
import pytest

import detente
from detente.sample import sample_store_path


@pytest.fixture(scope="module")
def world() -> detente.World:
    """The bundled sample."""
    return detente.open(sample_store_path())


def test_soldiers_speak_by_deeds_after_the_air_strikes(world: detente.World) -> None:
    """As of March 2019 India's and Pakistan's armed forces are far more hostile than their governments."""
    voices = world.pair("India", "Pakistan").voices(as_of="2019-03-25")
    for actor in ("IND", "PAK"):
        side = {row["role"]: row for row in voices.filter(actor=actor).iter_rows(named=True)}
        assert side["military"]["tone_high"] < side["executive"]["tone_low"] - 4
    gaps = world.pair("India", "Pakistan").voice_gaps(as_of="2019-03-25")
    assert gaps["gap"].to_list() == [None, None]
    assert (gaps["n_legislature"] < 20).all()


def test_security_moved_india_and_pakistan_and_the_reasons_add_up(world: detente.World) -> None:
    """Of the fall of 2019 nearly all is of security, on the two states' own soil; the rows sum to the change."""
    pair = world.pair("IND", "PAK")
    themes = pair.arena_changes("theme", as_of="2019-03-25")
    assert themes["arena"][0] == "security"
    assert themes["change_high"][0] < 0
    assert themes["change"].sum() == pytest.approx(pair.explain(as_of="2019-03-25").change, abs=1e-9)
    places = pair.arena_changes("place", as_of="2019-03-25")
    assert {*places["arena"].head(2)} == {"IND", "PAK"}


def test_the_meetings_abroad_of_late_2018_are_where_they_were(world: detente.World) -> None:
    """Paris in November and Buenos Aires in December 2018 lead the third places of US–Russia relations."""
    places = world.pair("USA", "RUS").arenas("place", as_of="2018-12-05")
    assert places.filter(soil="third")["arena"].head(2).to_list() == ["FRA", "ARG"]
    assert places.filter(pl.col("arena").is_null())["n"].item() > 1000


def test_before_places_were_known_there_are_none(world: detente.World) -> None:
    """In July 2018 the sample has no places: no shares and no change by place, but themes are there."""
    pair = world.pair("USA", "RUS")
    assert pair.arenas("place", as_of="2018-07-20")["arena"].to_list() == [None]
    assert pair.arena_changes("place", as_of="2018-07-20").is_empty()
    assert pair.arenas("theme", as_of="2018-07-20").drop_nulls("conflict_share").height == 5


def test_one_pair_is_read_and_measured_in_no_time(world: detente.World) -> None:
    """Both reads of one pair take under a fifth of a second each, on a quiet machine; here a second is allowed."""
    view, pair = world.view, world.pair("USA", "RUS")
    for read in (view.cells_by_role, view.cells_by_place):
        begun = time.perf_counter()
        read(pair.pair)
        assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize("name", ["relations.voices", "relations.arenas", "codebook.themes"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    """Each measure's worked example gives what it shows."""
    result = doctest.testmod(importlib.import_module(f"detente.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
