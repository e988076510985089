"""The brief as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from detente.outlook.brief import Brief
from detente.outlook.report import (
    DIRECTION_HEADS,
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)


def render_markdown(brief: Brief) -> str:
    """The whole brief as one Markdown document."""
    parts = [
        f"# {brief.headline}",
        brief.standfirst,
        "## Outlook",
        _table(("Horizon", "Deteriorate (90 % band)", "Hold", "Improve", "In words"), outlook_rows(brief)),
        "## What moved it",
        change_sentence(brief),
        _table(("Day", "Points a day", "What"), reason_rows(brief)),
        "## The last four weeks, each way",
        _table(DIRECTION_HEADS, direction_rows(brief)),
        "## Notes",
        "\n".join(f"- {line}" for line in note_lines(brief)),
        f"Resolution: {brief.question.resolution}",
    ]
    return "\n\n".join(parts) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
