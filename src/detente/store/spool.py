"""What waits for a commit: the rows of whole files, numbered, on disk as soon as there are many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS, check_table

#: Rows that are held in memory, more than a usual batch has; what goes beyond is written to the disk.
_ROWS_IN_MEMORY = 250_000


class Spool:
    """Files that share a commit, one after another; a file that fails half-way leaves nothing behind.

    Args:
        directory: An empty directory of its own.
    """

    def __init__(self, directory: Path) -> None:
        self.ledgers: list[Ledger] = []
        self.rows = 0
        self._directory = directory
        self._days: list[pl.DataFrame] = []
        self._waiting: list[pl.DataFrame] = []
        self._written: list[Path] = []

    def add(self, parts: Iterable[Part], path: str, provider: str) -> Ledger:
        """Take in all parts of one file.

        Returns:
            The file's account, without what the store will leave out as repeats.

        Raises:
            DataError: when a part breaks its schema, or the account does not add up.
        """
        ledger = Ledger(path)
        days: list[pl.DataFrame] = []
        own: list[pl.DataFrame] = []
        self._write(self._waiting, only_if_many=True)
        before = len(self._written)
        try:
            for events in self._numbered(parts, provider, days, ledger):
                own.append(events)
                if sum(frame.height for frame in own) > _ROWS_IN_MEMORY:
                    if len(self._written) == before:  # other files' rows come first, in a file that stays
                        self._write(self._waiting)
                        before = len(self._written)
                    self._write(own)
            ledger.check()
        except BaseException:
            self._unlink(before)
            raise
        self._waiting += own
        self.rows += ledger.kept
        self.ledgers.append(ledger)
        self._days += days
        return ledger

    def frame(self) -> pl.DataFrame | None:
        """All rows: the columns of ``events``, ``file_index`` and ``row_index``; None where they are on the disk."""
        empty = EVENTS.empty().with_columns(
            pl.lit(None, pl.String).alias("alike"),
            pl.lit(None, pl.Int32).alias("file_index"),
            pl.lit(None, pl.Int64).alias("row_index"),
        )
        return None if self._written else pl.concat([empty, *self._waiting], rechunk=True)

    def files(self) -> list[Path]:
        """All rows as Parquet files, in order, with the same columns."""
        self._write(self._waiting)
        return list(self._written)

    def days(self) -> pl.DataFrame:
        """What the files say about which days are covered: rows of the table ``coverage``, each file's apart."""
        empty = COVERAGE.empty().with_columns(pl.lit(None, pl.Int32).alias("file_index"))
        return (
            pl.concat([empty, *self._days])
            .group_by("file_index", "provider", "day", "status")
            .agg(pl.col("rows").sum(), pl.col("known_at").max())
            .sort("file_index", "day", "status", "provider")
            .select(COVERAGE.names)
        )

    def _numbered(
        self, parts: Iterable[Part], provider: str, days: list[pl.DataFrame], ledger: Ledger
    ) -> Iterator[pl.DataFrame]:
        """The events of a file's parts with their numbers; its days and its account are added to those given."""
        row = self.rows
        for part in parts:
            if not part.is_checked:
                check_table(part.events, EVENTS)
                check_table(part.days, COVERAGE)
            events = part.events
            file = pl.lit(len(self.ledgers), pl.Int32).alias("file_index")
            days.append(part.days.with_columns(pl.lit(provider).alias("provider"), file))
            ledger.add(part.ledger)
            if events.height:
                yield events.with_columns(
                    (pl.lit(None, pl.String) if part.alike is None else part.alike).alias("alike"),
                    pl.lit(provider).alias("provider"),
                    file,
                    pl.int_range(row, row + events.height, dtype=pl.Int64).alias("row_index"),
                )
            row += events.height

    def _write(self, frames: list[pl.DataFrame], *, only_if_many: bool = False) -> None:
        """Write frames as one file and empty their list."""
        rows = sum(frame.height for frame in frames)
        if rows > (_ROWS_IN_MEMORY if only_if_many else 0):
            path = self._directory / f"{len(self._written):06}.parquet"
            self._written.append(path)
            pl.concat(frames).write_parquet(path, compression="lz4", statistics=False)
            frames.clear()

    def _unlink(self, first: int) -> None:
        for path in self._written[first:]:
            path.unlink(missing_ok=True)
        del self._written[first:]
