"""What a sync did, which prints itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from detente.domain.ledger import Ledger
from detente.sync.plan import SyncPlan, count_words, size_words

_SHOWN = 20


@dataclass
class SyncReport:
    """What a sync did.

    Args:
        plan: What was to be done.
        fetched: Files that arrived whole.
        bytes: Their bytes.
        loaded: The account of all events that were loaded.
        mentions: The account of all mentions.
        loaded_files: Files that were loaded.
        problems: File, what became of it (absent, corrupt, empty or failed) and why.
        merged: What was made of small batches, in words; empty where nothing was done.
    """

    plan: SyncPlan
    fetched: int = 0
    bytes: int = 0
    loaded: Ledger = field(default_factory=lambda: Ledger("all files"))
    mentions: Ledger = field(default_factory=lambda: Ledger("all mentions"))
    loaded_files: int = 0
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    merged: str = ""

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
            "merged": self.merged or None,
            "total": {key: value for key, value in self.loaded.as_dict().items() if key != "failures"},
            "mentions": {key: value for key, value in self.mentions.as_dict().items() if key != "failures"},
            "problems": [{"name": name, "status": status, "reason": why} for name, status, why in self.problems],
        }

    def __str__(self) -> str:
        lines = [
            f"fetched {count_words(self.fetched, 'file')} ({size_words(self.bytes)}), loaded {self.loaded_files:,}: "
            f"{_counts(self.loaded)}"
        ]
        if self.plan.request.mentions:
            lines.append(f"mentions: {_counts(self.mentions)}")
        lines += [self.merged] if self.merged else []
        lines += [f"{name}: {status.upper()}. {why}" for name, status, why in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"and {len(self.problems) - _SHOWN:,} more (see --json)")
        found = {status for _, status, _ in self.problems}
        if "failed" in found:
            lines.append("Run the command again: only what is not held will be fetched.")
        elif not self.is_whole:
            lines.append("What is corrupt there is in the gap calendar, and is asked for again by every later run.")
        return "\n".join(lines)


def _counts(ledger: Ledger) -> str:
    return (
        f"{ledger.read:,} read = {ledger.kept:,} kept + {sum(ledger.ignored.values()):,} ignored "
        f"+ {sum(ledger.failed.values()):,} failed"
    )
