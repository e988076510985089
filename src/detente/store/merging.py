"""Merging small batches into large ones (``merge-v1``): the same rows in fewer files, so that reads stay quick.

A read opens a file of every batch, and a store that is updated every quarter of an hour has a batch for each. Merged
are batches that follow one another and belong to one provider, up to some size; every row, day and account is kept, and
all answers stay the same, as of any day. A merge is committed as a load is: killed at any moment, the store has either
the small batches or the large one. The old files stay a day for readers that began before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from detente.domain.tables import COVERAGE
from detente.errors import StoreError
from detente.store import queries
from detente.store.engine import open_cursor
from detente.store.manifest import (
    FILES,
    FOLDERS,
    Batch,
    LoadedFile,
    digest,
    read_manifest,
    sync_all,
    write_files_apart,
    write_manifest,
)
from detente.store.mentions import mention_batches
from detente.store.merging_mentions import in_place_of, mention_groups, merge_mentions, worth_merging
from detente.store.sums import KEYS, SUMS
from detente.store.sweeping import KEPT_FOR, SPOOL, retire, sweep

#: Rows of a merged batch at most, where nobody says otherwise: some hundred megabytes, and few batches for the longest
#: archive.
MOST_ROWS = 1_000_000
#: The same where updates are tidied in passing: what a load of many files makes of itself, and done in a second.
FEW_ROWS = 200_000
#: So many small batches are worth merging: those of a day of quarters of an hour.
MANY_BATCHES = 96
#: Files of a merged batch at most.
_MOST_FILES = 100_000
#: What became known so shortly before the last that is held stays in small batches: new rows are compared with these.
FRESH = dt.timedelta(days=2)
#: Batches that lie further apart are not merged: a batch should be about one time, by which loads pass over it.
_HOLE = dt.timedelta(days=31)

#: Told the batches that are under way, the merges done, and the merges in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MergePlan:
    """What would be merged.

    Args:
        store: The store's directory.
        groups: Batches that would become one, each in the order of their commits.
        batches: How many batches the store has.
        mentions: Batches of mentions that would be merged.
        mentions_into: Into so many.
    """

    store: Path
    groups: tuple[tuple[Batch, ...], ...]
    batches: int
    mentions: int = 0
    mentions_into: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to merge."""
        return not self.groups and not self.mentions

    @property
    def is_worth_it(self) -> bool:
        """Whether so many small batches have gathered that reads are slower than need be."""
        return self.merged + self.mentions >= MANY_BATCHES

    @property
    def merged(self) -> int:
        """Batches that would be merged."""
        return sum(map(len, self.groups))

    @property
    def rows(self) -> int:
        """Their rows."""
        return sum(batch.rows for group in self.groups for batch in group)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "store": str(self.store),
            "batches": self.batches,
            "batches_after": self.batches - self.merged + len(self.groups),
            "merges": [
                {"provider": group[0].provider, "batches": len(group), "rows": sum(batch.rows for batch in group)}
                for group in self.groups
            ],
            "mentions": {"batches": self.mentions, "into": self.mentions_into},
        }

    def __str__(self) -> str:
        if self.is_empty:
            return f"plan: nothing to merge; {self.batches:,} batches in {self.store} are large, fresh or far apart"
        counts = dict.fromkeys(group[0].provider for group in self.groups)
        lines = []
        for provider in counts:
            own = [group for group in self.groups if group[0].provider == provider]
            rows, small = sum(batch.rows for group in own for batch in group), sum(map(len, own))
            lines.append(f"plan: merge {small:,} batches of {provider} ({rows:,} rows) into {len(own):,}")
        if self.mentions:
            lines.append(f"plan: merge {self.mentions:,} batches of mentions into {self.mentions_into:,}")
        left = self.batches - self.merged
        kept = f"{KEPT_FOR.total_seconds() / 3600:.0f} hours"
        return "\n".join(
            [*lines, f"      in {self.store}; {left:,} others stay; the old files are kept {kept} for readers at work"]
        )


@dataclass(frozen=True)
class MergeReport:
    """What was merged.

    Args:
        plan: What was to be done.
        before: Batches before.
        after: Batches after.
        mentions: Batches of mentions before and after.
    """

    plan: MergePlan
    before: int
    after: int
    mentions: tuple[int, int] = (0, 0)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        found = {"batches_before": self.before, "batches_after": self.after, "rows_merged": self.plan.rows}
        return found | {"mentions_before": self.mentions[0], "mentions_after": self.mentions[1]}

    def __str__(self) -> str:
        before, after = self.mentions
        told = f", {before:,} of mentions {after:,}" if before != after else ""
        return f"merged: {self.before:,} batches are now {self.after:,}{told}; every answer is what it was"


def plan_merge(store: Path, *, most_rows: int = MOST_ROWS) -> MergePlan:
    """Say what a merge would do, without doing it.

    Args:
        store: The store's directory.
        most_rows: Rows of a merged batch at most.

    Raises:
        StoreError: when the manifest is damaged.
    """
    batches = read_manifest(store)
    providers = dict.fromkeys(batch.provider for batch in batches)
    groups = [
        group for name in providers for group in _groups([one for one in batches if one.provider == name], most_rows)
    ]
    told = mention_groups(mention_batches(store), most_rows)
    return MergePlan(store, tuple(groups), len(batches), sum(map(len, told)), len(told))


def run_merge(
    store: Path, *, now: dt.datetime, most_rows: int = MOST_ROWS, progress: Progress | None = None
) -> MergeReport:
    """Merge what can be merged; each merge is committed by itself.

    Args:
        store: The store's directory.
        now: The moment (UTC), from which on the old files are kept a day.
        most_rows: Rows of a merged batch at most.
        progress: Told before each merge.

    Raises:
        StoreError: when a batch is damaged, another process is writing, or the disk refuses; merges that were committed
            before stay.
    """
    from detente.store.writer import only_writer, translated  # noqa: PLC0415 - the writer uses what is above, too

    with translated(store), only_writer(store):
        batches = read_manifest(store)
        sweep(store, batches, now=now)
        plan, before = plan_merge(store, most_rows=most_rows), len(batches)
        for index, group in enumerate(plan.groups):
            if progress:
                progress(f"{len(group)} batches of {group[0].provider}", index, len(plan.groups))
            with tempfile.TemporaryDirectory(prefix=SPOOL, dir=store) as spool:
                merged = _write_merged(store, group, Path(spool))
            retire(store, [batch.id for batch in group], now=now)
            batches = in_place_of(group, merged, among=batches)
            write_manifest(store, batches)
        mentions = merge_mentions(store, now=now, most_rows=most_rows)
    return MergeReport(plan, before, len(batches), mentions)


def _groups(batches: Sequence[Batch], most_rows: int) -> Iterator[tuple[Batch, ...]]:
    """Runs of one provider's batches that may become one."""
    newest = max((batch.last_known for batch in batches if batch.rows), default="")
    run = _Run(most_rows)
    for batch in batches:
        is_small = 2 * batch.rows <= most_rows and _may_merge(batch, newest)
        if is_small and run.takes(batch):
            run.add(batch)
            continue
        yield from run.group()
        run = _Run(most_rows)
        if is_small:
            run.add(batch)
    yield from run.group()


def _may_merge(batch: Batch, newest: str) -> bool:
    """Whether a batch has the sums that are merged with it, and is no longer fresh."""
    return batch.has_sums and (not batch.rows or _moment(batch.last_known) < _moment(newest) - FRESH)


@dataclass
class _Run:
    """Batches that follow one another, in time too."""

    most_rows: int
    batches: list[Batch] = field(default_factory=list)
    rows: int = 0
    files: int = 0
    first: str = ""
    last: str = ""

    def takes(self, batch: Batch) -> bool:
        """Whether a batch continues it, under the same rule of coverage, and leaves it small enough."""
        if not self.batches:
            return True
        if batch.coverage_rule != self.batches[0].coverage_rule:
            return False
        if self.rows + batch.rows > self.most_rows or self.files + len(batch.files) > _MOST_FILES:
            return False
        if not self.rows or not batch.rows:
            return True
        return _moment(self.first) - _HOLE <= _moment(batch.first_known) <= _moment(self.last) + _HOLE

    def add(self, batch: Batch) -> None:
        """Take it in."""
        self.batches.append(batch)
        self.rows, self.files = self.rows + batch.rows, self.files + len(batch.files)
        if batch.rows:
            self.first = min(self.first or batch.first_known, batch.first_known)
            self.last = max(self.last, batch.last_known)

    def group(self) -> Iterator[tuple[Batch, ...]]:
        """What is worth merging of it."""
        if len(own := worth_merging(self.batches)) > 1:
            yield own


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _write_merged(store: Path, group: Sequence[Batch], spool: Path) -> Batch:
    """Write the files of one batch for several and give them their names; what makes them count is the manifest."""
    for batch in group:
        _check_whole(store, batch)
    name = hashlib.sha256("\n".join(batch.id for batch in group).encode()).hexdigest()[:20]
    events = spool / "events"
    if any(batch.rows for batch in group):
        _merge_events(store, group, events)
    else:
        pl.read_parquet(_path(store, "events", group[0])).write_parquet(events, compression="zstd")
    sums = _merge_sums(store, group)
    sums.write_parquet(spool / "sums", compression="zstd", row_group_size=queries.ROW_GROUP)
    _merge_days(store, group).write_parquet(spool / "days", compression="zstd")
    accounts = [one for batch in group for one in json.loads(_path(store, "ledgers", batch).read_text("utf-8"))]
    (spool / "ledgers").write_text(json.dumps(accounts, ensure_ascii=False), "utf-8")
    files: Iterable[LoadedFile] = (file for batch in group for file in batch.files)
    listed = write_files_apart(spool / FILES, files)
    merged = replace(
        group[-1],
        id=name,
        files=listed,
        rows=sum(batch.rows for batch in group),
        bytes=events.stat().st_size,
        sha256=digest(events),
        **_reach(group),
    )
    _check_merged(store, merged, events, sums, len(accounts))
    named = []
    for folder in (*FOLDERS, FILES):
        (store / folder).mkdir(exist_ok=True)
        named.append((spool / folder).replace(_path(store, folder, merged)))
    sync_all(named)
    return replace(merged, files=type(listed)(_path(store, FILES, merged), len(listed)))


def _path(store: Path, folder: str, batch: Batch) -> Path:
    return store / folder / f"{batch.id}.{'json' if folder == 'ledgers' else 'parquet'}"


def _merge_events(store: Path, group: Sequence[Batch], target: Path) -> None:
    """All rows of all batches, a pair's rows together; a row's file is counted on through the batches."""
    paths = [str(_path(store, "events", batch)) for batch in group]
    before = itertools.accumulate((len(batch.files) for batch in group[:-1]), initial=0)
    order = pl.DataFrame({"path": paths, "batch": range(len(group)), "files_before": list(before)})
    with open_cursor() as engine:
        engine.register("batch_order", order.to_arrow())
        paths_sql, target_sql = queries.sql_list(paths), queries.sql_text(target)
        engine.execute(queries.WRITE_MERGED.format(paths=paths_sql, target=target_sql))


def _merge_sums(store: Path, group: Sequence[Batch]) -> pl.DataFrame:
    """Sums of sums of whole numbers: what adding up the events would give."""
    added = [pl.col(name).sum() for name in ("n", "cooperation_milli", "conflict_milli", "square_milli")]
    parts = pl.scan_parquet([_path(store, "sums", batch) for batch in group])
    found = parts.group_by(KEYS).agg(*added, pl.col("lowest_milli").min()).select(SUMS.names())
    return found.sort("actor", "recipient", "occurred", "known_on", "directed", "event_type").collect()


def _merge_days(store: Path, group: Sequence[Batch]) -> pl.DataFrame:
    """What was known when about which days: rows that differ in nothing else are added up."""
    parts = pl.scan_parquet([_path(store, "days", batch) for batch in group])
    by = [name for name in COVERAGE.names if name != "rows"]
    found = parts.group_by(by).agg(pl.col("rows").sum()).select(COVERAGE.names)
    return found.sort("day", "known_at", "status").collect()


def _reach(group: Sequence[Batch]) -> dict[str, Any]:
    """The reach of both clocks and of the provider's own ids, of which none is told if one batch does not tell."""
    filled = [batch for batch in group if batch.rows]
    found: dict[str, Any] = {}
    for name, choose in (("first", min), ("last", max)):
        found |= {f"{name}_{what}": choose((getattr(one, f"{name}_{what}") for one in filled), default="")
                  for what in ("day", "known")}  # fmt: skip
        keys = [getattr(one, f"{name}_key") for one in filled]
        found[f"{name}_key"] = None if not keys or None in keys else choose(keys)
    return found


def _check_whole(store: Path, batch: Batch) -> None:
    """A damaged batch would be given a digest that fits its damage."""
    path = _path(store, "events", batch)
    if not path.exists() or (batch.sha256 and digest(path) != batch.sha256):
        what = "is not what was written" if path.exists() else "is missing"
        raise StoreError(
            f"Batches of {store} were to be merged.",
            f"events/{path.name} of {batch.path} {what}.",
            "Run `detente doctor --deep`; nothing was merged with it.",
        )


def _check_merged(store: Path, merged: Batch, events: Path, sums: pl.DataFrame, accounts: int) -> None:
    """Before anything is committed, rows and accounts are counted, and events must add up to their sums."""
    about = pl.scan_parquet(events).select(pl.len().alias("rows"), pl.col("n").sum(), pl.col("intensity_milli").sum())
    rows, n, intensity = about.collect().row(0)
    balance = int(sums["cooperation_milli"].sum()) - int(sums["conflict_milli"].sum())
    if (rows, n, intensity, accounts) != (merged.rows, int(sums["n"].sum()), balance, len(merged.files)):
        raise StoreError(
            f"Batches of {store} were to be merged.",
            f"The merged rows of {merged.path} are not those of the batches.",
            "Nothing was changed. Run `detente doctor --deep`, and tell us.",
        )
