"""One read on two engines over one store: the cells of all pairs, by DuckDB and by Spark in local mode.

    python benchmarks/engines.py [--rows 1000000 5000000] [--rounds 3]

Each engine runs in an interpreter of its own, with the same two processors; what Spark needs to start is told apart.
Processor time counts all threads of the process and of its Java, which is what a busy machine does not change much;
memory is the peak of both. The answers are compared row by row. Events are made up: 200 states, a few of them in most
rows, over six years. Prints a table and JSON. Needs the extra ``engines`` and Java 17.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente.codebook import states
from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import open_store

FIRST, DAYS = dt.date(2015, 1, 1), 2190
ROWS_A_PART = 250_000
#: Said by each engine as JSON: seconds and processor seconds to start and of each round, peak memory, a digest.
MEASURED = """
import json, resource, sys, time
from pathlib import Path

def java():
    context = sys.modules["pyspark"].SparkContext._active_spark_context if "pyspark" in sys.modules else None
    return context and Path(f"/proc/{context._gateway.proc.pid}")

def used():
    own = resource.getrusage(resource.RUSAGE_SELF)
    fields = (java() / "stat").read_text().rpartition(")")[2].split() if java() else [0] * 20
    return own.ru_utime + own.ru_stime + (int(fields[11]) + int(fields[12])) / 100

def peak():
    lines = (java() / "status").read_text().splitlines() if java() else []
    also = sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + also) / 1024

store, engine, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
clock, before = time.perf_counter(), used()
from detente.store import open_store
view = open_store(store, read_only=True, engine=engine).view()
started = {"seconds": time.perf_counter() - clock, "cpu_seconds": used() - before}
measured = []
for _ in range(rounds):
    view._cells = None
    clock, before = time.perf_counter(), used()
    cells = view.cells()
    measured.append({"seconds": time.perf_counter() - clock, "cpu_seconds": used() - before})
digest = [cells.height, int(cells.hash_rows(seed=1).sum())]
sys.stdout.write(json.dumps({"started": started, "rounds": measured, "peak_mb": peak(), "digest": digest}))
"""


def main() -> None:
    """Measure every size and print what came out; fails when the engines differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    results = {}
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory() as folder:
            fill_store(Path(folder), rows)
            results[rows] = {name: measure(folder, name, arguments.rounds) for name in ("duckdb", "spark")}
    print(
        f"{'rows':>11} {'engine':8}{'start':>14}{'first':>14}{'median':>14}{'MB':>8}   seconds of clock / of processor"
    )
    for rows, engines in results.items():
        for name, found in engines.items():
            print(f"{rows:>11,} {name:8}{_shown(found)}")
    print(json.dumps(results))
    if any(found["duckdb"]["digest"] != found["spark"]["digest"] for found in results.values()):
        sys.exit("the engines differ")


def fill_store(folder: Path, rows: int) -> None:
    """A store of made-up events."""
    chance = np.random.default_rng(1)
    parts = [min(ROWS_A_PART, rows - start) for start in range(0, rows, ROWS_A_PART)]
    with open_store(folder).writer() as writer:
        for number, height in enumerate(parts):
            part = make_part(chance, height, number, len(parts))
            writer.append("made-up", [part], path=f"{number}", identity=f"{number}")


def make_part(chance: np.random.Generator, height: int, number: int, parts: int) -> Part:
    """Events of one span of days: a few states are in most of them."""
    names = np.array(states())
    share = 1 / np.arange(1, len(names) + 1) ** 1.15
    ends = chance.choice(names, (2, height), p=share / share.sum())
    ends[1, ends[0] == ends[1]] = "USA" if names[0] != "USA" else "RUS"
    milli = chance.integers(-100, 101, height) * 100
    span = DAYS // parts
    day = np.datetime64(FIRST) + number * span + chance.integers(0, max(span, 1), height)
    events = pl.DataFrame(
        {
            "occurred": day,
            "actor": ends[0],
            "recipient": ends[1],
            "event_type": chance.choice(["CONSULT", "ACCUSE", "AGREE", "ASSAULT", "THREATEN", "AID"], height),
            "provider_code": chance.choice(["040", "112", "057", "190", "138", "070"], height),
            "intensity_milli": milli,
            "lowest_milli": milli,
            "actor_role": chance.choice(["executive", "military", "legislature"], height),
            "place": chance.choice(names, height),
            "event_key": np.arange(height) + number * ROWS_A_PART,
        }
    ).with_columns(provider=pl.lit("made-up"), coder=pl.lit("none"), directed=True, n=1)
    events = events.with_columns(known_at=pl.col("occurred").cast(pl.Datetime("us")) + pl.duration(hours=12))
    whole = events.select(
        (pl.col(name) if name in events.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in EVENTS.schema.items()
    )
    days = (
        whole.group_by(day="occurred", known_at="known_at")
        .agg(rows=pl.len().cast(pl.Int64))
        .with_columns(provider=pl.lit("made-up"), status=pl.lit("present"))
    )
    ledger = Ledger(str(number), read=height, kept=height)
    return Part(whole, days.select(COVERAGE.names).cast(COVERAGE.schema).sort("day"), ledger)


def measure(store: str, engine: str, rounds: int) -> dict[str, Any]:
    """What one engine needed, in a process of its own."""
    command = [sys.executable, "-c", MEASURED, store, engine, str(rounds)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _shown(found: dict[str, Any]) -> str:
    middle = {key: statistics.median(one[key] for one in found["rounds"]) for key in ("seconds", "cpu_seconds")}
    times = (found["started"], found["rounds"][0], middle)
    cells = "".join(f"{one['seconds']:>6.1f} /{one['cpu_seconds']:>6.1f}" for one in times)
    return f"{cells}{found['peak_mb']:>8,.0f}"


if __name__ == "__main__":
    main()
