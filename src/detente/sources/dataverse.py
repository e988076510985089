"""A data set on a Dataverse: its files, with sizes and digests, and the terms on which they may be used.

Its listing is one JSON document. Two files may share a label, so that a file is known by its id and its label.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from detente.errors import SourceError

_YEAR = re.compile(r"(?<!\d)(19[789]\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)((?:19[789]\d|20\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
_BEGINS_WITH_DAY = re.compile(r"^\d{8}-")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Dataset:
    """A data set that is known here.

    Args:
        name: The name of its source.
        doi: Its DOI.
        files: Pattern of the labels of files that hold events.
    """

    name: str
    doi: str
    files: str


@dataclass(frozen=True)
class Dataverse:
    """Where data sets lie; see ``cards/dataverse.yaml``."""

    base: str
    listing: str
    file: str
    redirect_hosts: tuple[str, ...]
    datasets: Mapping[str, Dataset]

    def address_of(self, file: DataFile) -> str:
        """Where a file is, below the base address."""
        return self.file.format(id=file.id) + ("?format=original" if file.is_converted else "")


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Args:
        id: Its number there.
        label: Its name.
        bytes: Its size as it was published, where that is told.
        md5: Its MD5, where that is told of the file as published.
        start: First day that it is about, as its name says; the day it was put there where the name says nothing.
        end: Last such day.
        is_converted: Whether the Dataverse made a table of its own of it, so that the original must be asked for.
    """

    id: int
    label: str
    bytes: int | None
    md5: str | None
    start: dt.date
    end: dt.date
    is_converted: bool = False

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.id}-{self.label}"


@dataclass(frozen=True)
class Contents:
    """What a data set holds.

    Args:
        version: Its version, as published.
        terms: The terms of use in the publisher's words.
        files: Files of events, in order of time.
        others: Files that hold none.
        malformed: Entries that are not understood.
    """

    version: str
    terms: str
    files: tuple[DataFile, ...]
    others: int
    malformed: int

    @property
    def terms_digest(self) -> str:
        """SHA-256 of the terms, in hexadecimal."""
        return hashlib.sha256(self.terms.encode()).hexdigest()


@cache
def load_dataverse() -> Dataverse:
    """Read the card of data sets."""
    import yaml  # noqa: PLC0415 - cards are read when somebody asks for one

    text = resources.files("detente.sources").joinpath("cards", "dataverse.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    datasets = {name: Dataset(name, **entry) for name, entry in raw.pop("datasets").items()}
    return Dataverse(**raw | {"datasets": datasets, "redirect_hosts": tuple(raw["redirect_hosts"])})


def read_listing(text: str, dataset: Dataset) -> Contents:
    """Read the listing of a data set.

    Raises:
        SourceError: when it is no listing.
    """
    try:
        content = json.loads(text)
        version = content["data"]
        entries = list(version["files"])
    except (ValueError, TypeError, KeyError):
        raise SourceError(
            f"The listing of {dataset.name} ({dataset.doi}) was to be read.",
            f"It is none: {text[:80]!r}.",
            "Check the base address (--base), or try again later.",
        ) from None
    files, others, malformed = [], 0, 0
    for entry in entries:
        found = _file_of(entry)
        if found is None:
            malformed += 1
        elif re.search(dataset.files, found.label):
            files.append(found)
        else:
            others += 1
    files.sort(key=lambda file: (file.start, file.end, file.id))
    number = f"{version.get('versionNumber', '?')}.{version.get('versionMinorNumber', '?')}"
    return Contents(number, _terms_of(version), tuple(files), others, malformed)


def span_of(label: str) -> tuple[dt.date, dt.date] | None:
    """The days that a file's name says it is about: one day, one year; None where it says nothing."""
    day = _DAY.match(label) if _BEGINS_WITH_DAY.match(label) else None
    day = day or (_DAY.search(label) if "release" in label.lower() else None)
    if day:
        start = dt.datetime.strptime(day.group(1), "%Y%m%d").date()  # noqa: DTZ007 - a day
        return (start, start) if _BEGINS_WITH_DAY.match(label) else (start - dt.timedelta(days=7), start)
    year = _YEAR.search(label)
    return (dt.date(int(year.group(1)), 1, 1), dt.date(int(year.group(1)), 12, 31)) if year else None


def _file_of(entry: Any) -> DataFile | None:  # noqa: ANN401 - a JSON value
    try:
        file = entry["dataFile"]
        label, number = str(file.get("originalFileName") or entry["label"]), int(file["id"])
        made = dt.date.fromisoformat(str(file.get("creationDate", "1995-01-01"))[:10])
        start, end = span_of(label) or (made, made)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if "/" in label or label.startswith(".") or not label:
        return None
    # Of a table that the Dataverse converted, size and digest are those of the conversion, not of what was published.
    is_converted = "originalFileFormat" in file or "originalFileName" in file
    size = file.get("originalFileSize") if is_converted else file.get("filesize")
    md5 = None if is_converted else _md5_of(file)
    return DataFile(number, label, size if isinstance(size, int) else None, md5, start, end, is_converted)


def _md5_of(file: Mapping[str, Any]) -> str | None:
    checksum = file.get("checksum") or {}
    text = file.get("md5") or (checksum.get("value") if checksum.get("type") == "MD5" else None)
    return text.lower() if isinstance(text, str) and re.fullmatch(r"[0-9a-fA-F]{32}", text) else None


def _terms_of(version: Mapping[str, Any]) -> str:
    licence = version.get("license")
    name = licence.get("name") if isinstance(licence, dict) else licence
    parts = (name, version.get("termsOfUse"), version.get("restrictions"), version.get("conditions"))
    text = "\n".join(_TAG.sub(" ", part) for part in parts if isinstance(part, str))
    return re.sub(r"[ \t]+", " ", text).strip()
