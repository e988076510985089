"""Lines of texts as Arrow batches: one row in, one row out, whatever runs the work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from detente.coding.texts import LINES_AT_ONCE, Problem, Task, code_part

if TYPE_CHECKING:
    import pyarrow as pa


def code_batch(batch: pa.RecordBatch, task: Task | None = None) -> pa.RecordBatch:
    """Code a batch of lines of JSON; each is coded by itself.

    Args:
        batch: Columns ``line`` (its number) and ``text`` (the line).
        task: What is asked; by default events between states, of texts that say their own day.

    Returns:
        Columns ``line``, ``coded`` (a line of JSON, null where it could not be coded) and ``problem`` (then why).

    Raises:
        ConfigError: when the extra ``reading`` is not installed.
    """
    import pyarrow as pa  # noqa: PLC0415 - one process without batches needs none

    numbers, texts = batch.column("line").to_pylist(), batch.column("text").to_pylist()
    coded = code_part(task or Task(), list(zip(numbers, texts, strict=True)))
    whole = [None if isinstance(one, Problem) else json.dumps(one) for one in coded]
    why = [one.why if isinstance(one, Problem) else None for one in coded]
    return pa.RecordBatch.from_pydict({"line": numbers, "coded": whole, "problem": why}, schema=coded_schema())


def coded_schema() -> pa.Schema:
    """The columns of coded lines."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.schema([("line", pa.int64()), ("coded", pa.string()), ("problem", pa.string())])


def line_batches(lines: Iterable[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
    """Numbered lines as batches for ``code_batch``."""
    import pyarrow as pa  # noqa: PLC0415

    schema, rest = pa.schema([("line", pa.int64()), ("text", pa.string())]), iter(lines)
    while part := list(islice(rest, LINES_AT_ONCE)):
        numbers, texts = zip(*part, strict=True)
        yield pa.RecordBatch.from_pydict({"line": numbers, "text": texts}, schema=schema)


def read_coded(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | Problem]:
    """What ``code_batch`` returned, as ``texts.code_lines`` gives it."""
    for row in batch.to_pylist():
        yield Problem(row["line"], row["problem"]) if row["coded"] is None else json.loads(row["coded"])
