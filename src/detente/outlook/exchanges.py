"""Exchanges for a terminal: what was done, what came back, and what both are called."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Group
from rich.table import Table
from rich.text import Text

from detente.domain.tables import EXCHANGES, check_table
from detente.outlook.words import format_change, format_day

#: What the list is, and is not; shown under it.
EXCHANGES_NOTE = (
    "A move and the weightiest unusual answer in kind within 14 days, acts done together left out. “once in” is how "
    "rare such a day is for that side. It shows what followed, not that one was meant as the answer to the other."
)


def render_exchanges(exchanges: pl.DataFrame, title: str) -> Group:
    """A list of exchanges as one renderable.

    Args:
        exchanges: Rows of ``exchanges``.
        title: The line above.
    """
    check_table(exchanges, EXCHANGES)
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for head in ("move", "answer", "days", "named"):
        table.add_column(head, justify="right" if head == "days" else "left")
    for row in exchanges.iter_rows(named=True):
        move = _side(row, "actor", "recipient", "moved", "move")
        answer = _side(row, "recipient", "actor", "answered", "answer")
        names = dict.fromkeys(name for name in (row["move_event"], row["answer_event"]) if name)
        table.add_row(move, answer, str(row["lag_days"]), " → ".join(names) or "–")
    return Group(table, Text(EXCHANGES_NOTE, style="dim"))


def _side(row: dict[str, Any], actor: str, recipient: str, day: str, what: str) -> str:
    points = format_change(row[f"{what}_intensity"], 0)
    rare = f"once in {row[f'{what}_once_in']:.0f} days"
    return f"{format_day(row[day])}: {row[actor]} → {row[recipient]}\n{row[f'{what}_types']} ({points}; {rare})"
