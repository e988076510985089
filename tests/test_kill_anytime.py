"""A load that is killed at any moment, and then repeated, leaves the store of a load that was never killed.

`DETENTE_KILLS=50` runs as many kills as that; a dozen otherwise.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from detente.store import open_store

FILES, ROWS = 6, 6000
KILLS = int(os.environ.get("DETENTE_KILLS", "12"))
STATES = ("USA", "RUS", "CHN", "FRA", "DEU", "GBR")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few tables of made-up events."""
    chance = random.Random(7)  # noqa: S311 - a simulation
    made = tmp_path_factory.mktemp("files")
    for number in range(FILES):
        lines = ["date,actor,recipient,intensity,url"]
        for row in range(ROWS):
            actor, recipient = chance.sample(STATES, 2)
            day = f"2024-{number + 1:02}-{row % 28 + 1:02}"
            lines.append(f"{day},{actor},{recipient},{chance.randint(-100, 80) / 10},u{number}-{row}")
        (made / f"{number}.csv").write_text("\n".join(lines) + "\n")
    return made


def _load(folder: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "detente", "load", "table", str(folder), "--store", str(store)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _content(store: Path) -> pl.DataFrame:
    events = open_store(store).view().events()
    return events.sort("locator")


def test_a_killed_load_is_finished_by_the_next(folder: Path, tmp_path: Path) -> None:
    """Each time: nothing broken after the kill, and after a second load the same rows as after one load."""
    once = tmp_path / "once"
    start = time.perf_counter()
    assert _load(folder, once).wait() == 0
    lasted = time.perf_counter() - start
    expected = _content(once)
    assert expected.height == FILES * ROWS
    chance, cut_short = random.Random(11), 0  # noqa: S311 - moments spread over the whole load
    for number in range(KILLS):
        store = tmp_path / f"killed{number}"
        loading = _load(folder, store)
        time.sleep(lasted * (number + chance.random()) / KILLS)
        loading.send_signal(signal.SIGKILL)
        cut_short += loading.wait() != 0
        saved = len(open_store(store).batches())
        if saved:
            assert _content(store).height == saved * ROWS
        assert _load(folder, store).wait() == 0
        assert _content(store).equals(expected)
        assert open_store(store).check(deep=True) == []
    assert cut_short >= KILLS // 2
