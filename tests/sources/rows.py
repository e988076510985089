"""Rows in the forms of the providers, made up for tests."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from detente.domain.ledger import Failure, Ledger
from detente.domain.tables import COVERAGE, EVENTS, check_table
from detente.sources import ReadOptions, find_source

ICEWS_HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t"
    "Target Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\t"
    "Country\tLatitude\tLongitude"
)


def icews_row(key: int = 1, **other: str) -> str:
    """One row of an ICEWS tab file: the United States consult with Russia in Finland."""
    row = {
        "Event ID": str(key), "Event Date": "2018-07-16", "Source Name": "Donald Trump",
        "Source Sectors": "Executive,Government", "Source Country": "United States", "Event Text": "Consult",
        "CAMEO Code": "040", "Intensity": "1", "Target Name": "Vladimir Putin", "Target Sectors": "Government,Military",
        "Target Country": "Russian Federation", "Story ID": "77", "Sentence Number": "3", "Publisher": "A paper",
        "City": "Helsinki", "District": "", "Province": "", "Country": "Finland", "Latitude": "60", "Longitude": "25",
    } | {name.replace("_", " "): value for name, value in other.items()}  # fmt: skip
    return "\t".join(row[name] for name in ICEWS_HEADER.split("\t"))


def gdelt_row(key: int = 1, *, width: int = 61, **other: str) -> str:
    """One row of a GDELT export: Russia threatens Ukraine, in Ukraine."""
    row = [""] * width
    place, added = (53, 59) if width == 61 else (51, 56)
    values = {
        "event_id": (0, str(key)), "day": (1, "20180326"), "code1": (5, "RUSGOV"), "country1": (7, "RUS"),
        "type1": (12, "GOV"), "code2": (15, "UKRMIL"), "country2": (17, "UKR"), "type2": (22, "MIL"),
        "event": (26, "130"), "goldstein": (30, "-4.4"), "place": (place, "UP"), "division": (place + 1, ""),
        "added": (added, "20180326044500" if width == 61 else "20180326"),
    }  # fmt: skip
    if width != 57:
        row[-1] = "https://example.org/article"
    for name, (position, value) in values.items():
        row[position] = other.get(name, value)
    return "\t".join(row)


def mention_row(key: int = 1, **other: str) -> str:
    """One row of a GDELT mentions file: the third sentence of an article tells of an event."""
    row = {
        "event": str(key), "day": "20180326000000", "found": "20180326044500", "medium": "1", "outlet": "example.org",
        "url": "https://example.org/article", "sentence": "3", "actor": "120", "recipient": "150", "action": "133",
        "raw": "1", "confidence": "60", "length": "2413", "tone": "-3.75", "translation": "", "extras": "",
    } | other  # fmt: skip
    return "\t".join(row.values())


POLECAT_HEADER = "\t".join((
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
))  # fmt: skip


def polecat_row(key: int = 1, **other: str) -> str:
    """One row of a POLECAT file: France threatens Germany, in Italy."""
    row = dict.fromkeys(POLECAT_HEADER.split("\t"), "None") | {
        "Event ID": f"NGEC{key}", "Event Date": "2023-07-26", "Event Type": "THREATEN", "Event Mode": "warn",
        "Intensity": "-5.5", "Actor Name": "A minister", "Actor Country": "FRA", "Primary Actor Sector": "GOV",
        "Recipient Name": "An army", "Recipient Country": "DEU", "Primary Recipient Sector": "MIL",
        "Country": "ITA", "Source": "A paper", "Publication Date": "2023-07-27", "Language": "fr",
    } | {name.replace("_", " "): value for name, value in other.items()}  # fmt: skip
    return "\t".join(row.values())


def keds_row(day: str = "790415", actor: str = "USA", recipient: str = "USR", code: str = "031") -> str:
    """One row of a tab-separated KEDS file: the United States meet the Soviet Union."""
    return f"{day}\t{actor}\t{recipient}\t{code}\t(MEET)\tMEETING"


@dataclass(frozen=True)
class Whole:
    """All parts of a file together."""

    events: pl.DataFrame
    days: pl.DataFrame
    ledger: Ledger
    parts: int

    @property
    def failed(self) -> Counter[str]:
        """Failures by reason."""
        return self.ledger.failed

    def failure(self) -> Failure:
        """The only failure listed."""
        assert len(self.ledger.failures) == 1
        return self.ledger.failures[0]


def read_whole(name: str, path: Path, options: ReadOptions | None = None, **how: int) -> Whole:
    """Read a file, check every part of it, and put the parts together."""
    ledger = Ledger(str(path))
    events, days = [EVENTS.empty()], [COVERAGE.empty()]
    for part in find_source(name).read(path, options or ReadOptions(), **how):
        part.ledger.check()
        events.append(check_table(part.events, EVENTS))
        days.append(check_table(part.days, COVERAGE))
        assert part.ledger.kept == part.events.height
        ledger.add(part.ledger)
    ledger.check()
    known = ["provider", "day", "known_at", "status"]
    summed = pl.concat(days).group_by(known).agg(pl.sum("rows")).select(COVERAGE.names).sort("day", "known_at")
    return Whole(pl.concat(events), summed, ledger, len(events) - 1)


def utc(text: str) -> dt.datetime:
    """A time of the tables' clock: UTC without a zone."""
    return dt.datetime.fromisoformat(text)


def write_lines(path: Path, lines: Iterable[str | bytes], end: bytes = b"\n") -> Path:
    """Write lines with the given line end."""
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    path.write_bytes(b"".join(line + end for line in raw))
    return path
