"""Addresses to whole files on disk: resumed where they broke off, checked, and named only when they are right.

What has arrived lies in ``NAME.part`` with its validator in ``NAME.part.json``; a file of the final name is whole, has
the announced size and MD5, and survives a power cut. A server's faults end in an outcome, never in a guess.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from detente.errors import SourceError, StoreError
from detente.sources.exchange import Broken, Reply, wait_asked
from detente.sources.fetch import Door

#: Two wrong digests are no accident of the line.
_SPOILT_TRIES = 2
#: A list grows at its end; so much of what is held is asked for again and must be the same.
_OVERLAP = 4096
_ABSENT = (404, 410)
_LATER = (408, 425, 429, 500, 502, 503, 504)
_WRONG_RANGE = 416


@dataclass(frozen=True)
class Wanted:
    """A file that is wanted.

    Args:
        url: Its address.
        path: Where to put it.
        bytes: Its size as the provider's list says, or None.
        md5: Its MD5 in hexadecimal, or None.
    """

    url: str
    path: Path
    bytes: int | None = None
    md5: str | None = None


@dataclass(frozen=True)
class Fetched:
    """What became of it.

    Args:
        wanted: The file.
        status: ``fetched`` (whole, at its path), ``absent`` (there is none), ``corrupt`` (what is there is not what
            the list says) or ``failed`` (may work another time).
        reason: What happened, in words; empty when it was fetched.
        bytes: Its size.
        requests: How often the server was asked.
    """

    wanted: Wanted
    status: Literal["fetched", "absent", "corrupt", "failed"]
    reason: str
    bytes: int
    requests: int


@dataclass
class Downloads:
    """Fetches files through a door.

    Args:
        door: The way out, with its patience.
        rng: Spreads the waits, so that many clients do not come back together.
        sleep: Waits so many seconds; returns True to give up. By default it waits for the door's stop.
    """

    door: Door
    rng: random.Random = field(default_factory=random.Random)
    sleep: Callable[[float], bool] | None = None

    def fetch_all(self, wanted: Sequence[Wanted], *, done: Callable[[Fetched], None] | None = None) -> list[Fetched]:
        """Fetch files, several at a time; the outcomes are in the order of the files.

        Where one after another fails, the rest is not tried.

        Raises:
            StoreError: when the disk refuses; what has arrived stays for the next time.
        """
        patience = self.door.patience
        fruitless, outcomes, gives_up = 0, {}, threading.Event()

        def fetch(one: Wanted) -> Fetched:
            return _untried(one) if gives_up.is_set() else self.fetch(one)

        with (
            self.door.kept_open(),
            ThreadPoolExecutor(patience.connections, thread_name_prefix="fetch") as pool,
        ):
            futures = {pool.submit(fetch, one): index for index, one in enumerate(wanted)}
            try:
                for future in as_completed(futures):
                    outcome = outcomes[futures[future]] = future.result()
                    fruitless = fruitless + 1 if outcome.status == "failed" else 0
                    if fruitless >= patience.failures_in_a_row:
                        gives_up.set()
                    if done:
                        done(outcome)
            except BaseException:
                self.door.stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        return [outcomes[index] for index in range(len(wanted))]

    def fetch(self, wanted: Wanted) -> Fetched:
        """Fetch one file, going on where an earlier attempt ended.

        Raises:
            StoreError: when the disk refuses.
        """
        if _is_held(wanted):
            return Fetched(wanted, "fetched", "", wanted.path.stat().st_size, 0)
        if wanted.md5 and _part(wanted).exists() and not _misfit(_part(wanted), wanted):
            return Fetched(wanted, "fetched", "", _name(wanted), 0)  # ended between the last byte and the naming
        patience, requests, failures, spoilt = self.door.patience, 0, 0, 0
        while True:
            requests += 1
            had = _size(_part(wanted))
            try:
                self._attempt(wanted)
            except Broken as broken:
                failures = 0 if _size(_part(wanted)) - had >= patience.progress_bytes else failures + 1
                if broken.is_absent or broken.is_final or failures >= patience.tries:
                    return Fetched(
                        wanted,
                        "absent" if broken.is_absent else "failed",
                        broken.reason,
                        _size(_part(wanted)),
                        requests,
                    )
                if why := self._wait(wanted, broken, failures):
                    return Fetched(wanted, "failed", why, _size(_part(wanted)), requests)
                continue
            misfit = _misfit(_part(wanted), wanted)
            if not misfit:
                return Fetched(wanted, "fetched", "", _name(wanted), requests)
            _discard(wanted)
            spoilt += 1
            if spoilt >= _SPOILT_TRIES:
                return Fetched(wanted, "corrupt", misfit, 0, requests)

    def fetch_growing(self, url: str, path: Path) -> Fetched:
        """Fetch a list that only grows at its end: of one that is held already, only what is new.

        Raises:
            StoreError: when the disk refuses.
        """
        part = Wanted(url, path)
        if path.exists() and path.stat().st_size > _OVERLAP:
            with contextlib.suppress(Broken):
                if self._appended(url, path):
                    return Fetched(part, "fetched", "", path.stat().st_size, 1)
        return self.fetch(part)

    def _appended(self, url: str, path: Path) -> bool:
        """Append what is new; False where the list is not the old one with something added."""
        size = path.stat().st_size
        with self.door.ask(url, {"Range": f"bytes={size - _OVERLAP}-"}) as reply:
            if reply.status != 206 or not reply.says_its_end or _range_start(reply) != size - _OVERLAP:
                return False
            with path.open("rb") as held:
                held.seek(size - _OVERLAP)
                old = held.read()
            new = b"".join(reply.pieces)
        if new[:_OVERLAP] != old:
            return False
        with _disk(path), path.open("ab") as file:
            file.write(new[_OVERLAP:])
            file.flush()
            os.fsync(file.fileno())
        return True

    def _attempt(self, wanted: Wanted) -> None:
        """One request, appended to what has arrived; returns when the body has come to its end."""
        part = _part(wanted)
        had, etag = _resumable(wanted)
        headers = {"Range": f"bytes={had}-", "If-Range": etag} if had and etag else {}
        with self.door.ask(wanted.url, headers) as reply:
            if reply.status == _WRONG_RANGE and had:
                _discard(wanted)
                raise Broken("what had arrived does not fit any more")
            _check_status(reply)
            if wanted.md5 is None and not reply.says_its_end:
                raise Broken("it does not say where it ends, so that a part would pass for the whole")
            is_rest = reply.status == 206 and bool(headers)
            if is_rest and _range_start(reply) != had:
                _discard(wanted)
                raise Broken("it sends another part than the one asked for")
            at = had if is_rest else 0
            if wanted.bytes is not None and reply.length is not None and at + reply.length > 2 * wanted.bytes + 1024:
                raise Broken(f"it announces {at + reply.length:,} bytes; the list says {wanted.bytes:,}", is_final=True)
            with _disk(part):
                part.parent.mkdir(parents=True, exist_ok=True)
                if not is_rest:
                    part.unlink(missing_ok=True)
                _note(wanted).write_text(json.dumps({"url": wanted.url, "etag": reply.etag, "md5": wanted.md5}))
            _append(part, reply.pieces)

    def _wait(self, wanted: Wanted, broken: Broken, failures: int) -> str:
        """Wait as asked, or ever longer; returns why not, where that is too long."""
        patience = self.door.patience
        asked = broken.wait_seconds
        if asked is not None and asked > patience.longest_wait_seconds:
            return f"{broken.reason}, and asks to wait {asked:,.0f} s"
        if asked is not None:
            self.door.hold(wanted.url, asked)
        own = patience.first_wait_seconds * 2 ** max(failures - 1, 0) * self.rng.uniform(0.5, 1.5)
        seconds = min(max(asked or 0.0, own), patience.longest_wait_seconds)
        return "stopped" if (self.sleep or self.door.stop.wait)(seconds) else ""


@contextlib.contextmanager
def only_download(folder: Path) -> Iterator[None]:
    """Let no other process fetch into the same folder.

    Raises:
        StoreError: when one does, or the folder cannot be written.
    """
    with _disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"Files were to be fetched into {folder}.",
                "Another process is doing that.",
                "Wait until it is done, or name another folder with `--downloads`.",
            ) from None
        yield


def _check_status(reply: Reply) -> None:
    if reply.status in {200, 206}:
        return
    reason = f"the server answers {reply.status}"
    if reply.status in _ABSENT:
        raise Broken(reason, is_absent=True)
    if reply.status in _LATER:
        raise Broken(reason, wait_seconds=wait_asked(reply.headers))
    raise Broken(reason, is_final=True)


def _append(part: Path, pieces: Iterator[bytes]) -> None:
    with _disk(part):
        file = part.open("ab", buffering=0)
    with file:
        for piece in pieces:
            with _disk(part):
                left = memoryview(piece)
                while left:
                    left = left[file.write(left) or 0 :]
        with _disk(part):
            os.fsync(file.fileno())


def _misfit(part: Path, wanted: Wanted) -> str:
    """How a whole file differs from what the list says; empty where it does not."""
    size = _size(part)
    if wanted.bytes is not None and size != wanted.bytes:
        return f"it has {size:,} bytes; the list says {wanted.bytes:,}"
    if wanted.md5 is not None and (found := _md5(part)) != wanted.md5:
        return f"its MD5 is {found}; the list says {wanted.md5}"
    return ""


def _name(wanted: Wanted) -> int:
    """Give a file that is right its name, durably; returns its size."""
    with _disk(wanted.path):
        _part(wanted).replace(wanted.path)
        _note(wanted).unlink(missing_ok=True)
        folder = os.open(wanted.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return wanted.path.stat().st_size


def _resumable(wanted: Wanted) -> tuple[int, str | None]:
    """Bytes that have arrived of this very content, and its validator; nothing where that is not sure."""
    try:
        note = json.loads(_note(wanted).read_text())
    except (OSError, ValueError):
        return 0, None
    is_same = note.get("url") == wanted.url and note.get("md5") == wanted.md5 and isinstance(note.get("etag"), str)
    return (_size(_part(wanted)), note["etag"]) if is_same else (0, None)


def _range_start(reply: Reply) -> int | None:
    unit, _, rest = reply.headers.get("content-range", "").partition(" ")
    start = rest.partition("-")[0]
    return int(start) if unit == "bytes" and start.isdecimal() else None


def _is_held(wanted: Wanted) -> bool:
    """Whether the file is there already and known to be right; without a digest nothing is known."""
    return wanted.md5 is not None and wanted.path.exists() and not _misfit(wanted.path, wanted)


def _discard(wanted: Wanted) -> None:
    with _disk(wanted.path):
        _part(wanted).unlink(missing_ok=True)
        _note(wanted).unlink(missing_ok=True)


def _part(wanted: Wanted) -> Path:
    return wanted.path.with_name(wanted.path.name + ".part")


def _note(wanted: Wanted) -> Path:
    return wanted.path.with_name(wanted.path.name + ".part.json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _md5(path: Path) -> str:
    with path.open("rb") as file:  # the provider's lists give MD5: a check against accidents, not against forgers
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _untried(wanted: Wanted) -> Fetched:
    return Fetched(wanted, "failed", "not tried: the files before it failed one after another", 0, 0)


def check_fetched(outcome: Fetched, what: str) -> Path:
    """The path of a file without which nothing goes on.

    Raises:
        SourceError: when it was not fetched.
    """
    if outcome.status != "fetched":
        raise SourceError(
            f"{what} was to be fetched from {outcome.wanted.url}.",
            f"It could not be: {outcome.reason}.",
            "Check the network and the base address (--base), then run the command again; nothing is lost.",
        )
    return outcome.wanted.path


@contextlib.contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Say a failure of the disk in the product's words."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} was to be written.",
            f"The system answers: {error.strerror or error}.",
            "Check free space and access rights there, then run the command again; what has arrived is kept.",
        ) from error
