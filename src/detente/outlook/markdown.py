"""The brief as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.outlook.brief import Brief
from detente.outlook.citation import build_bibtex, product_version
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
    DIRECTION_HEADS,
    DIRECTION_NOTE,
    OUTLOOK_HEADS,
    REASON_HEADS,
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)
from detente.outlook.words import format_day

_MARKUP = re.compile(r"([\\`*_<>|\[\]])")


def render_markdown(brief: Brief) -> str:
    """The whole brief as one Markdown document; names and texts of others are escaped."""
    parts = [
        f"# {_escape(brief.headline)}",
        _escape(brief.standfirst),
        _escape(f"{' – '.join(brief.names)}, as of {format_day(brief.as_of)}, from {brief.provider}."),
        "## Outlook",
        _table(OUTLOOK_HEADS, outlook_rows(brief)),
        "## What moved it",
        _escape(change_sentence(brief)),
        _table(REASON_HEADS, reason_rows(brief)),
        "## The last four weeks, each way",
        _escape(DIRECTION_NOTE),
        _table(DIRECTION_HEADS, direction_rows(brief)),
        *_provocations(brief),
        *_made_of(brief),
        *_known(brief),
        "## How it is resolved",
        _escape(brief.question.resolution),
        "## Notes",
        "\n".join(f"- **{heading}:** {_escape(text)}" for heading, text in note_lines(brief)),
        f"```bibtex\n{build_bibtex(brief)}\n```",
        f"Made by Détente {product_version()}.",
    ]
    return "\n\n".join(parts) + "\n"


def _provocations(brief: Brief) -> list[str]:
    """The chances of provocative moves, where they were asked for."""
    if brief.provocations.is_empty():
        return []
    table = _table(provocation_heads(brief.provocations), provocation_rows(brief.provocations))
    reason = provocation_reason(brief.provocations)
    return ["## Provocative moves", _escape(PROVOCATION_NOTE), table, *([_escape(reason)] if reason else [])]


def _made_of(brief: Brief) -> list[str]:
    """Voices and arenas, each only where there is evidence."""
    voices, arenas, gap = voice_report(brief.parts), arena_report(brief.parts), gap_sentence(brief.parts)
    parts = ["## Who speaks", _escape(VOICE_NOTE), _table(VOICE_HEADS, voices)] if voices else []
    parts += [_escape(gap)] if voices and gap else []
    return parts + (["## Where and over what", _escape(ARENA_NOTE), _table(ARENA_HEADS, arenas)] if arenas else [])


def _known(brief: Brief) -> list[str]:
    rows = [f"- {format_day(row['day'])}: {_escape(row['text'])}" for row in brief.chronology.iter_rows(named=True)]
    return ["## Known events", "\n".join(dict.fromkeys(rows))] if rows else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
