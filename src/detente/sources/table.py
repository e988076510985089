"""Anybody's tidy table of events or daily scores: CSV, TSV or Parquet with a header.

Columns of other names are mapped by the options. A table covers every day from its first to its last row, except the
gaps that its owner names; what it says about days is therefore handed over with the last part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from detente.domain.ledger import Failure, Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
from detente.errors import ConfigError, SourceError
from detente.sources.cards import Card, load_card
from detente.sources.gaps import Gaps, parse_gaps
from detente.sources.lines import BLOCK_BYTES, Block, is_of_type, read_blocks
from detente.sources.options import ReadOptions
from detente.sources.quoted import parse_quoted, split_line
from detente.sources.reading import PARQUET_MAGIC, FormCheck, open_parquet, read_batches
from detente.sources.tidy import Ends, judge_tidy, kept_tidy
from detente.sources.verdicts import close_part, fit_days, row_text

NEEDED = ("date", "actor", "recipient")
#: At least one of these says what happened.
VALUES = ("event_type", "cameo", "quad", "intensity")
OPTIONAL = ("count", "role", "recipient_role", "place", "url", "known_at")
_SEPARATORS = ",\t;"


@dataclass(frozen=True)
class _Batch:
    """Some rows under our column names, as they stand in the file."""

    rows: pl.DataFrame
    misfits: tuple[Failure, ...]
    excerpt: Callable[[int], str]


class Table:
    """The source ``table``."""

    repeats = None

    @cached_property
    def card(self) -> Card:
        """What is known of a table that is nobody's."""
        return load_card("table")

    def read(self, path: Path, options: ReadOptions, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
        """Read one table.

        Raises:
            ConfigError: when the map or the gaps make no sense.
            SourceError: when the file cannot be read, lacks a needed column, or holds no state in one of its ends.
        """
        gaps = parse_gaps(options.gaps)
        _check_map(options.map)
        provider = options.name or self.card.name
        is_parquet = is_of_type(path, PARQUET_MAGIC)
        batches = _parquet(path, options) if is_parquet else _text(path, options, block_bytes)
        ends = Ends(path)
        days = COVERAGE.empty()
        for batch in batches:
            judged = judge_tidy(batch.rows, undirected=options.undirected)
            ends.saw(judged)
            part = close_part(
                judged,
                kept_tidy,
                path=str(path),
                card=self.card,
                provider=provider,
                misfits=batch.misfits,
                excerpt=batch.excerpt,
            )
            days = _added(days, part.days)
            yield Part(part.events, COVERAGE.empty(), part.ledger)
        ends.check()
        yield _last_part(days, gaps, path, provider)


def _check_map(mapping: Mapping[str, str]) -> None:
    unknown = [ours for ours in mapping if ours not in (*NEEDED, *VALUES, *OPTIONAL)]
    if unknown:
        raise ConfigError(
            f"The column {unknown[0]!r} was mapped.",
            "It is no column of ours.",
            f"Ours come first, as in `--map actor=iso3_a`: {', '.join((*NEEDED, *VALUES, *OPTIONAL))}.",
        )


def _columns(path: Path, names: list[str], options: ReadOptions) -> dict[str, str]:
    """Their name of each of our columns that the file has."""
    found = {
        ours: options.map.get(ours, ours)
        for ours in (*NEEDED, *VALUES, *OPTIONAL)
        if options.map.get(ours, ours) in names
    }
    missing = [ours for ours in NEEDED if ours not in found]
    if not any(ours in found for ours in VALUES):
        missing.append(f"one of {', '.join(VALUES)}")
    missing += [f"{theirs} (for {ours})" for ours, theirs in options.map.items() if theirs not in names]
    if missing:
        first = missing[0].split()[0] if missing[0] in NEEDED else VALUES[-1]
        raise SourceError(
            f"{path} was to be read as a table.",
            f"It lacks {'; '.join(missing)}. Its columns are: {', '.join(names)}.",
            f"Name the column that holds it: `--map {first}={names[-1] if names else 'THEIRS'}`.",
        )
    return found


def _parquet(path: Path, options: ReadOptions) -> Iterator[_Batch]:
    columns = _columns(path, list(open_parquet(path).schema_arrow.names), options)
    for batch in read_batches(path, list(dict.fromkeys(columns.values()))):
        named = [pl.col(theirs).alias(ours) for ours, theirs in columns.items()]
        yield _Batch(batch.select("line", pl.lit(value=False).alias("bad_bytes"), *named), (), row_text(batch))


def _text(path: Path, options: ReadOptions, block_bytes: int) -> Iterator[_Batch]:
    form = FormCheck(path, "a table with a header")
    layout: dict[str, int] = {}
    width, separator = 0, ","
    for block in read_blocks(path, block_bytes=block_bytes):
        if block.starts_member or not layout:
            names, separator = _header(block, path)
            columns = _columns(path, names, options)
            layout = {ours: names.index(theirs) for ours, theirs in columns.items()}
            width = len(names)
        fields = parse_quoted(block, layout, width, separator=separator, has_header=block.starts_member)
        form.saw(fields)
        yield _Batch(fields.frame.drop("columns"), fields.failures, fields.lines.excerpt)
    form.check()


def _header(block: Block, path: Path) -> tuple[list[str], str]:
    line = block.data.partition(b"\n")[0].decode("utf-8", "replace") if block.starts_member else ""
    if not line.strip():
        raise SourceError(
            f"{path} was to be read as a table.", "Its first line is no header.", "Write the column names there."
        )
    separator = max(_SEPARATORS, key=line.count)
    return [name.strip() for name in split_line(line, separator) or []], separator


def _added(days: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Days with their rows added up, known as early as the first of them."""
    both = pl.concat((days, more))
    return (
        both.group_by("day")
        .agg(pl.first("provider"), pl.sum("rows"), pl.min("known_at"), pl.first("status"))
        .select(COVERAGE.names)
    )


def _last_part(days: pl.DataFrame, gaps: Gaps, path: Path, provider: str) -> Part:
    """What the table says about days: all from its first to its last row, gaps absent."""
    ledger = Ledger(str(path))
    if days.is_empty():
        return Part(EVENTS.empty(), COVERAGE.empty(), ledger)
    span = days.select(pl.date_range(pl.min("day"), pl.max("day")).alias("day"))
    whole = span.join(days.select("day", "rows", "known_at"), on="day", how="left").with_columns(
        pl.col("rows").fill_null(0), pl.coalesce("known_at", pl.col("day").cast(pl.Datetime("us"))).alias("known_at")
    )
    is_gap = pl.col("day").is_in(list(gaps.days)) | ((pl.col("rows") == 0) & gaps.empty_days)
    whole = whole.with_columns(status=pl.when(is_gap).then(pl.lit("absent")).otherwise(pl.lit("present")))
    ledger.note("row_on_a_gap_day", int(whole.filter(status="absent")["rows"].sum()))
    return Part(EVENTS.empty(), fit_days(whole.sort("day"), provider), ledger)
