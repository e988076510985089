"""Readers that never stop, and two writers, while files are loaded: the old state or the new one, never a mix."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from store_rows import append, event, part

from detente.store import open_store

READERS, BATCHES, ROWS = 2, 8, 1_000
#: Reads all that a view gives, as long as nobody says to stop, and says what it saw.
READER = """
import json, sys
from pathlib import Path
from detente.store import open_store
from detente.store.view import View
store, stop = open_store(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
while True:
    is_last = stop.exists()
    view = store.view()
    events, cells, series = view.events(), view.cells(), view.series("month")
    print(json.dumps([events.height, int(cells["n"].sum()), int(series["n"].sum()),
                      int(events["intensity_milli"].sum()),
                      int(cells["cooperation_milli"].sum() - cells["conflict_milli"].sum())]), flush=True)
    if is_last:
        break
"""
#: Loads its own batches, as one of several writers.
WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from store_rows import append, event, part
from detente.store import open_store
from detente.store import writer
writer._LOCK_WAIT_SECONDS = 60.0
for batch in range(int(sys.argv[4])):
    rows = [event(i % 90, actor_name=f"{sys.argv[2]} {batch} {i}") for i in range(int(sys.argv[5]))]
    append(open_store(sys.argv[1]), part(*rows), identity=f"{sys.argv[2]} {batch}")
"""


def test_readers_see_whole_states_while_two_processes_write(tmp_path: Path) -> None:
    """Events, cells and series of each look belong to one state between commits; both writers' batches are all held."""
    store, stop = open_store(tmp_path / "store"), tmp_path / "stop"
    append(store, part(event(0)), identity="first")
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, store.path, stop], stdout=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    for reader in readers:
        assert reader.stdout
        assert reader.stdout.readline() == "ready\n"
    here, many = str(Path(__file__).parent), (str(BATCHES // 2), str(ROWS))
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, store.path, name, here, *many]) for name in ("one", "other")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    stop.touch()
    seen = []
    for reader in readers:
        said, _ = reader.communicate()
        assert reader.returncode == 0
        seen.append([json.loads(line) for line in said.splitlines()])
    for looks in seen:
        for events, cells, series, intensity, balance in looks:
            assert events == cells == series
            assert intensity == balance == 1000 * events
            assert (events - 1) % ROWS == 0
        assert [look[0] for look in looks] == sorted(look[0] for look in looks)
        assert looks[-1][0] == BATCHES * ROWS + 1
    assert len({look[0] for looks in seen for look in looks}) > 2
    assert len(store.batches()) == BATCHES + 1
    assert store.check(deep=True) == []
