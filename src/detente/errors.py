"""The whole error tree, named by who must act.

    DetenteError
    ├── SourceError      a provider's file is not what its card promises        → they changed, or the file is damaged
    ├── CodebookError    a code or name that our vocabulary does not hold       → wrong code family, or a gap of ours
    ├── DataError        a record or table breaks its schema                    → fix the record or the mapping
    ├── StoreError       the store cannot be read or written                    → disk, rights, another writer, damage
    ├── CutoffError      a read would need what was not known at its date       → move the as-of date
    ├── QuestionError    a question that cannot be asked or resolved            → change pair, horizon or origin
    └── ConfigError      an option or setting makes no sense                    → change the command

Every message has three parts: what was asked, what was found, what to do next.
"""

from __future__ import annotations


class DetenteError(Exception):
    """Anything Détente refuses to do, with a message in three parts.

    Args:
        asked: What was asked for, in the caller's words.
        found: What was found instead.
        next_step: What to do next; a command where there is one.
    """

    def __init__(self, asked: str, found: str = "", next_step: str = "") -> None:
        self.asked, self.found, self.next_step = asked, found, next_step
        super().__init__(" ".join(part for part in (asked, found, next_step) if part))

    def as_dict(self) -> dict[str, str]:
        """The error as one flat record: ``error``, ``asked``, ``found``, ``next_step``."""
        return {
            "error": type(self).__name__,
            "asked": self.asked,
            "found": self.found,
            "next_step": self.next_step,
        }

    def __reduce__(self) -> tuple[type[DetenteError], tuple[str, str, str]]:
        return type(self), (self.asked, self.found, self.next_step)


class SourceError(DetenteError):
    """A provider's file is not what its card promises: damaged, truncated, binary, of another shape."""


class CodebookError(DetenteError):
    """A code or name that the codebook does not hold, or that belongs to another family of codes."""


class DataError(DetenteError):
    """A record or a table that breaks its schema."""


class StoreError(DetenteError):
    """The store cannot be read or written: rights, space, another writer, damage."""


class CutoffError(DetenteError):
    """A read that would need what was not yet known at its as-of date, or an as-of date without data."""


class QuestionError(DetenteError):
    """A question about the future that cannot be asked or resolved as stated."""


class ConfigError(DetenteError):
    """An option, setting or mapping that makes no sense."""
