"""Merging small batches: fewer files, the same answers as of any day, at any moment whole."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import random
import shutil
import signal
import threading
from pathlib import Path

import polars as pl
import pytest
from store_rows import START, event, part

from commands import run_detente, run_example
from detente.domain.actors import Pair
from detente.domain.records import Part, Repeats
from detente.errors import StoreError
from detente.store import Store, merging, open_store
from detente.store.sweeping import KEPT_FOR, left_over

KILLS = int(os.environ.get("DETENTE_KILLS", "2"))
NOW = dt.datetime.fromisoformat("2020-06-01")
RULE = Repeats("again-soon", ("occurred", "actor_name", "recipient_name", "provider_code"), within_minutes=180)
PAIRS = (("USA", "RUS"), ("RUS", "USA"), ("FRA", "DEU"), ("CHN", "USA"))
DAYS, BATCHES = 7, 28


def update(day: int, slot: int) -> Part:
    """A small file of a day: some rows known days after they happened, one that repeats another file's, some alike."""
    at = dt.datetime.combine(START + dt.timedelta(days=day), dt.time(6 * slot + 1))
    rows = []
    for number, (actor, recipient) in enumerate(PAIRS):
        key = str((day * 4 + slot) * 10 + number)
        about = {"actor": actor, "recipient": recipient, "known_at": at, "event_key": key, "actor_name": key}
        rows.append(event(day - (number == 2 and day > 3) * 3, **about, intensity_milli=(number - 1) * 700 - day))
    again = event(day, known_at=at, event_key=str((day * 4 + slot) * 10 + 9), actor_name=f"of the day {day}")
    made = part(*rows, again, days=day + 1)
    status = pl.when((pl.col("day") == START) & (day == 5)).then(pl.lit("absent")).otherwise("status")
    return Part(made.events, made.days.with_columns(known_at=at, status=status), made.ledger)


def load(store: Store, days: range, *, provider: str = "test") -> None:
    """Four small files a day, each with a commit of its own."""
    for day, slot in itertools.product(days, range(4)):
        where = {"path": f"{day}-{slot}.csv", "identity": f"{provider} {day}-{slot}", "loaded_at": NOW}
        store.append(provider, [update(day, slot)], repeats=RULE, **where)  # type: ignore[arg-type]


def told(store: Store) -> list[object]:
    """All events, what is known of every day, and what became of every file."""
    view = store.view(provider="test")
    files = [(batch.provider, file) for batch in store.batches() for file in batch.files]
    return [view.events().rows(), view.coverage().rows(), files, store.data_version("test")]


def said(store: Store) -> list[object]:
    """All that a store says, now and as of some days before, and the whole account of every file."""
    ledgers = [json.loads((store.path / "ledgers" / f"{batch.id}.json").read_text()) for batch in store.batches()]
    found: list[object] = [told(store), list(itertools.chain(*ledgers))]
    for back in (0, 4):
        view = store.view(store.last_read_day("test") - dt.timedelta(days=back), "test")
        for name in ("events", "cells", "cells_by_role", "series", "coverage", "pairs"):
            found.append(getattr(view, name)().rows())
        found.append(view.events(Pair("USA", "RUS"), since=START + dt.timedelta(days=2)).rows())
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of many small batches."""
    store = open_store(tmp_path_factory.mktemp("merging") / "store")
    load(store, range(DAYS))
    return store


@pytest.fixture
def store(loaded: Store, tmp_path: Path) -> Store:
    """The same, to be merged."""
    return open_store(shutil.copytree(loaded.path, tmp_path / "store"))


def test_answers_accounts_and_days_stay_what_they_were(loaded: Store, store: Store) -> None:
    """Fewer batches; every row of every read as of any day, every file and every account are the same."""
    plan = store.plan_merge()
    report = store.merge(now=NOW)
    assert (report.before, report.after) == (BATCHES, BATCHES - plan.merged + len(plan.groups))
    assert report.after < 12
    assert said(store) == said(loaded)
    assert store.check(deep=True) == []
    offsets = pl.read_parquet(store.path / "events" / f"{store.batches()[0].id}.parquet").group_by("file_index").len()
    kept = [file.ledger["kept"] for file in store.batches()[0].files]
    assert dict(offsets.iter_rows()) == {at: rows for at, rows in enumerate(kept) if rows}
    assert store.plan_merge().groups == ()


def test_the_same_files_are_the_same_data(loaded: Store, tmp_path: Path) -> None:
    """In another order, and beside another provider's, files give the same version; with one more, another."""
    other = open_store(tmp_path / "other")
    for day in reversed(range(DAYS)):
        load(other, range(day, day + 1))
    load(other, range(1), provider="somebody")
    assert other.data_version("test") == loaded.data_version("test") != other.data_version("somebody")
    assert other.version() != loaded.version()
    load(other, range(DAYS, DAYS + 1))
    assert other.data_version("test") != loaded.data_version("test")


def test_what_is_loaded_later_is_judged_as_before(loaded: Store, store: Store, tmp_path: Path) -> None:
    """A file that is held changes nothing; new rows repeat old ones just as if nothing had been merged."""
    apart = open_store(shutil.copytree(loaded.path, tmp_path / "apart"))
    store.merge(now=NOW)
    before = store.version()
    assert store.append("test", [update(2, 1)], path="2-1.csv", identity="test 2-1", repeats=RULE).already_held
    assert store.version() == before
    late = Part(
        update(2, 1).events.with_columns(event_key=pl.lit(None, pl.String)), update(2, 1).days, update(2, 1).ledger
    )
    for one in (apart, store):
        load(one, range(DAYS, DAYS + 2))
        ledger = one.append("test", [late], path="late.csv", identity="late", repeats=RULE).ledger
        assert ledger.ignored == {"again-soon": 5}
    assert said(store) == said(apart)


def test_fresh_distant_and_foreign_batches_are_left_alone(store: Store) -> None:
    """A group is of one provider and about one time; what became known in the last two days is in none."""
    for days in (range(40, 41), range(80, 81)):
        load(store, days)
    load(store, range(2), provider="other")
    groups = store.plan_merge().groups
    assert [(group[0].provider, len(group)) for group in groups] == [("test", BATCHES), ("test", 4)]
    assert store.plan_merge().merged == BATCHES + 4


def test_no_batch_grows_large_nor_is_rewritten_with_every_merge(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group ends before it is too large, and a batch that outweighs those that follow it stays as it is."""
    whole = store.batches()
    rows = sum(batch.rows for batch in whole)
    monkeypatch.setattr(merging, "MOST_ROWS", rows // 2)
    groups = store.plan_merge().groups
    assert len(groups) == 2
    assert all(sum(batch.rows for batch in group) <= rows // 2 for group in groups)
    monkeypatch.undo()
    store.merge(now=NOW)
    large = store.batches()[0]
    load(store, range(DAYS, DAYS + 1))
    (group,) = store.plan_merge().groups
    assert large not in group
    load(store, range(DAYS + 1, DAYS + 6))
    (group,) = store.plan_merge().groups
    assert large in group
    assert 2 * large.rows <= sum(batch.rows for batch in group)


def test_who_began_to_read_before_reads_on(loaded: Store, store: Store) -> None:
    """The old files stay a day, through other loads; then the next writer removes them."""
    view = store.view()
    store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None))
    load(store, range(DAYS, DAYS + 1))
    assert view.events().equals(loaded.view().events())
    assert left_over(store.path, store.batches()) == []
    files = len(list((store.path / "events").iterdir()))
    store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None) + KEPT_FOR)
    assert len(list((store.path / "events").iterdir())) < files
    assert store.check(deep=True) == []


def test_readers_see_the_old_state_or_the_new(store: Store) -> None:
    """Readers in threads that never stop, while batches are loaded and merged: whole states in order, never a mix."""
    over, seen = threading.Event(), []

    def look() -> None:
        while not over.is_set():
            view = store.view()
            seen.append((view.events().height, int(view.cells()["n"].sum()), int(view.series("month")["n"].sum())))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for day in range(DAYS, DAYS + 4):
            load(store, range(day, day + 1))
            store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None))
    finally:
        over.set()
        reader.join()
    assert len(seen) > 2
    assert all(events == cells == series for events, cells, series in seen)
    assert [events for events, *_ in seen] == sorted(events for events, *_ in seen)


#: Where a merge can die: the names given to its files, the note of what is replaced, and the manifest.
STEPS = {"events": 0, "files": 4, "retired": 5, "manifest, written": 6, "manifest, renamed": 7}
DYING = """
import datetime as dt, os, signal
from pathlib import Path
from detente.store import open_store
rename, seen = Path.replace, []
def replace(self, target):
    seen.append(target)
    if {nth} == 6 and len(seen) == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    result = rename(self, target)
    if len(seen) == min({nth} + 1, 7):
        os.kill(os.getpid(), signal.SIGKILL)
    return result
Path.replace = replace
open_store({store!r}).merge(now=dt.datetime.fromisoformat("2020-06-01"))
"""
KILLED = """
import datetime as dt, os, signal, threading, time
from detente.store import open_store
def die():
    time.sleep({seconds})
    os.kill(os.getpid(), signal.SIGKILL)
open_store({store!r}).plan_merge()
threading.Thread(target=die, daemon=True).start()
open_store({store!r}).merge(now=dt.datetime.fromisoformat("2020-06-01"))
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_merge_killed_between_two_steps_harms_nothing(step: str, loaded: Store, store: Store) -> None:
    """Dead on either side of every renaming: old batches or new, the same answers; the next merge makes it whole."""
    example = DYING.format(nth=STEPS[step], store=str(store.path))
    assert run_example(example, folder=store.path.parent).returncode == -signal.SIGKILL
    assert (len(store.batches()) < BATCHES) == (step == "manifest, renamed")
    assert_whole_after_a_kill(loaded, store)


def test_a_merge_killed_at_any_moment_harms_nothing(loaded: Store, tmp_path: Path) -> None:
    """Dead at random moments, the same."""
    moments = random.Random(20200601)  # noqa: S311 - moments, not secrets
    for number in range(KILLS):
        store = open_store(shutil.copytree(loaded.path, tmp_path / str(number)))
        example = KILLED.format(store=str(store.path), seconds=moments.random() * 0.15)
        assert run_example(example, folder=tmp_path).returncode in {0, -signal.SIGKILL}
        assert_whole_after_a_kill(loaded, store)


def assert_whole_after_a_kill(loaded: Store, store: Store) -> None:
    """All is there right after, and after another merge, which leaves nothing behind."""
    whole = told(loaded)
    assert told(store) == whole
    assert [finding for finding in store.check(deep=True) if "left over" not in finding.what] == []
    store.merge(now=NOW)
    assert len(store.batches()) < BATCHES
    assert told(store) == whole
    assert store.check(deep=True) == []


def test_a_damaged_batch_is_not_merged(store: Store) -> None:
    """It would be given a digest that fits its damage: the merge says which, and changes nothing."""
    before = store.version()
    path = store.path / "events" / f"{store.batches()[3].id}.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match=r"is not what was written.*doctor --deep"):
        store.merge(now=NOW)
    assert store.version() == before
    with pytest.raises(StoreError, match="opened for reading"):
        open_store(store.path, read_only=True).merge(now=NOW)


def test_a_missing_list_of_files_is_found_and_said(store: Store) -> None:
    """Events can be read without it; the check names it, and a load says what to do."""
    store.merge(now=NOW)
    for path in (store.path / "files").iterdir():
        path.unlink()
    assert store.view().events().height
    assert "files/" in store.check()[0].what
    with pytest.raises(StoreError, match="Restore it from a copy"):
        load(store, range(1))


def test_the_command_prints_its_plan_and_then_merges(store: Store) -> None:
    """As a user runs it: a dry run changes nothing, a run merges, a second has nothing to do, and the doctor tells."""
    before, where = store.version(), ("--store", str(store.path))
    dry = run_detente("merge", "--dry-run", *where, code=0)
    assert "plan: merge 19 batches of test (95 rows) into 1" in dry.stderr
    assert store.version() == before
    done = run_detente("merge", *where, code=0)
    assert f"merged: {BATCHES} batches are now" in done.stdout
    assert "nothing to merge" in run_detente("merge", *where, code=0).stderr
    refused = run_detente("merge", "--store", str(store.path / "none"), code=2)
    assert "There is no such directory." in refused.stderr
    assert "MB of merged ones are kept" in run_detente("doctor", *where).stdout
