"""How long measures take on the bundled sample, once it is read: one pair as of a day, and all pairs.

    python benchmarks/measures.py [--pairs 500]

One pair is timed in interpreters of their own, so that what is imported or arranged when first needed is counted; all
pairs in this one, measure by measure. The bounds are one second and two minutes. Prints a table and JSON.
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
ONE_SECONDS, ALL_SECONDS = 1.0, 120.0
ONE = """
import sys, time, detente
world = detente.open()
world.view.cells(), world.view.coverage()
started = time.perf_counter()
world.pair(*sys.argv[1:]).measures()
cold = time.perf_counter()
world.pair(*sys.argv[1:]).measures()
print(cold - started, time.perf_counter() - cold)
"""


def one_pair(a: str, b: str) -> tuple[float, float]:
    """Median seconds for one pair in a fresh interpreter, first and again."""
    runs = []
    for _ in range(ROUNDS):
        run = subprocess.run([sys.executable, "-c", ONE, a, b], check=True, capture_output=True, text=True)
        runs.append(tuple(float(part) for part in run.stdout.split()))
    first, again = zip(*runs, strict=True)
    return statistics.median(first), statistics.median(again)


def all_pairs(limit: int | None) -> tuple[dict[str, float], int]:
    """Seconds of each measure for all pairs, or the busiest so many, one measure after the other."""
    world = detente.open()
    pairs = [Pair(*pair.split("-")) for pair in world.pairs()["pair"].head(limit or world.pairs().height)]
    readings = world.readings(world.as_of)
    started = time.perf_counter()
    readings.known(world.as_of)
    seconds = {"(arranging the tables)": time.perf_counter() - started}
    for name in REGISTRY:
        started = time.perf_counter()
        world.measures(pairs, only=name)
        seconds[name] = time.perf_counter() - started
    return seconds, len(pairs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=None, help="only the busiest so many")
    chosen = parser.parse_args()
    results: dict[str, object] = {}
    for pair in (("USA", "RUS"), ("IND", "PAK"), ("FRA", "CHE")):
        first, again = one_pair(*pair)
        results["-".join(pair)] = {"first": first, "again": again}
        print(f"{'-'.join(pair):24} {first:7.2f} s first, {again:7.3f} s again (bound {ONE_SECONDS:.0f} s)")
    seconds, pairs = all_pairs(chosen.pairs)
    for name, value in seconds.items():
        print(f"{name:24} {value:7.2f} s for {pairs} pairs")
    total = sum(seconds.values())
    print(f"{'all measures':24} {total:7.2f} s for {pairs} pairs (bound {ALL_SECONDS:.0f} s)")
    print(json.dumps({**results, "all": seconds, "pairs": pairs, "seconds": total}))


if __name__ == "__main__":
    main()
