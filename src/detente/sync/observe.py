"""Observing an archive and a store, and planning from the two; neither is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from detente.domain.ledger import Ledger
from detente.errors import ConfigError
from detente.sources import gdelt_lists
from detente.sources.downloads import Downloads, Wanted, check_fetched, only_download
from detente.sources.gdelt_lists import FIRST, MENTIONS, TRANSLATED, Listing, Slot
from detente.store.manifest import LoadedFile, file_names
from detente.store.mentions import mention_batches
from detente.sync.calendar import calendar, calendar_row, found_in
from detente.sync.plan import FAMILIES, PROVIDER, SyncPlan, SyncRequest

if TYPE_CHECKING:
    from detente.store import Store

_DAY = dt.timedelta(days=1)


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
    gaps = [calendar_row(one.slot, "missing", gdelt_lists.IN_THE_DAILY_FILE, request.now, one) for one in shared]
    gaps += [
        calendar_row(slot, *_why_not_listed(slot, request.now), request.now)
        for slot in _expected(request)
        if slot.name not in listing.files and slot.name.removesuffix(".zip") not in names_held
    ]
    loaded_md5 = dict(store.slots().filter(pl.col("status") == "loaded").select("name", "md5").iter_rows())
    files, held, changed, untold = [], 0, [], []
    for name, one in sorted(wanted.items(), key=lambda item: (item[1].slot.start, item[0])):
        if name.removesuffix(".zip") in names_held:
            held += 1
            if name not in loaded_md5:
                account = names_held[name.removesuffix(".zip")].account
                untold.append(calendar_row(one.slot, *found_in(account), request.now, one))
            if one.md5 and loaded_md5.get(name) not in {None, one.md5}:
                changed.append(name)
        elif one.bytes == 0:
            gaps.append(calendar_row(one.slot, "empty", "listed_with_no_bytes", request.now, one))
        else:
            files.append(one)
    return SyncPlan(
        request,
        store.path,
        tuple(files),
        held,
        tuple(changed),
        calendar(gaps),
        calendar(untold),
        listing.malformed,
        (*notes, *_left_out_feeds(store, request)),
    )


def _left_out_feeds(store: Store, request: SyncRequest) -> Iterator[str]:
    """What was synced before and is not asked for now: it would fall behind unnoticed."""
    held = set(store.slots().filter(pl.col("status") == "loaded")["family"])
    options = {TRANSLATED: "--translated", MENTIONS: "--mentions"}
    wanted = {family.name for family in request.families}
    for family, option in options.items():
        if family in held - wanted:
            yield f"{FAMILIES[family]} were synced before and are not asked for now; add {option} to go on with them"


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
    since, until = request.span
    if since < addresses.first_slot:
        page, sizes = (
            _text(downloads, request, path, notes) for path in (addresses.backfile_index, addresses.backfile_sizes)
        )
        gdelt_lists.read_backfile_index(page, sizes, since.date(), request.until, listing)
    for family in request.families:
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


def _expected(request: SyncRequest) -> Iterator[Slot]:
    since, until = request.span
    yield from gdelt_lists.backfile_slots(since.date(), request.until)
    for family in request.families:
        yield from gdelt_lists.expected_slots(family, since, min(until, request.now - gdelt_lists.SLOT))


def _why_not_listed(slot: Slot, now: dt.datetime) -> tuple[str, str]:
    if rule := gdelt_lists.known_gap(slot):
        return "missing", rule
    return ("late", "not_listed_yet") if now - slot.start < gdelt_lists.LATE_FOR else ("missing", "not_listed")


def _names_held(store: Store) -> dict[str, _Held]:
    """Files that are held, by name without the ending of their archive: it may be unpacked."""
    loaded = store.slots().filter(pl.col("provider") == PROVIDER, pl.col("status") == "loaded")["name"]
    held = {name.removesuffix(".zip"): _Held(name) for name in loaded}
    lists = [batch.files for batch in store.batches() if batch.provider == PROVIDER]
    for files in [*lists, *(batch.files for batch in mention_batches(store.path))]:
        held |= {path.removesuffix(".zip"): _Held(path, files, at) for at, path in enumerate(file_names(files))}
    return held


class _Held(NamedTuple):
    """A file that is held: its name, and where its account stands; there are hundreds of thousands of them."""

    name: str
    files: Sequence[LoadedFile] = ()
    at: int = 0

    @property
    def account(self) -> Ledger:
        """What was read of it and what failed; nothing where only the calendar knows of it."""
        account = Ledger(self.name)
        if self.files:
            told = self.files[self.at].ledger
            account.read = told["read"]
            account.failed.update(told["failed"])
        return account
