"""Where relations stand among all relations over a window of days."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import PAIR, N
from detente.domain.tables.schema import Column, Table

_LOW, _HIGH = "Lower end of its 90 % band.", "Upper end of its 90 % band."
_SHARE = "share of relations, 0 to 1"


def _banded(name: str, meaning: str, unit: str) -> tuple[Column, Column, Column]:
    return (
        Column(name, pl.Float64, meaning, unit, nullable=True),
        Column(f"{name}_low", pl.Float64, _LOW, unit, nullable=True),
        Column(f"{name}_high", pl.Float64, _HIGH, unit, nullable=True),
    )


STANDINGS = Table(
    "standings",
    "Relations compared with each other over a window (`standing-v1`); null where the evidence is too thin.",
    (
        PAIR,
        Column("actor", pl.String, "State that acts; null in a pair's row (both directions).", nullable=True),
        Column("recipient", pl.String, "State that receives; null in a pair's row.", nullable=True),
        Column("first_day", pl.Date, "First day of the window.", "UTC day"),
        Column("last_day", pl.Date, "Last day of the window.", "UTC day"),
        Column("covered_days", pl.Int64, "Days of the window that the provider covered.", "days"),
        N,
        Column("cooperation", pl.Float64, "Sum of the positive intensities.", "Goldstein points"),
        Column("conflict", pl.Float64, "Sum of the negative intensities, without the sign.", "Goldstein points"),
        *_banded("hostility", "Conflict against what a relation of that much news has; above 0 is more.", "log ratio"),
        *_banded(
            "affinity",
            "Cooperation against what both states' cooperation with all leads to; above 0 is more.",
            "log ratio",
        ),
        *_banded("standing", "A quarter of affinity minus hostility: higher is better.", "log ratio"),
        *_banded("place", "Relations of the window that stand worse.", _SHARE),
        *_banded(
            "place_among_peers", "Of the 100 relations nearest in amount of news, those that stand worse.", _SHARE
        ),
    ),
)
