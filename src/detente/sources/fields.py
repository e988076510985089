"""Lines to columns of text: each line's number of fields is checked before a parser sees it.

A line with another number of fields fails alone; its neighbours are not touched. No quoting is understood here: event
files have none, and one stray quotation mark would swallow rows (``quoted.py`` reads tables that do quote).
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from detente.domain.ledger import EXCERPT_CHARS, Failure
from detente.errors import DataError
from detente.sources.lines import LONGEST_LINE, Block

_DECODED = 64 * 1024
#: Where more than one line in so many is doubtful, counting all of them is quicker.
_DOUBTFUL_SHARE = 20


class BlockLines:
    """The lines of one block: where they start, what number they have, how many fields."""

    def __init__(self, block: Block, separator: str, *, has_header: bool = False) -> None:
        self.block = block
        ends = block.ends
        self.starts = np.concatenate((np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1))
        self.ends = ends
        self.is_row = ends > self.starts
        if has_header:
            self.is_row[:1] = False
        self._separator = separator.encode()

    @cached_property
    def columns(self) -> np.ndarray:
        """Number of fields of each line."""
        if not len(self.starts):
            return np.zeros(0, np.int64)
        marks = (self.block.bytes == self._separator[0]).view(np.uint8)
        return np.add.reduceat(marks, self.starts, dtype=np.uint16).astype(np.int64) + 1

    @property
    def rows(self) -> int:
        """Lines that are neither blank nor a header, and the lines skipped before them."""
        return int(self.is_row.sum()) + len(self.block.failures)

    @cached_property
    def is_too_long(self) -> np.ndarray:
        """Lines that no provider writes."""
        too_long: np.ndarray = (self.ends - self.starts) > LONGEST_LINE
        return too_long

    @cached_property
    def has_bad_bytes(self) -> np.ndarray:
        """Lines that are not UTF-8; they are kept with replacement characters."""
        bad = np.zeros(len(self.starts), bool)
        data, start = memoryview(self.block.data), 0
        if self.block.data.isascii():
            return bad
        while start < len(data):
            at = _first_bad_byte(data[start:])
            if at is None:
                break
            line = int(np.searchsorted(self.ends, start + at))
            bad[line], start = True, int(self.ends[line]) + 1
        return bad

    def presume_columns(self, width: int, doubtful: np.ndarray) -> None:
        """Count the fields of the doubtful lines alone, if the sum over all others is what it should be.

        Args:
            width: How many fields the others have at least.
            doubtful: Numbers of lines in the block that may have fewer.
        """
        if len(doubtful) * _DOUBTFUL_SHARE > len(self.starts):
            return
        columns = np.full(len(self.starts), width)
        columns[doubtful] = [self.count_fields(int(index)) for index in doubtful]
        if self.block.count(self._separator[0]) == int(columns.sum()) - len(columns):
            self.__dict__["columns"] = columns

    def count_fields(self, index: int) -> int:
        """Number of fields of one line."""
        return self.text(index).count(self._separator) + 1

    def text(self, index: int) -> bytes:
        """A line of the block, without its end."""
        return self.block.data[self.starts[index] : self.ends[index]]

    def excerpt(self, line: int) -> str:
        """How a line of the file begins."""
        return self.text(line - self.block.first_line)[: 4 * EXCERPT_CHARS].decode("utf-8", "replace")

    def numbers(self, chosen: np.ndarray) -> np.ndarray:
        """Numbers in the file of chosen lines."""
        return np.flatnonzero(chosen) + self.block.first_line

    def joined(self, chosen: np.ndarray) -> bytes:
        """Chosen lines alone; the block itself when they are all."""
        if chosen.all():
            return self.block.data
        edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.view(np.int8), [0]))))
        runs = zip(edges[::2], edges[1::2] - 1, strict=True)
        return b"".join(self.block.data[self.starts[first] : self.ends[last] + 1] for first, last in runs)


@dataclass(frozen=True)
class Fields:
    """What a block gave.

    Args:
        frame: The wanted columns as text (empty fields are null), with ``line``, ``bad_bytes`` and ``columns``.
        failures: Lines that are no rows of the expected form.
        read: Rows in the block, failed ones included.
        lines: The block's lines, for excerpts.
    """

    frame: pl.DataFrame
    failures: tuple[Failure, ...]
    read: int
    lines: BlockLines


def parse_fields(
    block: Block, layouts: Mapping[int, Mapping[str, int]], *, separator: str = "\t", has_header: bool = False
) -> Fields:
    """Cut a block into columns.

    Args:
        block: Whole lines.
        layouts: For each allowed number of fields, the position of each wanted column; a column that a layout lacks
            (position −1) is null.
        separator: What stands between fields.
        has_header: Whether the block's first line is a header.

    Returns:
        The wanted columns of all lines with an allowed number of fields, in the order of the file.
    """
    lines = BlockLines(block, separator, has_header=has_header)
    frame = _parse_as_one(lines, layouts, separator, has_header=has_header)
    if frame is None:
        frame = _parse_apart(lines, layouts, separator)
    return Fields(frame, tuple(_misfits(lines, layouts.keys())), lines.rows, lines)


def _parse_as_one(
    lines: BlockLines, layouts: Mapping[int, Mapping[str, int]], separator: str, *, has_header: bool
) -> pl.DataFrame | None:
    """All lines in one go, without cutting out those that do not fit; None where their rows could not be told apart.

    A line with too few fields has nothing in the last column, and is looked at by itself. When all the others have
    together as many separators as they should, none of them has too many.
    """
    first = int(has_header)
    width = lines.count_fields(first) if len(lines.starts) > first else 0
    if width not in layouts or not lines.is_row[first:].all() or lines.is_too_long.any():
        return None
    positions = sorted({at for at in layouts[width].values() if at >= 0} | {width - 1})
    parsed = _read(lines.block.data, positions, separator, skip=first)
    if parsed.height != len(lines.starts) - first:
        return None
    doubtful = np.flatnonzero(parsed.to_series(len(positions) - 1).is_null()) + first
    lines.presume_columns(width, np.concatenate((np.arange(first), doubtful)))
    fits = lines.columns == width
    fits[:first] = False
    others = lines.is_row & ~fits & np.isin(lines.columns, list(layouts))
    if not fits[first:].all():
        parsed = parsed.filter(pl.Series(fits[first:]))
    frame = _named(lines, fits, parsed, positions, width, layouts[width])
    if not others.any():
        return frame
    apart = [_parse(lines, others & (lines.columns == n), n, layout, separator) for n, layout in layouts.items()]
    return pl.concat([frame, *apart]).sort("line")


def _parse_apart(lines: BlockLines, layouts: Mapping[int, Mapping[str, int]], separator: str) -> pl.DataFrame:
    """The lines of each width apart, cut out of the block."""
    frames = [
        _parse(lines, lines.is_row & (lines.columns == columns) & ~lines.is_too_long, columns, layout, separator)
        for columns, layout in layouts.items()
    ]
    filled = [frame for frame in frames if frame.height]
    return filled[0] if len(filled) == 1 else pl.concat(frames).sort("line")


def _parse(
    lines: BlockLines, chosen: np.ndarray, columns: int, layout: Mapping[str, int], separator: str
) -> pl.DataFrame:
    if not chosen.any():
        return _empty(layout)
    positions = sorted({at for at in layout.values() if at >= 0})
    return _named(lines, chosen, _read(lines.joined(chosen), positions, separator), positions, columns, layout)


def _read(data: bytes, positions: list[int], separator: str, *, skip: int = 0) -> pl.DataFrame:
    """Chosen columns of all lines as text; a line with too few fields has nulls, one with too many is cut off."""
    return pl.read_csv(
        data,
        separator=separator,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        encoding="utf8-lossy",
        columns=positions,
        truncate_ragged_lines=True,
        skip_lines=skip,
    )


def _named(
    lines: BlockLines, chosen: np.ndarray, parsed: pl.DataFrame, positions: list[int], columns: int,
    layout: Mapping[str, int],
) -> pl.DataFrame:  # fmt: skip
    """Parsed columns under our names, with what is known of their lines."""
    numbers = lines.numbers(chosen)
    if parsed.height != len(numbers):
        raise DataError(
            f"{len(numbers)} lines of {lines.block.member} were parsed.",
            f"{parsed.height} rows came out.",
            "This is a defect; please report it with the file.",
        )
    series = {
        name: parsed.to_series(positions.index(at)) if at >= 0 else pl.Series([None], dtype=pl.String)
        for name, at in layout.items()
    }
    return pl.DataFrame(
        [
            pl.Series("line", numbers, pl.Int64),
            pl.Series("bad_bytes", lines.has_bad_bytes[chosen]),
            pl.repeat(columns, len(numbers), dtype=pl.Int64, eager=True).alias("columns"),
            *(
                values.alias(name) if values.len() == len(numbers) else
                pl.repeat(None, len(numbers), dtype=pl.String, eager=True).alias(name)
                for name, values in series.items()
            ),
        ]
    )  # fmt: skip


def _empty(layout: Mapping[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        schema={"line": pl.Int64, "bad_bytes": pl.Boolean, "columns": pl.Int64} | dict.fromkeys(layout, pl.String)
    )


def _misfits(lines: BlockLines, allowed: Collection[int]) -> list[Failure]:
    fits = np.isin(lines.columns, list(allowed))
    failures = list(lines.block.failures)
    for index in np.flatnonzero(lines.is_row & (~fits | lines.is_too_long)):
        line = int(index) + lines.block.first_line
        reason = "line_too_long" if lines.is_too_long[index] else "wrong_column_count"
        failures.append(Failure(line, reason, lines.excerpt(line)))
    return failures


def _first_bad_byte(data: memoryview) -> int | None:
    """Where text stops being UTF-8, found piece by piece so that no second copy of a block is made."""
    start = 0
    while start < len(data):
        is_last = start + _DECODED >= len(data)
        try:
            start += codecs.utf_8_decode(data[start : start + _DECODED], "strict", is_last)[1]
        except UnicodeDecodeError as error:
            return start + error.start
    return None
