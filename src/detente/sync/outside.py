"""Syncing outside series from their publishers: fetched anew each time, loaded where a value is new."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.domain.ledger import Ledger
from detente.errors import SourceError
from detente.outside import load_drivers
from detente.pipeline import Progress
from detente.sources.downloads import Downloads, Wanted, only_download
from detente.sources.outside_files import needs_workbooks, plain_tables, publishers_files

if TYPE_CHECKING:
    from detente.store import Store


@dataclass(frozen=True)
class OutsidePlan:
    """What a sync of outside series would do.

    Args:
        store: The store's directory.
        folder: Where files lie until they are loaded.
        addresses: The address of each file, by series and name.
        unreadable: Series whose files cannot be read here, which are left out.
        held: The last day of each series that is held, by its name.
    """

    store: Path
    folder: Path
    addresses: Mapping[str, Mapping[str, str]]
    unreadable: tuple[str, ...]
    held: Mapping[str, dt.date] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "provider": "drivers",
            "store": str(self.store),
            "files": {name: dict(files) for name, files in self.addresses.items()},
            "left_out_without_fastexcel": list(self.unreadable),
            "held_to": {name: str(day) for name, day in self.held.items()},
        }

    def __str__(self) -> str:
        count = sum(len(files) for files in self.addresses.values())
        lines = [f"plan: fetch {count} files of outside series and load what is new into {self.store}"]
        lines += [f"      {name}: {address}" for name, files in self.addresses.items() for address in files.values()]
        held = ", ".join(f"{name} to {day}" for name, day in self.held.items())
        lines.append(f"held: {held or 'nothing yet'}")
        if self.unreadable:
            lines.append(
                f"left out: {', '.join(self.unreadable)}: workbooks, for which `pip install detente[drivers]` is needed"
            )
        return "\n".join(lines)


@dataclass
class OutsideReport:
    """What a sync of outside series did.

    Args:
        plan: What was to be done.
        loaded: The account of every table that was new.
        unchanged: Tables that are held as they are.
        problems: Series, and what went wrong.
    """

    plan: OutsidePlan
    loaded: list[Ledger] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all was fetched and read."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {
            "loaded": [ledger.as_dict() for ledger in self.loaded],
            "unchanged": self.unchanged,
            "problems": [{"series": name, "reason": why} for name, why in self.problems],
        }

    def __str__(self) -> str:
        lines = [
            f"{Path(ledger.path).stem}: {ledger.read:,} read = {ledger.kept:,} kept + "
            f"{sum(ledger.ignored.values()):,} ignored + {sum(ledger.failed.values()):,} failed"
            for ledger in self.loaded
        ]
        lines += [f"{name}: as it was, nothing changed" for name in self.unchanged]
        lines += [f"{name}: FAILED. {why}" for name, why in self.problems]
        if not self.is_whole:
            lines.append("Run the command again later; what is held of these series stays as it is.")
        return "\n".join(lines)


def plan_outside(store: Store, folder: Path, *, base: str | None = None) -> OutsidePlan:
    """Say what a sync would do; nothing is asked for yet, since publishers give no list.

    Args:
        store: Where to.
        folder: Where files lie until they are loaded.
        base: A place of one's own where all files lie under their names; by default each publisher's.
    """
    known = publishers_files()
    unreadable = tuple(name for name in known if needs_workbooks(name))
    addresses = {
        name: {file: f"{base.rstrip('/')}/{file}" if base else address for file, address in files.items()}
        for name, files in known.items()
        if name not in unreadable
    }
    ends = store.drivers(dt.date.max).group_by("series").agg(pl.col("period_end").max()).sort("series")
    return OutsidePlan(store.path, folder, addresses, unreadable, dict(ends.iter_rows()))


def run_outside(
    store: Store, downloads: Downloads, plan: OutsidePlan, *, progress: Progress | None = None
) -> OutsideReport:
    """Fetch each series and load it; one that cannot be had does not stop the others.

    Raises:
        StoreError: when the disk refuses or another process is at work; what was loaded stays loaded.
    """
    report = OutsideReport(plan)
    with only_download(plan.folder):
        for index, (name, files) in enumerate(plan.addresses.items()):
            if progress:
                progress(name, index, len(plan.addresses))
            outcomes = [downloads.fetch(Wanted(address, plan.folder / file)) for file, address in files.items()]
            if bad := [outcome for outcome in outcomes if outcome.status != "fetched"]:
                report.problems += [(name, f"{one.wanted.path.name}: {one.reason}") for one in bad]
                continue
            paths = [outcome.wanted.path for outcome in outcomes]
            try:
                _load(store, name, paths, report)
            except SourceError as error:
                report.problems.append((name, str(error)))
            for path in paths:
                path.unlink(missing_ok=True)
    return report


def _load(store: Store, name: str, paths: list[Path], report: OutsideReport) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        for form, table in plain_tables(name, paths).items():
            path = Path(temporary) / f"{form}.csv"
            table.write_csv(path)
            result = load_drivers(store, [path])
            report.loaded += result.ledgers
            report.unchanged += [form for _ in result.already_held]
            report.problems += [(form, why) for _, why in result.failed_files]
