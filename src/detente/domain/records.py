"""What a source hands over: parts of a file as tables of events, with their account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from detente.domain.ledger import Ledger


@dataclass(frozen=True)
class Part:
    """One bounded part of a file.

    Args:
        events: Rows of the table ``events`` (see ``domain.tables``).
        days: Rows of the table ``coverage``: what this part says about which days the provider covered.
        ledger: The account of this part alone.
        alike: What else must be equal in repeats, beside the columns of ``events``: a text for each event, or nothing.
        is_checked: Whether both tables were checked against their schemas, with others that they were cut from.
    """

    events: pl.DataFrame
    days: pl.DataFrame
    ledger: Ledger
    alike: pl.Series | None = None
    is_checked: bool = False


@dataclass(frozen=True)
class Repeats:
    """A provider's stated rule for which rows are repeats of one event.

    Args:
        rule: Name of the rule in ledgers.
        columns: Two rows equal in these columns of ``events``, or ``alike``, are reports of one event.
        within_minutes: Only if learned within this many minutes of each other; None for any distance.
    """

    rule: str
    columns: Sequence[str]
    within_minutes: int | None = None
