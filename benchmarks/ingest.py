"""How fast zipped GDELT exports become a store and every dyad's series, and how that grows.

    python benchmarks/ingest.py [--rows 3000000] [--rounds 3] [--growth 1 5 20] [--folder DIR] [--write]

The files are made up (``gdelt_files``): 61 columns, duplicates, blanks, heavy tails, broken rows. Beside our load the
same files are turned into the same columns by plain Polars and by plain DuckDB, and into series as a client for pandas
does it (``gdelt_readers``), in turn, each in a process of its own, so that a busy machine is busy for all. Ratios are
told by the clock, by which they must hold, and of CPU seconds, which say more on a machine that does other things, too:
there the system shares cores out between sessions, and two threads of one get no more than one thread would.

Plain Polars and DuckDB use all cores, write the columns of all rows, and keep no account; we write only rows between
two states, each once, sorted, with their sums, and an account of all rows and of the days they cover.

``--growth`` measures growth (millions of rows, of the same files) and needs 400 bytes of disk a row for the largest;
``--folder`` keeps the files there for another time. ``--write`` puts the figures into ``docs/explanation/scale.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import gdelt_files
from gdelt_readers import Measured

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "scale.md"
START, END = "<!-- figures of benchmarks/ingest.py -->", "<!-- end of figures -->"
ROWS_A_DAY = 100_000
MILLION = 1_000_000
#: What must hold: see the page. Rates are by the clock.
LEAST_OF_PLAIN, LEAST_OF_PANDAS = 0.8, 3.0
MOST_MEMORY_MB, MOST_ALL_SECONDS, MOST_PAIR_SECONDS, MOST_GROWTH = 1024, 5.0, 0.2, 0.15
#: Events of GDELT by the middle of 2026, versions 1.0 and 2.0 together, and the bytes of a zipped row.
ARCHIVE_ROWS, ARCHIVE_ZIPPED_BYTES = 1_000_000_000, 92


def main() -> None:
    """Measure, print, and with ``--write`` also into the page; fails when something that must hold does not."""
    options = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        days = _files(
            folder / "days", max(options.rows, *(int(m * MILLION) for m in options.growth or [0])), ROWS_A_DAY
        )
        chosen = days[: -(-options.rows // ROWS_A_DAY)]
        result: dict[str, Any] = {"machine": _machine(), "compared": compare(chosen, options.rounds)}
        slots = _files(folder / "slots", options.rows, gdelt_files.ROWS_A_SLOT)
        result["slots"] = compare(slots, 1, ways=("detente", "polars"))
        result["growth"] = [grow(days, round(million * MILLION)) for million in options.growth or []]
    sys.stdout.write(report(result) + "\n" + json.dumps(result) + "\n")
    if options.write:
        before, _, rest = PAGE.read_text("utf-8").partition(START)
        PAGE.write_text(f"{before}{START}\n\n{report(result)}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    if missed := misses(result):
        sys.exit("does not hold: " + "; ".join(missed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000, help="rows of the comparison")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the comparison; the median counts")
    parser.add_argument("--growth", type=float, nargs="+", help="millions of rows at which to measure growth")
    parser.add_argument("--folder", type=Path, help="keep the files here, and use those that are there")
    parser.add_argument("--write", action="store_true", help="write the figures into the page of the docs")
    return parser.parse_args()


def _files(folder: Path, rows: int, rows_a_file: int) -> list[Path]:
    """The files of so many rows; made where they are not there."""
    wanted = -(-rows // rows_a_file)
    if len(found := sorted(folder.glob("*.zip"))) < wanted:
        found = list(gdelt_files.write_files(folder, rows, rows_a_file=rows_a_file).files)
    return found[:wanted]


def measure(way: str, files: list[Path], out: Path) -> Measured:
    """Do it one way, in an interpreter of its own."""
    listed = out / "files.txt"
    listed.write_text("".join(f"{path}\n" for path in files), "utf-8")
    command = [sys.executable, Path(__file__).with_name("gdelt_readers.py"), way, out, listed]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    used: Measured = json.loads(run.stdout)
    return used


def compare(
    files: list[Path], rounds: int, ways: tuple[str, ...] = ("detente", "polars", "duckdb", "polars_pairs", "pandas")
) -> dict[str, Any]:
    """All ways in turn, round by round; the median of each."""
    used: dict[str, list[Measured]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            with tempfile.TemporaryDirectory() as out:
                used[way].append(measure(way, files, Path(out)))
    middle = {
        way: runs[0]
        | {"read": used["detente"][0]["rows"]}
        | {key: statistics.median(run[key] for run in runs) for key in ("seconds", "cpu", "peak_mb")}
        for way, runs in used.items()
    }
    return {"files": len(files), "zipped_bytes": sum(path.stat().st_size for path in files), "ways": middle}


def grow(days: list[Path], rows: int) -> dict[str, Any]:
    """Load so many rows, then ask the store."""
    files = days[: rows // ROWS_A_DAY]
    with tempfile.TemporaryDirectory() as out:
        loaded = measure("detente", files, Path(out))
        asked = measure("queries", files, Path(out))
    return {"rows": loaded["rows"], "loaded": loaded, "asked": asked}


def ratios(result: dict[str, Any], by: str = "seconds") -> dict[str, float]:
    """Our rate as a share of others', by the clock (``seconds``) or of CPU seconds (``cpu``)."""
    ways, small = ({name: way[by] for name, way in result[of]["ways"].items()} for of in ("compared", "slots"))
    ours = ways["detente"]
    whole = ours + result["compared"]["ways"]["detente"][f"series_{by}"]
    return {
        "plain": min(ways["polars"], ways["duckdb"]) / ours,
        "pairs": ways["polars_pairs"] / ours,
        "slots": small["polars"] / small["detente"],
        "pandas": ways["pandas"] / whole,
    }


def growth(result: dict[str, Any]) -> float:
    """How much dearer a row is at the largest size than at the smallest; below zero where it is cheaper."""
    costs = [step["loaded"]["cpu"] / step["rows"] for step in result["growth"]]
    return costs[-1] / costs[0] - 1 if len(costs) > 1 else 0.0


def misses(result: dict[str, Any]) -> list[str]:
    """What does not hold."""
    ratio = ratios(result)
    found = [f"{ratio['plain']:.2f} of plain"] if ratio["plain"] < LEAST_OF_PLAIN else []
    found += [f"{ratio['pandas']:.1f} times pandas"] if ratio["pandas"] < LEAST_OF_PANDAS else []
    for step in result["growth"]:
        asked, peak = step["asked"], step["loaded"]["peak_mb"]
        found += [f"{peak:.0f} MB at {step['rows']:,} rows"] if peak > MOST_MEMORY_MB else []
        if min(asked["all_seconds"], asked["all_again_seconds"]) > MOST_ALL_SECONDS:
            found.append(f"all series in {asked['all_seconds']:.1f} s at {step['rows']:,} rows")
        if min(asked["pair_seconds"], asked["pair_again_seconds"]) > MOST_PAIR_SECONDS:
            found.append(f"a pair's series in {asked['pair_seconds']:.2f} s at {step['rows']:,} rows")
    return found + ([f"growth of {growth(result):+.0%}"] if growth(result) > MOST_GROWTH else [])


def report(result: dict[str, Any]) -> str:
    """The figures as tables."""
    ways, ratio, used, machine = result["compared"]["ways"], ratios(result), ratios(result, "cpu"), result["machine"]
    lines = [
        f"Measured on {machine['cores']} cores with a load of {machine['load']:.1f} (ours alone is below 2.5); "
        "CPU seconds are user and system of all threads.",
        "",
        f"**{ways['detente']['rows']:,} rows in {result['compared']['files']} files** (a day each):",
        "",
        "| Way | CPU s per million rows | Seconds | Peak memory |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [_way(_NAMES[name], way) for name, way in ways.items()]
    lines += [
        "",
        f"**The same rows in {result['slots']['files']:,} files** (a quarter of an hour each):",
        "",
        "| Way | CPU s per million rows | Seconds | Peak memory |",
        "| --- | ---: | ---: | ---: |",
        *(_way(_NAMES[name], way) for name, way in result["slots"]["ways"].items()),
        "",
        f"By the clock our rate is **{ratio['plain']:.2f}** of that of the faster plain way to the same columns "
        f"({ratio['slots']:.2f} with small files; {ratio['pairs']:.2f} where the plain way writes only the rows "
        "between two states and keeps no account of the others), "
        f"and **{ratio['pandas']:.1f} times** that of the pandas way to the series. "
        f"In CPU seconds: {used['plain']:.2f} ({used['slots']:.2f}; {used['pairs']:.2f}) and {used['pandas']:.1f}.",
    ]
    return "\n".join(lines + (_growth_lines(result) if result["growth"] else []))


_NAMES = {
    "detente": "Détente: store with account, repeats left out, sorted, durable, with sums",
    "polars": "Polars: the same columns of all rows, as one Parquet file",
    "duckdb": "DuckDB: the same",
    "polars_pairs": "Polars: rows between two states only",
    "pandas": "pandas, as clients do it: 61 columns, then weekly series",
}


def _way(name: str, used: Measured) -> str:
    per_million = used["cpu"] / used["read"] * MILLION
    return f"| {name} | {per_million:.2f} | {used['seconds']:.1f} | {used['peak_mb']:.0f} MB |"


def _growth_lines(result: dict[str, Any]) -> list[str]:
    lines = [
        "",
        "| Rows | CPU s | CPU s per million | Peak memory | Store | All dyads by month | One pair by month |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for step in result["growth"]:
        loaded, asked = step["loaded"], step["asked"]
        lines.append(
            f"| {step['rows']:,} | {loaded['cpu']:.1f} | {loaded['cpu'] / step['rows'] * MILLION:.2f} | "
            f"{loaded['peak_mb']:.0f} MB | {loaded['store_bytes'] / 1e6:.0f} MB | "
            f"{asked['all_seconds']:.2f} s ({asked['all_cpu']:.2f} CPU s) | "
            f"{asked['pair_seconds']:.2f} s, again {asked['pair_again_seconds']:.2f} s |"
        )
    last = result["growth"][-1]
    cpu, size = (last["loaded"][key] / last["rows"] * ARCHIVE_ROWS for key in ("cpu", "store_bytes"))
    zipped = ARCHIVE_ROWS * ARCHIVE_ZIPPED_BYTES
    return [
        *lines,
        "",
        f"From the first to the last of these the cost of a row changes by {growth(result):+.0%}.",
        "",
        f"**The whole archive, extrapolated** from the last row (about {ARCHIVE_ROWS / 1e9:.0f} billion rows, "
        f"{zipped / 1e9:.0f} GB zipped; not measured): {cpu / 3600:.1f} CPU hours, which is {cpu / 3600 / 2:.1f} hours "
        f"on two free cores, and a store of {size / 1e9:.0f} GB. "
        f"To fetch it at 100 Mbit/s takes {zipped * 8 / 1e8 / 3600:.1f} hours.",
    ]


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "load": os.getloadavg()[1]}


if __name__ == "__main__":
    main()
