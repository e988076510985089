"""One question, several engines: the same answer to the last digit, from the same expressions."""

from __future__ import annotations

import datetime as dt
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from store_rows import START, append, event, part

from detente.domain.actors import Dyad, Pair
from detente.domain.records import Repeats
from detente.errors import ConfigError, StoreError
from detente.sample import sample_store_path
from detente.store import Store, View, open_store
from detente.store.expressions import DIALECTS, compile_read, expressions
from detente.store.reads import read_statements

ROOT = Path(__file__).resolve().parents[2]
PAIR = Pair("USA", "RUS")

#: Every read of a view, by name.
READS: dict[str, Callable[[View], object]] = {
    "cells": View.cells,
    "cells of a pair since a day": lambda view: view.cells(PAIR, since=view.first_day + dt.timedelta(days=2)),
    "cells by role": View.cells_by_role,
    "cells by role of a pair": lambda view: view.cells_by_role(PAIR),
    "cells by place": View.cells_by_place,
    "cells by place of a pair": lambda view: view.cells_by_place(PAIR),
    "events": View.events,
    "events of a dyad up to a day": lambda view: view.events(Dyad("RUS", "USA"), until=START + dt.timedelta(days=20)),
    "the first events": lambda view: view.events(limit=7),
    "series by week": View.series,
    "series by month of a pair": lambda view: view.series("month", PAIR),
    "pairs": View.pairs,
    "coverage": View.coverage,
    "first day": lambda view: view.first_day,
    "late events": View.has_late_events,
}
#: Those that a second day, another way to Spark, or a large store could tell apart.
FEW = ("cells", "events", "pairs", "coverage", "late events")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two providers with all that is awkward: late events, repeats, nulls, sums of many, thin days."""
    store = open_store(tmp_path_factory.mktemp("made-up"))
    roles, places = ("military", None, "executive"), ("CHE", None, "UKR")
    types, codes = ("CONSULT", None, "ASSAULT"), ("040", "190", None)
    events = []
    for number in range(240):
        day = number % 40
        late = dt.timedelta(days=(0, 0, 0, 3, 12)[number % 5], microseconds=number)
        actor, recipient = (("USA", "RUS"), ("RUS", "USA"), ("FRA", "DEU"), ("USA", "CHN"))[number % 4]
        n = (1, 3, 1000)[number % 3]
        events.append(
            event(
                day,
                actor=actor,
                recipient=recipient,
                known_at=dt.datetime.combine(START + dt.timedelta(days=day), dt.time(12)) + late,
                event_type=types[number % 3],
                provider_code=codes[number // 2 % 3],
                n=n,
                intensity_milli=(number * 997 % 19_001 - 9_000) * n + number % n,
                lowest_milli=None if number % 7 == 0 else -number,
                actor_role=roles[number // 5 % 3],
                place=places[number // 7 % 3],
                actor_name=("Ürümqi “x”", "b'c", None, "Żółw")[number // 60],
                directed=number % 11 != 0,
                event_key=None if number % 3 else str(number),
                line=number if number % 2 else None,
                confidence=number / 7 if number % 13 == 0 else None,
            )
        )
    rule = Repeats("one-a-day", ("occurred", "actor", "actor_name", "provider_code"))
    append(store, part(*events[:150]), repeats=rule)
    append(store, part(*events[100:], days=38, status="absent"), identity="b", repeats=rule)
    store.append("span", [part(*events[:9], days=3)], path="s", identity="s", coverage_rule="span")
    return store.path


def _differences(store: Path, engine: str, names: tuple[str, ...], *days: dt.date | None, provider: str) -> list[str]:
    """The reads whose answers are not those of DuckDB."""
    found = []
    for day in days:
        here = Store(store, read_only=True).view(day, provider)
        there = Store(store, read_only=True, engine=engine).view(day, provider)
        assert (here.first_day, here.last_day) == (there.first_day, there.last_day)
        for name in names:
            expected, got = READS[name](here), READS[name](there)
            is_same = expected.equals(got) if isinstance(expected, pl.DataFrame) else expected == got
            found += [] if is_same else [f"{name} as of {day}"]
    return found


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_spark_answers_as_duckdb_does_on_awkward_rows(made_up: Path, spark: str) -> None:
    """Every read, as of several days and of each provider, is equal in every row, null, digit and order."""
    assert spark
    first, last = START + dt.timedelta(days=12), START + dt.timedelta(days=39)
    assert open_store(made_up).view().has_late_events()
    assert _differences(made_up, "spark", tuple(READS), last, provider="test") == []
    assert _differences(made_up, "spark", FEW, first, None, provider="test") == []
    assert _differences(made_up, "spark", ("cells", "late events"), None, provider="span") == []


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_spark_answers_as_duckdb_does_on_the_sample(spark: str) -> None:
    """So it does on the sample, where there are many rows, cut at a day in its midst."""
    assert spark
    reads = ("cells", "cells by place of a pair")
    assert _differences(sample_store_path(), "spark", reads, dt.date(2018, 11, 5), provider="icews") == []


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_spark_connect_answers_as_duckdb_does(made_up: Path, spark: str) -> None:
    """Over the wire too, and as of a day before all was known."""
    day = START + dt.timedelta(days=21)
    assert _differences(made_up, spark, FEW, day, provider="test") == []


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_file_that_spark_cannot_read_is_named(tmp_path: Path, spark: str) -> None:
    """The message says which engine was to read which store, and what to look at."""
    store = open_store(tmp_path, engine=spark)
    append(store, part(event(0)))
    for path in (tmp_path / "events").iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="same path where Spark runs"):
        store.view().events()


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_an_address_where_nothing_answers_is_refused(spark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not take minutes, and the message says how to start a server; an address must have a port."""
    import detente.store.spark as module

    assert spark
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(ConfigError, match="start-connect-server"):
        Store(sample_store_path(), engine="sc://127.0.0.1:1").view()
    with pytest.raises(ConfigError, match="sc://HOST:PORT"):
        Store(sample_store_path(), engine="sc://127.0.0.1:x/y").view()


def test_the_sql_held_is_what_the_expressions_say() -> None:
    """The committed SQL of each engine is compiled from the expressions; `make docs` writes it anew."""
    for engine in DIALECTS:
        held = read_statements(engine)
        assert held == {name: compile_read(read, engine) for name, read in expressions().items()}


def test_no_engine_but_duckdb_is_loaded_by_default() -> None:
    """Reading a store imports neither Ibis nor Spark nor pandas."""
    code = (
        "import sys; from detente.store import open_store; from detente.sample import sample_store_path;"
        "open_store(sample_store_path()).view().cells();"
        "print([m for m in ('ibis', 'sqlglot', 'pyspark', 'grpc', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_an_engine_that_is_none_is_refused_at_once() -> None:
    """The message lists those there are."""
    with pytest.raises(ConfigError, match=r"duckdb, spark .* sc://HOST:PORT"):
        open_store(sample_store_path(), engine="oracle")


def test_a_missing_package_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyspark the engines of Spark say what to install; without Java a local one says that."""
    from detente.store.spark import open_session

    for name in ("pyspark", "pyspark.errors"):
        monkeypatch.setitem(sys.modules, name, None)
    for engine in ("spark", "sc://127.0.0.1:15002"):
        with pytest.raises(ConfigError, match=r"pip install 'detente\[engines\]'"):
            open_session.__wrapped__(engine)


def test_a_machine_without_java_is_told_so(tmp_path: Path) -> None:
    """The command ends with the next step, not with a page of Java."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("the extra `engines` is not installed")
    code = "from detente.cli import main; main()"
    env = {
        "PATH": str(tmp_path),
        "JAVA_HOME": str(tmp_path),
        "PYTHONPATH": ":".join(sys.path),
        "DETENTE_ENGINE": "spark",
    }
    command = [sys.executable, "-c", code, "watch", "--store", str(sample_store_path())]
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "Install Java 17" in run.stderr
