"""The load that is killed: batches of two files of several parts, with repeats inside each file and across files.

    python tests/load_to_kill.py STORE

says ``start`` when the imports are behind it, loads, and says how many seconds that took.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part, Repeats
from detente.domain.tables import COVERAGE, EVENTS
from detente.store import open_store
from detente.store import writer as writer_room

FILES, FILES_A_COMMIT, PARTS_A_FILE, ROWS_A_PART = 6, 2, 3, 2500
START = dt.date(2020, 1, 1)
STATES = pl.Series(("USA", "RUS", "CHN", "FRA", "DEU"))
RULE = Repeats("one_a_day", ("occurred", "actor_name", "recipient_name", "provider_code"))


def build_parts(file: int) -> Iterator[Part]:
    """The parts of one file, the same in every process."""
    for part in range(PARTS_A_FILE):
        first = (file * PARTS_A_FILE + part) * ROWS_A_PART
        i = pl.col("line")
        rows = pl.select(pl.int_range(first, first + ROWS_A_PART, dtype=pl.Int64).alias("line")).with_columns(
            occurred=START + pl.duration(days=i // 97 % 300),
            provider=pl.lit("test"),
            actor=pl.lit(STATES).gather(i % 5),
            recipient=pl.lit(STATES).gather((i + 1 + i // 5 % 4) % 5),
            directed=pl.lit(value=True),
            event_type=pl.lit("CONSULT"),
            provider_code=pl.lit("040"),
            n=pl.lit(1),
            intensity_milli=i * 37 % 20_000 - 10_000,
            lowest_milli=i * 37 % 20_000 - 10_000,
            actor_name=(i * 7919 % 4001).cast(pl.String),
            recipient_name=pl.lit("other"),
            coder=pl.lit("hand"),
        )
        rows = rows.with_columns(known_at=pl.col("occurred").cast(pl.Datetime("us")))
        absent = [pl.lit(None).alias(name) for name in EVENTS.names if name not in rows.columns]
        events = rows.with_columns(absent).select(EVENTS.names).cast(EVENTS.schema)
        days = events.group_by("provider", pl.col("occurred").alias("day"), maintain_order=True).agg(
            rows=pl.len().cast(pl.Int64), known_at=pl.col("known_at").max(), status=pl.lit("present")
        )
        yield Part(events, days.select(COVERAGE.names), Ledger("test", read=events.height, kept=events.height))


def load_all(path: Path) -> None:
    """Load every file; those that are held already change nothing."""
    usual, writer_room._FILES_A_COMMIT = writer_room._FILES_A_COMMIT, FILES_A_COMMIT
    try:
        _load_files(path)
    finally:
        writer_room._FILES_A_COMMIT = usual


def _load_files(path: Path) -> None:
    with open_store(path).writer() as writer:
        for file in range(FILES):
            writer.append("test", build_parts(file), path=f"{file}.csv", identity=f"{file}", repeats=RULE)


if __name__ == "__main__":
    sys.stdout.write("start\n")
    sys.stdout.flush()
    started = time.perf_counter()
    load_all(Path(sys.argv[1]))
    sys.stdout.write(f"{time.perf_counter() - started}\n")
