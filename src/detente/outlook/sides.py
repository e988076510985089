"""Charts of rows with two sides: conflict to the left of a middle line, cooperation to the right, bands as whiskers.

Used for voices (points an event of each branch), arenas (shares of each place or theme) and what moved the balance. The
same palette and style as the other charts; the numbers stand beside the bars, so nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from detente.codebook import state_name
from detente.outlook.words import format_change, format_number

#: Rows shown at most; the others are left to the table.
_ROWS = 7
#: An arena with less than this share of the events is not drawn.
_FEW = 0.005
_ROW, _LABELS, _COUNTS, _TOP = 25.0, 150.0, 96.0, 50.0
_NOT_SAID = {"voices": "no one named", "place": "place not known", "theme": "theme not known"}


@dataclass(frozen=True)
class Bar:
    """One side of a row: the value and the ends of its band, in the unit of the axis, all above zero."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TwoSided:
    """One row: what it is, its two sides (None where not known), and what stands at its end."""

    label: str
    conflict: Bar | None
    cooperation: Bar | None
    end: str


def voice_rows(voices: pl.DataFrame) -> list[TwoSided]:
    """The branches of one direction that were heard enough, the one with most events first."""
    heard = voices.drop_nulls("tone").sort("n", descending=True)
    return [
        TwoSided(
            row["role"] or _NOT_SAID["voices"],
            Bar(row["conflict"], row["conflict_low"], row["conflict_high"]),
            Bar(row["cooperation"], row["cooperation_low"], row["cooperation_high"]),
            f"{row['n']:,} events",
        )
        for row in heard.head(_ROWS).iter_rows(named=True)
    ]


def arena_rows(arenas: pl.DataFrame) -> list[TwoSided]:
    """The busiest known arenas, shares in per cent; those with hardly an event are left to the table."""
    rows = arenas.drop_nulls("arena").filter(
        pl.any_horizontal(pl.col("cooperation_share", "conflict_share").is_not_null()),
        pl.col("n") >= _FEW * pl.col("n").sum(),
    )
    return [
        TwoSided(arena_name(row), _share(row, "conflict"), _share(row, "cooperation"), f"{row['n']:,} events")
        for row in rows.head(_ROWS).iter_rows(named=True)
    ]


def change_rows(changes: pl.DataFrame) -> list[TwoSided]:
    """The arenas that moved the balance most: what made it worse on the left, better on the right."""
    rows = []
    for row in changes.head(_ROWS).iter_rows(named=True):
        value, ends = row["change"], (row["change_low"], row["change_high"])
        low, high = (-ends[1], -ends[0]) if value < 0 else ends
        bar = Bar(abs(value), low, high)
        rows.append(
            TwoSided(arena_name(row), bar if value < 0 else None, bar if value >= 0 else None, format_change(value, 1))
        )
    return rows


def arena_name(row: dict[str, str | None]) -> str:
    """An arena in words: a state's name, a theme, or that it is not known."""
    arena, kind = row["arena"], row["kind"] or ""
    if arena is None:
        return _NOT_SAID[kind]
    return state_name(arena) if kind == "place" else arena


def draw_sides(
    rows: Sequence[TwoSided],
    *,
    title: str,
    unit: str,
    sides: tuple[str, str] = ("conflict", "cooperation"),
    width: int = 760,
    highest: float | None = None,
) -> str:
    """Rows with two sides as one drawing; empty text where there is no row.

    Args:
        rows: What to draw, in this order.
        title: What the chart shows.
        unit: The unit of the axis.
        sides: What the left and the right side are called.
        width: Width of the drawing.
        highest: End of the axis on both sides, where several charts share one.
    """
    if not rows:
        return ""
    height = _TOP + len(rows) * _ROW + 30
    left, right = _LABELS, width - _COUNTS
    middle, half = (left + right) / 2, (right - left) / 2
    most = highest or find_reach(rows)
    step = _step(most)
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape('; '.join(_said(row, sides) for row in rows))}</desc>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
        f'<text x="{middle - 10:.1f}" y="36" text-anchor="end" class="conflict-text">← {escape(sides[0])}</text>',
        f'<text x="{middle + 10:.1f}" y="36" class="cooperation-text">{escape(sides[1])} →</text>',
    ]
    bottom = _TOP + len(rows) * _ROW
    for index in range(-int(most / step), int(most / step) + 1):
        at = middle + index * step / most * half
        parts.append(f'<path d="M{at:.1f} {_TOP - 4}V{bottom:.1f}" class="{"grid" if index else "zero"}"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 13:.1f}" text-anchor="middle">{abs(index) * step:g}</text>')
    parts.append(f'<text x="{middle:.1f}" y="{bottom + 27:.1f}" text-anchor="middle">{escape(unit)}</text>')
    for number, row in enumerate(rows):
        top = _TOP + number * _ROW
        parts.append(
            f'<text x="{left - 8}" y="{top + 16:.1f}" text-anchor="end" class="strong">{escape(row.label)}</text>'
        )
        parts += _bar(row.conflict, "conflict", top, middle, -half / most)
        parts += _bar(row.cooperation, "cooperation", top, middle, half / most)
        parts.append(f'<text x="{width - 4}" y="{top + 16:.1f}" text-anchor="end">{escape(row.end)}</text>')
    return "\n".join([*parts, "</svg>"])


def find_reach(rows: Sequence[TwoSided]) -> float:
    """The end of an axis that holds all values and bands of some rows."""
    bars = [bar for row in rows for bar in (row.conflict, row.cooperation) if bar]
    return max(max((max(bar.high, -bar.low, bar.value) for bar in bars), default=1.0) * 1.04, 1e-9)


def _bar(bar: Bar | None, name: str, top: float, middle: float, scale: float) -> list[str]:
    if bar is None:
        return []
    at, low, high = (middle + value * scale for value in (bar.value, bar.low, bar.high))
    return [
        f'<rect x="{min(at, middle):.1f}" y="{top + 5:.1f}" width="{abs(at - middle):.1f}" height="14" '
        f'class="bar {"deteriorate" if name == "conflict" else "improve"}"/>',
        f'<path d="M{low:.1f} {top + 12:.1f}H{high:.1f}M{low:.1f} {top + 8:.1f}v8M{high:.1f} {top + 8:.1f}v8" '
        'class="whisker"/>',
    ]


def _share(row: dict[str, float | None], name: str) -> Bar | None:
    value, low, high = (row[f"{name}_share{end}"] for end in ("", "_low", "_high"))
    return None if value is None or low is None or high is None else Bar(100 * value, 100 * low, 100 * high)


def _step(most: float) -> float:
    """Two to five steps to the end of the axis, of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** len(str(int(most))) / 1000
    return next(step for step in (power * f for f in (1, 2, 5, 10, 20, 50, 100, 200, 500)) if most / step <= 5)


def _said(row: TwoSided, sides: tuple[str, str]) -> str:
    bars = zip(sides, (row.conflict, row.cooperation), strict=True)
    told = [
        f"{side} {format_number(bar.value)} (band {format_number(bar.low)} to {format_number(bar.high)})"
        for side, bar in bars
        if bar
    ]
    return f"{row.label}: {', '.join(told)}, {row.end}"
