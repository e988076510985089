"""A file of records that can only grow: each holds the digest of the one before, so that a change anywhere shows.

In come records as plain values; out they come again, or a list of what is wrong with the file. A record counts as
saved once ``append`` has returned: it is on the disk then, and the head beside the file counts it. Nothing here knows
what the records are about.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import StoreError
from detente.store.lock import locked
from detente.store.manifest import write_durably
from detente.store.store import Finding

#: Public, versioned name of the form of the file.
CHAIN_NAME = "chain-v1"
FILE, HEAD, TORN, IDS = "forecasts.jsonl", "head.json", "torn.bin", "ids.txt"
#: What the first record names as the digest before it.
BEFORE_FIRST = "0" * 64
_LOCK_WAIT_SECONDS = 10.0
_FINDINGS_SHOWN = 5
#: Letters of a record's short id: among a million records, two alike by chance are one in some thirty million.
ID_LETTERS = 16
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
        ids: Ids of all, in the order they were handed over.
        set_aside: Bytes of a torn line that were set aside first.
    """

    saved: tuple[str, ...]
    held: tuple[str, ...]
    ids: tuple[str, ...]
    set_aside: int


@dataclass(frozen=True)
class Chain:
    """The file in one directory.

    Args:
        path: The directory; it is made when something is appended.
        file: The file's name; each chain has a directory of its own.
    """

    path: Path
    file: str = FILE

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
            with (
                locked(self.path, "ledger", wait_seconds=_LOCK_WAIT_SECONDS),
                (self.path / self.file).open("a+b") as file,
            ):
                head, set_aside = self._recover(file)
                known = _read_ids(self.path, file, head)
                held = {record["id"] for record in records} & known
                new = {record["id"]: record for record in records if record["id"] not in held}
                lines, last = _link(list(new.values()), head, now or _now)
                self._save(file, lines, last)
                with (self.path / IDS).open("ab") as ids:
                    ids.write(b"".join(name.encode() + b"\n" for name in new))
        except OSError as error:
            raise StoreError(
                f"The ledger {self.path} was to be written.",
                f"{error}.",
                "Name another directory with DETENTE_LEDGER; an outlook is not written down with `--no-record`.",
            ) from error
        return Appended(tuple(new), tuple(held), tuple(record["id"] for record in records), set_aside)

    def records(self) -> list[dict[str, Any]]:
        """All whole records in order, up to the first that is none; run ``check`` to learn whether they are sound."""
        return list(itertools.takewhile(bool, map(read_record, self._lines())))  # type: ignore[arg-type]

    def head(self) -> Head:
        """What has been acknowledged as saved; nothing where there is no readable head."""
        try:
            return Head(**json.loads((self.path / HEAD).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return Head()

    def check(self) -> list[Finding]:
        """Every way in which the file is not what was appended; none when all is well."""
        head, at, last = self.head(), 0, Head()
        acknowledged, wrong = BEFORE_FIRST, list[str]()
        lines = self._lines()
        for number, line in enumerate(lines, 1):
            record = read_record(line)
            problem = _problem(record, last)
            if problem and at >= head.bytes:
                break  # not acknowledged: what an interrupted write leaves
            at += len(line)
            if problem:
                wrong.append(f"Record {number} of the ledger {problem}.")
            last = Head(record["number"], at, record["digest"], record["issued_at"]) if record else last
            acknowledged = last.digest if last.count == head.count else acknowledged
        if not wrong and last.count >= head.count and acknowledged != head.digest and head.count:
            wrong.append("The ledger is not the one that was acknowledged: its records were written anew.")
        return [*_damage(wrong), *_ends(sum(map(len, lines)), at, last, head)]

    def _lines(self) -> list[bytes]:
        try:
            return (self.path / self.file).read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []

    def _save(self, file: Any, lines: bytes, last: Head) -> None:  # noqa: ANN401 - a binary file
        """Put the lines on the disk, then acknowledge them in the head."""
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
        if last != self.head():
            write_durably(self.path / HEAD, (json.dumps(vars(last)) + "\n").encode())

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
            if not head.count and any(read_record(line) for line in rest.splitlines(keepends=True)):
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


def read_record(line: bytes) -> dict[str, Any] | None:
    """A line as a record whose digest fits its bytes; None where it is none."""
    try:
        record = json.loads(line)
        without = line.replace(b'"digest":"%s",' % record["digest"].encode(), b"", 1)
        is_whole = set(_LINKS) <= set(record) and line.endswith(b"\n")
        is_whole = is_whole and hashlib.sha256(without[:-1]).hexdigest() == record["digest"]
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    return dict(record) if is_whole else None


def _extend(head: Head, beyond: bytes) -> Head:
    """The head with the whole, rightly linked records beyond it: an interrupted write had saved these."""
    for line in beyond.splitlines(keepends=True):
        record = read_record(line)
        if record is None or _problem(record, head):
            break
        head = Head(record["number"], head.bytes + len(line), record["digest"], record["issued_at"])
    return head


def _problem(record: Mapping[str, Any] | None, before: Head) -> str:
    """What is wrong with a record after the one before it; empty when nothing is."""
    if record is None:
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
            record = read_record(lines[-1])
            return str(record["digest"]) if record else ""
        reach *= 16
    return BEFORE_FIRST


def _read_ids(directory: Path, file: Any, head: Head) -> set[str]:  # noqa: ANN401 - a binary file
    """The ids of all records, from the list beside the file; the list is made anew where it does not fit."""
    ids = (directory / IDS).read_text("utf-8") if (directory / IDS).exists() else ""
    if ids.count("\n") != head.count:
        file.seek(0)
        ids = "".join(f"{json.loads(line)['id']}\n" for line in file.read().splitlines())
        (directory / IDS).write_text(ids, "utf-8")
    return set(ids.split())


def _damage(wrong: list[str]) -> list[Finding]:
    """The first records that are wrong; one altered record makes the next ones wrong too."""
    found = [Finding(text, "Restore the ledger from a copy.") for text in wrong[:_FINDINGS_SHOWN]]
    more = len(wrong) - len(found)
    return [*found, Finding(f"{more} more records are wrong.", "")] if more else found


def _ends(length: int, at: int, last: Head, head: Head) -> list[Finding]:
    found = []
    if last.count < head.count:
        missing = head.count - last.count
        found.append(Finding(f"{missing} records at the end of the ledger are missing.", "Restore it from a copy."))
    elif last.count and not head.count:
        found.append(Finding("The ledger's head is missing.", "The next record written makes it anew."))
    if length > at:
        found.append(
            Finding("A torn line is at the end of the ledger.", "The next record written sets it aside (torn-tail-v1).")
        )
    return found


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
