"""Loading files into a store: plan, show the plan, then run it. One bad file does not stop the others."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.domain.ledger import Ledger
from detente.errors import SourceError
from detente.sources.ahead import Ahead, read_ahead

if TYPE_CHECKING:
    from detente.sources import ReadOptions, Source
    from detente.store import Store

#: Called with the name of the file under way, the files finished, and the files in all.
Progress = Callable[[str, int, int], None]
#: What an account calls a file of which only a part could be read.
_BROKEN = ("damaged_file", "truncated_file")
_AFTER_BREAK = (
    "What could be read is held. Fetch it again and load it: events of GDELT and ICEWS are known by their ids and are "
    "not counted twice. Rows of KEDS or of a table have none; load those into a new store."
)
#: Between the two digests of an identity.
_READ_BY = " read by "


@dataclass(frozen=True)
class LoadPlan:
    """What a load would do.

    Args:
        provider: Under whose name the rows go.
        store: The store's directory.
        files: Each file, its size in bytes, and whether it is held already.
    """

    provider: str
    store: Path
    files: tuple[tuple[Path, int, bool], ...]

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        files = [{"path": str(path), "bytes": size, "already_held": held} for path, size, held in self.files]
        return {"provider": self.provider, "store": str(self.store), "files": files}

    def __str__(self) -> str:
        new = [size for _, size, held in self.files if not held]
        held = len(self.files) - len(new)
        also = f"; {held} already held and left alone" if held else ""
        return f"plan: load {len(new)} files ({sum(new) / 1e6:.1f} MB) of {self.provider} into {self.store}{also}"


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Args:
        provider: Under whose name the rows went.
        ledgers: The account of each file that was read.
        already_held: Files that had been loaded before.
        failed_files: Files that could not be read at all, with what was found and what to do.
    """

    provider: str
    ledgers: tuple[Ledger, ...]
    already_held: tuple[str, ...]
    failed_files: tuple[tuple[str, str], ...]

    @property
    def total(self) -> Ledger:
        """All accounts added up."""
        total = Ledger("all files")
        for ledger in self.ledgers:
            total.add(ledger)
        return total

    @property
    def broken_files(self) -> tuple[str, ...]:
        """Files of which only a part could be read; what could be is held."""
        return tuple(ledger.path for ledger in self.ledgers if any(ledger.failed.get(reason) for reason in _BROKEN))

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {
            "provider": self.provider,
            "ledgers": [ledger.as_dict() for ledger in self.ledgers],
            "total": {key: value for key, value in self.total.as_dict().items() if key != "failures"},
            "already_held": list(self.already_held),
            "broken_files": list(self.broken_files),
            "failed_files": [{"path": path, "reason": reason} for path, reason in self.failed_files],
        }

    def __str__(self) -> str:
        shown = [*self.ledgers, self.total] if len(self.ledgers) > 1 else list(self.ledgers)
        lines = [line for ledger in shown for line in _ledger_lines(ledger)]
        lines += [f"{path}: held already, nothing changed" for path in self.already_held]
        lines += [f"{path}: BROKEN. {_AFTER_BREAK}" for path in self.broken_files]
        lines += [f"{path}: FAILED. {reason}" for path, reason in self.failed_files]
        return "\n".join(lines)


def plan_load(store: Store, source: Source, paths: Sequence[Path], options: ReadOptions) -> LoadPlan:
    """Say what a load would do, without doing it.

    Raises:
        SourceError: when a path does not exist or no file is found.
    """
    files = find_files(paths)
    held = {identity for batch in store.batches() for identity in batch.identities}
    listed = tuple((path, path.stat().st_size, _identity(path, source, options) in held) for path in files)
    return LoadPlan(options.name or source.card.name, store.path, listed)


def load(
    store: Store,
    source: Source,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files, each saved whole or not at all.

    Args:
        store: Where to.
        source: Who reads them.
        paths: Files, or directories of files.
        options: How to read them.
        progress: Told before each file.

    Raises:
        SourceError: when a path does not exist or no file is found.
        StoreError: when the store cannot be written; files loaded before stay loaded.
    """
    files = find_files(paths)
    provider = options.name or source.card.name
    ledgers, again, failed = [], [], []
    with store.writer() as writer:
        identify = functools.partial(_identity, source=source, options=options)
        readings = {_content_of(identity): identity for identity, of in writer.held.items() if of == provider}
        read = read_ahead(source, files, options, identify=identify, is_held=writer.held.__contains__)
        for index, (path, file) in enumerate(zip(files, read, strict=True)):
            if progress:
                progress(path.name, index, len(files))
            try:
                _check_not_read_otherwise(readings.setdefault(_content_of(file.identity), file.identity), file)
                receipt = writer.append(
                    provider,
                    file.parts,
                    path=path.name,
                    identity=file.identity,
                    repeats=source.repeats,
                    coverage_rule=source.card.coverage_rule,
                    loaded_at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
                )
            except SourceError as error:
                failed.append((str(path), str(error)))
                continue
            if receipt.already_held:
                again.append(str(path))
            else:
                ledgers.append(receipt.ledger)
    return LoadReport(provider, tuple(ledgers), tuple(again), tuple(failed))


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files of all paths, directories opened up but for hidden files, in a stable order."""
    files = []
    for path in paths:
        try:
            found = sorted(p for p in path.rglob("[!.]*") if p.is_file()) if path.is_dir() else [path]
            missing = not found or not found[0].exists()
        except OSError as error:
            raise SourceError(f"{path} was to be loaded.", f"{error}.", "Check its access rights.") from None
        if missing:
            what = "The directory holds no file." if path.is_dir() else "There is no such file."
            raise SourceError(f"{path} was to be loaded.", what, "Check the path.")
        files += found
    return files


def _identity(path: Path, source: Source, options: ReadOptions) -> str:
    """What makes a repeated load the same load: the file's content, and the source and options that read it."""
    reading = hashlib.sha256(json.dumps([source.card.name, _plain(options)], sort_keys=True).encode()).hexdigest()
    try:
        with path.open("rb") as file:
            return f"{hashlib.file_digest(file, 'sha256').hexdigest()}{_READ_BY}{reading}"
    except OSError:
        return f"unreadable {path}{_READ_BY}{reading}"  # the reading itself will say why


def _content_of(identity: str) -> str:
    """The digest of the file's content alone."""
    return identity.partition(_READ_BY)[0]


def _check_not_read_otherwise(held: str, file: Ahead) -> None:
    """Pass unless the same content is held for the same provider but was read with other options.

    Raises:
        SourceError: when it is: loading it once more would count its events twice.
    """
    if held != file.identity:
        raise SourceError(
            f"{file.path} was to be loaded.",
            "Its content is held already, read with other options.",
            "Load it under another name with `--name`, or into a new store.",
        )


def _plain(options: ReadOptions) -> dict[str, Any]:
    gaps = [_gap_text(gap) for gap in options.gaps]
    return {"map": dict(options.map), "undirected": options.undirected, "gaps": gaps, "name": options.name}


def _gap_text(gap: str) -> str:
    """A gap as it stands; for a file of gaps what is in it, so that an edited file is another reading."""
    if not gap.startswith("@"):
        return gap
    try:
        return Path(gap[1:]).read_text("utf-8", errors="replace")
    except OSError:
        return gap  # the reading itself will say why


def _ledger_lines(ledger: Ledger) -> list[str]:
    lines = [
        f"{ledger.path}: {ledger.read:,} read = {ledger.kept:,} kept + {sum(ledger.ignored.values()):,} ignored "
        f"+ {sum(ledger.failed.values()):,} failed"
    ]
    for title, counts in (("ignored", ledger.ignored), ("failed", ledger.failed), ("noted", ledger.notes)):
        if counts:
            lines.append(f"  {title}: " + ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items())))
    lines += [f"  line {failure.line}: {failure.reason}: {failure.excerpt[:80]!r}" for failure in ledger.failures[:3]]
    return lines
