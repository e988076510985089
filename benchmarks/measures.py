"""How long measures take on the bundled sample, once it is read: one pair as of a day, and all pairs.

    python benchmarks/measures.py [--pairs 500]

One pair is timed in interpreters of their own, so that what is imported or arranged when first needed is counted; all
pairs in this one, measure by measure. The bounds are one second and two minutes. Beside the seconds on the clock stand
those of the processor, which do not grow when the machine is busy with other things. Prints a table and JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

import detente
from detente.domain.actors import Pair
from detente.relations import REGISTRY

ROUNDS = 5
BOUND, ALL_BOUND = "1 s", "120 s"
ONE = """
import sys, time, detente
world = detente.open()
world.view.cells(), world.view.coverage()
started, cpu = time.perf_counter(), time.process_time()
world.pair(*sys.argv[1:]).measures()
cold, cold_cpu = time.perf_counter(), time.process_time()
world.pair(*sys.argv[1:]).measures()
print(cold - started, cold_cpu - cpu, time.perf_counter() - cold)
"""


def one_pair(a: str, b: str) -> tuple[float, ...]:
    """Median seconds for one pair in a fresh interpreter: first, of that the processor's, and again."""
    runs = []
    for _ in range(ROUNDS):
        run = subprocess.run([sys.executable, "-c", ONE, a, b], check=True, capture_output=True, text=True)
        runs.append(tuple(float(part) for part in run.stdout.split()))
    return tuple(statistics.median(column) for column in zip(*runs, strict=True))


def all_pairs(limit: int | None) -> tuple[dict[str, tuple[float, float]], int]:
    """Seconds, on the clock and of the processor, of each measure for all pairs, or the busiest so many."""
    world = detente.open()
    pairs = [Pair(*pair.split("-")) for pair in world.pairs()["pair"].head(limit or world.pairs().height)]
    readings = world.readings(world.as_of)
    started, cpu = time.perf_counter(), time.process_time()
    readings.known(world.as_of)
    seconds = {"(arranging the tables)": (time.perf_counter() - started, time.process_time() - cpu)}
    for name in REGISTRY:
        started, cpu = time.perf_counter(), time.process_time()
        world.measures(pairs, only=name)
        seconds[name] = (time.perf_counter() - started, time.process_time() - cpu)
    return seconds, len(pairs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=None, help="only the busiest so many")
    chosen = parser.parse_args()
    results: dict[str, object] = {}
    for pair in (("USA", "RUS"), ("IND", "PAK"), ("FRA", "CHE")):
        first, cpu, again = one_pair(*pair)
        results["-".join(pair)] = {"first": first, "first_cpu": cpu, "again": again}
        print(f"{'-'.join(pair):24} {first:7.2f} s ({cpu:.2f} s of processor), again {again:.3f} s; bound {BOUND}")
    seconds, pairs = all_pairs(chosen.pairs)
    for name, (clock, cpu) in seconds.items():
        print(f"{name:24} {clock:7.2f} s ({cpu:.2f} s of processor)")
    clock, cpu = (sum(column) for column in zip(*seconds.values(), strict=True))
    print(f"{'all measures':24} {clock:7.2f} s ({cpu:.2f} s of processor) for {pairs} pairs; bound {ALL_BOUND}")
    print(json.dumps({**results, "all": seconds, "pairs": pairs, "seconds": clock, "cpu_seconds": cpu}))


if __name__ == "__main__":
    main()
