"""What is kept in memory answers as what is computed anew, is bounded, and is let go when the data change."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from detente import relations
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.replies import Desk, Shelf, WarmWorld, desk, week_of
from detente.sample import sample_store_path
from detente.store import open_store
from detente.world import World

DAY = dt.date(2018, 8, 3)


@pytest.fixture(scope="module")
def worlds() -> tuple[WarmWorld, World]:
    """The same day twice: kept by pair, and computed for each question."""
    store = open_store(sample_store_path(), read_only=True)
    return WarmWorld(store, as_of=DAY, is_sample=True), World(store, as_of=DAY, is_sample=True)


@pytest.mark.parametrize("pair", [("USA", "RUS"), ("PAK", "IND"), ("FJI", "AUS")])
def test_a_warm_world_answers_as_a_cold_one(worlds: tuple[WarmWorld, World], pair: tuple[str, str]) -> None:
    """Busy pairs and quiet ones, in either order: the brief is the same to the last digit."""
    warm, cold = (world.pair(*pair).outlook() for world in worlds)
    assert warm.as_dict() == cold.as_dict()
    assert_frame_equal(warm.levels, cold.levels)
    assert_frame_equal(warm.dyads, cold.dyads)


def test_other_days_and_lists_are_the_same_too(worlds: tuple[WarmWorld, World]) -> None:
    """What is asked of a day before the world's own, and the lists of all pairs, come out alike."""
    warm, cold = worlds
    before, pair = DAY - dt.timedelta(days=7), Pair("USA", "RUS")
    frames = [
        (
            world.levels_of(pair, before),
            world.forecast_pairs(Horizon(13), before, pairs=[pair.id]),
            world.watch(top=30, by="deteriorate"),
            world.pairs(),
            world.stated(Horizon(13), DAY, pair=pair.id),
            world.fan(pair, DAY),
            relations.measure_pair(world.readings(DAY), pair, DAY, measures=[relations.find_measure("shifts")]),
        )
        for world in (warm, cold)
    ]
    for one, other in zip(*frames, strict=True):
        assert_frame_equal(one, other)


def test_a_view_that_holds_its_cells_reads_the_same(worlds: tuple[WarmWorld, World]) -> None:
    """Cells by pair from memory are those that a query gives, also from a day on and for a pair without any."""
    warm, cold = worlds
    for pair in (Pair("USA", "RUS"), Pair("FJI", "ISL")):
        assert_frame_equal(warm.view.cells(pair), cold.view.cells(pair))
        assert_frame_equal(warm.view.cells_by_role(pair), cold.view.cells_by_role(pair))
        assert_frame_equal(warm.view.cells_by_place(pair), cold.view.cells_by_place(pair))
        since = dt.date(2018, 6, 1)
        assert_frame_equal(warm.view.cells(pair, since=since), cold.view.cells(pair, since=since))


def test_a_shelf_keeps_what_was_asked_for_last() -> None:
    """It never holds more than its room, and lets go what was not asked for longest."""
    shelf: Shelf[int, str] = Shelf(2)
    for key in (1, 2):
        shelf.take(key, lambda key=key: f"made {key}")  # type: ignore[misc]
    assert shelf.take(1, lambda: "anew") == "made 1"
    shelf.take(3, lambda: "made 3")
    assert len(shelf) == 2
    assert shelf.find(2) is None
    assert shelf.find(1) == "made 1"
    nothing: Shelf[int, str] = Shelf(0)
    assert nothing.take(1, lambda: "made") == "made"
    assert len(nothing) == 0


def test_who_asks_for_what_is_being_made_waits_for_it() -> None:
    """Ten at once make a value once; one that cannot be made is tried again by the next."""
    shelf: Shelf[str, int] = Shelf(2)
    made: list[int] = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    threads = [threading.Thread(target=shelf.take, args=("one", make)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    with pytest.raises(ZeroDivisionError):
        shelf.take("two", lambda: 1 // 0)
    assert shelf.take("two", lambda: 2) == 2


def test_new_data_let_old_answers_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk sees that its store is another one, and answers from that."""
    monkeypatch.setattr(desk, "LOOK_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(Desk, "_open", lambda *_: object())
    shutil.copytree(sample_store_path(), tmp_path / "store")
    made = Desk(tmp_path / "store")
    version, world = made.version(), made.world()
    assert made.world() is world
    manifest = tmp_path / "store" / "MANIFEST.json"
    manifest.write_text(manifest.read_text("utf-8").replace("sample-1", "sample-2"), "utf-8")
    assert made.version() != version
    assert made.world() is not world


def test_a_week_is_named_by_its_last_day() -> None:
    """Seven days, also where the calendar begins."""
    assert week_of("2019-02-25") == (dt.date(2019, 2, 19), dt.date(2019, 2, 25))
    assert week_of(dt.date(1, 1, 2))[0] == dt.date(1, 1, 1)
