"""Doing what a plan says: fetch and load, a chunk at a time, so that the disk holds few files at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from detente import pipeline
from detente.mentions import load_mentions
from detente.sources import ReadOptions, find_source, gdelt_lists
from detente.sources.downloads import Downloads, Fetched, Wanted, only_download
from detente.sources.gdelt_lists import FIRST, MENTIONS, MENTIONS_TRANSLATED, Listed, Slot
from detente.sync.calendar import calendar, calendar_row, found_in
from detente.sync.merging import merge_if_many
from detente.sync.plan import PROVIDER, SyncPlan, SyncRequest
from detente.sync.report import SyncReport

if TYPE_CHECKING:
    from detente.store import Store

#: What a chunk may hold: about an hour of fetching on a slow line, and disk that any laptop has.
_FILES_A_CHUNK, _BYTES_A_CHUNK = 480, 500_000_000
#: What a file that cannot be had is in the gap calendar, and why.
_GONE = {"absent": ("missing", "listed_but_not_there"), "corrupt": ("corrupt", "not_what_the_list_says")}

#: Called with what is under way, the files finished, and the files in all.
Progress = Callable[[str, int, int], None]


def run_sync(store: Store, downloads: Downloads, plan: SyncPlan, *, progress: Progress | None = None) -> SyncReport:
    """Do what the plan says: fetch and load, a chunk at a time.

    Raises:
        StoreError: when the disk refuses or another process is at work; what was loaded stays loaded.
    """
    report = SyncReport(plan)
    spans = [(PROVIDER, family.name, *plan.request.span) for family in plan.request.families]
    spans.append((PROVIDER, FIRST, *plan.request.span))
    columns = ["provider", "family", "since", "until"]
    store.save_slots(pl.concat([plan.gaps, plan.untold]), looked_over=pl.DataFrame(spans, schema=columns, orient="row"))
    if not plan.files:
        with store.writer():
            pass  # as it opens it sweeps what a load that was killed left behind; other loads do so anyway
    done = 0
    with only_download(plan.request.folder):
        for chunk in _chunks(plan.files):
            arrived, gone = _fetch(downloads, plan, chunk, report, _from(progress, "fetch", done, len(plan.files)))
            rows = _load(store, plan, arrived, report, _from(progress, "load", done, len(plan.files)))
            store.save_slots(calendar(gone + rows))
            done += len(chunk)
    if report.loaded_files:
        report.merged = merge_if_many(store)
    return report


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
                gone.append(calendar_row(one.slot, *told, request.now, one))
    return arrived, gone


def _load(
    store: Store, plan: SyncPlan, arrived: list[Listed], report: SyncReport, progress: Progress | None
) -> list[dict[str, object]]:
    """Load what has arrived; returns rows of the table ``slots``."""
    if not arrived:
        return []
    paths = [_path(plan.request, one.slot) for one in arrived]
    kinds = [one.slot.family in {MENTIONS, MENTIONS_TRANSLATED} for one in arrived]
    events = [path for path, is_mention in zip(paths, kinds, strict=True) if not is_mention]
    told = [path for path, is_mention in zip(paths, kinds, strict=True) if is_mention]
    results = []
    if events:
        results.append(pipeline.load(store, find_source(PROVIDER), events, ReadOptions(), progress=progress))
        report.loaded.add(results[0].total)
    if told:  # after the events that they tell of
        results.append(load_mentions(store, told, progress=progress))
        report.mentions.add(results[-1].total)
    failed = {Path(path).name: why for result in results for path, why in result.failed_files}
    accounts = {account.path: account for result in results for account in result.ledgers}
    rows = []
    for one, path in zip(arrived, paths, strict=True):
        name, status, rule = one.slot.name, "loaded", None
        if name in failed:
            status, rule = ("empty", "no_line_in_it") if "is empty" in failed[name] else ("corrupt", "unreadable")
            report.problems.append((name, status, failed[name]))
        elif name in accounts:
            status, rule = found_in(accounts[name])
        rows.append(calendar_row(one.slot, status, rule, plan.request.now, one))
        if not plan.request.keep_files:
            path.unlink(missing_ok=True)
    report.loaded_files += len(accounts)
    return rows


def _path(request: SyncRequest, slot: Slot) -> Path:
    return request.folder / gdelt_lists.load_addresses().families[slot.family].folder / slot.name
