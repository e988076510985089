"""Reading ahead: while one file is being stored, the next ones are being read, and small files are read together.

Each of a few threads reads a file, some parts at a time, so that what waits is bounded however large or many the files
are; what comes out, and in which order, is as without them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from detente.domain.records import Part
from detente.errors import SourceError

if TYPE_CHECKING:
    from detente.sources.options import ReadOptions
    from detente.sources.registry import Source

#: Archives no larger than this are small: a quarter of an hour of GDELT has some 150 kB, a day some 10 MB.
_SMALL_BYTES = 1_000_000
#: What is read together: some 25 MB of text when it is unpacked.
_TOGETHER_BYTES, _TOGETHER_FILES = 6_000_000, 100
#: Threads that read. Each holds a block of text and its columns, some 150 MB; more than two outrun the one that stores.
_READERS = min(2, os.cpu_count() or 1)
#: What a thread reads of a file before it turns to another: a day of GDELT has two or three parts, 20,000 rows kept.
_PARTS_AT_A_TIME, _ROWS_AT_A_TIME = 8, 50_000


@runtime_checkable
class ReadsTogether(Protocol):
    """A source that reads many small files faster than one by one."""

    def read_together(self, paths: Sequence[Path], options: ReadOptions) -> list[list[Part] | SourceError]:
        """For each file its parts, or why it cannot be read."""


@dataclass(frozen=True)
class Ahead:
    """A file that is being read, or was.

    Args:
        path: The file.
        identity: What makes a later load the same load.
        parts: What it holds; raises ``SourceError`` where it cannot be read.
    """

    path: Path
    identity: str
    parts: Iterable[Part]


def read_ahead(
    source: Source,
    files: Sequence[Path],
    options: ReadOptions,
    *,
    identify: Callable[[Path], str],
    is_held: Callable[[str], bool],
) -> Iterator[Ahead]:
    """Read files, some of them at once, always a step ahead of whoever takes them one after another.

    Args:
        source: Who reads them.
        files: The files.
        options: How to read them.
        identify: The identity of a file.
        is_held: Whether a file of an identity need not be read: it is handed over without parts.
    """
    grouped = _groups(files) if isinstance(source, ReadsTogether) else ([path] for path in files)
    begun: deque[Callable[[], Iterable[Ahead]]] = deque()
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="read")
    try:
        for group in grouped:
            begun.append(_begin(pool, source, group, options, identify, is_held))
            if len(begun) > _READERS:
                yield from begun.popleft()()
        while begun:
            yield from begun.popleft()()
    finally:
        pool.shutdown(cancel_futures=True)


def _groups(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Small files that follow one another, together; others each alone."""
    group: list[Path] = []
    total = 0
    for path in files:
        size = path.stat().st_size if path.exists() else 0
        is_full = total + size > _TOGETHER_BYTES or len(group) >= _TOGETHER_FILES
        if group and (size > _SMALL_BYTES or is_full):
            yield group
            group, total = [], 0
        if size > _SMALL_BYTES:
            yield [path]
        else:
            group.append(path)
            total += size
    if group:
        yield group


def _begin(
    pool: Executor,
    source: Source,
    group: Sequence[Path],
    options: ReadOptions,
    identify: Callable[[Path], str],
    is_held: Callable[[str], bool],
) -> Callable[[], Iterable[Ahead]]:
    """Let the pool begin with a group; what is returned gives its files."""
    if len(group) > 1 and isinstance(source, ReadsTogether):
        return pool.submit(_read_together, source, group, options, identify, is_held).result
    path = group[0]

    def open_file() -> tuple[str, Iterator[Part], _Stretch]:
        identity = identify(path)
        parts = iter(()) if is_held(identity) else source.read(path, options)
        return identity, parts, _stretch(parts)

    opened = pool.submit(open_file)

    def files() -> Iterable[Ahead]:
        identity, parts, first = opened.result()
        yield Ahead(path, identity, _rest(pool, parts, first))

    return files


def _read_together(
    source: ReadsTogether,
    group: Sequence[Path],
    options: ReadOptions,
    identify: Callable[[Path], str],
    is_held: Callable[[str], bool],
) -> list[Ahead]:
    named = [(path, identify(path)) for path in group]
    wanted = [path for path, identity in named if not is_held(identity)]
    found = dict(zip(wanted, source.read_together(wanted, options) if wanted else [], strict=True))
    return [Ahead(path, identity, _raised(found.get(path, []))) for path, identity in named]


def _raised(parts: list[Part] | SourceError) -> Iterator[Part]:
    if isinstance(parts, SourceError):
        raise parts
    yield from parts


@dataclass(frozen=True)
class _Stretch:
    """Parts of a file that were read in one go.

    Args:
        parts: Those that could be read.
        is_last: Whether none is left.
        error: Why the file cannot be read on.
    """

    parts: Sequence[Part]
    is_last: bool
    error: SourceError | None = None


def _stretch(parts: Iterator[Part]) -> _Stretch:
    """Read on until enough has been read to be handed over."""
    read: list[Part] = []
    rows = 0
    try:
        for part in parts:
            read.append(part)
            rows += part.events.height
            if len(read) >= _PARTS_AT_A_TIME or rows >= _ROWS_AT_A_TIME:
                return _Stretch(read, is_last=False)
    except SourceError as error:
        return _Stretch(read, is_last=True, error=error)
    return _Stretch(read, is_last=True)


def _rest(pool: Executor, parts: Iterator[Part], stretch: _Stretch) -> Iterator[Part]:
    while not stretch.is_last:
        coming = pool.submit(_stretch, parts)
        yield from stretch.parts
        stretch = coming.result()
    yield from stretch.parts
    if stretch.error:
        raise stretch.error
