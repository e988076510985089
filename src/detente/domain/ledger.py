"""The account of a file: every row read is kept, ignored by a named rule, or failed with a reason.

A source fills one Ledger for each file; the store adds what it left out as repeats. ``check`` refuses an account that
does not add up, so that nothing is lost in silence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from detente.errors import DataError

#: Failed rows that are kept word for word for the user; the count goes on beyond it.
LISTED_FAILURES = 1000
#: Characters of a failed line that are kept.
EXCERPT_CHARS = 200


@dataclass(frozen=True)
class Failure:
    """One row that could not be read: where, why, and how it began."""

    line: int
    reason: str
    excerpt: str = ""


@dataclass
class Ledger:
    """Counts for one file. ``read == kept + sum(ignored) + sum(failed)`` once it is complete.

    Args:
        path: The file as the user named it.
        read: Rows read (data rows; a header line and blank lines are not rows).
        kept: Rows that became records.
        ignored: Rows left out, by the name of the rule.
        failed: Rows that could not be read, by reason.
        notes: Kept rows with something to say, by note (a repair, a flag); these are not part of the sum.
        failures: The first failed rows themselves.
    """

    path: str
    read: int = 0
    kept: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def fail(self, line: int, reason: str, excerpt: str = "") -> None:
        """Count a row as failed and list it while there is room."""
        self.failed[reason] += 1
        if len(self.failures) < LISTED_FAILURES:
            self.failures.append(Failure(line, reason, excerpt[:EXCERPT_CHARS]))

    def ignore(self, rule: str, rows: int = 1) -> None:
        """Count rows as left out by a named rule."""
        if rows:
            self.ignored[rule] += rows

    def note(self, note: str, rows: int = 1) -> None:
        """Count kept rows that have something to say."""
        if rows:
            self.notes[note] += rows

    def move_to_ignored(self, rule: str, rows: int) -> None:
        """Take rows that were kept and count them as left out by a rule (the store's repeats)."""
        self.kept -= rows
        self.ignore(rule, rows)

    def add(self, other: Ledger) -> None:
        """Add another ledger's counts to this one (parts of one file, or files of one load)."""
        self.read += other.read
        self.kept += other.kept
        self.ignored.update(other.ignored)
        self.failed.update(other.failed)
        self.notes.update(other.notes)
        self.failures.extend(other.failures[: LISTED_FAILURES - len(self.failures)])

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON-ready values, the listed failures included."""
        return {
            "path": self.path,
            "read": self.read,
            "kept": self.kept,
            "ignored": dict(self.ignored),
            "failed": dict(self.failed),
            "notes": dict(self.notes),
            "failures": [asdict(failure) for failure in self.failures],
        }

    def check(self) -> None:
        """Pass when the counts add up.

        Raises:
            DataError: when they do not.
        """
        accounted = self.kept + sum(self.ignored.values()) + sum(self.failed.values())
        if accounted != self.read:
            raise DataError(
                f"The ledger of {self.path} was closed.",
                f"{self.read} rows were read but {accounted} are accounted for.",
                "This is a defect of the source module; please report it with the file.",
            )
