"""A file of records that can only grow: each holds the digest of the one before, so that a change anywhere shows.

In come records as plain values; out they come again, or a list of what is wrong with the file. A record counts as
saved once ``append`` has returned: it is on the disk then, and the head beside the file counts it. Nothing here knows
what the records are about.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import mmap
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import StoreError
from detente.store.manifest import sync_directory, write_durably
from detente.store.store import Finding

#: Public, versioned name of the form of the file.
CHAIN_NAME = "chain-v1"
FILE, HEAD, TORN = "forecasts.jsonl", "head.json", "torn.bin"
#: What the first record names as the digest before it.
BEFORE_FIRST = "0" * 64
_LOCK_WAIT_SECONDS = 10.0
#: Up to so many new ids are looked for one by one; beyond, all ids of the file are gathered first.
_FEW = 8
_IDS = re.compile(rb'"id":"([^"]+)"')
_FINDINGS_SHOWN = 5
#: Fields that the chain adds to a record.
_LINKS = ("number", "issued_at", "previous", "digest")


@dataclass(frozen=True)
class Head:
    """What has been acknowledged as saved.

    Args:
        count: Records.
        bytes: Length of the file with them.
        digest: Digest of the last of them.
        issued_at: When that was appended.
    """

    count: int = 0
    bytes: int = 0
    digest: str = BEFORE_FIRST
    issued_at: str = ""


@dataclass(frozen=True)
class Appended:
    """What an append did.

    Args:
        saved: Ids of the records that are new.
        held: Ids of those that were there already.
        set_aside: Bytes of a torn line that were set aside first.
    """

    saved: tuple[str, ...]
    held: tuple[str, ...]
    set_aside: int


@dataclass(frozen=True)
class Chain:
    """The file in one directory.

    Args:
        path: The directory; it is made when something is appended.
    """

    path: Path

    def append(self, records: Sequence[Mapping[str, Any]], *, now: Callable[[], dt.datetime] | None = None) -> Appended:
        """Add records that are not there yet; they are on the disk when this returns.

        A torn line that an interrupted write left at the end (``torn-tail-v1``: bytes that the head does not count and
        that are no whole, rightly linked record) is moved to a file beside it first. Two writers wait for one another.

        Args:
            records: JSON-ready values, each with an ``id`` by which a repeated record is known.
            now: The clock; a record is never stamped earlier than the one before it.

        Raises:
            StoreError: when the file cannot be written, another process holds it too long, or the records that it had
                are damaged or missing.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with self._lock(), (self.path / FILE).open("a+b") as file:
                head, set_aside = self._recover(file)
                held = _held_ids(file, [record["id"] for record in records])
                new = {record["id"]: record for record in records if record["id"] not in held}
                lines, last = _link(list(new.values()), head, now or _now)
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
                if lines or set_aside or not (self.path / HEAD).exists():
                    sync_directory(self.path)
                    write_durably(self.path / HEAD, (json.dumps(vars(last)) + "\n").encode())
        except OSError as error:
            raise StoreError(
                f"The ledger {self.path} was to be written.",
                f"{error}.",
                "Name another directory with DETENTE_LEDGER, or leave recording off with `--no-record`.",
            ) from error
        return Appended(tuple(new), tuple(held), set_aside)

    def records(self) -> list[dict[str, Any]]:
        """All whole records in order, up to the first that is none; run ``check`` to learn whether they are sound."""
        found: list[dict[str, Any]] = []
        with contextlib.suppress(FileNotFoundError, _NotARecordError):
            for line in (self.path / FILE).read_bytes().splitlines(keepends=True):
                found.append(_parse(line))
        return found

    def head(self) -> Head:
        """What has been acknowledged as saved; nothing where there is no readable head."""
        try:
            return Head(**json.loads((self.path / HEAD).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return Head()

    def check(self) -> list[Finding]:
        """Every way in which the file is not what was appended; none when all is well."""
        try:
            content = (self.path / FILE).read_bytes()
        except FileNotFoundError:
            content = b""
        head, at, last = self.head(), 0, Head()
        acknowledged, wrong = BEFORE_FIRST, list[str]()
        for number, line in enumerate(content.splitlines(keepends=True), 1):
            try:
                record = _parse(line)
                problem = _problem(record, last)
            except _NotARecordError as error:
                record, problem = None, str(error)
            if problem and at >= head.bytes:
                break  # not acknowledged: what an interrupted write leaves
            at += len(line)
            if problem:
                wrong.append(f"Record {number} of the ledger {problem}.")
            last = Head(record["number"], at, record["digest"], record["issued_at"]) if record else last
            acknowledged = last.digest if last.count == head.count else acknowledged
        if not wrong and last.count >= head.count and acknowledged != head.digest and head.count:
            wrong.append("The ledger is not the one that was acknowledged: its records were written anew.")
        return [*_damage(wrong), *_ends(content, at, last, head)]

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the ledger; wait for another writer."""
        with (self.path / ".lock").open("a+b") as file:
            deadline = time.monotonic() + _LOCK_WAIT_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StoreError(
                            f"The ledger {self.path} was to be written.",
                            f"Another process has held it for {_LOCK_WAIT_SECONDS:.0f} seconds.",
                            "Wait until it is done; nothing it has saved is lost.",
                        ) from None
                    time.sleep(0.01)
            yield

    def _recover(self, file: Any) -> tuple[Head, int]:  # noqa: ANN401 - a binary file
        """Find the end of what is whole, set aside what is not, and leave the file ready to be added to."""
        head = self.head()
        size = file.seek(0, os.SEEK_END)
        if size < head.bytes or _last_digest(file, head) != head.digest:
            raise StoreError(
                f"The ledger {self.path} was to be written.",
                "Records that it had acknowledged are missing or altered.",
                "Run `detente doctor`, and restore the file from a copy.",
            )
        file.seek(head.bytes)
        end = _extend(head, file.read())
        if end.bytes < size:
            file.seek(end.bytes)
            rest = file.read()
            if not head.count and any(_is_record(line) for line in rest.splitlines(keepends=True)):
                raise StoreError(
                    f"The ledger {self.path} was to be written.",
                    f"Its head is missing and record {end.count + 1} is damaged.",
                    "Run `detente doctor`, and restore the file from a copy.",
                )
            with (self.path / TORN).open("ab") as torn:
                torn.write(rest)
                torn.flush()
                os.fsync(torn.fileno())
            file.truncate(end.bytes)
        return end, size - end.bytes


def canonical(value: Mapping[str, Any]) -> bytes:
    """A record as the bytes that are digested: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(record: Mapping[str, Any]) -> str:
    """SHA-256 over a record without its ``digest``, in hexadecimal."""
    return hashlib.sha256(canonical({key: value for key, value in record.items() if key != "digest"})).hexdigest()


class _NotARecordError(Exception):
    """A line is no whole record."""


def _parse(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
        is_whole = line == canonical(record) + b"\n" and set(_LINKS) <= set(record)
    except (ValueError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise _NotARecordError("is not as it was written")
    return dict(record)


def _is_record(line: bytes) -> bool:
    try:
        return bool(_parse(line))
    except _NotARecordError:
        return False


def _extend(head: Head, beyond: bytes) -> Head:
    """The head with the whole, rightly linked records beyond it: an interrupted write had saved these."""
    for line in beyond.splitlines(keepends=True):
        if not _is_record(line) or _problem(record := _parse(line), head):
            break
        head = Head(record["number"], head.bytes + len(line), record["digest"], record["issued_at"])
    return head


def _problem(record: Mapping[str, Any], before: Head) -> str:
    """What is wrong with a record after the one before it; empty when nothing is."""
    if record["digest"] != digest_of(record):
        return "has been altered: its digest does not fit its content"
    if record["previous"] != before.digest or record["number"] != before.count + 1:
        return "does not follow the one before it: a record was altered, removed, added or moved"
    if record["issued_at"] < before.issued_at:
        return "claims an earlier time than the one before it"
    return ""


def _link(records: Sequence[Mapping[str, Any]], head: Head, now: Callable[[], dt.datetime]) -> tuple[bytes, Head]:
    lines = []
    for record in records:
        issued_at = max(now().isoformat(timespec="microseconds"), head.issued_at)
        linked = {**record, "number": head.count + 1, "issued_at": issued_at, "previous": head.digest}
        linked["digest"] = digest_of(linked)
        lines.append(canonical(linked) + b"\n")
        head = Head(head.count + 1, head.bytes + len(lines[-1]), linked["digest"], issued_at)
    return b"".join(lines), head


def _last_digest(file: Any, head: Head) -> str:  # noqa: ANN401 - a binary file
    """The true digest of the last acknowledged record."""
    reach = 65_536
    while head.bytes:
        start = max(head.bytes - reach, 0)
        file.seek(start)
        lines = file.read(head.bytes - start).splitlines(keepends=True)
        if len(lines) > 1 or not start:
            try:
                return digest_of(_parse(lines[-1]))
            except _NotARecordError:
                return ""
        reach *= 16
    return BEFORE_FIRST


def _held_ids(file: Any, wanted: list[str]) -> list[str]:  # noqa: ANN401 - a binary file
    if not file.seek(0, os.SEEK_END):
        return []
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if len(wanted) <= _FEW:
            return [name for name in wanted if content.find(b'"id":"%s"' % name.encode()) >= 0]
        held = set(_IDS.findall(content))
        return [name for name in wanted if name.encode() in held]


def _damage(wrong: list[str]) -> list[Finding]:
    """The first records that are wrong; one altered record makes the next ones wrong too."""
    found = [Finding(text, "Restore the ledger from a copy.") for text in wrong[:_FINDINGS_SHOWN]]
    more = len(wrong) - len(found)
    return [*found, Finding(f"{more} more records are wrong.", "")] if more else found


def _ends(content: bytes, at: int, last: Head, head: Head) -> list[Finding]:
    found = []
    if last.count < head.count:
        missing = head.count - last.count
        found.append(Finding(f"{missing} records at the end of the ledger are missing.", "Restore it from a copy."))
    elif last.count and not head.count:
        found.append(Finding("The ledger's head is missing.", "The next record written makes it anew."))
    if len(content) > at:
        found.append(
            Finding("A torn line is at the end of the ledger.", "The next record written sets it aside (torn-tail-v1).")
        )
    return found


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
