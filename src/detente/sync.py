"""Bringing an archive home: observe the lists, plan, fetch, load. What is held already is never fetched again.

Everything can be stopped at any moment: what has arrived is resumed, what is loaded is in the store's manifest, and the
next run plans from these two. Files are fetched and loaded a chunk at a time, so that the disk holds few of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import pipeline
from detente.domain.ledger import Ledger
from detente.domain.tables import SLOTS
from detente.errors import ConfigError
from detente.sources import ReadOptions, find_source, gdelt_lists
from detente.sources.downloads import Downloads, Fetched, Wanted, check_fetched, only_download
from detente.sources.gdelt_lists import FIRST, SECOND, TRANSLATED, Family, Listed, Listing, Slot

if TYPE_CHECKING:
    from detente.store import Store

PROVIDER = "gdelt"
#: What a chunk may hold: about an hour of fetching on a slow line, and disk that any laptop has.
_FILES_A_CHUNK, _BYTES_A_CHUNK = 480, 500_000_000
_DAY = dt.timedelta(days=1)
#: What a file that cannot be had is in the gap calendar, and why.
_GONE = {"absent": ("missing", "listed_but_not_there"), "corrupt": ("corrupt", "not_what_the_list_says")}

#: Called with what is under way, the files finished, and the files in all.
Progress = Callable[[str, int, int], None]


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
        keep_files: Whether to leave loaded files in the folder.
    """

    since: dt.date | None
    until: dt.date
    now: dt.datetime
    base: str
    folder: Path
    translated: bool = False
    keep_files: bool = False


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
        malformed: Lines of the lists that are not understood.
        notes: What else was found.
    """

    request: SyncRequest
    store: Path
    files: tuple[Listed, ...]
    held: int
    changed: tuple[str, ...]
    gaps: pl.DataFrame
    malformed: int
    notes: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Bytes to fetch, of the files whose size is listed."""
        return sum(one.bytes or 0 for one in self.files)

    @property
    def days(self) -> int:
        """Days that the files begin on."""
        return len({one.slot.start.date() for one in self.files})

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
            "already_held": self.held,
            "changed_since_loaded": list(self.changed),
            "gaps": self.gap_counts(),
            "known_gaps": self._by_rule(),
            "malformed_lines": self.malformed,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        unknown = sum(one.bytes is None for one in self.files)
        size = f"{self.bytes / 1e6:,.1f} MB" + (f" and {unknown} of unlisted size" if unknown else "")
        lines = [
            f"plan: fetch {len(self.files):,} files ({size}; {self.days:,} days) of {PROVIDER}, "
            f"{self.request.since} to {self.request.until}, from {self.request.base}",
            f"      and load them into {self.store}; {self.held:,} already held and left alone",
        ]
        gaps = ", ".join(f"{count:,} {status}" for status, count in self.gap_counts().items())
        known = ", ".join(f"{name} {count:,}" for name, count in self._by_rule().items())
        lines.append(f"gaps: {gaps or 'none'}" + (f" (known: {known})" if known else ""))
        if self.changed:
            lines.append(
                f"changed: {len(self.changed):,} files are other than when they were loaded; they are left alone "
                f"({', '.join(self.changed[:3])})"
            )
        if self.malformed:
            lines.append(f"lists: {self.malformed:,} lines are malformed and were left out")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _by_rule(self) -> dict[str, int]:
        rules = [gap.rule for gap in gdelt_lists.load_addresses().known_gaps] + [gdelt_lists.IN_THE_DAILY_FILE]
        known = self.gaps.filter(pl.col("rule").is_in(rules))
        return dict(sorted(known.group_by("rule").len().iter_rows()))


@dataclass
class SyncReport:
    """What a sync did.

    Args:
        plan: What was to be done.
        fetched: Files that arrived whole.
        bytes: Their bytes.
        loaded: The account of everything that was loaded.
        loaded_files: Files that were loaded.
        problems: File, what became of it (absent, corrupt, empty or failed) and why.
    """

    plan: SyncPlan
    fetched: int = 0
    bytes: int = 0
    loaded: Ledger = field(default_factory=lambda: Ledger("all files"))
    loaded_files: int = 0
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every file that is there was fetched and loaded; a file that does not exist is only a gap."""
        return all(status in {"absent", "empty"} for _, status, _ in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {
            "plan": {key: value for key, value in self.plan.as_dict().items() if key != "files"},
            "fetched": self.fetched,
            "bytes": self.bytes,
            "loaded_files": self.loaded_files,
            "total": {key: value for key, value in self.loaded.as_dict().items() if key != "failures"},
            "problems": [{"name": name, "status": status, "reason": why} for name, status, why in self.problems],
        }

    def __str__(self) -> str:
        ledger = self.loaded
        lines = [
            f"fetched {self.fetched:,} files ({self.bytes / 1e6:,.1f} MB), loaded {self.loaded_files:,}: "
            f"{ledger.read:,} read = {ledger.kept:,} kept + {sum(ledger.ignored.values()):,} ignored "
            f"+ {sum(ledger.failed.values()):,} failed"
        ]
        lines += [f"{name}: {status.upper()}. {why}" for name, status, why in self.problems[:20]]
        if len(self.problems) > 20:
            lines.append(f"and {len(self.problems) - 20:,} more (see --json)")
        if not self.is_whole:
            lines.append("Run the command again: only what is not held will be fetched.")
        return "\n".join(lines)


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


def plan_sync(store: Store, downloads: Downloads, request: SyncRequest) -> SyncPlan:
    """Read the lists and say what a sync would do; the store is not touched.

    Raises:
        ConfigError: when the span makes no sense, or no first day is given and nothing was ever synced.
        SourceError: when a list cannot be fetched.
        StoreError: when the disk refuses.
    """
    request = _with_since(store, request)
    with only_download(request.folder):
        listing, notes = _observe(downloads, request)
    names_held = _names_held(store)
    wanted, shared = gdelt_lists.without_shared_hour(listing.files, names_held)
    gaps = [_row(one.slot, "missing", gdelt_lists.IN_THE_DAILY_FILE, request.now, one) for one in shared]
    gaps += [
        _row(slot, *_why_not_listed(slot, request.now), request.now)
        for slot in _expected(request)
        if slot.name not in listing.files and slot.name.removesuffix(".zip") not in names_held
    ]
    loaded_md5 = dict(store.slots().filter(pl.col("status") == "loaded").select("name", "md5").iter_rows())
    files, held, changed = [], 0, []
    for name, one in sorted(wanted.items(), key=lambda item: (item[1].slot.start, item[0])):
        if name.removesuffix(".zip") in names_held:
            held += 1
            if one.md5 and loaded_md5.get(name) not in {None, one.md5}:
                changed.append(name)
        elif one.bytes == 0:
            gaps.append(_row(one.slot, "empty", "listed_with_no_bytes", request.now, one))
        else:
            files.append(one)
    return SyncPlan(
        request, store.path, tuple(files), held, tuple(changed), _table(gaps), listing.malformed, tuple(notes)
    )


def run_sync(store: Store, downloads: Downloads, plan: SyncPlan, *, progress: Progress | None = None) -> SyncReport:
    """Do what the plan says: fetch and load, a chunk at a time.

    Raises:
        StoreError: when the disk refuses or another process is at work; what was loaded stays loaded.
    """
    report = SyncReport(plan)
    spans = [(PROVIDER, family.name, *_span(plan.request)) for family in _families(plan.request)]
    spans.append((PROVIDER, FIRST, *_span(plan.request)))
    columns = ["provider", "family", "since", "until"]
    store.save_slots(plan.gaps, looked_over=pl.DataFrame(spans, schema=columns, orient="row"))
    done = 0
    with only_download(plan.request.folder):
        for chunk in _chunks(plan.files):
            arrived, gone = _fetch(downloads, plan, chunk, report, _from(progress, "fetch", done, len(plan.files)))
            rows = _load(store, plan, arrived, report, _from(progress, "load", done, len(plan.files)))
            store.save_slots(_table(gone + rows))
            done += len(chunk)
    return report


def _with_since(store: Store, request: SyncRequest) -> SyncRequest:
    since = request.since or _last_synced(store)
    if since is None:
        raise ConfigError(
            "The archive was to be synced.",
            "Nothing of it was synced before, so that there is no day to go on from.",
            "Say from when: `detente sync gdelt --since 2024-01-01`.",
        )
    if since > request.until or since > request.now.date():
        raise ConfigError(
            f"The days {since} to {request.until} were to be synced.",
            "The span is empty, or lies in the future.",
            "Choose --since before --until.",
        )
    return SyncRequest(**vars(request) | {"since": since, "base": request.base.rstrip("/")})


def _last_synced(store: Store) -> dt.date | None:
    """The day to go on from: of the first slot that was late, or the day before the last one loaded."""
    slots = store.slots().filter(pl.col("family") != FIRST)
    late = slots.filter(pl.col("status") == "late")["slot"].min()
    last = slots.filter(pl.col("status") == "loaded")["slot"].max()
    days = [late.date()] if isinstance(late, dt.datetime) else []
    days += [(last - _DAY).date()] if isinstance(last, dt.datetime) else []
    return min(days, default=None)


def _observe(downloads: Downloads, request: SyncRequest) -> tuple[Listing, list[str]]:
    """Fetch the lists that the span needs, and read them."""
    addresses, listing = gdelt_lists.load_addresses(), Listing()
    notes: list[str] = []
    since, until = _span(request)
    if since < addresses.first_slot:
        page, sizes = (
            _text(downloads, request, path, notes) for path in (addresses.backfile_index, addresses.backfile_sizes)
        )
        gdelt_lists.read_backfile_index(page, sizes, since.date(), request.until, listing)
    for family in _families(request):
        if until <= addresses.first_slot or not family.list:
            continue
        outcome = downloads.fetch_growing(f"{request.base}/{family.list}", request.folder / family.list)
        with check_fetched(outcome, "The list of files").open("rb") as lines:
            gdelt_lists.read_list(lines, family, max(since, addresses.first_slot), until, listing)
        if family.latest and until > request.now - _DAY:
            latest = _text(downloads, request, family.latest, notes).encode().splitlines()
            gdelt_lists.read_list(latest, family, max(since, addresses.first_slot), until, listing)
    return listing, notes


def _text(downloads: Downloads, request: SyncRequest, path: str, notes: list[str]) -> str:
    """A small list; one that a mirror does not carry is a note, not an error."""
    outcome = downloads.fetch(Wanted(f"{request.base}/{path}", request.folder / path))
    if outcome.status == "absent":
        notes.append(f"{path} is not there ({outcome.reason})")
        return ""
    return check_fetched(outcome, f"The list {path}").read_text("utf-8", errors="replace")


def _families(request: SyncRequest) -> list[Family]:
    families = gdelt_lists.load_addresses().families
    return [families[SECOND]] + ([families[TRANSLATED]] if request.translated else [])


def _span(request: SyncRequest) -> tuple[dt.datetime, dt.datetime]:
    first = request.since or request.until
    return dt.datetime.combine(first, dt.time()), dt.datetime.combine(request.until, dt.time()) + _DAY


def _expected(request: SyncRequest) -> Iterator[Slot]:
    since, until = _span(request)
    yield from gdelt_lists.backfile_slots(since.date(), request.until)
    for family in _families(request):
        yield from gdelt_lists.expected_slots(family, since, min(until, request.now - gdelt_lists.SLOT))


def _why_not_listed(slot: Slot, now: dt.datetime) -> tuple[str, str]:
    if rule := gdelt_lists.known_gap(slot):
        return "missing", rule
    return ("late", "not_listed_yet") if now - slot.start < gdelt_lists.LATE_FOR else ("missing", "not_listed")


def _names_held(store: Store) -> set[str]:
    """Names of files that are held, without the ending of their archive: somebody may have unpacked them."""
    batches = [batch for batch in store.batches() if batch.provider == PROVIDER]
    loaded = store.slots().filter(pl.col("provider") == PROVIDER, pl.col("status") == "loaded")["name"]
    return {name.removesuffix(".zip") for name in (*(f.path for b in batches for f in b.files), *loaded)}


def _chunks(files: Sequence[Listed]) -> Iterator[list[Listed]]:
    chunk: list[Listed] = []
    size = 0
    for one in files:
        if chunk and (len(chunk) >= _FILES_A_CHUNK or size + (one.bytes or 0) > _BYTES_A_CHUNK):
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += one.bytes or 0
    if chunk:
        yield chunk


def _from(progress: Progress | None, what: str, done: int, total: int) -> Progress | None:
    """Progress of a chunk as progress of the whole."""
    if progress is None:
        return None
    return lambda name, index, _: progress(f"{what} {name}", done + index, total)


def _fetch(
    downloads: Downloads, plan: SyncPlan, chunk: list[Listed], report: SyncReport, progress: Progress | None
) -> tuple[list[Listed], list[dict[str, object]]]:
    """The files of the chunk that have arrived whole, and rows of ``slots`` for those that cannot be had.

    One that merely failed is no gap yet.
    """
    request, families, seen = plan.request, gdelt_lists.load_addresses().families, 0

    def done(outcome: Fetched) -> None:
        nonlocal seen
        seen += 1
        if progress:
            progress(outcome.wanted.path.name, seen, len(chunk))

    wanted = [
        Wanted(
            f"{request.base}/{families[one.slot.family].folder}/{one.slot.name}",
            _path(request, one.slot),
            one.bytes,
            one.md5,
        )
        for one in chunk
    ]
    arrived, gone = [], []
    for one, outcome in zip(chunk, downloads.fetch_all(wanted, done=done), strict=True):
        if outcome.status == "fetched":
            report.fetched, report.bytes = report.fetched + 1, report.bytes + outcome.bytes
            arrived.append(one)
        else:
            report.problems.append((one.slot.name, outcome.status, outcome.reason))
            if told := _GONE.get(outcome.status):
                gone.append(_row(one.slot, *told, request.now, one))
    return arrived, gone


def _load(
    store: Store, plan: SyncPlan, arrived: list[Listed], report: SyncReport, progress: Progress | None
) -> list[dict[str, object]]:
    """Load what has arrived; returns rows of the table ``slots``."""
    if not arrived:
        return []
    paths = [_path(plan.request, one.slot) for one in arrived]
    result = pipeline.load(store, find_source(PROVIDER), paths, ReadOptions(), progress=progress)
    report.loaded.add(result.total)
    failed = {Path(path).name: why for path, why in result.failed_files}
    torn = {led.path for led in result.ledgers if led.failed["damaged_file"] or led.failed["truncated_file"]}
    bare = {led.path for led in result.ledgers if not led.read}
    rows = []
    for one, path in zip(arrived, paths, strict=True):
        name, status, rule = one.slot.name, "loaded", None
        if name in failed:
            status, rule = ("empty", "no_line_in_it") if "is empty" in failed[name] else ("corrupt", "unreadable")
            report.problems.append((name, status, failed[name]))
        elif name in torn:
            status, rule = "corrupt", "loaded_up_to_where_it_breaks"
        elif name in bare:
            status, rule = "empty", "no_line_in_it"
        rows.append(_row(one.slot, status, rule, plan.request.now, one))
        if not plan.request.keep_files:
            path.unlink(missing_ok=True)
    report.loaded_files += len(result.ledgers)
    return rows


def _path(request: SyncRequest, slot: Slot) -> Path:
    return request.folder / gdelt_lists.load_addresses().families[slot.family].folder / slot.name


def _row(
    slot: Slot, status: str, rule: str | None, now: dt.datetime, listed: Listed | None = None
) -> dict[str, object]:
    size, md5 = (listed.bytes, listed.md5) if listed else (None, None)
    values = (PROVIDER, slot.family, slot.start, slot.name, status, rule, size, md5, now)
    return dict(zip(SLOTS.names, values, strict=True))


def _table(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SLOTS.schema)
