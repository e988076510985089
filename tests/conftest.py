"""What all tests share: where the original data sets may lie, a store of a test's own, and who runs which when."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is no failure: nothing in the suite is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

#: Modules of which single tests take long: begun first, so that no process is left alone with one at the end.
LONG = ("test_docs", "test_cli", "test_score_command", "test_events", "test_concurrent", "test_chain", "test_sync")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests first; among several processes, tests that share what takes long to make run in one.

    They are those of one `xdist_group`, and those of a module that makes something once for itself. Pytest-xdist reads
    the group from the end of a test's name, where it cannot write it itself since pytest 9.2.
    """
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")  # hundreds of drawn examples walk lines that told examples walk too
    items.sort(key=lambda item: item.path.stem not in LONG)
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = _group(item)
        if group and not item.nodeid.endswith(f"@{group}"):
            item._id = type(item.id).parse(f"{item.nodeid}@{group}")


def _group(item: pytest.Item) -> str | None:
    if mark := item.get_closest_marker("xdist_group"):
        return str(mark.args[0])
    made = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - of functions only
    return item.path.stem if any(fixtures[-1].scope == "module" for fixtures in made) else None


@pytest.fixture(scope="session", autouse=True)
def ledger_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests, and the commands they start, never write to the user's own ledger of forecasts."""
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_LEDGER", str(folder))
        yield folder


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of original data sets; a test that asks for it is skipped where there is none."""
    folder = Path(os.environ.get("DETENTE_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "events").is_dir():
        pytest.skip(f"the original data sets are not here; set DETENTE_REFERENCE_DATA (looked in {folder.name}/)")
    return folder


def _unasked_port() -> int:
    """A free port below those that a system gives to whoever asks for any: no other test can be given it meanwhile."""
    for port in random.sample(range(20_000, 32_000), 20):
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("None of twenty ports below 32,000 is free.")


@pytest.fixture(scope="session")
def spark_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Spark in local mode for all tests: the engine ``spark`` here, and Spark Connect at this address."""
    pytest.importorskip("pyspark", reason="the extra `engines` is not installed")
    pytest.importorskip("grpc", reason="the extra `engines` is not installed")
    from pyspark.sql import SparkSession

    port = _unasked_port()
    settings = {
        "spark.master": "local[1]",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.local.dir": tmp_path_factory.mktemp("spark"),
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.warehouse.dir": tmp_path_factory.mktemp("warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        yield f"sc://127.0.0.1:{port}"
        session.stop()


@pytest.fixture
def spark(spark_address: str) -> Iterator[str]:
    """The address of the running Spark; what its client leaves to the garbage collector is collected in the test."""
    yield spark_address
    gc.collect()
