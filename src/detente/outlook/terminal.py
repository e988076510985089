"""The brief for a terminal, as something that rich can print."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detente.outlook.brief import Brief
from detente.outlook.report import (
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)


def render_terminal(brief: Brief) -> Group:
    """The whole brief as one renderable; it wraps to the width of the console."""
    return Group(
        Text(brief.headline, style="bold"),
        Text(brief.standfirst),
        _heading("Outlook"),
        _table(("next", "deteriorate", "hold", "improve", ""), outlook_rows(brief), right=()),
        _heading("What moved it"),
        Text(change_sentence(brief), style="dim"),
        _table(("day", "points a day", "what"), reason_rows(brief), right=(1,)),
        _heading("The last four weeks, each way (points a day, 90 % band)"),
        _table(
            ("", "cooperation", "conflict", "conflict share", "events a week"),
            direction_rows(brief),
            right=(1, 2, 3, 4),
        ),
        _heading("Notes"),
        *(Padding(Text(line, style="dim"), (0, 0, 0, 2)) for line in note_lines(brief)),
    )


def _heading(text: str) -> Padding:
    return Padding(Text(text, style="bold"), (1, 0, 0, 0))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    last = len(heads) - 1
    for index, head in enumerate(heads):
        align = "right" if index in right else "left"
        table.add_column(head, justify=align, no_wrap=index != last, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row)
    return table
