"""Charts that only the worked pages have: one series against its usual, and rows of dots with whiskers.

They are drawn like those of `detente.outlook`: plain SVG, the same palette, bands, gaps left open, no script.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from html import escape

from detente.outlook.charts import CHART_STYLE, PALETTE
from detente.outlook.words import format_number, short_month

WIDTH = 760
_LEFT, _RIGHT, _TOP = 44.0, WIDTH - 8.0, 48.0

Point = tuple[dt.date, float | None, float | None, float | None]
Dot = tuple[str, float, float, float, str]


def standalone(svg: str) -> str:
    """A chart as a file of its own: with its style, a ground of its own in light and dark, and a little margin."""
    start, _, rest = svg.partition(">")
    width, height = (float(part) for part in start.split('viewBox="0 0 ')[1].split('"')[0].split())
    box = f"-12 -10 {width + 24:.0f} {height + 20:.0f}"
    start = start.replace(f'viewBox="0 0 {width:.0f} {height:.0f}"', f'viewBox="{box}"')
    ground = f'<rect x="-12" y="-10" width="{width + 24:.0f}" height="{height + 20:.0f}" style="fill:var(--paper)"/>'
    return f"{start}>\n<style>{PALETTE}{CHART_STYLE}</style>\n{ground}{rest}\n"


def draw_series(
    points: Sequence[Point],
    *,
    title: str,
    unit: str,
    usual: tuple[float, float] | None = None,
    marks: Sequence[tuple[dt.date, str]] = (),
    height: int = 230,
) -> str:
    """One series by week with its band, beside the span that is usual; gaps are left open."""
    held = [(day, value, low, high) for day, value, low, high in points if value is not None]
    if not held:
        return ""
    ends = [end for _, value, low, high in held for end in (value, low, high) if end is not None]
    bottom_value, top_value = min([*ends, *(usual or ())]), max([*ends, *(usual or ())])
    room = (top_value - bottom_value) * 0.05 or 1.0
    bottom_value, top_value = bottom_value - room, top_value + room
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()
    bottom = height - 40.0

    def x(day: dt.date) -> float:
        return _LEFT + (day.toordinal() - first) / max(last - first, 1) * (_RIGHT - _LEFT)

    def y(value: float) -> float:
        return bottom - (value - bottom_value) / (top_value - bottom_value) * (bottom - _TOP)

    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text><text x="0" y="29">{escape(unit)}</text>',
    ]
    if usual:
        parts.append(
            f'<rect x="{_LEFT}" y="{y(usual[1]):.1f}" width="{_RIGHT - _LEFT}" '
            f'height="{y(usual[0]) - y(usual[1]):.1f}" class="gap"/>'
        )
    parts += _value_axis(bottom_value, top_value, y)
    parts += month_axis(points[0][0], points[-1][0], x, _TOP, bottom, _RIGHT)
    for run in _runs(points):
        band = [f"{x(day):.1f},{y(high):.1f}" for day, _, _, high in run if high is not None]
        band += [f"{x(day):.1f},{y(low):.1f}" for day, _, low, _ in reversed(run) if low is not None]
        line = " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value, _, _ in run if value is not None)
        parts.append(f'<polygon points="{" ".join(band)}" class="band" style="fill:var(--ink)"/>')
        parts.append(f'<polyline points="{line}" class="line" style="stroke:var(--ink)"/>')
    for day, label in marks:
        at = x(day)
        anchor = "end" if at > WIDTH / 2 else "start"
        parts.append(
            f'<g class="marker"><path d="M{at:.1f} {_TOP - 4}V{bottom}"/></g>'
            f'<text x="{at + (-4 if anchor == "end" else 4):.1f}" y="{_TOP + 6}" text-anchor="{anchor}">'
            f"{escape(label)}</text>"
        )
    return "\n".join([*parts, "</svg>"])


def draw_dots(
    rows: Sequence[Dot], *, title: str, unit: str, kinds: Sequence[str] = (), lowest: float | None = None
) -> str:
    """Rows of a value with its band: label, value, low, high, what stands at the end.

    Args:
        rows: What to draw, in this order.
        title: What the chart shows.
        unit: The unit of the axis.
        kinds: ``cooperation`` or ``conflict`` for each row, where it is of one side.
        lowest: Lower end of the axis; by default the lowest band or zero.
    """
    if not rows:
        return ""
    row_height, left, right = 24.0, 232.0, WIDTH - 110.0
    bottom = 40.0 + len(rows) * row_height
    low = min([0.0, *(row[2] for row in rows)]) if lowest is None else lowest
    high = max([0.0, *(row[3] for row in rows)])
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return left + (value - low) / span * (right - left)

    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {bottom + 34:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
    ]
    step = _step(span / 6)
    for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        at = x(index * step)
        parts.append(f'<path d="M{at:.1f} 36V{bottom:.1f}" class="{"grid" if index else "zero"}"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 13:.1f}" text-anchor="middle">{index * step:g}</text>')
    parts.append(f'<text x="{(left + right) / 2:.1f}" y="{bottom + 28:.1f}" text-anchor="middle">{escape(unit)}</text>')
    for number, (label, value, start, end, said) in enumerate(rows):
        top = 40.0 + number * row_height
        colour = {"cooperation": "var(--coop)", "conflict": "var(--conf)"}.get(
            kinds[number] if kinds else "", "var(--ink)"
        )
        parts += [
            f'<text x="{left - 10}" y="{top + 15:.1f}" text-anchor="end" class="strong">{escape(label)}</text>',
            f'<path d="M{x(start):.1f} {top + 11:.1f}H{x(end):.1f}" '
            f'style="stroke:{colour};stroke-width:2.4;opacity:.55"/>',
            f'<circle cx="{x(value):.1f}" cy="{top + 11:.1f}" r="4.2" style="fill:{colour}"/>',
            f'<text x="{WIDTH - 4}" y="{top + 15:.1f}" text-anchor="end">'
            f"{escape(said or format_number(value, 2))}</text>",
        ]
    return "\n".join([*parts, "</svg>"])


def _value_axis(low: float, high: float, y: Callable[[float], float]) -> list[str]:
    step = _step((high - low) / 4)
    parts = []
    for index in range(math.ceil(low / step), math.floor(high / step) + 1):
        at = y(index * step)
        parts.append(f'<path d="M{_LEFT} {at:.1f}H{_RIGHT}" class="{"grid" if index else "zero"}"/>')
        text = format_number(index * step, 0 if step >= 1 else 1)
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    return parts


def month_axis(
    first: dt.date, last: dt.date, x: Callable[[dt.date], float], top: float, bottom: float, right: float
) -> list[str]:
    """A grid of months, with their names below and the year under its first."""
    parts, year = [], 0
    day = dt.date(first.year, first.month, 1)
    while day <= last:
        if day >= first and x(day) < right - 20:
            at = x(day)
            parts.append(f'<path d="M{at:.1f} {top}V{bottom}" class="grid"/>')
            parts.append(f'<text x="{at + 2:.1f}" y="{bottom + 13}">{short_month(day.month)}</text>')
            if day.year != year:
                parts.append(f'<text x="{at + 2:.1f}" y="{bottom + 26}" class="strong">{day.year}</text>')
            year = day.year
        day = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return parts


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Stretches without a gap."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point[1] is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _step(size: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))
