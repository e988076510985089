"""Members of a zip archive as bounded chunks of text, inflated by the fastest library at hand.

``isal`` is some two and a half times as fast as the standard library's zlib, which takes over where it is missing,
where a member is packed in another way than usual, and where one is damaged: then small steps save what can be saved.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import IO, Any

from detente.domain.ledger import Failure

_fast: Any = zlib
with suppress(ImportError):  # where there is none for the platform
    _fast = import_module("isal.isal_zlib")

#: Inflates to some 4 MB: pieces that the C library keeps for the next when they are freed.
_COMPRESSED_READ = 1024 * 1024
_CAREFUL_READ = 65536
_LOCAL_HEADER = struct.Struct("<26xHH")
_RAW = -15
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, _fast.error, EOFError, NotImplementedError, RuntimeError, struct.error)


def inflate_member(
    file: IO[bytes], archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int
) -> Iterator[bytes | Failure]:
    """The text of one member in chunks of at most ``size`` bytes, and a failure at its end where it is damaged."""
    given = 0
    try:
        for chunk in _quickly(file, archive, member, size):
            given += len(chunk)
            yield chunk
    except _BROKEN:
        yield from _carefully(archive, member, size, given)


def _quickly(file: IO[bytes], archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
    if member.compress_type != zipfile.ZIP_DEFLATED or member.flag_bits & _ENCRYPTED:
        with archive.open(member) as stream:
            while chunk := stream.read(size):
                yield chunk
        return
    file.seek(member.header_offset)
    file.seek(sum(_LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))), 1)
    inflate = _fast.decompressobj(_RAW)
    left, total, crc, held = member.compress_size, 0, 0, b""
    while not inflate.eof:
        if not held:
            held = file.read(min(left, _COMPRESSED_READ))
            left -= len(held)
        chunk = inflate.decompress(held, size)
        if not (chunk or held or left):
            raise EOFError
        held = inflate.unconsumed_tail
        total, crc = total + len(chunk), _fast.crc32(chunk, crc)
        if chunk:
            yield chunk
    if (total, crc) != (member.file_size, member.CRC):
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {member.filename!r}")


def _carefully(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int, given: int) -> Iterator[bytes | Failure]:
    """What a damaged member still gives beyond what was given already, and what is wrong with it."""
    pieces: list[bytes] = []
    try:
        with archive.open(member) as stream:
            stream.read(given)
            while piece := stream.read(_CAREFUL_READ):
                pieces.append(piece)
                if len(pieces) * _CAREFUL_READ >= size:
                    yield b"".join(pieces)
                    pieces = []
        reason = "it differs from what the archive says of it"
    except _BROKEN as error:
        reason = str(error)
    if pieces:
        yield b"".join(pieces)
    yield Failure(0, "damaged_file", f"zip member {member.filename}: {reason}")
