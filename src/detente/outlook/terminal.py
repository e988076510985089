"""The brief for a terminal, as something that rich can print."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detente.outlook.brief import Brief
from detente.outlook.parts import (
    ARENA_HEADS,
    ARENA_NOTE,
    VOICE_HEADS,
    VOICE_NOTE,
    arena_report,
    gap_sentence,
    voice_report,
)
from detente.outlook.provocations import (
    PROVOCATION_NOTE,
    provocation_heads,
    provocation_reason,
    provocation_rows,
)
from detente.outlook.report import (
    DIRECTION_NOTE,
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)
from detente.outlook.words import format_day


def render_terminal(brief: Brief) -> Group:
    """The whole brief as one renderable; it wraps to the width of the console, from 80 columns."""
    names = " – ".join(brief.names)
    return Group(
        Text(f"{names} · as of {format_day(brief.as_of)} · {brief.provider}", style="dim"),
        Text(brief.headline, style="bold"),
        Text(brief.standfirst),
        _heading("Outlook (probability, 90 % band)"),
        _table(
            ("", "deteriorate", "hold", "improve"),
            [[cell.replace(", ", "\n") for cell in row] for row in outlook_rows(brief)],
            wraps=3,
        ),
        _heading("What moved it"),
        Text(change_sentence(brief), style="dim"),
        _table(("day", "points a day", "reports"), reason_rows(brief), right=(1,), wraps=2),
        _heading("The last four weeks, each way"),
        Text(DIRECTION_NOTE, style="dim"),
        _table(
            ("", "cooperation", "conflict", "conflict share", "events a week"),
            [[cell.replace("→ ", "→\n").replace(" [", "\n[") for cell in row] for row in direction_rows(brief)],
            right=(1, 2, 3, 4),
            wraps=0,
        ),
        *_provocations(brief),
        *_made_of(brief),
        _heading("Notes"),
        _note("Resolved", f"by {brief.question.rule} after {format_day(brief.question.closes)}; --md prints the rule"),
        *(_note(heading, text) for heading, text in note_lines(brief)),
    )


def _provocations(brief: Brief) -> list[Text | Padding | Table]:
    """The chances of provocative moves, where they were asked for."""
    if brief.provocations.is_empty():
        return []
    rows = [[cell.replace(" [", "\n[") for cell in row] for row in provocation_rows(brief.provocations)]
    heads = ("", *(head.lower() for head in provocation_heads(brief.provocations)[1:]))
    reason = provocation_reason(brief.provocations)
    table = _table(heads, rows, wraps=len(heads) - 1)
    note = Text(PROVOCATION_NOTE, style="dim")
    return [_heading("Provocative moves"), note, table, *([Text(reason, style="dim")] if reason else [])]


def _made_of(brief: Brief) -> list[Text | Padding | Table]:
    """Voices and arenas, each only where there is evidence."""
    parts: list[Text | Padding | Table] = []
    sections = (
        ("Who speaks", VOICE_HEADS, VOICE_NOTE, voice_report(brief.parts), gap_sentence(brief.parts)),
        ("Where and over what", ARENA_HEADS, ARENA_NOTE, arena_report(brief.parts), ""),
    )
    for title, heads, note, rows, sentence in sections:
        if rows:
            table = _table(("", *(head.lower() for head in heads[1:])), rows, right=(1, 2, 3), wraps=0)
            parts += [_heading(title), Text(note, style="dim"), table, *([Text(sentence)] if sentence else [])]
    return parts


def _note(heading: str, text: str) -> Padding:
    return Padding(Text(f"{heading}: {text}", style="dim"), (0, 0, 0, 2))


def _heading(text: str) -> Padding:
    return Padding(Text(text, style="bold"), (1, 0, 0, 0))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), wraps: int) -> Table:
    """A plain table; the column ``wraps`` gives way where the console is narrow."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if index in right else "left", no_wrap=index != wraps)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
