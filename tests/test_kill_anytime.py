"""A load killed at any moment harms nothing: after loading again the store equals one that was loaded once.

``DETENTE_KILLS=50`` runs more rounds than the suite's dozen.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import load_to_kill
from detente.store import Store, open_store
from load_to_kill import load_all

KILLS = int(os.environ.get("DETENTE_KILLS", "12"))
LOADER = Path(load_to_kill.__file__)


def loading(store: Path) -> subprocess.Popen[str]:
    """A load that has just begun to write; the start-up of Python is behind it."""
    process = subprocess.Popen([sys.executable, LOADER, store], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "start\n"
    return process


def load_apart(store: Path) -> float:
    """Load everything in a process of its own; returns the seconds between start and end."""
    with loading(store) as process:
        said, _ = process.communicate()
    assert process.returncode == 0
    return float(said)


def content(store: Store) -> dict[str, object]:
    """All that a store says: every row of every table and every batch's account, hashed in a fixed order."""
    view = store.view()
    found: dict[str, object] = {"batches": [(batch.files, batch.rows, batch.sha256) for batch in store.batches()]}
    for name, table in (("events", view.events()), ("cells", view.cells()), ("coverage", view.coverage())):
        rows = table.sort(table.columns, nulls_last=True).write_csv()
        found[name] = (table.height, hashlib.sha256(rows.encode()).hexdigest())
    return found


def kill_after(store: Path, seconds: float) -> bool:
    """Begin a load and ``kill -9`` it so long after; returns whether it was still running."""
    with loading(store) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode == -signal.SIGKILL


def moments(seconds: float, kills: int) -> Iterator[float]:
    """Random moments, one in each equal slice of the load, so that all of it is covered."""
    rng = random.Random(20180820)  # noqa: S311 - moments, not secrets
    for slice_ in range(kills):
        yield (slice_ + rng.random()) / kills * seconds


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], float]:
    """What a store holds after a load that nobody disturbed, and how many seconds that takes."""
    stores = [tmp_path_factory.mktemp("apart") for _ in range(2)]
    seconds = min(load_apart(store) for store in stores)
    first, second = (content(open_store(store)) for store in stores)
    assert first == second
    return first, seconds


def test_a_load_killed_at_any_moment_is_made_whole_by_loading_again(
    loaded_once: tuple[dict[str, object], float], tmp_path: Path
) -> None:
    """Right after the kill the store holds whole batches in order and nothing else; after a reload, all of them."""
    whole, seconds = loaded_once
    batches = whole["batches"]
    assert isinstance(batches, list)
    reached = []
    for index, moment in enumerate(moments(seconds, KILLS)):
        store = open_store(tmp_path / str(index))
        killed = kill_after(store.path, moment)
        held = [(batch.files, batch.rows, batch.sha256) for batch in store.batches()]
        assert held == batches[: len(held)]
        if held:
            assert store.view().events().height == sum(rows for _, rows, _ in held)
        assert [f for f in store.check(deep=True) if "left over" not in f.what] == []
        load_all(store.path)
        assert content(store) == whole
        assert store.check(deep=True) == []
        reached += [len(held)] if killed else []
    assert len(reached) > KILLS // 3, "kills must hit a running load"
    assert len(set(reached)) > 1, "kills must fall before and after commits"


STEPS = ("events", "sums", "days", "ledgers", "manifest, written", "manifest, renamed")


@pytest.mark.parametrize("step", STEPS)
def test_a_load_killed_between_two_steps_of_the_commit_is_made_whole(
    step: str, loaded_once: tuple[dict[str, object], float], tmp_path: Path
) -> None:
    """Dead just after each file of the second batch got its name, and on both sides of the manifest's renaming."""
    whole, _ = loaded_once
    nth = STEPS.index(step)
    # A batch's files are renamed in this order, five renames a batch; the manifest's is the last.
    dying = f"""
import os, signal, sys
from pathlib import Path
from load_to_kill import load_all
rename, seen = Path.replace, []
def replace(self, target):
    seen.append(target)
    if {nth} == 4 and len(seen) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    result = rename(self, target)
    if len(seen) == 5 + min({nth} + 1, 5):
        os.kill(os.getpid(), signal.SIGKILL)
    return result
Path.replace = replace
load_all(Path(sys.argv[1]))
"""
    command = [sys.executable, "-c", dying, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, check=False, cwd=LOADER.parent)
    assert run.returncode == -signal.SIGKILL, run.stderr
    store = open_store(tmp_path)
    assert len(store.batches()) == (2 if step == "manifest, renamed" else 1)
    load_all(tmp_path)
    assert content(store) == whole
    assert store.check(deep=True) == []
