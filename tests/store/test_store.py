"""The store: whole batches once, read by both clocks, repeats counted, damage named."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.domain.actors import Dyad, Pair
from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS
from detente.errors import ConfigError, CutoffError, DataError, StoreError
from detente.store import Store, open_store

ONE_A_DAY = Repeats("one-a-day", ("occurred", "actor_name", "recipient_name", "provider_code"))
START = dt.date(2020, 1, 1)
ROW = st.tuples(st.integers(0, 30), st.integers(-10_000, 10_000), st.booleans())


def event(day: int = 0, **changes: object) -> dict[str, object]:
    """One event of a chosen day after the start."""
    occurred = START + dt.timedelta(days=day)
    row: dict[str, object] = dict.fromkeys(EVENTS.names)
    row |= {
        "provider": "test",
        "occurred": occurred,
        "known_at": dt.datetime.combine(occurred, dt.time(12)),
        "actor": "USA",
        "recipient": "RUS",
        "directed": True,
        "event_type": "CONSULT",
        "provider_code": "040",
        "n": 1,
        "intensity_milli": 1000,
        "lowest_milli": 1000,
        "actor_name": f"name {day}",
        "recipient_name": "other",
        "coder": "hand",
    }
    return row | changes


def part(*rows: dict[str, object], days: int | None = None, status: str = "present") -> Part:
    """A part of these events; by default the days from the first to the last event are covered."""
    events = pl.DataFrame(list(rows), schema=EVENTS.schema)
    last = max((row["occurred"] for row in rows), default=START)
    length = days if days is not None else (last - START).days + 1  # type: ignore[operator]
    covered = pl.DataFrame(
        [
            (
                "test",
                START + dt.timedelta(days=i),
                10,
                dt.datetime.combine(START, dt.time()) + dt.timedelta(days=i),
                status,
            )
            for i in range(length)
        ],
        schema=COVERAGE.schema,
        orient="row",
    )
    return Part(events, covered, Ledger("test.csv", read=len(rows), kept=len(rows)))


def append(store: Store, *parts: Part, identity: str = "a", **more: object) -> object:
    """Append parts as one batch."""
    return store.append("test", parts, path="test.csv", identity=identity, **more)  # type: ignore[arg-type]


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    """Every column of every event survives."""
    store = open_store(tmp_path / "s")
    append(store, part(event(0, place="GBR", confidence=0.5, locator="u", line=7), event(1)))
    events = store.view().events()
    assert events.height == 2
    assert events.row(0, named=True) == event(0, place="GBR", confidence=0.5, locator="u", line=7)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(-10_000, 10_000), st.booleans()), min_size=1, max_size=30)
)
def test_cells_add_up_to_the_events(
    rows: list[tuple[int, int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No intensity is lost between events and cells, whatever the order of rows and the number of parts."""
    store = open_store(tmp_path_factory.mktemp("s"))
    events = [
        event(day, intensity_milli=value, actor="USA" if way else "RUS", recipient="RUS" if way else "USA")
        for day, value, way in rows
    ]
    append(store, *(part(row) for row in events))
    cells = store.view().cells()
    assert cells["n"].sum() == len(rows)
    assert (cells["cooperation_milli"] - cells["conflict_milli"]).sum() == sum(value for _, value, _ in rows)
    assert store.view().cells(Pair("RUS", "USA")).equals(cells)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    """A second append of one identity is told so, and the manifest stays as it was, byte for byte."""
    store = open_store(tmp_path)
    append(store, part(event()))
    before = (tmp_path / "MANIFEST.json").read_bytes()
    receipt = append(store, part(event()))
    assert receipt.already_held  # type: ignore[attr-defined]
    assert receipt.ledger.kept == 1  # type: ignore[attr-defined]
    assert (tmp_path / "MANIFEST.json").read_bytes() == before


def test_repeats_are_left_out_and_counted_within_and_across_batches(tmp_path: Path) -> None:
    """One-a-day: the first report stays; the ledger moves the others from kept to ignored, and still adds up."""
    store = open_store(tmp_path)
    first = append(store, part(event(0), event(0), event(1)), repeats=ONE_A_DAY)
    second = append(store, part(event(0), event(2)), identity="b", repeats=ONE_A_DAY)
    assert first.ledger.ignored == {"one-a-day": 1}  # type: ignore[attr-defined]
    assert second.ledger.ignored == {"one-a-day": 1}  # type: ignore[attr-defined]
    assert store.view().events().height == 3
    for batch in store.batches():
        totals = batch.ledger
        assert totals["read"] == totals["kept"] + sum(totals["ignored"].values())


def test_an_event_id_is_held_once(tmp_path: Path) -> None:
    """The provider's own id counts once, in a batch and across batches."""
    store = open_store(tmp_path)
    append(store, part(event(0, event_key="1"), event(0, event_key="1"), event(0, event_key="2")))
    receipt = append(store, part(event(0, event_key="2"), event(0, event_key="3")), identity="b")
    assert receipt.ledger.ignored == {"event_already_held": 1}  # type: ignore[attr-defined]
    assert store.view().events()["event_key"].sort().to_list() == ["1", "2", "3"]


def test_a_window_lets_later_reports_be_events_of_their_own(tmp_path: Path) -> None:
    """Within 180 minutes of the one before a report is a repeat; after that it is another event."""
    store = open_store(tmp_path)
    noon = dt.datetime.combine(START, dt.time(12))
    rows = [event(0, known_at=noon + dt.timedelta(minutes=m)) for m in (0, 170, 400)]
    window = Repeats("re-emission", ("occurred", "actor_name"), within_minutes=180)
    receipt = append(store, part(*rows), repeats=window)
    assert receipt.ledger.ignored == {"re-emission": 1}  # type: ignore[attr-defined]
    late = append(store, part(event(0, known_at=noon + dt.timedelta(minutes=500))), identity="b", repeats=window)
    assert late.ledger.ignored == {"re-emission": 1}  # type: ignore[attr-defined]


def test_both_clocks_cut(tmp_path: Path) -> None:
    """A row published later, or said to happen later, is not there yet."""
    store = open_store(tmp_path)
    late = dt.datetime.combine(START + dt.timedelta(days=5), dt.time())
    append(store, part(event(0), event(1, known_at=late), event(3), days=4))
    day = START + dt.timedelta(days=1)
    assert store.view(day).events().height == 1
    assert store.view(START + dt.timedelta(days=3)).events().height == 2
    assert store.view(day).coverage().height == 2


def test_a_dyad_a_span_and_a_limit_select(tmp_path: Path) -> None:
    """Reads can name a direction, days and a number of rows."""
    store = open_store(tmp_path)
    append(store, part(event(0), event(1), event(2, actor="RUS", recipient="USA"), event(3, actor="FRA")))
    view = store.view()
    assert view.events(Dyad("USA", "RUS")).height == 2
    assert view.events(Pair("USA", "RUS"), since=START + dt.timedelta(days=1)).height == 2
    assert view.events(until=START).height == 1
    assert view.events(limit=2).height == 2
    assert view.pairs()["pair"].to_list() == ["RUS-USA", "FRA-RUS"]
    assert view.cells(since=START + dt.timedelta(days=3)).height == 1


def test_thin_and_absent_days_are_gaps_for_a_daily_provider(tmp_path: Path) -> None:
    """A day without rows is absent and one with a fraction of the usual is thin; a provider of spans has quiet days."""
    store = open_store(tmp_path)
    days = [(i, 100 if i != 20 else 5) for i in range(30) if i != 25]
    covered = pl.DataFrame(
        [("test", START + dt.timedelta(days=i), n, dt.datetime.combine(START, dt.time()), "present") for i, n in days],
        schema=COVERAGE.schema,
        orient="row",
    )
    plain = part(event(0), event(29))
    append(store, Part(plain.events, covered, plain.ledger))
    status = dict(store.view().coverage().select("day", "status").iter_rows())
    assert status[START + dt.timedelta(days=20)] == "thin"
    assert status[START + dt.timedelta(days=25)] == "absent"
    assert sorted(set(status.values())) == ["absent", "present", "thin"]
    other = open_store(tmp_path / "span")
    append(other, part(event(0), event(9)), coverage_rule="span")
    assert set(other.view().coverage()["status"]) == {"present"}


def test_providers_are_never_mixed(tmp_path: Path) -> None:
    """A view reads one provider, the fullest by default, and names the others."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    store.append("big", [part(event(0), event(1))], path="b", identity="b")
    assert store.providers() == ["big", "test"]
    view = store.view()
    assert (view.provider, view.other_providers) == ("big", ("test",))
    assert store.view(provider="test").events().height == 1
    with pytest.raises(ConfigError, match="big, test"):
        store.view(provider="gdelt")


@pytest.mark.parametrize("as_of", [START - dt.timedelta(days=1), START + dt.timedelta(days=9)])
def test_a_day_outside_what_is_held_is_refused(as_of: dt.date, tmp_path: Path) -> None:
    """The message says from when to when the store holds data."""
    store = open_store(tmp_path)
    append(store, part(event(0), event(1)))
    with pytest.raises(CutoffError, match="from 2020-01-01 to 2020-01-02"):
        store.view(as_of)


def test_nothing_known_yet_and_nothing_held_are_told_apart(tmp_path: Path) -> None:
    """An empty store, a batch without rows and rows published later each have their own message."""
    store = open_store(tmp_path)
    with pytest.raises(CutoffError, match="holds none"):
        store.view()
    append(store, part())
    with pytest.raises(CutoffError, match="holds none of theirs"):
        store.view()
    append(store, part(event(0, known_at=dt.datetime.combine(START, dt.time()) + dt.timedelta(days=9))), identity="b")
    with pytest.raises(CutoffError, match="published by then"):
        store.view(START)


def test_a_part_that_breaks_its_schema_commits_nothing(tmp_path: Path) -> None:
    """A bad part, even after good ones, leaves the store as it was."""
    store = open_store(tmp_path)
    good, bad = part(event(0)), part(event(1))
    with pytest.raises(DataError, match="missing"):
        append(store, good, Part(bad.events.drop("n"), bad.days, bad.ledger))
    assert store.batches() == []
    assert not list(tmp_path.glob(".spool-*"))


def test_a_ledger_that_does_not_add_up_commits_nothing(tmp_path: Path) -> None:
    """Rows that are not accounted for stop the batch."""
    store = open_store(tmp_path)
    odd = part(event(0))
    odd.ledger.read += 1
    with pytest.raises(DataError, match="accounted for"):
        append(store, odd)
    assert store.batches() == []


def test_a_second_writer_is_told_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one process writes, another waits a little and is then told the writer's process id."""
    monkeypatch.setattr("detente.store.writer._LOCK_WAIT_SECONDS", 0.1)
    store = open_store(tmp_path)
    append(store, part(event(0)))
    lock = str(tmp_path / ".lock")
    hold = f"import fcntl, time; f = open({lock!r}, 'a'); fcntl.flock(f, 2); print(1, flush=True); time.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(StoreError, match="is writing to it"):
            append(store, part(event(1)), identity="b")
        assert store.view().events().height == 1
        holder.kill()


def test_a_reader_during_an_append_sees_the_old_state(tmp_path: Path) -> None:
    """Until the commit a reader sees nothing of the batch; after it, all of it."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    seen = []

    def parts() -> object:
        for day in range(3):
            yield part(event(day, actor_name="new"))
            seen.append(open_store(tmp_path).view().events().height)

    append(store, *[], identity="none")
    store.append("test", parts(), path="f", identity="b")  # type: ignore[arg-type]
    assert seen == [1, 1, 1]
    assert store.view().events().height == 4


def test_leftovers_are_found_and_swept(tmp_path: Path) -> None:
    """What an interrupted load left is a finding, and the next load removes it."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    (tmp_path / "events" / "orphan.parquet").write_bytes(b"half")
    (tmp_path / ".spool-x").mkdir()
    assert [str(finding) for finding in store.check()] == [
        "2 files are left over from an interrupted load. The next load removes them."
    ]
    append(store, part(event(1)), identity="b")
    assert store.check(deep=True) == []


def test_damage_is_named(tmp_path: Path) -> None:
    """A missing, a shortened and a changed file each have their own finding; a read says which file."""
    store = open_store(tmp_path)
    batch = append(store, part(event(0))).batch  # type: ignore[attr-defined]
    path = tmp_path / "events" / f"{batch.id}.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert "bytes, not" in str(store.check()[0])
    path.write_bytes(b"x" * len(content))
    assert store.check() == []
    assert "cannot be read" in str(store.check(deep=True)[0])
    with pytest.raises(StoreError, match="detente doctor"):
        store.view()
    path.unlink()
    assert "is missing" in str(store.check()[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "damaged"), ('{"format": 99, "batches": []}', "format 99"), ('{"format": 1, "batches": [{}]}', "damaged")],
)
def test_a_manifest_that_cannot_be_trusted_is_refused(content: str, message: str, tmp_path: Path) -> None:
    """A damaged manifest, or one of another version, is an error that says what to do."""
    (tmp_path / "MANIFEST.json").write_text(content)
    with pytest.raises(StoreError, match=message):
        open_store(tmp_path).batches()


def test_a_store_opened_for_reading_refuses_to_be_written(tmp_path: Path) -> None:
    """So does something that is no directory."""
    with pytest.raises(StoreError, match="for reading"):
        append(open_store(tmp_path, read_only=True), part(event(0)))
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not a directory"):
        open_store(tmp_path / "file")


def test_a_full_disk_harms_nothing_that_was_saved(tmp_path: Path) -> None:
    """When no byte more can be written the load fails with what to do, and the store is as it was."""
    store = open_store(tmp_path)
    append(store, part(event(0)))
    before = (tmp_path / "MANIFEST.json").read_bytes()
    code = (
        "import sys, signal, resource; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "import test_store as t; from detente.store import open_store; from detente.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "rows = [t.event(i % 300, actor_name=f'{i * 7919}', locator=f'{i * 104729}') for i in range(20000)]\n"
        "part = t.part(*rows)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    t.append(open_store(sys.argv[1]), part, identity='big')\n"
        "except StoreError as error:\n    sys.stdout.write(error.next_step)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert "free space" in run.stdout, run.stderr
    assert (tmp_path / "MANIFEST.json").read_bytes() == before
    assert store.view().events().height == 1
