"""Pieces of a page: escaped text, tables that can be read aloud, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

#: The dash of a range of numbers.
_RANGE = re.compile(r"(\d)–(?=[\d&])")


def plain_text(text: str) -> str:
    """Escaped; a number is never parted from its per cent sign, nor the ends of a range."""
    return _RANGE.sub("\\1&#8288;–&#8288;", escape(text).replace(" %", "&nbsp;%"))


def write_table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Sequence[int] = (),
    kind: str = "",
    made: Sequence[int] = (),
    firsts: Sequence[str] = (),
) -> str:
    """A table that scrolls sideways where it must, with heads for its columns and rows.

    Args:
        caption: What it shows, for those who cannot see it.
        heads: Heads of the columns.
        rows: Texts, row after row; the first of each heads its row.
        numbers: Columns of numbers.
        kind: A class.
        made: Columns that hold elements of ours instead of text.
        firsts: Where the heads of the rows lead; empty where they lead nowhere.
    """

    def mark(index: int) -> str:
        return ' class="number"' if index in numbers else ""

    def head_of(place: int, text: str) -> str:
        return f'<a href="{escape(firsts[place])}">{escape(text)}</a>' if firsts and firsts[place] else escape(text)

    head = "".join(f'<th scope="col"{mark(index)}>{escape(text)}</th>' for index, text in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{head_of(place, row[0])}</th>'
        + "".join(
            f"<td{mark(index)}>{text if index in made else plain_text(text)}</td>"
            for index, text in enumerate(row[1:], start=1)
        )
        + "</tr>"
        for place, row in enumerate(rows)
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def small(text: str) -> str:
    """A note under a figure or a table; empty where there is nothing to say."""
    return f'<p class="small">{plain_text(text)}</p>' if text else ""


def heading(text: str, note: str = "") -> str:
    """The head of a section, with a word on what it is."""
    return f"<h2>{escape(text)}{f' <span class={chr(34)}aside{chr(34)}>{escape(note)}</span>' if note else ''}</h2>"
