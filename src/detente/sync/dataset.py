"""Syncing a data set from a Dataverse: its listing, its terms, its files; no file before the terms are accepted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import pipeline
from detente.domain.ledger import Ledger
from detente.domain.tables import SLOTS
from detente.errors import ConfigError
from detente.sources import ReadOptions, find_source
from detente.sources.dataverse import Contents, DataFile, load_dataverse, read_listing
from detente.sources.downloads import Downloads, Fetched, Wanted, check_fetched, only_download
from detente.store.terms import accept_terms, read_terms
from detente.sync.merging import merge_if_many

if TYPE_CHECKING:
    from detente.store import Store

FAMILY = "dataverse"
_GONE = {"absent": ("missing", "listed_but_not_there"), "corrupt": ("corrupt", "not_what_the_list_says")}
_SHOWN = 20
_TERMS_SHOWN = 1500


@dataclass(frozen=True)
class DatasetRequest:
    """What is asked for.

    Args:
        name: Which data set: ``icews`` or ``polecat``.
        now: The moment of asking (UTC, without a zone).
        base: Base address of the Dataverse.
        folder: Where files lie until they are loaded.
        since: Only files that are about this day or later ones.
        until: Only files that are about this day or earlier ones.
        accept_terms: Whether the terms are accepted by asking so.
        keep_files: Whether to leave loaded files in the folder.
    """

    name: str
    now: dt.datetime
    base: str
    folder: Path
    since: dt.date | None = None
    until: dt.date | None = None
    accept_terms: bool = False
    keep_files: bool = False


@dataclass(frozen=True)
class DatasetPlan:
    """What a sync would do.

    Args:
        request: What was asked for.
        store: The store's directory.
        contents: What the data set holds.
        files: What would be fetched and loaded.
        held: Files that are held already.
        changed: Names of held files whose digest is another now; they are left alone.
        accepted: Whether the terms, as they stand, were accepted before.
    """

    request: DatasetRequest
    store: Path
    contents: Contents
    files: tuple[DataFile, ...]
    held: int
    changed: tuple[str, ...]
    accepted: bool

    @property
    def bytes(self) -> int:
        """Bytes to fetch, of the files whose size is listed."""
        return sum(one.bytes or 0 for one in self.files)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "provider": self.request.name,
            "store": str(self.store),
            "base": self.request.base,
            "version": self.contents.version,
            "files": [{"id": f.id, "name": f.label, "bytes": f.bytes, "md5": f.md5} for f in self.files],
            "bytes": self.bytes,
            "already_held": self.held,
            "changed_since_loaded": list(self.changed),
            "other_files": self.contents.others,
            "malformed_entries": self.contents.malformed,
            "terms": self.contents.terms,
            "terms_sha256": self.contents.terms_digest,
            "terms_accepted": self.accepted,
        }

    def __str__(self) -> str:
        unknown = sum(one.bytes is None for one in self.files)
        size = f"{self.bytes / 1e6:,.1f} MB" + (f" and {unknown} of unlisted size" if unknown else "")
        lines = [
            f"plan: fetch {len(self.files):,} files ({size}) of {self.request.name}, version {self.contents.version}, "
            f"from {self.request.base}",
            f"      and load them into {self.store}; {self.held:,} already held and left alone; "
            f"{self.contents.others:,} files there hold no events",
        ]
        lines += [f"changed: {name} is other than when it was loaded; it is left alone" for name in self.changed]
        if self.contents.malformed:
            lines.append(f"listing: {self.contents.malformed:,} entries are malformed and were left out")
        if self.accepted:
            lines.append(f"terms: accepted before ({self.contents.terms_digest[:12]})")
        else:
            words = self.contents.terms or "none are given in the listing; read them on the page of the data set"
            more = " …" if len(words) > _TERMS_SHOWN else ""
            lines += ["terms of the publisher, to be accepted with --accept-terms:", words[:_TERMS_SHOWN] + more]
        return "\n".join(lines)


@dataclass
class DatasetReport:
    """What a sync did.

    Args:
        plan: What was to be done.
        loaded: The account of everything that was loaded.
        loaded_files: Files that were loaded.
        problems: File, what became of it, and why.
        merged: What was made of small batches, in words; empty where nothing was done.
    """

    plan: DatasetPlan
    loaded: Ledger
    loaded_files: int
    problems: list[tuple[str, str, str]]
    merged: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every file was fetched and loaded."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {
            "plan": {key: value for key, value in self.plan.as_dict().items() if key not in {"files", "terms"}},
            "loaded_files": self.loaded_files,
            "merged": self.merged or None,
            "total": {key: value for key, value in self.loaded.as_dict().items() if key != "failures"},
            "problems": [{"name": name, "status": status, "reason": why} for name, status, why in self.problems],
        }

    def __str__(self) -> str:
        ledger = self.loaded
        lines = [
            f"loaded {self.loaded_files:,} files: {ledger.read:,} read = {ledger.kept:,} kept "
            f"+ {sum(ledger.ignored.values()):,} ignored + {sum(ledger.failed.values()):,} failed"
        ]
        lines += [self.merged] if self.merged else []
        lines += [f"{name}: {status.upper()}. {why}" for name, status, why in self.problems[:_SHOWN]]
        if not self.is_whole:
            lines.append("Run the command again: only what is not held will be fetched.")
        return "\n".join(lines)


def plan_dataset(store: Store, downloads: Downloads, request: DatasetRequest) -> DatasetPlan:
    """Read the listing and say what a sync would do; the store is not touched.

    Raises:
        SourceError: when the listing cannot be fetched or read.
        StoreError: when the disk refuses.
    """
    where = load_dataverse()
    dataset = where.datasets[request.name]
    listing = Wanted(f"{request.base}/{where.listing.format(doi=dataset.doi)}", request.folder / "listing.json")
    with only_download(request.folder):
        text = check_fetched(downloads.fetch(listing), "The listing").read_text("utf-8", errors="replace")
    contents = read_listing(text, dataset)
    loaded = _loaded(store, request.name)
    files, held, changed = [], 0, []
    for one in contents.files:
        if (request.since and one.end < request.since) or (request.until and one.start > request.until):
            continue
        if one.name not in loaded:
            files.append(one)
            continue
        held += 1
        if one.md5 and loaded[one.name] not in {None, one.md5}:
            changed.append(one.name)
    accepted = any(
        (terms.provider, terms.sha256) == (request.name, contents.terms_digest) for terms in read_terms(store.path)
    )
    return DatasetPlan(request, store.path, contents, tuple(files), held, tuple(changed), accepted)


def run_dataset(
    store: Store, downloads: Downloads, plan: DatasetPlan, *, progress: pipeline.Progress | None = None
) -> DatasetReport:
    """Do what the plan says, file by file; each is whole and once in the store, or not at all.

    Raises:
        ConfigError: when the terms were not accepted.
        StoreError: when the disk refuses or another process is at work; what was loaded stays loaded.
    """
    request, contents = plan.request, plan.contents
    if not (plan.accepted or request.accept_terms):
        raise ConfigError(
            f"Files of {request.name} were to be fetched.",
            "Its publisher's terms, shown above, were not accepted yet, or have changed since.",
            "Read them; if you may and will keep to them, run the command again with `--accept-terms`.",
        )
    accept_terms(store.path, request.name, contents.terms, contents.terms_digest, now=request.now)
    report, where = DatasetReport(plan, Ledger("all files"), 0, []), load_dataverse()
    with only_download(request.folder):
        for index, one in enumerate(plan.files):
            if progress:
                progress(one.label, index, len(plan.files))
            address = f"{request.base}/{where.address_of(one)}"
            path = request.folder / str(one.id) / one.label
            outcome = downloads.fetch(Wanted(address, path, one.bytes, one.md5))
            store.save_slots(pl.DataFrame(_load(store, one, outcome, report), schema=SLOTS.schema, orient="row"))
    if report.loaded_files:
        report.merged = merge_if_many(store)
    return report


def _load(store: Store, one: DataFile, outcome: Fetched, report: DatasetReport) -> list[tuple[object, ...]]:
    """Load a file that has arrived; returns its row of the table ``slots``, or none where it may come another time."""
    request = report.plan.request
    start = dt.datetime.combine(one.start, dt.time())
    status, rule = "loaded", None
    if outcome.status != "fetched":
        report.problems.append((one.label, outcome.status, outcome.reason))
        if outcome.status not in _GONE:
            return []
        status, rule = _GONE[outcome.status]
    else:
        result = pipeline.load(store, find_source(request.name), [outcome.wanted.path], ReadOptions())
        report.loaded.add(result.total)
        report.loaded_files += len(result.ledgers)
        for _, why in result.failed_files:
            status, rule = "corrupt", "unreadable"
            report.problems.append((one.label, status, why))
        if not request.keep_files:
            outcome.wanted.path.unlink(missing_ok=True)
    return [(request.name, FAMILY, start, one.name, status, rule, one.bytes, one.md5, request.now)]


def _loaded(store: Store, provider: str) -> dict[str, str | None]:
    """Names of files that are held, with the digests that they had."""
    slots = store.slots().filter(pl.col("provider") == provider, pl.col("status") == "loaded")
    return dict(slots.select("name", "md5").iter_rows())
