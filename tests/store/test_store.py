"""The store: whole batches once, read by both clocks, repeats counted, damage named."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_rows import START, append, event, part

from detente.domain.actors import Dyad, Pair
from detente.domain.records import Part
from detente.domain.tables import COVERAGE
from detente.errors import ConfigError, CutoffError, StoreError
from detente.store import open_store
from detente.store.manifest import write_manifest

ROW = st.tuples(st.integers(0, 30), st.integers(-10_000, 10_000), st.booleans())


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


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.integers(-9000, 9000),
            st.integers(1, 4),
            st.sampled_from(["military", "legislature", None]),
            st.sampled_from(["CHE", "USA", None]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_cells_by_role_and_by_place_add_up_to_the_cells(
    rows: list[tuple[int, int, int, str | None, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever spoke, wherever it was, sums by role and by place are those of the cells, to the last thousandth."""
    store = open_store(tmp_path_factory.mktemp("s"))
    events = [
        event(day, n=n, intensity_milli=n * value, actor_role=role, place=place) for day, value, n, role, place in rows
    ]
    append(store, part(*events))
    view = store.view()
    names = ("n", "cooperation_milli", "conflict_milli", "square_milli")
    whole = view.cells().select(names).sum()
    for cells in (view.cells_by_role(Pair("RUS", "USA")), view.cells_by_place(Pair("RUS", "USA"))):
        assert cells.select(names).sum().equals(whole)
        assert not cells.select(pl.exclude(names)).is_duplicated().any()
    by_role = dict(view.cells_by_role().group_by("role").agg(pl.col("n").sum()).iter_rows())
    assert by_role == {role: sum(n for *_, n, r, _ in rows if r == role) for role in {row[3] for row in rows}}


def test_cells_by_role_and_by_place_are_cut_by_both_clocks(tmp_path: Path) -> None:
    """A row published later, happening later, or of another pair is in neither; nor is one before the first day."""
    store = open_store(tmp_path)
    late = dt.datetime.combine(START + dt.timedelta(days=5), dt.time())
    append(store, part(event(0), event(1, known_at=late), event(2), event(1, actor="FRA"), event(3), days=4))
    view, pair = store.view(START + dt.timedelta(days=2)), Pair("USA", "RUS")
    for read in (view.cells_by_role, view.cells_by_place):
        assert read(pair)["n"].sum() == 2
        assert read()["n"].sum() == 3
        assert read(pair, since=START + dt.timedelta(days=1))["n"].sum() == 1


TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
ANY_ROW = st.fixed_dictionaries(
    {
        "intensity_milli": st.integers(-(2**40), 2**40),
        "lowest_milli": st.none() | st.integers(-10_000, 10_000),
        "n": st.integers(1, 1000),
        "directed": st.booleans(),
        "event_type": st.sampled_from(["ASSAULT", None]),
        "actor_role": st.sampled_from(["military", None]),
        "confidence": st.none() | st.floats(0, 1),
        "line": st.none() | st.integers(0, 2**40),
        **dict.fromkeys(("provider_code", "actor_name", "recipient_name", "place", "locator", "coder"), TEXT),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ANY_ROW, min_size=1, max_size=12))
def test_any_row_survives_the_round_trip(
    rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever texts, numbers and nulls a row holds, it comes back unchanged and once."""
    store = open_store(tmp_path_factory.mktemp("s"))
    given_rows = [event(index, **row | {"coder": row["coder"] or ""}) for index, row in enumerate(rows)]
    append(store, *(part(row) for row in reversed(given_rows)))
    assert store.view().events().rows(named=True) == given_rows


def test_by_default_a_view_waits_for_what_was_published_late(tmp_path: Path) -> None:
    """A file published two days after its last event is read whole without naming a day."""
    store = open_store(tmp_path)
    late = dt.datetime.combine(START + dt.timedelta(days=3), dt.time(1))
    append(store, part(event(0, known_at=late), event(1, known_at=late)))
    view = store.view()
    assert view.as_of == late.date()
    assert view.events().height == 2


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
    append(store, part(event(0)))
    (batch,) = store.batches()
    path = tmp_path / "events" / f"{batch.id}.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert "bytes, not" in str(store.check()[0])
    path.write_bytes(b"x" * len(content))
    assert store.check() == []
    assert "cannot be read" in str(store.check(deep=True)[0])
    pl.read_parquet(content).with_columns(actor_name=pl.lit("nbme 0")).write_parquet(path)
    same_size = replace(batch, bytes=path.stat().st_size)
    write_manifest(tmp_path, [same_size])
    assert "digest differs" in str(store.check(deep=True)[0])
    write_manifest(tmp_path, [replace(same_size, rows=2)])
    assert "has 1 rows, not 2" in str(store.check(deep=True)[0])
    path.write_bytes(b"x" * len(content))
    with pytest.raises(StoreError, match="detente doctor"):
        store.view().events()
    path.unlink()
    assert "is missing" in str(store.check()[0])


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "damaged"), ('{"format": 99, "batches": []}', "format 99"), ('{"format": 2, "batches": [{}]}', "damaged")],
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


def test_a_read_loads_no_second_dataframe_library(tmp_path: Path) -> None:
    """Loading pyarrow takes ten times as long as one pair's series: rows come over without it."""
    append(open_store(tmp_path / "s"), part(event(0), event(1)))
    read = "import sys; from pathlib import Path; from detente.store import open_store\n"
    read += "print(open_store(Path(sys.argv[1])).view().series('month').height, 'pyarrow' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", read, tmp_path / "s"], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["1", "False"]
