"""What many small batches cost, and what merging them gains: reads, opening, one more commit; before and after.

    python benchmarks/batches.py [--batches 1000] [--rows 300] [--minutes 15] [--files 1]

Rows are made up: twenty states, an address each, ids that grow. Prints a table; fails when an answer is another after
the merge. The store is made one commit at a time, as updates make it, which takes most of the time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from detente.domain.actors import Pair
from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import Store, open_store

START = dt.datetime.fromisoformat("2016-01-01")
STATES = pl.Series(
    ("USA", "RUS", "CHN", "FRA", "DEU", "UKR", "GBR", "ISR", "IRN", "TUR", "IND", "PAK", "JPN", "KOR", "PRK", "SAU",
     "EGY", "SYR", "IRQ", "AFG")
)  # fmt: skip
TYPES = pl.Series(("CONSULT", "ASSAULT", "AID", "PROTEST"))
RULE = Repeats("again", ("occurred", "actor_name", "recipient_name", "provider_code"), within_minutes=180)
PAIR = Pair("USA", "RUS")
T = TypeVar("T")


def main() -> None:
    """Make a store, read it, merge it, read it again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=300, help="rows of a batch")
    parser.add_argument("--minutes", type=int, default=15, help="from one batch to the next")
    parser.add_argument("--files", type=int, default=1, help="files of a batch")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        store = open_store(Path(temporary) / "store")
        for number in range(asked.batches):
            update(store, number, asked)
        answers = measured(store)
        seconds, report = timed(lambda: store.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None)))
        print(f"{report} ({seconds:.1f} s)")
        if measured(store) != answers:
            sys.exit("a merge must change no answer")


def update(store: Store, number: int, asked: argparse.Namespace) -> None:
    """One update: a batch of some files."""
    at, line = START + dt.timedelta(minutes=asked.minutes * number), pl.col("line")
    actor = line * 7919 % STATES.len()
    other = (actor + 1 + line * 104729 // STATES.len() % (STATES.len() - 1)) % STATES.len()
    rows = pl.select(line=pl.int_range(number * asked.rows, (number + 1) * asked.rows, dtype=pl.Int64)).with_columns(
        provider=pl.lit("gdelt"),
        occurred=pl.lit(at.date()),
        known_at=pl.lit(at).cast(pl.Datetime("us")),
        actor=pl.lit(STATES).gather(actor),
        recipient=pl.lit(STATES).gather(other),
        directed=pl.lit(value=True),
        event_type=pl.lit(TYPES).gather(line % TYPES.len()),
        provider_code=pl.lit("040"),
        n=pl.lit(1),
        intensity_milli=line * 37 % 20_000 - 10_000,
        lowest_milli=line * 37 % 20_000 - 10_000,
        actor_name=(line * 7919).cast(pl.String),
        recipient_name=pl.lit("other"),
        event_key=line.cast(pl.String),
        locator=pl.format("https://news.example.org/{}/article-{}", line % 97, line),
        coder=pl.lit("made up"),
    )
    absent = [pl.lit(None).alias(name) for name in EVENTS.names if name not in rows.columns]
    events = rows.with_columns(absent).select(EVENTS.names).cast(EVENTS.schema)
    days = events.group_by("provider", pl.col("occurred").alias("day")).agg(
        rows=pl.len().cast(pl.Int64), known_at=pl.col("known_at").max(), status=pl.lit("present")
    )
    with store.writer() as writer:
        for file in range(asked.files):
            part = events.gather_every(asked.files, file)
            ledger = Ledger("made up", read=part.height, kept=part.height)
            name = f"{at:%Y%m%d%H%M%S}-{file:02}.export.CSV.zip"
            identity = hashlib.sha256(name.encode()).hexdigest()
            parts = [Part(part, days.select(COVERAGE.names), ledger)]
            writer.append("gdelt", parts, path=name, identity=identity, repeats=RULE, loaded_at=at)


def measured(store: Store) -> list[str]:
    """Time each read twice and print the second; returns digests of what was read."""
    reads: dict[str, Callable[[], pl.DataFrame]] = {
        "one pair's series": lambda: store.view().series("month", PAIR),
        "one pair's events": lambda: store.view().events(PAIR),
        "all series": lambda: store.view().series("month"),
        "coverage": lambda: store.view().coverage(),
        "all pairs the day before": lambda: store.view(store.last_read_day("gdelt") - dt.timedelta(days=1)).pairs(),
    }
    told = [f"{len(store.batches()):,} batches", f"opening {timed(store.view)[0]:.3f}"]
    found = []
    for name, read in reads.items():
        read()
        seconds, frame = timed(read)
        told.append(f"{name} {seconds:.3f}")
        found.append(hashlib.sha256(frame.write_csv().encode()).hexdigest())
    print(", ".join(told) + " s")
    before = store.version()
    seconds, _ = timed(lambda: writer_opened(store))
    print(f"  a writer opened and given back {seconds:.3f} s")
    if store.version() != before:
        sys.exit("a writer that appends nothing must change nothing")
    return found


def writer_opened(store: Store) -> None:
    """What every load pays before it begins."""
    with store.writer():
        pass


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds by the clock, and what came of it."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
