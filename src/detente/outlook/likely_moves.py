"""Likely moves for a terminal and for JSON: the chance, the usual share beside it, and what speaks for it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from rich.console import Group
from rich.table import Table
from rich.text import Text

from detente.domain.tables import LIKELY_MOVES, check_table
from detente.outlook.words import format_band, format_probability

#: How the list is ordered and what it cannot tell; shown under it.
LIKELY_NOTE = (
    "Chance of at least one such event in the days ahead, 90 % band of the fit, in brackets how often spans as long "
    "held one. Those come first that are likely and likelier than usual. What speaks for a move is its history, not "
    "its cause; what the data never held cannot be on the list."
)


def render_likely(moves: pl.DataFrame, title: str, *, top: int) -> Group:
    """The list as one renderable, a table a direction.

    Args:
        moves: Rows of ``likely_moves``.
        title: The line above.
        top: How many of each direction; the chance of no event comes beside them.
    """
    check_table(moves, LIKELY_MOVES)
    parts: list[Text | Table] = [Text(title, style="bold")]
    for (actor, recipient), rows in moves.group_by("actor", "recipient", maintain_order=True):
        table = Table(
            title=f"{actor} → {recipient}", title_justify="left", header_style="dim", box=None, pad_edge=False
        )
        for head in ("move", "chance", "what speaks for it"):
            table.add_column(head, justify="right" if head == "chance" else "left", overflow="fold")
        for row in chosen_moves(rows, top=top).iter_rows(named=True):
            code = f" [{row['kind']}]" if row["kind"] else ""
            table.add_row(Text(f"{row['label']}{code}"), Text(_chance(row)), Text(row["reasons"].replace(" | ", "\n")))
        parts.append(table)
    return Group(*parts, Text(LIKELY_NOTE, style="dim"))


def chosen_moves(moves: pl.DataFrame, *, top: int) -> pl.DataFrame:
    """The first rows of each direction that name a move, then the one for no event.

    Args:
        moves: Rows of ``likely_moves``.
        top: How many moves of each direction.
    """
    is_named = pl.col("kind").is_not_null()
    place = is_named.cum_sum().over("actor", "recipient")
    kept = moves.filter(~is_named | (place <= top))
    order = moves.select("actor", "recipient").unique(maintain_order=True).with_row_index("side")
    named = kept.with_columns(is_named.alias("is_named")).join(order, on=["actor", "recipient"], maintain_order="left")
    return named.sort("side", "is_named", descending=[False, True], maintain_order=True).select(LIKELY_MOVES.names)


def likely_as_list(moves: pl.DataFrame) -> list[dict[str, Any]]:
    """JSON-ready values, reasons as a list."""
    rows: list[dict[str, Any]] = json.loads(moves.write_json())
    return [row | {"reasons": row["reasons"].split(" | ")} for row in rows]


def _chance(row: dict[str, Any]) -> str:
    band = format_band(row["p_low"], row["p_high"])
    return f"{format_probability(row['p'])} ({band}) [{format_probability(row['base_rate'])}]"
