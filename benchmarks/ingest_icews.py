"""How fast files become a store, beside DuckDB that reads the same ICEWS files and writes Parquet, in one run.

    python benchmarks/ingest_icews.py [--data FOLDER] [--rows 300000] [--rounds 3]

DuckDB only splits lines and guesses types; our load also decodes names and codes, closes an account of every row,
leaves repeats out, sorts, and makes each file durable. Two sets: the original files as they are, where there are any
(``--data`` or DETENTE_REFERENCE_DATA), and a larger one in ten files of new ids and days. Both readers are warm:
each has read two rows before the clock starts. Prints a table and JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FLOOR = 0.5
FILES = 10
FIRST = dt.date(2015, 1, 1)
HEADER = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
STATES = ("United States", "Russian Federation", "China", "Iran", "Turkey", "France", "Germany", "Syria", "Japan")
CODES = ("010", "020", "036", "040", "042", "043", "051", "111", "112", "130", "138", "172", "190")
#: Each is run in an interpreter of its own, so that memory is its own; all say seconds and peak memory as JSON.
MEASURED = """
import json, resource, sys, time
from pathlib import Path
files, out = [Path(path) for path in sys.argv[3:]], Path(sys.argv[1])
warm = Path(sys.argv[2])
{setup}
started, cpu = time.perf_counter(), time.process_time()
{work}
used = {{"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu, "rows": rows}}
used["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sys.stdout.write(json.dumps(used))
"""
DUCKDB = MEASURED.format(
    setup="""
import duckdb
duckdb.execute(f"copy (select * from read_csv('{warm}', delim='\\t', header=true)) to '{out / 'warm.parquet'}'")
""",
    work="""
rows = 0
for index, path in enumerate(files):
    read = f"read_csv('{path}', delim='\\t', header=true, quote='', escape='')"
    copied = f"copy (select * from {read}) to '{out / str(index)}.parquet' (format parquet, compression zstd)"
    rows += duckdb.execute(copied).fetchone()[0]
""",
)
OURS = MEASURED.format(
    setup="""
import duckdb
from detente.pipeline import load
from detente.sources import ReadOptions, find_source
from detente.store import open_store
load(open_store(out / 'warm'), find_source('icews'), [warm], ReadOptions())
""",
    work="rows = load(open_store(out / 'store'), find_source('icews'), files, ReadOptions()).total.read",
)


def main() -> None:
    """Measure both sets and print what came out; fails when the larger set is slower than the floor."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        originals = sorted((arguments.data / "events" / "icews" / "original").glob("*.tab.gz"))
        larger = generate_files(Path(folder), originals, arguments.rows)
        results = {"generated": compare(larger, arguments.rounds)}
        if originals:
            results = {"originals": compare(originals, arguments.rounds)} | results
    print(f"{'set':10} {'reader':8} {'files':>5} {'rows':>9} {'seconds':>8} {'rows/s':>10} {'CPU s':>6} {'peak MB':>8}")
    for name, result in results.items():
        for reader in ("duckdb", "detente"):
            used = result[reader]
            print(
                f"{name:10} {reader:8} {result['files']:5} {used['rows']:9,} {used['seconds']:8.2f} "
                f"{used['rows'] / used['seconds']:10,.0f} {used['cpu_seconds']:6.2f} {used['peak_rss_mb']:8.0f}"
            )
        print(f"{name:10} detente / duckdb: {result['ratio']:.2f} of its rate")
    print(json.dumps(results))
    if results["generated"]["ratio"] < FLOOR:
        sys.exit(f"the load runs at less than {FLOOR} of DuckDB's rate")


def _arguments() -> argparse.Namespace:
    default = Path(os.environ.get("DETENTE_REFERENCE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default, help="folder of the original data sets")
    parser.add_argument("--rows", type=int, default=300_000, help="rows of the generated set")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median counts")
    return parser.parse_args()


def compare(files: list[Path], rounds: int) -> dict[str, Any]:
    """Both readers in turn on the same files, round by round, so that a busy machine is busy for both."""
    used: dict[str, list[dict[str, float]]] = {"duckdb": [], "detente": []}
    for _ in range(rounds):
        for reader, code in (("duckdb", DUCKDB), ("detente", OURS)):
            used[reader].append(measure(code, files))
    middle = {name: _median(runs) for name, runs in used.items()}
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(used["duckdb"], used["detente"], strict=True)]
    return {"files": len(files), **middle, "ratio": statistics.median(ratios), "ratios": ratios}


def measure(code: str, files: list[Path]) -> dict[str, float]:
    """Run one reader on the files and take down what it used."""
    with tempfile.TemporaryDirectory() as out:
        warm = Path(out) / "warm.tab"
        warm.write_text("\n".join("\t".join(cells) for cells in (HEADER, *_invented_rows(2))) + "\n", "utf-8")
        command = [sys.executable, "-c", code, out, warm, *files]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        used: dict[str, float] = json.loads(run.stdout)
        return used


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return middle | {"rows": int(middle["rows"])}


def generate_files(folder: Path, originals: list[Path], rows: int) -> list[Path]:
    """Ten ``.tab.gz`` files of the published form, of the originals' rows with new ids and days."""
    pattern = _rows_of(originals) if originals else _invented_rows(2000)
    rng = random.Random(7)  # noqa: S311 - rows, not secrets
    files = []
    for index in range(FILES):
        first = FIRST + dt.timedelta(days=30 * index)
        path = folder / f"{first + dt.timedelta(days=29):%Y%m%d}-icews-events.tab.gz"
        with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=6) as file:
            file.write("\t".join(HEADER) + "\n")
            for number in range(rows * index // FILES, rows * (index + 1) // FILES):
                cells = list(pattern[rng.randrange(len(pattern))])
                day = first + dt.timedelta(days=rng.randrange(30))
                cells[0], cells[1], cells[11] = str(10_000_000 + number), day.isoformat(), str(5_000_000 + number // 3)
                file.write("\t".join(cells) + "\n")
        files.append(path)
    return files


def _rows_of(files: list[Path]) -> list[list[str]]:
    rows = []
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
            lines = (line.rstrip("\n").split("\t") for line in file)
            rows += [cells for cells in lines if len(cells) == len(HEADER) and cells[0] != HEADER[0]]
    return rows


def _invented_rows(count: int) -> list[list[str]]:
    rng = random.Random(11)  # noqa: S311 - rows, not secrets
    rows = []
    for number in range(count):
        actor, recipient = rng.choice(STATES), rng.choice(STATES)
        cells = [""] * len(HEADER)
        cells[2:11] = [
            f"Foreign Affairs ({actor}) {number % 97}", "Government,Executive", actor, "Some text of an event",
            rng.choice(CODES), "1.0", f"Head of Government ({recipient})", "Executive Office,Government", recipient,
        ]  # fmt: skip
        cells[11:] = ["1", str(number % 6 + 1), "Some Publisher", "City", "", "Province", actor, "38.9", "-77.04"]
        rows.append(cells)
    return rows


if __name__ == "__main__":
    main()
