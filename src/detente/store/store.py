"""A store: one directory that can be appended to, read as of a day, and checked."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import ConfigError, CutoffError, StoreError
from detente.store.engines import DEFAULT, check_engine
from detente.store.manifest import Batch, identities, manifest_digest, read_manifest

if TYPE_CHECKING:
    import polars as pl

    from detente.domain.ledger import Ledger
    from detente.domain.records import Part, Repeats
    from detente.store.mentions import MentionFile
    from detente.store.merging import MergePlan, MergeReport
    from detente.store.view import View
    from detente.store.writer import CoverageRule, Receipt, Writer


@dataclass(frozen=True)
class Finding:
    """Something wrong with a store, and what to do about it."""

    what: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}"


@dataclass(frozen=True)
class Store:
    """A directory of batches.

    Args:
        path: The directory.
        read_only: Refuse to append, whatever the access rights.
        engine: What runs reads: ``duckdb``, ``spark`` or ``sc://HOST:PORT``; writing is always DuckDB's.
    """

    path: Path
    read_only: bool = False
    engine: str = DEFAULT

    def append(
        self,
        provider: str,
        parts: Iterable[Part],
        *,
        path: str,
        identity: str,
        repeats: Repeats | None = None,
        coverage_rule: CoverageRule = "every_day_has_rows",
        loaded_at: dt.datetime | None = None,
    ) -> Receipt:
        """Append one file and commit it, with a writer for it alone; see ``Writer.append``."""
        with self.writer() as writer:
            return writer.append(
                provider,
                parts,
                path=path,
                identity=identity,
                repeats=repeats,
                coverage_rule=coverage_rule,
                loaded_at=loaded_at,
            )

    @contextlib.contextmanager
    def writer(self) -> Iterator[Writer]:
        """Hold the store for appending; no other process can write until it is given back, and all can read.

        Raises:
            StoreError: when the store was opened for reading, is being written, or cannot be written.
        """
        from detente.store.writer import open_writer  # noqa: PLC0415 - readers need no writer

        if self.read_only:
            raise StoreError(f"The store {self.path} was to be written.", "It was opened for reading.", "Open another.")
        with open_writer(self.path) as writer:
            yield writer

    def batches(self) -> list[Batch]:
        """All committed batches, in the order of their commits."""
        return read_manifest(self.path)

    def providers(self) -> list[str]:
        """Who is in the store, the one with most rows first."""
        return _by_rows(self.batches())

    def version(self) -> str:
        """What is held, as a digest: equal versions hold the same batches."""
        return manifest_digest(self.path)

    def data_version(self, provider: str) -> str:
        """What was loaded of a provider, as a digest that another store can be compared with.

        The same files, read with the same options, give the same, in whatever order and batches they were loaded, and
        merged or not.
        """
        batches = [batch for batch in self.batches() if batch.provider == provider]
        return hashlib.sha256("\n".join(sorted(chain(*(identities(b.files) for b in batches)))).encode()).hexdigest()

    def last_read_day(self, provider: str) -> dt.date:
        """The day by which everything held of a provider has happened and been published.

        Raises:
            CutoffError: when none of theirs is held.
        """
        days = [batch.last_read_day for batch in self.batches() if batch.provider == provider and batch.rows]
        if not days:
            raise CutoffError(
                f"Events of provider {provider!r} were asked for.",
                "The store holds none of theirs.",
                "Load some with `detente load`, or name another provider.",
            )
        return dt.date.fromisoformat(max(days))

    def view(self, as_of: dt.date | None = None, provider: str | None = None) -> View:
        """Read one provider's events as known at the end of a day.

        Args:
            as_of: The day; by default the one by which everything held has happened and been published.
            provider: Whose; by default the one with most rows.

        Raises:
            CutoffError: when nothing was known by then.
            ConfigError: when the store does not hold that provider, or its engine cannot be started or reached.
        """
        from detente.store.view import View  # noqa: PLC0415 - the engine is loaded when something is read

        batches = self.batches()
        providers = _by_rows(batches)
        if not providers:
            raise CutoffError(
                f"Events of the store {self.path} were asked for.",
                "It holds none." if self.path.is_dir() else "There is no such directory.",
                "Load some with `detente load`.",
            )
        chosen = provider or providers[0]
        if chosen not in providers:
            raise ConfigError(
                f"Provider {chosen!r} was named.", f"The store holds {', '.join(providers)}.", "Name one of these."
            )
        own = [batch for batch in batches if batch.provider == chosen]
        others = tuple(name for name in providers if name != chosen)
        return View(self.path, own, chosen, as_of, others, engine=self.engine)

    def append_drivers(
        self, rows: pl.DataFrame, ledger: Ledger, *, path: str, identity: str, loaded_at: dt.datetime
    ) -> bool:
        """Append one file of outside series; see ``store.drivers.append_drivers``.

        Raises:
            StoreError: when the store was opened for reading, is being written, or cannot be written.
        """
        from detente.store.drivers import append_drivers  # noqa: PLC0415 - rarely needed

        if self.read_only:
            raise StoreError(f"The store {self.path} was to be written.", "It was opened for reading.", "Open another.")
        return append_drivers(self.path, rows, ledger, path=path, identity=identity, loaded_at=loaded_at)

    def drivers(self, as_of: dt.date) -> pl.DataFrame:
        """Outside series as known at the end of a day: rows of the table ``drivers``.

        Raises:
            StoreError: when a file is missing or damaged.
        """
        from detente.store.drivers import read_drivers  # noqa: PLC0415 - rarely needed

        return read_drivers(self.path, as_of)

    def append_mentions(self, files: Sequence[MentionFile], *, loaded_at: dt.datetime) -> list[bool]:
        """Append files of mentions; see ``store.mentions.append_mentions``.

        Raises:
            StoreError: when the store was opened for reading, is being written, or cannot be written.
        """
        from detente.store.mentions import append_mentions  # noqa: PLC0415 - rarely needed

        if self.read_only:
            raise StoreError(f"The store {self.path} was to be written.", "It was opened for reading.", "Open another.")
        return append_mentions(self.path, files, loaded_at=loaded_at)

    def mention_counts(self) -> dict[str, int]:
        """Rows of mentions that are held, by provider.

        Raises:
            StoreError: when their manifest is damaged.
        """
        from detente.store.mentions import mention_batches  # noqa: PLC0415 - rarely needed

        rows: Counter[str] = Counter()
        for batch in mention_batches(self.path):
            rows[batch.provider] += batch.rows
        return {provider: count for provider, count in sorted(rows.items()) if count}

    def slots(self) -> pl.DataFrame:
        """The gap calendar of the archives that were synced: rows of the table ``slots``, in order of time.

        Raises:
            StoreError: when it is damaged.
        """
        from detente.store.slots import read_slots  # noqa: PLC0415 - rarely needed

        return read_slots(self.path)

    def save_slots(self, rows: pl.DataFrame, *, looked_over: pl.DataFrame | None = None) -> None:
        """Note what became of files of an archive; see ``store.slots.save_slots``.

        Raises:
            StoreError: when the store was opened for reading, is being written, or cannot be written.
        """
        from detente.store.slots import save_slots  # noqa: PLC0415 - rarely needed

        if self.read_only:
            raise StoreError(f"The store {self.path} was to be written.", "It was opened for reading.", "Open another.")
        save_slots(self.path, rows, looked_over=looked_over)

    def plan_merge(self, *, in_passing: bool = False) -> MergePlan:
        """What a merge of small batches would do; see ``store.merging``.

        Args:
            in_passing: Only what is done in a second: many small updates.

        Raises:
            StoreError: when the manifest is damaged.
        """
        from detente.store.merging import FEW_ROWS, MOST_ROWS, plan_merge  # noqa: PLC0415 - readers merge nothing

        return plan_merge(self.path, most_rows=FEW_ROWS if in_passing else MOST_ROWS)

    def merge(
        self,
        *,
        now: dt.datetime,
        in_passing: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> MergeReport:
        """Merge small batches into large ones; see ``store.merging.run_merge``.

        Args:
            now: The moment (UTC), from which on the old files are kept a day.
            in_passing: Only what is done in a second: many small updates.
            progress: Told before each merge.

        Raises:
            StoreError: when the store was opened for reading, is being written, is damaged, or cannot be written.
        """
        from detente.store.merging import FEW_ROWS, MOST_ROWS, run_merge  # noqa: PLC0415 - readers merge nothing

        if self.read_only:
            raise StoreError(f"The store {self.path} was to be written.", "It was opened for reading.", "Open another.")
        return run_merge(self.path, now=now, most_rows=FEW_ROWS if in_passing else MOST_ROWS, progress=progress)

    def kept_bytes(self) -> int:
        """Bytes of batches that were merged lately, whose files are kept for readers that began before."""
        from detente.store.sweeping import kept_bytes  # noqa: PLC0415 - rarely needed

        return kept_bytes(self.path, self.batches())

    def check(self, *, deep: bool = False) -> list[Finding]:
        """Look for missing, damaged and left-over files.

        Args:
            deep: Read every events file to its end and compare its digest.
        """
        from detente.store.check import check_store  # noqa: PLC0415 - rarely needed

        return [Finding(what, next_step) for what, next_step in check_store(self.path, deep=deep)]


def _by_rows(batches: Sequence[Batch]) -> list[str]:
    """The providers of batches, the one with most rows first."""
    rows: Counter[str] = Counter()
    for batch in batches:
        rows[batch.provider] += batch.rows
    return [name for name, _ in sorted(rows.items(), key=lambda item: (-item[1], item[0]))]


def open_store(path: str | Path, *, read_only: bool = False, engine: str = DEFAULT) -> Store:
    """Open a store; a directory that does not exist yet is an empty store.

    Args:
        path: The directory.
        read_only: Refuse to append, whatever the access rights.
        engine: What runs reads: ``duckdb``, ``spark`` or ``sc://HOST:PORT``; it is started when something is read.

    Raises:
        StoreError: when there is something else at that path.
        ConfigError: when there is no such engine.
    """
    directory = Path(path)
    if directory.exists() and not directory.is_dir():
        raise StoreError(f"The store {directory} was to be opened.", "It is not a directory.", "Name a directory.")
    return Store(directory, read_only, check_engine(engine))
