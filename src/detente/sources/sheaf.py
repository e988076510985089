"""Several small files bound together as one text, so that what is done once for each text is done once for them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from detente.domain.ledger import Failure
from detente.errors import SourceError
from detente.sources.fields import BlockLines, parse_fields
from detente.sources.lines import BLOCK_BYTES, Block, read_blocks
from detente.sources.reading import file_day

Layouts = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class Sheaf:
    """Files of one layout.

    Args:
        layouts: As ``parse_fields`` takes them.
        files: The number of each file among those that were to be read.
        blocks: Its text.
    """

    layouts: Layouts
    files: tuple[int, ...]
    blocks: tuple[Block, ...]

    def parse(self) -> Parsed:
        """Cut all files into columns at once."""
        whole = Block(b"".join(block.data for block in self.blocks), 1, self.blocks[0].member, starts_member=True)
        fields = parse_fields(whole, self.layouts)
        lengths = [len(block.ends) for block in self.blocks]
        before = np.concatenate(([0], np.cumsum(lengths)))
        lines = fields.frame["line"].to_numpy()
        file = (np.searchsorted(before, lines, side="left") - 1).astype(np.int32)
        days = pl.Series([file_day(block.member) for block in self.blocks], dtype=pl.Date)
        rows = fields.frame.with_columns(
            pl.Series("line", lines - before[file], pl.Int64),
            pl.Series("file", file, pl.Int32),
            days.gather(file).alias("file_day"),
        )
        misfits = []
        for failure in fields.failures:
            at = int(np.searchsorted(before, failure.line, side="left")) - 1
            misfits.append((at, Failure(failure.line - int(before[at]), failure.reason, failure.excerpt)))
        return Parsed(rows, misfits, fields.lines, before)


@dataclass(frozen=True)
class Parsed:
    """What a sheaf gave.

    Args:
        rows: As ``Fields.frame``, with ``file``, counted from 0 in the sheaf, and ``file_day``.
        misfits: Lines that are no rows of the expected form, each with its file.
        lines: All lines.
        before: How many of them are before each file.
    """

    rows: pl.DataFrame
    misfits: list[tuple[int, Failure]]
    lines: BlockLines
    before: np.ndarray

    def excerpt(self, file: int, line: int) -> str:
        """How a line of a file begins."""
        return self.lines.excerpt(line + int(self.before[file]))


def bind_sheaves(paths: Sequence[Path], layouts_of: Callable[[Block], Layouts]) -> Iterator[Sheaf]:
    """Bind the files that are one whole text each; others (damaged, of several members, large) are left out."""
    files: list[int] = []
    blocks: list[Block] = []
    layouts: Layouts = {}
    for at, path in enumerate(paths):
        block = _only_block(path)
        if block is None:
            continue
        own = layouts_of(block)
        size = sum(len(one.data) for one in blocks)
        if blocks and (own != layouts or size + len(block.data) > BLOCK_BYTES):
            yield Sheaf(layouts, tuple(files), tuple(blocks))
            files, blocks = [], []
        layouts = own
        files.append(at)
        blocks.append(block)
    if blocks:
        yield Sheaf(layouts, tuple(files), tuple(blocks))


def _only_block(path: Path) -> Block | None:
    try:
        blocks = read_blocks(path)
        first, second = next(blocks, None), next(blocks, None)
    except SourceError:
        return None
    return first if second is None and first is not None and not first.failures else None
