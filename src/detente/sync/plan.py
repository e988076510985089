"""What a sync is asked for, and its plan, which prints itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from detente.sources import gdelt_lists
from detente.sources.gdelt_lists import FIRST, MENTIONS, MENTIONS_TRANSLATED, SECOND, TRANSLATED, Family, Listed, Slot

PROVIDER = "gdelt"
#: Families of files in words.
FAMILIES = {
    FIRST: "events 1.0",
    SECOND: "events 2.0",
    TRANSLATED: "translated events 2.0",
    MENTIONS: "mentions",
    MENTIONS_TRANSLATED: "mentions in translated articles",
}
_DAY, _MONTH = dt.timedelta(days=1), dt.timedelta(days=31)


@dataclass(frozen=True)
class SyncRequest:
    """What is asked for.

    Args:
        since: The first day (UTC); None to go on where the last sync ended.
        until: The last day.
        now: The moment of asking (UTC, without a zone): no slot is expected after it.
        base: Base address of the archive.
        folder: Where files lie until they are loaded.
        translated: Whether to take the translated feed as well.
        mentions: Whether to take the mentions of the events, too.
        keep_files: Whether to leave loaded files in the folder.
    """

    since: dt.date | None
    until: dt.date
    now: dt.datetime
    base: str
    folder: Path
    translated: bool = False
    mentions: bool = False
    keep_files: bool = False

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first moment of the first day to the first moment after the last."""
        first = self.since or self.until
        return dt.datetime.combine(first, dt.time()), dt.datetime.combine(self.until, dt.time()) + _DAY

    @property
    def families(self) -> list[Family]:
        """The families of version 2.0 that are wanted."""
        known = gdelt_lists.load_addresses().families
        feeds = [(SECOND, MENTIONS)] + ([(TRANSLATED, MENTIONS_TRANSLATED)] if self.translated else [])
        return [known[name] for events, mentions in feeds for name in (events, *([mentions] if self.mentions else []))]


@dataclass(frozen=True)
class SyncPlan:
    """What a sync would do.

    Args:
        request: What was asked for, with its first day filled in.
        store: The store's directory.
        files: What would be fetched and loaded, in order of time.
        held: Files of the span that are held already.
        changed: Names of these whose MD5 in the list is no longer the one that was loaded.
        gaps: Rows of the table ``slots``: what is missing, late or empty.
        untold: Such rows for files that are held without the calendar's knowing: after a kill, or a load by hand.
        malformed: Lines of the lists that are not understood.
        notes: What else was found.
    """

    request: SyncRequest
    store: Path
    files: tuple[Listed, ...]
    held: int
    changed: tuple[str, ...]
    gaps: pl.DataFrame
    untold: pl.DataFrame
    malformed: int
    notes: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Bytes to fetch, of the files whose size is listed."""
        return sum(one.bytes or 0 for one in self.files)

    @property
    def days(self) -> int:
        """Days that the files are about, those of whole years and months among them."""
        spans = {(one.slot.start.date(), _last_day(one.slot)) for one in self.files}
        return sum((last - first).days + 1 for first, last in spans)

    @property
    def taken_whole(self) -> list[str]:
        """Files of whole years and months, which reach beyond the span as a rule."""
        return [one.slot.name for one in self.files if _last_day(one.slot) != one.slot.start.date()]

    def gap_counts(self) -> dict[str, int]:
        """Gaps by status."""
        return dict(sorted(self.gaps.group_by("status").len().iter_rows()))

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "provider": PROVIDER,
            "store": str(self.store),
            "base": self.request.base,
            "since": str(self.request.since),
            "until": str(self.request.until),
            "files": [{"name": f.slot.name, "bytes": f.bytes, "md5": f.md5} for f in self.files],
            "bytes": self.bytes,
            "days": self.days,
            "files_by_family": self._by_family(one.slot.family for one in self.files),
            "gaps_by_family": self._by_family(self.gaps["family"]),
            "already_held": self.held,
            "changed_since_loaded": list(self.changed),
            "gaps": self.gap_counts(),
            "known_gaps": self._by_rule(),
            "malformed_lines": self.malformed,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        unknown = sum(one.bytes is None for one in self.files)
        size = size_words(self.bytes) + (f" and {unknown} of unlisted size" if unknown else "")
        lines = [
            f"plan: fetch {count_words(len(self.files), 'file')} ({size}; {count_words(self.days, 'day')}) "
            f"of {PROVIDER}, {self.request.since} to {self.request.until}, from {self.request.base}"
        ]
        if families := self._by_family(one.slot.family for one in self.files):
            lines.append("      " + _listed(families))
        lines.append(f"      and load them into {self.store}; {self.held:,} already held and left alone")
        gaps = _listed(self.gap_counts(), first="count")
        whose = _listed(self._by_family(self.gaps["family"]))
        known = _listed(self._by_rule())
        lines.append(
            f"gaps: {gaps or 'none'}" + (f" ({whose})" if whose else "") + (f"; known: {known}" if known else "")
        )
        if self.changed:
            are = "is" if len(self.changed) == 1 else "are"
            names = ", ".join(self.changed[:3])
            lines.append(
                f"changed: {count_words(len(self.changed), 'file')} {are} other than when loaded; left alone ({names})"
            )
        if self.malformed:
            lines.append(f"lists: {count_words(self.malformed, 'line')} malformed, left out")
        if whole := self.taken_whole:
            names = f"{whole[0]} to {whole[-1]}" if len(whole) > 1 else whole[0]
            lines.append(f"note: files of whole years and months are taken whole ({names})")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _by_family(self, families: Iterable[str]) -> dict[str, int]:
        found = Counter(families)
        return {words: found[name] for name, words in FAMILIES.items() if found[name]}

    def _by_rule(self) -> dict[str, int]:
        rules = [gap.rule for gap in gdelt_lists.load_addresses().known_gaps] + [gdelt_lists.IN_THE_DAILY_FILE]
        known = self.gaps.filter(pl.col("rule").is_in(rules))
        return dict(sorted(known.group_by("rule").len().iter_rows()))


def _last_day(slot: Slot) -> dt.date:
    """The last day that a file is about: of a year or month where its name is one, else the day on which it begins."""
    first = slot.start.date()
    if slot.family != FIRST or len(name := slot.name.partition(".")[0]) == len("20150218"):
        return first
    following = dt.date(first.year + 1, 1, 1) if len(name) == len("2005") else (first + _MONTH).replace(day=1)
    return following - _DAY


def count_words(count: int, noun: str) -> str:
    """So many of something: ``1 file``, ``3,000 files``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def size_words(count: int) -> str:
    """So many bytes: ``0.9 kB``, ``12.3 MB``."""
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 or not count else f"{count / 1e3:,.1f} kB"


def _listed(counts: Mapping[str, int], *, first: Literal["name", "count"] = "name") -> str:
    """Counts in a row: ``events 1.0 5, mentions 190``, or ``380 missing``."""
    return ", ".join(f"{name} {n:,}" if first == "name" else f"{n:,} {name}" for name, n in counts.items())


def downloads_folder(chosen: Path | None, archive: str, base: str) -> Path:
    """Where files lie until they are loaded: apart for each archive and base address.

    Args:
        chosen: The folder to use; by default ``DETENTE_DOWNLOADS``, else the user's cache.
        archive: Whose files.
        base: The base address.
    """
    if chosen is None and (named := os.environ.get("DETENTE_DOWNLOADS")):
        chosen = Path(named)
    if chosen is None:
        from platformdirs import user_cache_path  # noqa: PLC0415 - only needed where no folder is named

        chosen = user_cache_path("detente", appauthor=False) / "downloads"
    return chosen / f"{archive}-{hashlib.sha256(base.rstrip('/').encode()).hexdigest()[:8]}"
