"""Pairs measured in batches, so that other processes and other machines can share the work.

A worker opens the store by itself and keeps what it has read: what crosses between processes is names of pairs one way
and rows of the table ``measures`` the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from detente import relations
from detente.domain.actors import Pair
from detente.domain.tables import MEASURES, check_table
from detente.errors import StoreError
from detente.store import open_store
from detente.world.archive import Archive

if TYPE_CHECKING:
    import pyarrow as pa

    from detente.runners import Runner

#: Pairs that a worker measures at once.
_PAIRS_AT_ONCE = 4


@dataclass(frozen=True)
class Measuring:
    """What is to be measured of each pair, and where.

    Args:
        store: The store's directory, under the same path for every worker.
        version: What it held when it was asked; a worker that finds something else refuses.
        provider: Whose data.
        as_of: The day at whose end to measure.
        only: One measure's name; None for all.
    """

    store: Path
    version: str
    provider: str
    as_of: dt.date
    only: str | None = None


def measure_batch(batch: pa.RecordBatch, asked: Measuring) -> pa.RecordBatch:
    """Measure some pairs; each by itself.

    Args:
        batch: Columns ``line`` (a number) and ``pair`` (its states in the order in which they were named, A-B).
        asked: What of them.

    Returns:
        ``line`` and the columns of the table ``measures``.

    Raises:
        StoreError: when the store has changed since it was asked.
    """
    tables = _archive(asked.store, asked.version, asked.provider, asked.as_of).readings(asked.as_of)
    wanted = None if asked.only is None else [relations.find_measure(asked.only)]
    parts = []
    for line, pair in zip(batch.column("line").to_pylist(), batch.column("pair").to_pylist(), strict=True):
        rows = relations.measure_pairs(tables, [Pair(*pair.split("-"))], asked.as_of, measures=wanted)
        parts.append(rows.select(pl.lit(line, pl.Int64).alias("line"), pl.all()))
    return pl.concat(parts).to_arrow().cast(measured_schema()).combine_chunks().to_batches()[0]


def measured_schema() -> pa.Schema:
    """The columns that ``measure_batch`` returns, in types that every engine has."""
    import pyarrow as pa  # noqa: PLC0415 - for other processes alone

    types = {pl.String(): pa.string(), pl.Int64(): pa.int64(), pl.Float64(): pa.float64(), pl.Date(): pa.date32()}
    columns = {name: types.get(dtype, pa.bool_()) for name, dtype in MEASURES.schema.items()}
    return pa.schema({"line": pa.int64(), **columns})


def measure_with(runner: Runner, pairs: Iterable[Pair], asked: Measuring) -> pl.DataFrame:
    """Rows of ``measures`` of many pairs, pair after pair: the same from every runner."""
    work = partial(measure_batch, asked=asked)
    found = [pl.DataFrame(batch) for batch in runner.run(work, _batches(pairs), measured_schema())]
    rows = pl.concat([frame.drop("line") for frame in found]) if found else MEASURES.empty()
    return check_table(rows.cast(MEASURES.schema), MEASURES)


@cache
def _archive(store: Path, version: str, provider: str, as_of: dt.date) -> Archive:
    """A worker's own view of the store, opened once."""
    held = open_store(store, read_only=True)
    if held.version() != version:
        raise StoreError(
            f"Pairs of the store {store} were to be measured by several processes.",
            "It holds something else than when the work began.",
            "Measure again when nothing is being loaded.",
        )
    return Archive(held, as_of=as_of, provider=provider)


def _batches(pairs: Iterable[Pair]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415

    schema, rest = pa.schema([("line", pa.int64()), ("pair", pa.string())]), enumerate(pairs)
    while part := list(islice(rest, _PAIRS_AT_ONCE)):
        lines, named = [line for line, _ in part], [f"{pair.a}-{pair.b}" for _, pair in part]
        yield pa.RecordBatch.from_pydict({"line": lines, "pair": named}, schema=schema)
