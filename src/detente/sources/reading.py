"""What readers of event files share: the day in a file's name, Parquet in batches, the refusal of other files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from detente.errors import SourceError
from detente.sources.lines import open_file

if TYPE_CHECKING:
    import pyarrow.parquet as pq

    from detente.domain.ledger import Failure
    from detente.sources.fields import Fields

PARQUET_MAGIC = b"PAR1"
#: Rows of a Parquet file that are held at a time.
BATCH_ROWS = 250_000
_DATED_NAME = re.compile(r"^(\d{8})(?!\d{1,5}(?!\d))")


def file_day(name: str) -> dt.date | None:
    """The day that a file's name begins with (``20181023-icews-events.tab``); None where it begins with none."""
    found = _DATED_NAME.match(name)
    if not found:
        return None
    try:
        return dt.date.fromisoformat(found.group(1))
    except ValueError:
        return None


class FormCheck:
    """Remembers whether any line of a file had the expected form."""

    def __init__(self, path: Path, expected: str) -> None:
        self._path, self._expected = path, expected
        self._rows = 0
        self._failure: Failure | None = None

    def saw(self, fields: Fields) -> None:
        """Take note of a block."""
        self._rows += fields.frame.height
        self._failure = self._failure or (fields.failures[0] if fields.failures else None)

    def check(self) -> None:
        """Pass unless lines were read and none of them has the expected form.

        Raises:
            SourceError: when the file is something else.
        """
        failure = self._failure
        if self._rows or failure is None:
            return
        where = f"line {failure.line}: " if failure.line else ""
        raise SourceError(
            f"{self._path} was to be read as {self._expected}.",
            f"It is not a text table of that form; no line fits ({where}{failure.reason}).",
            "Name the right provider for this file, or fetch the file again.",
        )


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file.

    Raises:
        SourceError: when it is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415 - most files are text
    import pyarrow.parquet as pq  # noqa: PLC0415

    with open_file(path):
        pass
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} was to be read.", f"It is a damaged Parquet file ({error}).", "Fetch it again."
        ) from error


def read_batches(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Chosen columns of a Parquet file, a bounded number of rows at a time, with ``line``, the row counted from 1.

    Raises:
        SourceError: when the file is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415

    file = open_parquet(path)
    first = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
            frame = pl.from_arrow(batch)
            if isinstance(frame, pl.DataFrame):
                yield frame.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("line"))
                first += frame.height
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} was to be read.",
            f"It is damaged after row {first - 1} ({error}).",
            "Fetch it again and compare its digest.",
        ) from error
    finally:
        file.close()
