"""Files as blocks of whole lines, in bounded memory: plain, gzip, or zip with any number of members.

Out come blocks of some 40 MB that end at a line end, all line ends made line feeds. A line over 1 MiB is counted
and skipped without being held; what a damaged archive still gives is kept and the break is counted. Refused outright:
what cannot be opened, what is empty, and what is not text.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from detente.domain.ledger import EXCERPT_CHARS, Failure
from detente.errors import SourceError
from detente.sources.inflate import inflate_member

#: Bytes of text in a block: large enough that per-block work does not show, small against memory.
BLOCK_BYTES = 40 * 1024 * 1024
#: A little less than what glibc calls DEFAULT_MMAP_THRESHOLD_MAX.
_LARGEST_KEPT = 32 * 1024 * 1024 - 65536
#: No provider writes lines near this; a longer one is damage, and holding it is how readers die.
LONGEST_LINE = 1024 * 1024
_COMPRESSED_READ = 1024 * 1024
_SALVAGE_STEPS = (65536, 1024, 1)
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_LINE_FEED = 10
_CACHED = 256 * 1024
_BOM = b"\xef\xbb\xbf"
#: Members of an archive that go with data but are none.
_NOT_DATA = (".pdf", ".html", ".htm", ".md", ".doc", ".docx", ".xml", ".json", ".parquet", ".sha256", ".md5")
_NOT_DATA_NAMES = ("readme", "license", "licence", "copying", ".", "__macosx")


@dataclass(frozen=True)
class Block:
    """Whole lines of a file.

    Args:
        data: The lines, each ended by a line feed.
        first_line: Number of the first of them in its member, counted from 1.
        member: Name of the file, or of the archive's member.
        starts_member: Whether the first line is the member's first: where a header would be.
        failures: Lines skipped since the block before.
    """

    data: bytes
    first_line: int
    member: str
    starts_member: bool
    failures: tuple[Failure, ...] = ()

    @cached_property
    def bytes(self) -> np.ndarray:
        """The text as numbers."""
        return np.frombuffer(self.data, np.uint8)

    @cached_property
    def ends(self) -> np.ndarray:
        """Where each line's line feed is."""
        found = [np.flatnonzero(piece == _LINE_FEED) + at for at, piece in self.pieces()]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def count(self, byte: int) -> int:
        """How often a byte occurs."""
        return sum(int(np.count_nonzero(piece == byte)) for _, piece in self.pieces())

    def pieces(self) -> Iterator[tuple[int, np.ndarray]]:
        """The text in pieces that fit the processor's cache, each with its place."""
        return ((at, self.bytes[at : at + _CACHED]) for at in range(0, len(self.data), _CACHED))


def read_blocks(path: Path, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Read a file as blocks of whole lines.

    Args:
        path: A plain file, a ``.gz`` or a ``.zip``; the form is found from the first bytes, not from the name.
        block_bytes: About how much text a block holds.

    Raises:
        SourceError: when it cannot be opened or read, is empty, or is not text.
    """
    _keep_memory()
    with open_file(path) as file:
        magic = file.read(4)
        if not magic:
            raise _empty(path)
        file.seek(0)
        if magic == _ZIP:
            yield from _blocks_of_zip(file, path, block_bytes)
        else:
            chunks = _inflated(file, block_bytes) if magic[:2] == _GZIP else _plain(file, block_bytes)
            name = path.name.removesuffix(".gz")
            yield from _blocks(chunks, path, name, block_bytes)


@cache
def _keep_memory() -> None:
    """Let the C library keep what is freed, for the next block.

    Where it is glibc it gives large pieces back to the system at once, and getting them anew, page by page, takes
    longer than inflating them. When one of the largest size that it reckons with is freed, it keeps smaller ones too.
    """
    bytes(_LARGEST_KEPT)


@contextmanager
def open_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or say why it cannot be opened.

    Raises:
        SourceError: when it is missing, a directory, without the right to read, or breaks off while being read.
    """
    try:
        if path.is_dir():
            entries = sum(1 for _ in path.iterdir())
            raise SourceError(
                f"{path} was to be read.", f"It is a directory of {entries} entries.", "Name the files in it."
            )
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise SourceError(
            f"{path} was to be read.",
            f"The system answers: {error.strerror or error}.",
            "Check the name and your right to read it.",
        ) from error


def is_of_type(path: Path, magic: bytes) -> bool:
    """Whether a file begins with the given bytes.

    Raises:
        SourceError: when it cannot be opened.
    """
    with open_file(path) as file:
        return file.read(len(magic)) == magic


def _empty(path: Path) -> SourceError:
    return SourceError(f"{path} was to be read.", "The file is empty.", "Fetch it again, or leave it out.")


def _plain(file: IO[bytes], size: int) -> Iterator[bytes]:
    while chunk := file.read(size):
        yield chunk


def _inflated(file: IO[bytes], size: int) -> Iterator[bytes | Failure]:
    """The text of a gzip file of one or several streams, up to where it breaks."""
    inflate = saved = zlib.decompressobj(wbits=31)
    held, at_end = b"", False
    try:
        while True:
            held = held or file.read(_COMPRESSED_READ)
            if not held:
                break
            if inflate.eof:
                if held.startswith(b"\0"):  # padding to a block of a tape or a disk
                    held = held.lstrip(b"\0")
                    continue
                inflate = zlib.decompressobj(wbits=31)
            saved = inflate.copy()
            if chunk := inflate.decompress(held, size):
                yield chunk
            held = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        at_end = inflate.eof
    except zlib.error as error:
        yield from _salvaged(saved, held)
        yield Failure(0, "damaged_file", f"gzip: {error}")
        return
    if rest := inflate.flush():
        yield rest
    if not at_end:
        yield Failure(0, "truncated_file", "the gzip stream breaks off")


def _salvaged(inflate: zlib._Decompress, held: bytes) -> Iterator[bytes]:
    """What a stream still gives before it fails, found by ever smaller steps."""
    for step in _SALVAGE_STEPS:
        saved = inflate.copy()
        with suppress(zlib.error):
            while chunk := inflate.decompress(held, step):
                yield chunk
                held = inflate.unconsumed_tail
                saved = inflate.copy()
        inflate = saved


def _blocks_of_zip(file: IO[bytes], path: Path, size: int) -> Iterator[Block]:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise SourceError(
            f"{path} was to be read.", f"It is a damaged zip archive ({error}).", "Fetch it again."
        ) from error
    members = [member for member in archive.infolist() if _is_data(member)]
    if not members:
        raise SourceError(
            f"{path} was to be read.",
            f"None of its {len(archive.namelist())} members looks like data.",
            "Unpack it and name the files.",
        )
    found = False
    for member in members:
        for block in _blocks(
            inflate_member(file, archive, member, size),
            path,
            PurePosixPath(member.filename).name,
            size,
            optional=True,
        ):
            found = True
            yield block
    if not found:
        raise _empty(path)


def _is_data(member: zipfile.ZipInfo) -> bool:
    name = member.filename.lower()
    parts = PurePosixPath(name).parts
    return not (member.is_dir() or name.endswith(_NOT_DATA) or any(part.startswith(_NOT_DATA_NAMES) for part in parts))


@dataclass
class _Cutter:
    """Cuts text at line ends and counts lines; holds at most one block and one line.

    Pieces of a block are held as they come and copied once, when it is full.
    """

    path: Path
    member: str
    size: int
    line: int = 1
    held: list[bytes] = field(default_factory=list)
    is_skipping: bool = False
    has_bare_returns: bool | None = None
    failures: list[Failure] = field(default_factory=list)

    def cut(self, chunk: bytes) -> Block | None:
        """The whole lines held, once they fill a block."""
        chunk = self._with_line_feeds(chunk)
        if self.is_skipping:
            end = chunk.find(b"\n")
            if end < 0:
                return None
            chunk, self.is_skipping = chunk[end + 1 :], False
            self.line += 1
        self.held.append(chunk)
        if sum(map(len, self.held)) < self.size:
            return None
        block = self._whole_lines()
        if sum(map(len, self.held)) > LONGEST_LINE:
            excerpt = b"".join(self.held)[:EXCERPT_CHARS].decode("utf-8", "replace")
            self.failures.append(Failure(self.line, "line_too_long", excerpt))
            self.held, self.is_skipping = [], True
        return block

    def break_off(self, reason: str, excerpt: str) -> Block | None:
        """The whole lines held; the line in which the text breaks is a failure."""
        block, self.held = self._whole_lines(), []
        self.failures.append(Failure(self.line, reason, excerpt))
        return block

    def close(self) -> Block | None:
        """What is left: a last line without an end, and failures not yet handed over."""
        rest, self.held = b"".join(self.held), []
        if not (rest or self.failures):
            return None
        return self._block(rest if not rest or rest.endswith(b"\n") else rest + b"\n")

    def _whole_lines(self) -> Block | None:
        """Up to the last line end; what comes after it stays held."""
        for at in reversed(range(len(self.held))):
            last = self.held[at]
            if end := last.rfind(b"\n") + 1:
                data = b"".join((*self.held[:at], memoryview(last)[:end]))
                self.held = [last[end:], *self.held[at + 1 :]]
                return self._block(data)
        return None

    def _block(self, data: bytes) -> Block:
        data = data.replace(b"\r\n", b"\n") if b"\r" in data else data
        block = Block(data, self.line, self.member, self.line == 1, tuple(self.failures))
        self.line += len(block.ends)
        self.failures = []
        return block

    def _with_line_feeds(self, chunk: bytes) -> bytes:
        """The first chunk decides whether lines end in bare carriage returns; within other files these are text."""
        if self.has_bare_returns is None:
            if self.line == 1 and not self.held:
                chunk = chunk.removeprefix(_BOM)
            if b"\0" in chunk:
                raise SourceError(
                    f"{self.path} was to be read.",
                    "It is not a text table: it holds zero bytes.",
                    "Name a file of events as text (plain, .gz or .zip), not a program, image or database.",
                )
            if b"\n" in chunk:
                self.has_bare_returns = False
            elif b"\r" in chunk:
                self.has_bare_returns = True
        return chunk.replace(b"\r", b"\n") if self.has_bare_returns else chunk


def _blocks(
    chunks: Iterator[bytes | Failure] | Iterator[bytes], path: Path, member: str, size: int, *, optional: bool = False
) -> Iterator[Block]:
    cutter = _Cutter(path, member, size)
    has_text, broken = False, ""
    for chunk in chunks:
        if isinstance(chunk, Failure):
            broken = chunk.reason
            block = cutter.break_off(chunk.reason, chunk.excerpt)
        else:
            has_text = True
            block = cutter.cut(chunk)
        if block:
            yield block
    if not has_text and (broken or not optional):
        raise _nothing_left(path, broken) if broken else _empty(path)
    if block := cutter.close():
        yield block


def _nothing_left(path: Path, reason: str) -> SourceError:
    return SourceError(
        f"{path} was to be read.", f"Nothing of it can be read ({reason}).", "Fetch it again and compare its digest."
    )
