"""Which rows of a batch are repeats by a provider's rule, in the batch and of what is held."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

import duckdb
import polars as pl

from detente.domain.records import Repeats
from detente.store import queries


def find_repeats(engine: duckdb.DuckDBPyConnection, repeats: Repeats | None, held: str | None) -> None:
    """Leave the numbers of the repeats in the engine's table ``repeated``.

    Args:
        engine: Where the batch is ``spooled``, and ``held_event`` names the rows that are left out already.
        repeats: The rule; None for none.
        held: Files of earlier batches that share a day with it, as an SQL list; None where there are none.
    """
    if repeats is None:
        engine.execute(queries.NO_REPEATS)
    elif repeats.within_minutes is None:
        engine.execute(queries.exact_repeats(held, repeats.columns))
    else:
        window = repeats.within_minutes * 60_000_000
        rows = engine.execute(queries.candidate_repeats(held, repeats.columns))
        found: list[int] = []
        while batch := rows.fetchmany(10_000):
            for moments, row_indexes, files in batch:
                found.extend(repeats_over_files(moments, row_indexes, files, window))
        engine.register("given", pl.DataFrame({"row_index": found}, schema={"row_index": pl.Int64}).to_arrow())
        engine.execute(queries.GIVEN_REPEATS)


def repeats_over_files(
    moments: Sequence[int], row_indexes: Sequence[int | None], files: Sequence[int], window: int
) -> Iterator[int]:
    """The row numbers that repeat a row which stays, as if each file had been loaded alone, one after another.

    Args:
        moments: When each was known, in order of file and then of time.
        row_indexes: Each row's number; None for one that is held already.
        files: Each row's file.
        window: The longest distance at which a row is a repeat, in the unit of ``moments``.
    """
    held = [moment for moment, index in zip(moments, row_indexes, strict=True) if index is None]
    start = len(held)
    while start < len(moments):
        end = bisect.bisect_right(files, files[start])
        fresh = [(moments[at], row_indexes[at]) for at in range(start, end)]
        both: list[tuple[int, int | None]] = [*((moment, None) for moment in held), *fresh]
        both.sort(key=lambda row: (row[0], row[1] is not None))
        repeated = set(repeats_in([moment for moment, _ in both], [index for _, index in both], window))
        yield from repeated
        held += [moment for moment, index in fresh if index not in repeated]
        start = end


def repeats_in(moments: Sequence[int], row_indexes: Sequence[int | None], window: int) -> Iterator[int]:
    """The row numbers that repeat a row which stays, among equal rows in order of time.

    A row is measured against rows that stay, never against other repeats: so a chain of re-emissions does not swallow
    a day, and the result does not depend on how the rows were spread over files loaded in order of time.

    Args:
        moments: When each was known, ascending.
        row_indexes: Each row's number; None for one that is held already and therefore stays.
        window: The longest distance at which a row is a repeat, in the unit of ``moments``.
    """
    held = [moment for moment, index in zip(moments, row_indexes, strict=True) if index is None]
    following = 0
    kept: int | None = None
    for moment, index in zip(moments, row_indexes, strict=True):
        while following < len(held) and held[following] < moment:
            following += 1
        is_near_kept = kept is not None and moment - kept <= window
        is_near_held = following < len(held) and held[following] - moment <= window
        if index is not None and (is_near_kept or is_near_held):
            yield index
        else:
            kept = moment
