"""What is said between us and a server: how long we bear with it, what it answers, and how an attempt fails."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to bear with a server, and how hard to press it.

    Args:
        tries: Requests for one file that may fail without progress before it is given up.
        stall_seconds: So long may a connection, its headers, or the next byte keep us waiting.
        drip_seconds: Over so long at least ``drip_bytes`` must arrive: below, a file of a usual size takes hours.
        drip_bytes: See ``drip_seconds``.
        progress_bytes: A request that brought so many new bytes does not count as failed.
        first_wait_seconds: Wait before the second try; doubled each time, give or take a half.
        longest_wait_seconds: No wait is longer; a server that asks for more is left for this run.
        connections: Requests to one host at a time.
        most_bytes: No file may be larger; the largest of the providers known is a list of some 150 MB.
        failures_in_a_row: Files failing one after another before the rest is not tried.
    """

    tries: int = 6
    stall_seconds: float = 30.0
    drip_seconds: float = 30.0
    drip_bytes: int = 32 * 1024
    progress_bytes: int = 256 * 1024
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 300.0
    connections: int = 4
    most_bytes: int = 2 * 1024**3
    failures_in_a_row: int = 8


class Broken(Exception):  # noqa: N818 - an attempt, not an error of the tree: it is always answered by another or told
    """An attempt that did not bring what was asked.

    Args:
        reason: What happened.
        is_final: Whether trying again is pointless.
        is_absent: Whether the server says that there is no such file.
        wait_seconds: How long the server asks us to wait.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, is_absent: bool = False, wait_seconds: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.is_final, self.is_absent, self.wait_seconds = reason, is_final, is_absent, wait_seconds


@dataclass
class Reply:
    """An answer whose body is still to be read.

    Args:
        status: The HTTP status.
        headers: By name in lower case.
        pieces: The body, bounded pieces of it; raises ``Broken`` when it stalls, drips or is too long.
        close: Lets go of the body; a server that hangs up leaves it open otherwise.
        is_read: Whether the body was read to its end.
    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    close: Callable[[], None]
    is_read: bool = False

    @property
    def length(self) -> int | None:
        """Bytes of the body, as announced."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isdecimal() else None

    @property
    def says_its_end(self) -> bool:
        """Whether a body that breaks off can be told from one that has ended."""
        return self.length is not None or "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def etag(self) -> str | None:
        """The strong validator of the content, or None: a weak one says nothing of single bytes."""
        text = self.headers.get("etag", "")
        return text if text.startswith('"') else None


def wait_asked(headers: Mapping[str, str], now: Callable[[], dt.datetime] | None = None) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or as a date; None where it asks for nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = now() if now else dt.datetime.now(dt.UTC)
    return max((until - moment).total_seconds(), 0.0)
