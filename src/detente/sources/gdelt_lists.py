"""GDELT's lists of files: which there are, how large, with which digest; and which there should be.

Lists are read as streams, since the longest has over a million lines. A line that is not understood is counted, never
guessed. The archive is one timeline: yearly, monthly and daily files of version 1.0 up to the first slot of version
2.0, and a slot every 15 minutes from there on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

FIRST, SECOND, TRANSLATED = "events_1", "events_2", "events_2_translated"
MENTIONS, MENTIONS_TRANSLATED = "mentions_2", "mentions_2_translated"
SLOT = dt.timedelta(minutes=15)
#: A slot that is not listed may still come for so long; after that it is missing.
LATE_FOR = dt.timedelta(hours=24)
_MD5 = re.compile(r"^[0-9a-fA-F]{32}$")
_ENTRY = re.compile(r'href="([^"/]+)"[^\n]*?\(MD5:\s*([0-9a-fA-F]{32})\)', re.IGNORECASE)
_BACKFILE = re.compile(r"^(\d{4}|\d{6})\.zip$|^(\d{8})\.export\.CSV\.zip$")
_FIRST_MONTHLY, _FIRST_DAILY = dt.date(2006, 1, 1), dt.date(2013, 4, 1)
_BEGINNING = dt.date(1979, 1, 1)
#: This daily file holds the day's last hour, with which version 2.0 begins, as well.
_SHARED_DAY = "20150218.export.CSV.zip"
IN_THE_DAILY_FILE = "in_the_daily_file_of_2015_02_18"


@dataclass(frozen=True)
class Family:
    """One family of files, as the card of addresses says.

    Args:
        name: Its name in the table ``slots``.
        folder: Where its files lie, below the base address.
        suffix: What their names end with.
        list: Path of the list of all, or None.
        latest: Path of the list of the newest slot, or None.
    """

    name: str
    folder: str
    suffix: str
    list: str | None = None
    latest: str | None = None


@dataclass(frozen=True)
class KnownGap:
    """Days without files that are known not to exist."""

    rule: str
    family: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Addresses:
    """Where the files lie; see ``cards/gdelt_files.yaml``."""

    base: str
    first_slot: dt.datetime
    backfile_index: str
    backfile_sizes: str
    families: Mapping[str, Family]
    known_gaps: tuple[KnownGap, ...]


@dataclass(frozen=True)
class Slot:
    """A file of the timeline.

    Args:
        family: The name of its family.
        start: Beginning of the time it is about (UTC).
        name: Its name.
    """

    family: str
    start: dt.datetime
    name: str


@dataclass(frozen=True)
class Listed:
    """A file that a list names; ``bytes`` and ``md5`` are None where the list does not say."""

    slot: Slot
    bytes: int | None
    md5: str | None


@dataclass
class Listing:
    """What lists say about a span.

    Args:
        files: By name, those of the family and the span.
        lines: Lines read.
        others: Lines that name files of other families or of another time.
        malformed: Lines that are not understood.
        examples: The first of these.
    """

    files: dict[str, Listed] = field(default_factory=dict)
    lines: int = 0
    others: int = 0
    malformed: int = 0
    examples: list[str] = field(default_factory=list)

    def saw_malformed(self, line: str) -> None:
        """Count a line that is not understood."""
        self.malformed += 1
        if len(self.examples) < 3:
            self.examples.append(line.strip()[:120])


@cache
def load_addresses() -> Addresses:
    """Read the card of addresses."""
    import yaml  # noqa: PLC0415 - cards are read when somebody asks for one

    text = resources.files("detente.sources").joinpath("cards", "gdelt_files.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    families = {name: Family(name, **entry) for name, entry in raw.pop("families").items()}
    return Addresses(**raw | {"families": families, "known_gaps": tuple(KnownGap(**gap) for gap in raw["known_gaps"])})


def read_list(
    lines: Iterable[bytes], family: Family, since: dt.datetime, until: dt.datetime, into: Listing | None = None
) -> Listing:
    """Read a list of version 2.0: ``size md5 address`` on each line.

    Args:
        lines: The lines, with or without their ends.
        family: The family that is wanted.
        since: The first slot that is wanted.
        until: Slots from here on are not.
        into: A listing to add to.

    Returns:
        The files of the family in the span; where two lines name one file the later holds.
    """
    listing = into or Listing()
    first, last = since.strftime("%Y%m%d%H%M%S"), until.strftime("%Y%m%d%H%M%S")
    for raw in lines:
        words = raw.split()
        if not words:
            continue
        listing.lines += 1
        if len(words) != 3 or not words[0].isdigit():
            listing.saw_malformed(raw.decode("utf-8", "replace"))
            continue
        name = words[2].rpartition(b"/")[2].decode("utf-8", "replace")
        stamp, _, rest = name.partition(".")
        if f".{rest}" != family.suffix or not first <= stamp < last:
            is_name = len(stamp) == 14 and stamp.isdecimal() and bool(rest)
            if is_name:
                listing.others += 1
            else:
                listing.saw_malformed(raw.decode("utf-8", "replace"))
            continue
        md5, start = words[1].decode("ascii", "replace"), _moment(stamp)
        if start is None or not _MD5.match(md5):
            listing.saw_malformed(raw.decode("utf-8", "replace"))
            continue
        listing.files[name] = Listed(Slot(family.name, start, name), int(words[0]), md5.lower())
    return listing


def read_backfile_index(page: str, sizes: str, since: dt.date, until: dt.date, into: Listing | None = None) -> Listing:
    """Read the index of version 1.0: a page of links with MD5 beside them, and a list of ``size name``.

    Args:
        page: The page.
        sizes: The list of sizes; may be empty, then no size is known.
        since: The first day that is wanted.
        until: The last day that is wanted.
        into: A listing to add to.

    Returns:
        The files whose span touches the days.
    """
    listing = into or Listing()
    size_of = {}
    for line in sizes.splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdecimal():
            size_of[words[1]] = int(words[0])
        elif words:
            listing.saw_malformed(line)
    wanted = {slot.name: slot for slot in backfile_slots(since, until)}
    for name, md5 in _ENTRY.findall(page):
        listing.lines += 1
        if name in wanted:
            listing.files[name] = Listed(wanted[name], size_of.get(name), md5.lower())
        else:
            listing.others += 1
    named = sum(bool(_BACKFILE.match(name)) for name in re.findall(r'href="([^"/]+)"', page, re.IGNORECASE))
    with_digest = sum(bool(_BACKFILE.match(name)) for name, _ in _ENTRY.findall(page))
    for _ in range(named - with_digest):
        listing.saw_malformed("a link of the index without its MD5")
    return listing


def backfile_slots(since: dt.date, until: dt.date) -> list[Slot]:
    """The files of version 1.0 whose span touches some days: years, then months, then days."""
    end = min(until, load_addresses().first_slot.date())
    slots, day = [], max(since, _BEGINNING)
    while day <= end:
        if day < _FIRST_MONTHLY:
            first, name = day.replace(month=1, day=1), f"{day:%Y}.zip"
            after = first.replace(year=day.year + 1)
        elif day < _FIRST_DAILY:
            first, name = day.replace(day=1), f"{day:%Y%m}.zip"
            after = (first + dt.timedelta(days=32)).replace(day=1)
        else:
            first, name = day, f"{day:%Y%m%d}.export.CSV.zip"
            after = day + dt.timedelta(days=1)
        slots.append(Slot(FIRST, _midnight(first), name))
        day = after
    return slots


def expected_slots(family: Family, since: dt.datetime, until: dt.datetime) -> Iterator[Slot]:
    """Every quarter of an hour of version 2.0 from ``since`` to before ``until``."""
    start = max(since, load_addresses().first_slot)
    start += -(start - _midnight(start.date())) % SLOT
    while start < until:
        yield Slot(family.name, start, f"{start:%Y%m%d%H%M%S}{family.suffix}")
        start += SLOT


def known_gap(slot: Slot) -> str | None:
    """The rule by which a file is known not to exist, or None."""
    family = slot.family if slot.family == FIRST else SECOND
    for gap in load_addresses().known_gaps:
        if gap.family == family and gap.first <= slot.start.date() <= gap.last:
            return gap.rule
    return None


def without_shared_hour(
    files: Mapping[str, Listed], names_held: Iterable[str]
) -> tuple[dict[str, Listed], list[Listed]]:
    """The files to load, and the slots of 2015-02-18 that the daily file of that day holds already.

    Version 2.0 begins with the last hour of a day whose daily file exists: loading both would count that hour twice.
    """
    if _SHARED_DAY not in files and _SHARED_DAY.removesuffix(".zip") not in set(names_held):
        return dict(files), []
    day = dt.date(2015, 2, 18)
    shared = [one for one in files.values() if one.slot.family != FIRST and one.slot.start.date() == day]
    names = {one.slot.name for one in shared if one.slot.family == SECOND}
    return {name: one for name, one in files.items() if name not in names}, [o for o in shared if o.slot.name in names]


def _moment(stamp: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the tables' clock is UTC without a zone
    except ValueError:
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
