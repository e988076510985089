"""Which rows of a batch are left out: events that are held by the provider's own id, and repeats by its rule.

Equal rows are found by hashes of a few columns and then compared themselves, so that little more than the doubtful rows
is ever in memory.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

import polars as pl

from detente.domain.records import Repeats

#: The order in which rows count: as if the files had been loaded one after another. What is held comes before all.
_ORDER = ("file_index", "known_at", "row_index")
_HELD = -1


def find_left_out(
    rows: pl.LazyFrame, repeats: Repeats | None, *, same_ids: pl.LazyFrame | None, same_days: pl.LazyFrame | None
) -> pl.DataFrame:
    """The rows that are not kept: ``row_index``, ``file_index`` and ``is_held`` (by its id; otherwise a repeat).

    Args:
        rows: The batch: the columns of ``events``, ``file_index`` and ``row_index``.
        repeats: The rule; None for none.
        same_ids: Events of earlier batches that may have the same ids; None where there are none.
        same_days: Events of earlier batches that a row may repeat; None where there are none.
    """
    held = _held_by_id(rows, same_ids)
    found = [held.with_columns(is_held=pl.lit(value=True))]
    if repeats is not None:
        rest = rows.join(held.lazy().select("row_index"), on="row_index", how="anti") if held.height else rows
        repeated = _repeated(rest, repeats, same_days)
        found.append(repeated.with_columns(is_held=pl.lit(value=False)))
    return pl.concat(found)


def _held_by_id(rows: pl.LazyFrame, same_ids: pl.LazyFrame | None) -> pl.DataFrame:
    """Rows whose event is there already by the provider's own id: before them in the batch, or in an earlier one."""
    keyed = rows.select("event_key", *_ORDER).filter(pl.col("event_key").is_not_null()).collect()
    twice = keyed.filter(pl.col("event_key").is_duplicated()).sort(_ORDER)
    again = [twice.filter(~pl.col("event_key").is_first_distinct())]
    if same_ids is not None:
        theirs = same_ids.select("event_key").join(keyed.lazy().select("event_key"), on="event_key", how="semi")
        again.append(keyed.join(theirs.collect(), on="event_key", how="semi"))
    return pl.concat(again).select("row_index", "file_index").unique("row_index")


def _repeated(rows: pl.LazyFrame, repeats: Repeats, same_days: pl.LazyFrame | None) -> pl.DataFrame:
    """Rows that are repeats by a rule, of each other or of what is held."""
    columns = [*repeats.columns, "known_at"]
    doubtful = _alike(rows.select(*columns, "file_index", "row_index"), repeats, same_days)
    fresh = [doubtful]
    if same_days is not None:
        theirs = same_days.select(columns).with_columns(
            pl.lit(_HELD, pl.Int32).alias("file_index"), pl.lit(None, pl.Int64).alias("row_index")
        )
        like = doubtful.lazy().select(repeats.columns)
        fresh.append(theirs.join(like, on=list(repeats.columns), how="semi", nulls_equal=True).collect())
    both = pl.concat(fresh).sort(_ORDER)
    if repeats.within_minutes is None:
        is_first = both.select(pl.struct(repeats.columns).is_first_distinct()).to_series()
        return both.filter(~is_first & both["row_index"].is_not_null()).select("row_index", "file_index")
    window = repeats.within_minutes * 60_000_000
    lists = both.group_by(list(repeats.columns), maintain_order=True).agg(
        pl.col("known_at").dt.epoch("us"), "row_index", "file_index"
    )
    found: list[int] = []
    for moments, row_indexes, files in lists.select("known_at", "row_index", "file_index").iter_rows():
        if len(moments) > 1:
            found.extend(repeats_over_files(moments, row_indexes, files, window))
    indexes = pl.DataFrame({"row_index": found}, schema={"row_index": pl.Int64})
    return indexes.join(doubtful.select("row_index", "file_index"), on="row_index")


def _alike(rows: pl.LazyFrame, repeats: Repeats, same_days: pl.LazyFrame | None) -> pl.DataFrame:
    """The rows that share a hash of the rule's columns with another, or with one that is held."""
    hashed = pl.struct(repeats.columns).hash().alias("hash")
    own = rows.select("row_index", hashed).collect()
    is_doubtful = pl.col("hash").is_duplicated()
    if same_days is not None:
        is_doubtful |= pl.col("hash").is_in(same_days.select(hashed).unique().collect().to_series().implode())
    return rows.join(own.filter(is_doubtful).lazy().select("row_index"), on="row_index", how="semi").collect()


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
