"""Sums beside the events: a series is what the events themselves give, however they were spread, as of any day."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import polars as pl
import pytest
from store_rows import START, append, event, part

from detente.domain.actors import Pair
from detente.domain.records import Repeats
from detente.store import Store, open_store


def some_events(count: int) -> list[dict[str, object]]:
    """Events of few dyads and days, some known days after they happened, some of several alike."""
    rng = random.Random(20)  # noqa: S311 - events, not secrets
    states = ("USA", "RUS", "CHN", "FRA")
    rows = []
    for _ in range(count):
        actor, recipient = rng.sample(states, 2)
        day, late, n = rng.randrange(60), rng.choice((0, 0, 0, 1, 9)), rng.choice((1, 1, 1, 4))
        value = rng.randrange(-10_000, 10_000) * n
        known = dt.datetime.combine(START + dt.timedelta(days=day + late), dt.time(rng.randrange(24)))
        rows.append(
            event(day, actor=actor, recipient=recipient, known_at=known, n=n, intensity_milli=value,
                  lowest_milli=value // n, event_type=rng.choice(("CONSULT", "ASSAULT", None)))
        )  # fmt: skip
    return rows


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three batches of events."""
    held, rows = open_store(tmp_path / "store"), some_events(600)
    for batch in range(3):
        append(held, part(*rows[batch::3]), identity=str(batch))
    return held


def without_sums(store: Store, batches: int) -> None:
    """Make the first batches what an earlier version wrote: no sums, no range of ids."""
    path = store.path / "MANIFEST.json"
    content = json.loads(path.read_text())
    for batch in content["batches"][:batches]:
        for name in ("has_sums", "first_key", "last_key"):
            del batch[name]
        (store.path / "sums" / f"{batch['id']}.parquet").unlink()
    path.write_text(json.dumps(content | {"format": 2 if batches == 3 else 3}))


@pytest.mark.parametrize("period", ["week", "month"])
def test_a_series_is_what_its_events_add_up_to(store: Store, period: str) -> None:
    """By week and month, of all and of one pair, as of the end and as of a day within."""
    for as_of in (None, START + dt.timedelta(days=30)):
        view = store.view(as_of)
        wanted = (
            view.events()
            .group_by(
                pl.col("occurred").dt.truncate("1w" if period == "week" else "1mo").alias("period_start"),
                "actor", "recipient", "directed",
            )
            .agg(
                pl.col("n").sum(),
                pl.col("intensity_milli").clip(0, None).sum().alias("cooperation_milli"),
                (-pl.col("intensity_milli")).clip(0, None).sum().alias("conflict_milli"),
            )
            .sort("actor", "recipient", "directed", "period_start")
        )  # fmt: skip
        assert view.series(period).equals(wanted)  # type: ignore[arg-type]
        pair = view.series(period, Pair("RUS", "USA"))  # type: ignore[arg-type]
        both = ["RUS", "USA"]
        assert pair.equals(wanted.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both)))
        assert pair.height


@pytest.mark.parametrize("batches", [1, 3])
def test_a_store_without_sums_reads_the_same(store: Store, batches: int) -> None:
    """Batches of an earlier version have none: cells, series, pairs and days come from their events, digit by digit."""
    days = (None, START + dt.timedelta(days=30))
    before = [(view.cells(), view.series(), view.pairs(), view.first_day) for view in map(store.view, days)]
    without_sums(store, batches)
    for (cells, series, pairs, first), view in zip(before, map(store.view, days), strict=True):
        assert view.cells().equals(cells)
        assert view.series().equals(series)
        assert view.pairs().equals(pairs)
        assert view.first_day == first
    assert store.check(deep=True) == []
    held = store.view().events().height
    rule = Repeats("again", ("occurred", "actor", "recipient", "event_type", "intensity_milli", "alike"))
    receipt = append(store, part(*some_events(600)[:30], event(3, actor="DEU")), identity="new", repeats=rule)
    assert receipt.ledger.ignored == {"again": 30}
    assert store.view().events().height == held + 1


def test_missing_sums_are_found(store: Store) -> None:
    """The check names a file of sums that is gone."""
    next((store.path / "sums").iterdir()).unlink()
    (found,) = store.check()
    assert found.what.startswith("sums/")


def test_a_load_looks_for_repeats_only_where_they_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old events of a new file share days with every batch, but ids and hours with few: only those are read again."""
    from detente.store.writer import Writer

    read: list[int] = []
    real = Writer._events_of

    def noted(self: Writer, batches: list[object], **more: bool) -> object:
        read.append(len(batches))
        return real(self, batches, **more)  # type: ignore[arg-type]

    store = open_store(tmp_path)
    rule = Repeats("re_emission", ("occurred", "actor_name"), within_minutes=180)
    for day in range(12):
        known = dt.datetime.combine(START, dt.time()) + dt.timedelta(days=100 + day)
        rows = [event(old, known_at=known, event_key=str(1000 * day + old)) for old in range(100)]
        monkeypatch.setattr(Writer, "_events_of", noted)
        append(store, part(*rows), identity=str(day), repeats=rule)
    assert max(read) == 0
    again = [event(3, known_at=known + dt.timedelta(hours=1), event_key=key) for key in ("1003", "99999")]
    receipt = append(store, part(*again), identity="again", repeats=rule)
    assert read[-2:] == [11, 1]
    assert receipt.ledger.ignored == {"event_already_held": 1, "re_emission": 1}
