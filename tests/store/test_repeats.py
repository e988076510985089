"""Repeats: the first report stays, the others are counted, in a file and across files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_rows import ONE_A_DAY, START, append, event, part

from detente.domain.records import Part, Repeats
from detente.store import open_store

ROW = st.tuples(st.integers(0, 30), st.integers(-10_000, 10_000), st.booleans())


def test_repeats_are_left_out_and_counted_within_and_across_batches(tmp_path: Path) -> None:
    """One-a-day: the first report stays; the ledger moves the others from kept to ignored, and still adds up."""
    store = open_store(tmp_path)
    first = append(store, part(event(0), event(0), event(1)), repeats=ONE_A_DAY)
    second = append(store, part(event(0), event(2)), identity="b", repeats=ONE_A_DAY)
    assert first.ledger.ignored == {"one-a-day": 1}
    assert second.ledger.ignored == {"one-a-day": 1}
    assert store.view().events().height == 3
    for file in (file for batch in store.batches() for file in batch.files):
        totals = file.ledger
        assert totals["read"] == totals["kept"] + sum(totals["ignored"].values())


def test_an_event_id_is_held_once(tmp_path: Path) -> None:
    """The provider's own id counts once, in a batch and across batches."""
    store = open_store(tmp_path)
    append(store, part(event(0, event_key="1"), event(0, event_key="1"), event(0, event_key="2")))
    receipt = append(store, part(event(0, event_key="2"), event(0, event_key="3")), identity="b")
    assert receipt.ledger.ignored == {"event_already_held": 1}
    assert store.view().events()["event_key"].sort().to_list() == ["1", "2", "3"]


def test_a_window_lets_later_reports_be_events_of_their_own(tmp_path: Path) -> None:
    """Within 180 minutes of the one before a report is a repeat; after that it is another event."""
    store = open_store(tmp_path)
    noon = dt.datetime.combine(START, dt.time(12))
    rows = [event(0, known_at=noon + dt.timedelta(minutes=m)) for m in (0, 170, 400)]
    window = Repeats("re-emission", ("occurred", "actor_name"), within_minutes=180)
    receipt = append(store, part(*rows), repeats=window)
    assert receipt.ledger.ignored == {"re-emission": 1}
    late = append(store, part(event(0, known_at=noon + dt.timedelta(minutes=500))), identity="b", repeats=window)
    assert late.ledger.ignored == {"re-emission": 1}


MINUTES = st.lists(st.integers(0, 900), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=MINUTES, cut=st.integers(0, 12))
def test_a_window_does_not_depend_on_how_rows_are_spread_over_files(
    minutes: list[int], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One file or two in order of time: the same rows stay, and all of them lie further apart than the window."""
    noon = dt.datetime.combine(START, dt.time(12))
    rows = [event(0, known_at=noon + dt.timedelta(minutes=m)) for m in sorted(minutes)]
    window = Repeats("re-emission", ("occurred", "actor_name"), within_minutes=180)
    whole, parted = (open_store(tmp_path_factory.mktemp("s")) for _ in range(2))
    append(whole, part(*rows), repeats=window)
    for name, some in (("a", rows[:cut]), ("b", rows[cut:])):
        append(parted, part(*some), identity=name, repeats=window)
    kept, also = (store.view().events() for store in (whole, parted))
    assert kept["known_at"].to_list() == also["known_at"].to_list()
    assert (kept["known_at"].diff().drop_nulls() > dt.timedelta(minutes=180)).all()


def test_a_late_file_may_hold_the_earlier_report(tmp_path: Path) -> None:
    """What is held stays; a row known shortly before it is its repeat, one known long before is an event."""
    noon = dt.datetime.combine(START, dt.time(12))
    window = Repeats("re-emission", ("occurred", "actor_name"), within_minutes=180)
    store = open_store(tmp_path)
    append(store, part(event(0, known_at=noon)), repeats=window)
    earlier = [event(0, known_at=noon - dt.timedelta(minutes=m)) for m in (100, 400)]
    receipt = append(store, part(*earlier), identity="b", repeats=window)
    assert receipt.ledger.ignored == {"re-emission": 1}
    assert store.view().events().height == 2


def test_a_row_that_is_left_out_makes_no_repeats(tmp_path: Path) -> None:
    """An event that is held by its id is not measured against: the next row is no repeat of what is not there."""
    store = open_store(tmp_path)
    append(store, part(event(0, event_key="1", actor_name="first")))
    again = [event(0, event_key="1", actor_name="second"), event(0, event_key="2", actor_name="second")]
    receipt = append(store, part(*again), identity="b", repeats=ONE_A_DAY)
    assert receipt.ledger.ignored == {"event_already_held": 1}
    assert store.view().events()["actor_name"].to_list() == ["first", "second"]


FILE = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 600), st.integers(1, 4)), max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(FILE, min_size=1, max_size=4), by=st.sampled_from(["id", "day", "window"]))
def test_files_that_share_a_commit_are_as_if_each_had_been_loaded_alone(
    files: list[list[tuple[int, int, int]]], by: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is repeated within and across files: the same rows stay, and each file's account is the same."""
    noon = dt.datetime.combine(START, dt.time(12))
    rule: Repeats | None = Repeats("again", ("occurred", "actor_name"), within_minutes=180 if by == "window" else None)
    rule = None if by == "id" else rule
    parts = [
        part(
            *(
                event(day, known_at=noon + dt.timedelta(minutes=m), event_key=f"{key}/{day}" if by == "id" else None)
                for day, m, key in rows
            )
        )
        for rows in files
    ]
    alone, together = (open_store(tmp_path_factory.mktemp("s")) for _ in range(2))
    accounts = [append(alone, p, identity=str(i), repeats=rule).ledger for i, p in enumerate(parts)]
    with together.writer() as writer:
        receipts = [
            writer.append("test", [p], path="test.csv", identity=str(i), repeats=rule) for i, p in enumerate(parts)
        ]
    assert [receipt.ledger for receipt in receipts] == accounts
    assert len(together.batches()) == 1
    if any(account.kept for account in accounts):
        assert together.view().events().equals(alone.view().events())
        assert together.view().coverage().equals(alone.view().coverage())


def test_what_is_not_in_the_table_can_tell_repeats_apart(tmp_path: Path) -> None:
    """A division of the place beside each event: another one is another event, in a batch and across batches."""
    noon = dt.datetime.combine(START, dt.time(12))
    window = Repeats("re-emission", ("occurred", "actor_name", "alike"), within_minutes=180)

    def reports(*divisions: str | None) -> Part:
        rows = part(*(event(0, known_at=noon) for _ in divisions))
        return Part(rows.events, rows.days, rows.ledger, pl.Series(divisions, dtype=pl.String))

    store = open_store(tmp_path)
    first = append(store, reports("RS48", "RS48", "RS66", None, None), repeats=window)
    assert first.ledger.ignored == {"re-emission": 2}
    second = append(store, reports("RS66", "UP12"), identity="b", repeats=window)
    assert second.ledger.ignored == {"re-emission": 1}
    assert store.view().events().height == 4
