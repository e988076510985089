"""What a day's update costs: the 96 slots of a day fetched from a server on this machine, loaded, and asked for again.

    python benchmarks/day_update.py [--slots 96]

The files are made up (``gdelt_files``), as large as real ones. Prints the seconds of the first run, of a second one
that finds nothing new, and of one more slot; fails when a run that finds nothing changes the store.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import functools
import hashlib
import http.server
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import gdelt_files
from detente import sync
from detente.sources.downloads import Downloads
from detente.sources.fetch import Door
from detente.store import Store, open_store

DAY = gdelt_files.FIRST.date()
NOW = gdelt_files.FIRST + dt.timedelta(days=1, hours=1)


def main() -> None:
    """Publish a day, sync it, sync it again, publish one more slot, sync that."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slots", type=int, default=96, help="quarters of an hour")
    slots = parser.parse_args().slots
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made = gdelt_files.write_files(
            folder / "www" / "gdeltv2", slots * gdelt_files.ROWS_A_SLOT, rows_a_file=gdelt_files.ROWS_A_SLOT
        )
        store = open_store(folder / "store")
        with serving(folder / "www") as base:
            publish(folder / "www", list(made.files[:-1]))
            first = timed(f"{slots - 1} slots ({made.bytes / 1e6:.1f} MB)", store, folder, base)
            before = store.version()
            again = timed("nothing new", store, folder, base)
            is_same = store.version() == before
            publish(folder / "www", list(made.files))
            timed("one more slot", store, folder, base)
    if not is_same or again.fetched or first.fetched != slots - 1:
        sys.exit("a run that finds nothing new must fetch and change nothing")


def publish(folder: Path, files: list[Path]) -> None:
    """List files as the publisher does."""
    lines = [
        f"{path.stat().st_size} {hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()} "
        f"http://data.example.org/gdeltv2/{path.name}\n"
        for path in files
    ]
    (folder / "gdeltv2" / "masterfilelist.txt").write_text("".join(lines), "utf-8")


def timed(what: str, store: Store, folder: Path, base: str) -> sync.SyncReport:
    """Plan and run once, and say how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    fetcher = Downloads(Door())
    plan = sync.plan_sync(store, fetcher, sync.SyncRequest(DAY, DAY, NOW, base, folder / "downloads"))
    report = sync.run_sync(store, fetcher, plan)
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {seconds:.2f} s ({used:.2f} CPU s, the server's among them); {report.loaded.read:,} rows")
    return report


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no error."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server of a folder on the loopback address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    main()
