"""What a brief holds beyond its first page: exchanges, further measures, other people's assessments, what changed.

A terminal brief does without; the page, and programs that ask for all, have it. Everything is as known on the brief's
own day.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from detente.domain.tables import ASSESSED, EXCHANGES, LEVEL_QUANTILES, MEASURES

#: Exchanges of a page; the list goes on at the address of the series.
EXCHANGES_SHOWN = 6


@dataclass(frozen=True)
class Earlier:
    """What the brief said a while before.

    Args:
        as_of: The day of that version.
        probabilities: Probability of each outcome at the headline's horizon.
        z: Its status, in standard deviations; None where it was not known.
    """

    as_of: dt.date
    probabilities: Mapping[str, float]
    z: float | None


@dataclass(frozen=True)
class Stake:
    """What the question of the headline rests on, as known at its origin.

    Args:
        reference: Mean level of the 13 weeks up to the origin; None where too few are held.
        spread: Standard deviation of such changes.
        base_rates: How often each outcome came before.
    """

    reference: float | None
    spread: float
    base_rates: Mapping[str, float]


@dataclass(frozen=True)
class Detail:
    """The further parts of a brief; none of them where they were not asked for.

    Args:
        exchanges: Rows of ``exchanges``, the weightiest first.
        measures: Rows of ``measures`` of the pair: standing, reciprocity, consistency, attention, shifts.
        assessed: Rows of ``assessed`` about the pair, published by the day.
        stake: What the headline's question rests on.
        earlier: The version before this one.
        fan: Rows of ``level_quantiles``: where the level may go.
        is_there: Whether it was asked for.
    """

    exchanges: pl.DataFrame = field(default_factory=EXCHANGES.empty)
    measures: pl.DataFrame = field(default_factory=MEASURES.empty)
    assessed: pl.DataFrame = field(default_factory=ASSESSED.empty)
    stake: Stake | None = None
    earlier: Earlier | None = None
    fan: pl.DataFrame = field(default_factory=LEVEL_QUANTILES.empty)
    is_there: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """Public names of the measures that are shown."""
        return tuple(self.measures["measure"].unique(maintain_order=True))

    def as_dict(self) -> dict[str, Any]:
        """All parts, JSON-ready; what is not known is null."""
        return {
            "exchanges": plain_rows(self.exchanges),
            "measures": plain_rows(self.measures),
            "assessments": plain_rows(self.assessed),
            "question": None if self.stake is None else vars(self.stake),
            "fan": plain_rows(self.fan),
            "earlier": None if self.earlier is None else vars(self.earlier) | {"as_of": str(self.earlier.as_of)},
        }


def plain_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as JSON-ready records; NaN is none of them."""
    rows: list[dict[str, Any]] = json.loads(frame.write_json())
    return rows
