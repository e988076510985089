"""The manifest: the one file whose renaming is a commit.

A store is a directory. Readers look at nothing but what its ``MANIFEST.json`` names; a batch whose files are there but
which the manifest does not name was never committed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from detente.errors import StoreError

if TYPE_CHECKING:
    import polars as pl

NAME = "MANIFEST.json"
#: Each batch has a file of its own in each of these …
FOLDERS = ("events", "sums", "days", "ledgers")
#: … and one that was merged of many a list of the files that it came from in this one.
FILES = "files"
#: 3 added to each batch the sums by day and the range of its events' ids; a store of format 2 is read, too. 4 lets a
#: batch list its files apart; a store without such a batch is written as 3, which older versions read.
FORMAT, _FORMAT_WITHOUT_LISTS = 4, 3
_READ = (2, 3, 4)
T = TypeVar("T")


@dataclass(frozen=True)
class LoadedFile:
    """One file that was loaded.

    Args:
        path: Its name, for people.
        identity: What makes a repeated load the same load: content, provider and options.
        ledger: Totals of its account: read, kept, ignored by rule, failed by reason, notes.
        loaded_at: When it was loaded (UTC); empty where the caller did not say.
    """

    path: str
    identity: str
    ledger: dict[str, Any]
    loaded_at: str = ""


class FilesApart(Sequence[LoadedFile]):
    """The files of a merged batch, which lie in a list of their own and are read when somebody asks for them.

    Args:
        path: The list.
        count: How many they are.
    """

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as of any sequence
        return self._all[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all == tuple(other)

    def __hash__(self) -> int:
        return hash((self._path, self._count))

    def column(self, name: str) -> list[str]:
        """One column of the list, without taking the accounts apart."""
        return self._read()[name].to_list()

    @cached_property
    def _all(self) -> tuple[LoadedFile, ...]:
        rows = self._read().iter_rows(named=True)
        return tuple(LoadedFile(**row | {"ledger": json.loads(row["ledger"])}) for row in rows)

    def _read(self) -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415 - readers of events need no list of files

        try:
            return pl.read_parquet(self._path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"The files behind a batch of {self._path.parent.parent} were to be read.",
                f"{FILES}/{self._path.name} is missing or damaged ({str(error).splitlines()[0]}).",
                "Restore it from a copy, or load the data into a new store.",
            ) from None


def identities(files: Sequence[LoadedFile]) -> list[str]:
    """What makes a repeated load of each file the same load."""
    return files.column("identity") if isinstance(files, FilesApart) else [file.identity for file in files]


def file_names(files: Sequence[LoadedFile]) -> list[str]:
    """The names of files, in their order."""
    return files.column("path") if isinstance(files, FilesApart) else [file.path for file in files]


def write_files_apart(path: Path, files: Iterable[LoadedFile]) -> FilesApart:
    """Write the list of a batch's files; it is made durable by the caller."""
    import polars as pl  # noqa: PLC0415 - readers of events need no list of files

    rows = [vars(file) | {"ledger": json.dumps(file.ledger, ensure_ascii=False)} for file in files]
    names = [field.name for field in fields(LoadedFile)]
    pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)).write_parquet(path, compression="zstd")
    return FilesApart(path, len(rows))


@dataclass(frozen=True)
class Batch:
    """What one commit holds: the rows of one file, or of several small ones, of one provider.

    Args:
        id: Name of its own files.
        provider: Whose data.
        files: The files it came from, in the order of loading; a row's ``file_index`` counts them from 0.
        rows: Events kept.
        first_day: First day on which one is said to have happened; empty when no row was kept.
        last_day: Last such day.
        bytes: Size of its events file, for a cheap check.
        coverage_rule: ``every_day_has_rows`` or ``span`` (see the source's card).
        first_known: When the first of the kept rows was published; empty when no row was kept.
        last_known: When the last of them was.
        sha256: Digest of its events file, for a thorough check.
        first_key: The least of the provider's own ids, where all of them are numbers.
        last_key: The greatest.
        has_sums: Whether the sums by day and dyad were written beside the events.
    """

    id: str
    provider: str
    files: Sequence[LoadedFile]
    rows: int
    first_day: str
    last_day: str
    bytes: int
    coverage_rule: str
    first_known: str
    last_known: str
    sha256: str
    first_key: int | None = None
    last_key: int | None = None
    has_sums: bool = False

    @property
    def path(self) -> str:
        """The files' names in few words."""
        if self.is_listed_apart:
            return f"{len(self.files):,} files of {self.provider}"
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"{self.files[0].path}{more}"

    @cached_property
    def line(self) -> str:
        """The batch as JSON, made once: a manifest of many batches is written with each commit."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        files = len(self.files) if self.is_listed_apart else [vars(file) for file in self.files]
        return json.dumps(values | {"files": files}, ensure_ascii=False)

    @property
    def is_listed_apart(self) -> bool:
        """Whether its files lie in a list of their own; the manifest then says only how many they are."""
        return isinstance(self.files, FilesApart)

    @property
    def identities(self) -> list[str]:
        """What makes a repeated load of each file the same load."""
        return identities(self.files)

    @property
    def last_read_day(self) -> str:
        """The day by which every kept row has both happened and been published."""
        return max(self.last_day, self.last_known[:10])


def read_manifest(store: Path) -> list[Batch]:
    """The committed batches, in the order of their commits; none where nothing was ever committed.

    Raises:
        StoreError: when the manifest is damaged or of a format that this version does not know.
    """
    path = store / NAME
    try:
        content = json.loads(path.read_text("utf-8"))
        found = content["format"]
        batches = [_batch(store, raw) for raw in content["batches"]] if found in _READ else []
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"The store {store} was to be read.", f"{error}.", "Check its access rights.") from None
    except (ValueError, TypeError, KeyError):
        raise StoreError(
            f"The store {store} was to be read.",
            f"Its {NAME} is damaged.",
            "Restore it from a copy, or load the data into a new store.",
        ) from None
    if found not in _READ:
        raise StoreError(
            f"The store {store} was to be read.",
            f"It has format {found}; this version reads format {FORMAT} and those before it.",
            "Use the version of Détente that wrote it, or load the data into a new store.",
        )
    return batches


def _batch(store: Path, raw: dict[str, Any]) -> Batch:
    if isinstance(count := raw["files"], int):
        return Batch(**raw | {"files": FilesApart(store / FILES / f"{raw['id']}.parquet", count)})
    return Batch(**raw | {"files": tuple(LoadedFile(**file) for file in raw["files"])})


def write_manifest(store: Path, batches: list[Batch]) -> None:
    """Commit: write the manifest beside the old one, make it durable, and rename it into place."""
    # One batch a line: it can be read and compared by eye, and the fast encoder of the standard library does it.
    lines = ",\n".join(batch.line for batch in batches)
    form = FORMAT if any(batch.is_listed_apart for batch in batches) else _FORMAT_WITHOUT_LISTS
    text = f'{{"format": {form}, "batches": [\n{lines}\n]}}\n'
    write_durably(store / NAME, text.encode("utf-8"))


def manifest_digest(store: Path) -> str:
    """SHA-256 of the manifest, in hexadecimal; of nothing where nothing was ever committed."""
    path = store / NAME
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file so that it is there whole or not at all, also after a power cut."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def sync_all(files: Iterable[Path]) -> None:
    """Make files, and the names that their directories give them, durable."""
    files = list(files)
    for path in (*files, *dict.fromkeys(file.parent for file in files)):
        _sync(path)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_listing(path: Path, build: Callable[[dict[str, Any]], T], *, what: str, next_step: str) -> list[T]:
    """What a smaller list beside the manifest names, in the order of loading; nothing where there is none.

    Args:
        path: The list's file, with its ``batches``.
        build: Makes one of them from its entry.
        what: What it lists, for the message.
        next_step: What to do when it is damaged.

    Raises:
        StoreError: when it is damaged.
    """
    try:
        return [build(raw) for raw in json.loads(path.read_text("utf-8"))["batches"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"The {what} of {path.parent} were to be read.", f"{path.name} is damaged ({error}).", next_step
        ) from None
