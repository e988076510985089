"""Loading ICEWS files beside plain DuckDB turning the same files into Parquet, in one run.

    python benchmarks/ingest.py [--data FOLDER_OF_ORIGINALS] [--rows 300000]

The originals, where given, are read as they are; the larger set is made here in their form.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t"
    "Target Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\t"
    "Province\tCountry\tLatitude\tLongitude"
)
COUNTRIES = ("United States", "Russian Federation", "China", "India", "Pakistan", "Iran", "Israel", "Turkey", "France")
CODES = (("Consult", "040", "1"), ("Make statement", "010", "0"), ("Criticize or denounce", "111", "-2"))
ROUNDS = 3
DUCKDB = (
    "import duckdb, sys; duckdb.sql(\"copy (select * from read_csv('\" + sys.argv[1] + \"', delim='\\t', quote='', "
    'header=true, all_varchar=true)) to \'" + sys.argv[2] + "\' (format parquet, compression zstd)")'
)


def make_files(folder: Path, rows: int, files: int = 10) -> None:
    """Write files in the form of ICEWS daily files, gzipped."""
    chance = random.Random(5)  # noqa: S311 - made-up rows
    event = 0
    for number in range(files):
        day = dt.date(2018, 1, 1) + dt.timedelta(days=number)
        with gzip.open(folder / f"{day:%Y%m%d}-icews-events.tab.gz", "wt", compresslevel=6) as file:
            file.write(HEADER + "\n")
            for _ in range(rows // files):
                event += 1
                a, b = chance.choice(COUNTRIES), chance.choice(COUNTRIES)
                text, code, intensity = chance.choice(CODES)
                names = f"Person {chance.randrange(5000)} ({a})", f"Government ({b})"
                file.write(
                    f"{event}\t{day}\t{names[0]}\tGovernment,Executive\t{a}\t{text}\t{code}\t{intensity}\t{names[1]}\t"
                    f"Government\t{b}\t{event // 3}\t{event % 6 + 1}\tReuters News\tLondon\t\tGreater London\t"
                    f"United Kingdom\t51.5085\t-0.12574\n"
                )


def best_seconds(command: list[str], prepare: Path | None = None) -> float:
    """The best of a few runs of a command, in wall seconds."""
    seconds = []
    for _ in range(ROUNDS):
        if prepare is not None:
            subprocess.run(["rm", "-rf", str(prepare)], check=True)
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def compare(name: str, folder: Path, scratch: Path) -> dict[str, float]:
    """Load a folder both ways and print the ratio of rates."""
    rows = 0
    for path in folder.glob("*.gz"):
        with gzip.open(path) as file:
            rows += sum(1 for _ in file) - 1
    store = scratch / "store"
    ours = best_seconds([sys.executable, "-m", "detente", "load", "icews", str(folder), "--store", str(store)], store)
    peer = best_seconds([sys.executable, "-c", DUCKDB, f"{folder}/*.gz", str(scratch / "peer.parquet")])
    print(f"{name:12} {rows:>9,} rows   detente {rows / ours:>9,.0f}/s   duckdb {rows / peer:>9,.0f}/s", end="   ")
    print(f"ratio {peer / ours:.2f}")
    return {"rows": rows, "ours_seconds": ours, "peer_seconds": peer, "ratio": peer / ours}


def main() -> None:
    """Run and print a table and JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, default=os.environ.get("DETENTE_REFERENCE_DATA"))
    options.add_argument("--rows", type=int, default=300_000)
    chosen = options.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        made = scratch / "made"
        made.mkdir()
        make_files(made, chosen.rows)
        results["made"] = compare("made", made, scratch)
        if chosen.data:
            results["originals"] = compare("originals", Path(chosen.data) / "events" / "icews" / "original", scratch)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of any process: {peak:.0f} MB")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
