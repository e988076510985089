"""What is installed, held, stale, missing or broken, and what to do about it: the report of `detente doctor`."""

from __future__ import annotations

import datetime as dt
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl

from detente.errors import CutoffError, StoreError
from detente.sources import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    from detente.store import Batch, Chain, Store

_ENGINES = ("duckdb", "polars", "pyarrow", "numpy")
_GAPS_SHOWN = 10
#: Providers whose archives `detente sync` fetches.
_SYNCED = ("gdelt", "icews", "polecat")


@dataclass(frozen=True)
class Held:
    """One provider's holdings: what days are covered, which are gaps, and what its card would not expect."""

    provider: str
    files: int
    rows: int
    first_day: dt.date
    last_day: dt.date
    days_since: int
    gaps: tuple[tuple[dt.date, str], ...]
    unusual: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """The gap calendar of one family of files: what was loaded, and the gaps by what they are.

    Args:
        family: The provider and its family of files.
        loaded: Files that were loaded.
        gaps: Files that are missing, empty, corrupt or late, by status.
        days: Days with a gap, each with its number of files and the reasons.
    """

    family: str
    loaded: int
    gaps: dict[str, int]
    days: tuple[tuple[dt.date, int, str], ...]


@dataclass(frozen=True)
class Beside:
    """What is held beside events.

    Args:
        series: Of each outside series its values, the states it is about (0: the world), its first and its last day.
        mentions: Rows of mentions, by provider.
    """

    series: dict[str, tuple[int, int, dt.date, dt.date]]
    mentions: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """The same as JSON-ready values."""
        names = ("values", "states", "first_day", "last_day")
        told = {
            name: dict(zip(names, (values, states, str(first), str(last)), strict=True))
            for name, (values, states, first, last) in self.series.items()
        }
        return {"series": told, "mentions": self.mentions}

    def lines(self) -> list[str]:
        """The same for people."""
        series = [
            f"series     {name}: {values:,} values{f' of {states} states' if states else ''}, {first} to {last}"
            for name, (values, states, first, last) in self.series.items()
        ]
        return series + [f"mentions   {provider}: {rows:,} of events held" for provider, rows in self.mentions.items()]


@dataclass(frozen=True)
class Batches:
    """How many batches the store has, and what a merge would make of them.

    Args:
        count: Batches of events.
        mergeable: Batches of events and of mentions that would be merged.
        merged_into: Into so many.
        is_worth_merging: Whether they are so many that reads are slower than need be.
        kept_bytes: Bytes of batches merged lately, which are kept for readers at work.
    """

    count: int
    mergeable: int
    merged_into: int
    is_worth_merging: bool
    kept_bytes: int

    def __str__(self) -> str:
        words = f"{self.count:,}"
        if self.is_worth_merging:
            words += (
                f"; reads are slower than need be: `detente merge` makes {self.merged_into:,} of {self.mergeable:,}"
            )
        if self.kept_bytes:
            words += f"; {self.kept_bytes / 1e6:,.1f} MB of merged ones are kept a day for readers at work"
        return words


@dataclass(frozen=True)
class Checkup:
    """The whole report.

    Args:
        installed: Versions by name.
        store: The store's directory.
        is_sample: Whether that is the bundled sample.
        held: Holdings by provider.
        findings: What is wrong, each ending with what to do.
        ledger: What the ledger of forecasts holds, in a few words; empty where it was not looked at.
        archives: The gap calendars of the archives that were synced.
        beside: What is held beside events; None where it could not be read.
        batches: How many batches there are; None where that could not be read.
    """

    installed: dict[str, str]
    store: Path
    is_sample: bool
    held: tuple[Held, ...]
    findings: tuple[str, ...]
    ledger: str = ""
    archives: tuple[Archive, ...] = ()
    beside: Beside | None = None
    batches: Batches | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is broken; being old or having gaps is no defect of the store."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """The report as JSON-ready values."""
        return {
            "installed": self.installed,
            "store": str(self.store),
            "is_sample": self.is_sample,
            "held": [
                {
                    "provider": held.provider,
                    "files": held.files,
                    "rows": held.rows,
                    "first_day": str(held.first_day),
                    "last_day": str(held.last_day),
                    "days_since": held.days_since,
                    "gaps": [{"day": str(day), "status": status} for day, status in held.gaps],
                    "unusual": list(held.unusual),
                }
                for held in self.held
            ],
            "archives": [
                {
                    "family": archive.family,
                    "loaded": archive.loaded,
                    "gaps": archive.gaps,
                    "days": [{"day": str(day), "files": files, "rules": why} for day, files, why in archive.days],
                }
                for archive in self.archives
            ],
            "batches": vars(self.batches) if self.batches else None,
            "beside": self.beside.as_dict() if self.beside else None,
            "ledger": self.ledger or None,
            "findings": list(self.findings),
            "is_healthy": self.is_healthy,
        }

    def __str__(self) -> str:
        lines = ["installed  " + " · ".join(f"{name} {number}" for name, number in self.installed.items())]
        lines.append(f"store      {'the bundled sample' if self.is_sample else self.store}")
        for held in self.held:
            lines.append(
                f"held       {held.provider}: {held.rows:,} rows of {held.files} files, "
                f"{held.first_day} to {held.last_day}"
            )
            lines.append(
                f"fresh      the last day known is {held.days_since:,} days ago; "
                f"{_how_to_renew(held.provider)} brings it up to date"
            )
            runs = _runs(held.gaps)
            shown = ", ".join(runs[:_GAPS_SHOWN])
            more = f" and {len(runs) - _GAPS_SHOWN:,} more (see --json)" if len(runs) > _GAPS_SHOWN else ""
            lines.append(f"gaps       {shown + more if shown else 'none'}")
            lines += [f"unusual    {line}" for line in held.unusual]
        lines += [f"batches    {self.batches}"] if self.batches and not self.is_sample else []
        lines += self.beside.lines() if self.beside else []
        lines += [line for archive in self.archives for line in _archive_lines(archive)]
        lines += [f"ledger     {self.ledger}"] if self.ledger else []
        lines += [f"broken     {finding}" for finding in self.findings]
        lines.append("health     " + ("nothing is broken" if self.is_healthy else f"{len(self.findings)} findings"))
        return "\n".join(lines)


def examine(
    store: Store,
    *,
    is_sample: bool,
    today: dt.date,
    deep: bool = False,
    ledger: Chain | None = None,
    proposals: Chain | None = None,
    beside: Store | None = None,
) -> Checkup:
    """Look at everything that can go wrong without changing it.

    Args:
        store: The store to examine.
        is_sample: Whether it is the bundled sample.
        today: The day against which freshness is judged.
        deep: Read every file and compare its digest.
        ledger: The ledger of forecasts, whose chain is verified.
        proposals: What was read in articles and decided about it, whose chain is verified too.
        beside: Whose outside series and mentions are told; by default the same store's.
    """
    findings = [str(finding) for finding in store.check(deep=deep)]
    held = []
    for provider in store.providers():
        try:
            view = store.view(None, provider)
        except (CutoffError, StoreError) as error:
            findings.append(str(error))
            continue
        gaps = view.coverage().filter(pl.col("status") != "present").select("day", "status").rows()
        batches = [batch for batch in store.batches() if batch.provider == provider]
        held.append(
            Held(
                provider=provider,
                files=sum(len(batch.files) for batch in batches),
                rows=sum(batch.rows for batch in batches),
                first_day=view.first_day,
                last_day=view.last_day,
                days_since=(today - view.last_day).days,
                gaps=tuple(gaps),
                unusual=() if is_sample else _unusual(provider, view.coverage(), batches),
            )
        )
    installed = {"detente": version("detente"), "python": platform.python_version()}
    installed |= {name: version(name) for name in _ENGINES}
    findings += [str(finding) for finding in ledger.check()] if ledger else []
    findings += [f"Proposals: {finding}" for finding in proposals.check()] if proposals else []
    told: Beside | None = None
    batches_told: Batches | None = None
    archives: tuple[Archive, ...] = ()
    try:
        archives = _archives(store)
        told = _beside(beside or store)
        plan = store.plan_merge()
        many, few = plan.merged + plan.mentions, len(plan.groups) + plan.mentions_into
        batches_told = Batches(plan.batches, many, few, plan.is_worth_it, store.kept_bytes())
    except StoreError as error:
        findings.append(str(error))
    words = _ledger_words(ledger)
    found = tuple(findings)
    return Checkup(installed, store.path, is_sample, tuple(held), found, words, archives, told, batches_told)


def _beside(store: Store) -> Beside:
    """Outside series and mentions, as last known."""
    rows = store.drivers(dt.date.max)
    day = pl.col("period_end")
    series = rows.group_by("series").agg(
        pl.len(),
        pl.col("state").drop_nulls().n_unique().alias("states"),
        day.min().alias("first"),
        day.max().alias("last"),
    )
    by_name = {
        name: (values, states, first, last) for name, values, states, first, last in series.sort("series").rows()
    }
    return Beside(by_name, store.mention_counts())


def _runs(gaps: tuple[tuple[dt.date, str], ...]) -> list[str]:
    """Gaps in words, days of one kind that follow one another together."""
    runs: list[tuple[dt.date, dt.date, str]] = []
    for day, status in gaps:
        if runs and runs[-1][1:] == (day - dt.timedelta(days=1), status):
            runs[-1] = (runs[-1][0], day, status)
        else:
            runs.append((day, day, status))
    return [
        f"{first} ({status})" if first == last else f"{first} to {last} ({(last - first).days + 1:,} days {status})"
        for first, last, status in runs
    ]


def _how_to_renew(provider: str) -> str:
    """The command that brings a provider's data up to date."""
    return f"`detente sync {provider}`" if provider in _SYNCED else "`detente load` of newer files"


def _archives(store: Store) -> tuple[Archive, ...]:
    """The gap calendar, family by family."""
    found = []
    slots = store.slots().with_columns(day=pl.col("slot").dt.date(), of=pl.col("provider") + " " + pl.col("family"))
    for (family,), rows in slots.group_by("of", maintain_order=True):
        gaps = rows.filter(pl.col("status") != "loaded")
        by_status = dict(sorted(gaps.group_by("status").len().iter_rows()))
        days = (
            gaps.group_by("day").agg(pl.len(), pl.col("rule").drop_nulls().unique().sort().str.join(", ")).sort("day")
        )
        found.append(Archive(str(family), rows.height - gaps.height, by_status, tuple(days.rows())))
    return tuple(found)


def _archive_lines(archive: Archive) -> list[str]:
    counts = ", ".join(f"{count:,} {status}" for status, count in archive.gaps.items())
    lines = [f"archive    {archive.family}: {archive.loaded:,} files loaded; gaps: {counts or 'none'}"]
    lines += [f"           {day}: {files} ({why})" for day, files, why in archive.days[:_GAPS_SHOWN]]
    if len(archive.days) > _GAPS_SHOWN:
        lines.append(
            f"           and {len(archive.days) - _GAPS_SHOWN:,} more days (`detente export gaps --to gaps.csv`)"
        )
    return lines


def _ledger_words(ledger: Chain | None) -> str:
    """How many forecasts the ledger holds, and the digest to note elsewhere."""
    if ledger is None:
        return ""
    head = ledger.head()
    return f"{head.count:,} forecasts, digest {head.digest}" if head.count else "no forecast written down yet"


def _unusual(provider: str, coverage: pl.DataFrame, batches: list[Batch]) -> tuple[str, ...]:
    """Days or files with fewer or more rows than the provider's card expects; not said of a user's own table."""
    if provider not in SOURCES:
        return ()
    expected = SOURCES[provider].card.expected
    if expected.unit == "rows per day":
        rows = coverage.filter(pl.col("status") != "absent")["rows"].to_list()
    else:
        rows = [file.ledger["read"] for batch in batches for file in batch.files]
    what = expected.unit.removeprefix("rows per ") + "s"
    few = sum(count < expected.min for count in rows)
    many = 0 if expected.max is None else sum(count > expected.max for count in rows)
    lines = [f"{few} of {len(rows)} {what} have fewer rows than the {expected.min:,} its card expects"] if few else []
    lines += [f"{many} of {len(rows)} {what} have more rows than the {expected.max:,} its card expects"] if many else []
    return tuple(lines)
