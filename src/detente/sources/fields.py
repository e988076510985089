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

_LINE_FEED = 10
_DECODED = 64 * 1024


class BlockLines:
    """The lines of one block: where they start, what number they have, how many fields."""

    def __init__(self, block: Block, separator: str, *, has_header: bool = False) -> None:
        self.block = block
        self._bytes = np.frombuffer(block.data, np.uint8)
        ends = np.flatnonzero(self._bytes == _LINE_FEED)
        self.starts = np.concatenate((np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1))
        self.ends = ends
        self.is_row = ends > self.starts
        if has_header:
            self.is_row[:1] = False
        self._separator = ord(separator)

    @cached_property
    def columns(self) -> np.ndarray:
        """Number of fields of each line."""
        if not len(self.starts):
            return np.zeros(0, np.int64)
        marks = (self._bytes == self._separator).view(np.uint8)
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
        data = self.block.data
        if data.isascii() or _is_utf8(data):
            return bad
        for index in np.unique(np.searchsorted(self.ends, np.flatnonzero(self._bytes >= 128))):
            bad[index] = not _is_utf8(data[self.starts[index] : self.ends[index]])
        return bad

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
    frames = []
    for columns, layout in layouts.items():
        chosen = lines.is_row & (lines.columns == columns) & ~lines.is_too_long
        if chosen.any():
            frames.append(_parse(lines, chosen, columns, layout, separator))
    if not frames:
        frames = [_empty(next(iter(layouts.values())))]
    frame = frames[0] if len(frames) == 1 else pl.concat(frames).sort("line")
    return Fields(frame, tuple(_misfits(lines, layouts.keys())), lines.rows, lines)


def _parse(
    lines: BlockLines, chosen: np.ndarray, columns: int, layout: Mapping[str, int], separator: str
) -> pl.DataFrame:
    given = {name: position for name, position in layout.items() if position >= 0}
    positions = sorted(set(given.values()))
    parsed = pl.read_csv(
        lines.joined(chosen),
        separator=separator,
        quote_char=None,
        has_header=False,
        infer_schema=False,
        encoding="utf8-lossy",
        columns=positions,
    )
    frame = pl.DataFrame([parsed.to_series(positions.index(at)).alias(name) for name, at in given.items()])
    numbers = lines.numbers(chosen)
    if frame.height != len(numbers):
        raise DataError(
            f"{len(numbers)} lines of {lines.block.member} were parsed.",
            f"{frame.height} rows came out.",
            "This is a defect; please report it with the file.",
        )
    absent = [pl.lit(None, pl.String).alias(name) for name, position in layout.items() if position < 0]
    return frame.with_columns(
        *absent,
        pl.Series("line", numbers, pl.Int64),
        pl.Series("bad_bytes", lines.has_bad_bytes[chosen]),
        pl.lit(columns, pl.Int64).alias("columns"),
    ).select("line", "bad_bytes", "columns", *layout)


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


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, decoded piece by piece so that no second copy of a block is made."""
    view, start = memoryview(data), 0
    try:
        while start < len(data):
            is_last = start + _DECODED >= len(data)
            start += codecs.utf_8_decode(view[start : start + _DECODED], "strict", is_last)[1]
    except UnicodeDecodeError:
        return False
    return True
