"""Columns of a text table whose fields may stand in quotation marks.

Each line is taken apart by itself, so that a stray mark spoils one row and never its neighbours; blocks without
any mark take the fast way of ``fields.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping

import numpy as np
import polars as pl

from detente.domain.ledger import Failure
from detente.sources.fields import Fields, parse_fields
from detente.sources.lines import Block

_MARK = '"'


def parse_quoted(block: Block, layout: Mapping[str, int], columns: int, *, separator: str, has_header: bool) -> Fields:
    """Cut a block into columns, quotation marks understood.

    Args:
        block: Whole lines.
        layout: The position of each wanted column.
        columns: How many fields a line has.
        separator: What stands between fields.
        has_header: Whether the block's first line is a header.
    """
    plain = parse_fields(block, {columns: layout}, separator=separator, has_header=has_header)
    if _MARK.encode() not in block.data:
        return plain
    lines = plain.lines
    marks = np.frombuffer(block.data, np.uint8) == ord(_MARK)
    holders = np.unique(np.searchsorted(lines.ends, np.flatnonzero(marks)))
    holders = holders[lines.is_row[holders] & ~lines.is_too_long[holders]]
    numbers = holders + block.first_line
    rows, failures = _parse_lines(
        [(int(line), lines.text(int(line) - block.first_line)) for line in numbers], layout, columns, separator
    )
    quoted = pl.DataFrame(rows, schema=plain.frame.schema, orient="row")
    frame = plain.frame.filter(~pl.col("line").is_in(numbers.tolist()))
    kept_failures = [failure for failure in plain.failures if failure.line not in set(numbers.tolist())]
    misfits = [Failure(line, reason, lines.excerpt(line)) for line, reason in failures]
    return Fields(pl.concat((frame, quoted)).sort("line"), (*kept_failures, *misfits), plain.read, lines)


def split_line(text: str, separator: str) -> list[str] | None:
    """The fields of one line; None where a quotation mark is left open."""
    try:
        fields: list[str] = next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        return None
    return fields


def _parse_lines(
    texts: list[tuple[int, bytes]], layout: Mapping[str, int], columns: int, separator: str
) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    rows: list[tuple[object, ...]] = []
    failures = []
    for line, raw in texts:
        text = raw.decode("utf-8", "replace")
        fields = split_line(text, separator)
        if fields is None:
            failures.append((line, "unbalanced_quote"))
        elif len(fields) != columns:
            failures.append((line, "wrong_column_count"))
        else:
            is_bad = "\ufffd" in text
            rows.append((line, is_bad, columns, *(fields[position] or None for position in layout.values())))
    return rows, failures
