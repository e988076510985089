"""The chances of provocative moves in a brief: one row a direction, the base rate beside each chance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from detente.domain.tables import HAZARDS
from detente.forecast.rules import PROVOKED
from detente.outlook.words import format_band, format_day, format_probability, short_name

PROVOCATION_NOTE = (
    "Chance of at least one day of material conflict above the 99th percentile of the side's own two years, with an "
    "act of −6 or below; 90 % bands, in brackets how often such spans held one before."
)


def provocation_heads(rows: pl.DataFrame) -> tuple[str, ...]:
    """Heads of the table: who, each horizon, the last time."""
    weeks = rows["horizon_weeks"].unique().sort()
    return ("Direction", *("1 week" if each == 1 else f"{each} weeks" for each in weeks), "The last")


def provocation_rows(rows: pl.DataFrame) -> list[tuple[str, ...]]:
    """One row a direction: its chance at each horizon, and when it last happened.

    Args:
        rows: Rows of ``hazards`` of one pair and origin.
    """
    found = []
    for (actor, recipient), side in rows.group_by("actor", "recipient", maintain_order=True):
        row = side.row(0, named=True)
        cells = [_chance(each) for each in side.sort("horizon_weeks").iter_rows(named=True)]
        found.append((f"{short_name(str(actor))} → {short_name(str(recipient))}", *cells, _last(row)))
    return found


def provocation_reason(rows: pl.DataFrame) -> str:
    """Why chances are missing, in a sentence; empty where none is."""
    missing = rows.filter(pl.col("p").is_null()).sort("horizon_weeks").unique("horizon_weeks", maintain_order=True)
    if missing.is_empty():
        return ""
    if missing.height > 1 and missing["reason"].n_unique() == 1 and missing.height == rows["horizon_weeks"].n_unique():
        return f"No chance is given: {missing['reason'][0]}."
    parts = [f"over {row['horizon_weeks']} weeks ({row['reason']})" for row in missing.iter_rows(named=True)]
    return f"No chance is given {', '.join(parts)}."


def provocations_as_list(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """JSON-ready values: the rows as they are, with their rule and when the last one was."""
    return [
        row | {"origin": str(row["origin"]), "last": str(last) if (last := _last_day(row)) else None, "rule": PROVOKED}
        for row in rows.iter_rows(named=True)
    ]


def no_provocations() -> pl.DataFrame:
    """No rows: nothing was asked."""
    return HAZARDS.empty()


def _chance(row: dict[str, Any]) -> str:
    if row["p"] is None:
        return "–"
    band = format_band(row["p_low"], row["p_high"])
    return f"{format_probability(row['p'])} ({band}) [{format_probability(row['base_rate'])}]"


def _last_day(row: dict[str, Any]) -> dt.date | None:
    if row["days_since"] is None:
        return None
    day: dt.date = row["origin"] - dt.timedelta(days=row["days_since"])
    return day


def _last(row: dict[str, Any]) -> str:
    if row["threshold"] is None:
        return "–"
    day = _last_day(row)
    return "none held" if day is None else f"{format_day(day)}, {_ago(row['days_since'])}"


def _ago(days: int) -> str:
    return "today" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
