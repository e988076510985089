"""Charts of scores as SVG: intervals, reliability, skill over time. Same habits and palette as the charts of levels."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

#: Style beside ``CHART_STYLE``; colours are those of ``PALETTE``.
SCORE_STYLE = """
.span{stroke:var(--ink);stroke-width:1.3;fill:none}.span.quiet{stroke:var(--hold)}.point{fill:var(--ink)}
.point.quiet{fill:var(--paper);stroke:var(--soft);stroke-width:1.2}.bar2{fill:var(--hold);opacity:.45}
.expected{fill:var(--coop);opacity:.22}.diagonal{stroke:var(--soft);stroke-width:.8;stroke-dasharray:3 3;fill:none}
.trace{fill:none;stroke:var(--coop);stroke-width:1.4;stroke-linejoin:round}
"""
_ROW, _TOP, _FOOT = 19.0, 24.0, 20.0


def draw_intervals(
    rows: Sequence[tuple[str, float | None, float | None, float | None, bool]],
    *,
    title: str,
    ends: tuple[float, float],
    label_width: float = 112.0,
    width: int = 380,
) -> str:
    """Values with their bands, one row each, on a common axis with a line at zero.

    Args:
        rows: Label, value, low, high, and whether it is the one that the chart is about; None is not drawn.
        title: What is shown; printed above it.
        ends: Both ends of the axis, shared by charts that stand side by side; what lies beyond is cut at the edge.
        label_width: Room for the labels.
        width: Width of the drawing.
    """
    bottom = _TOP + _ROW * len(rows)
    left, right = label_width, width - 10.0

    def x(value: float) -> float:
        share = (value - ends[0]) / (ends[1] - ends[0])
        return left + min(max(share, 0.0), 1.0) * (right - left)

    said = "; ".join(
        f"{label} {_signed(value)} ({_signed(low)} to {_signed(high)})" for label, value, low, high, _ in rows
    )
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {bottom + _FOOT:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
    ]
    for tick in _ticks(*ends):
        kind = "zero" if abs(tick) < 1e-9 else "grid"
        parts.append(f'<path d="M{x(tick):.1f} {_TOP - 4}V{bottom:.1f}" class="{kind}"/>')
        parts.append(f'<text x="{x(tick):.1f}" y="{bottom + 13:.1f}" text-anchor="middle">{_signed(tick, 2)}</text>')
    for place, (label, value, low, high, is_featured) in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        kind = "" if is_featured else " quiet"
        weight = ' class="strong"' if is_featured else ""
        parts.append(f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end"{weight}>{escape(label)}</text>')
        if low is not None and high is not None:
            parts.append(f'<path d="M{x(low):.1f} {y:.1f}H{x(high):.1f}" class="span{kind}"/>')
        if value is not None and ends[0] <= value <= ends[1]:
            parts.append(f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="3.2" class="point{kind}"/>')
        elif value is not None:
            parts.append(_beyond(value, x(value), y + 4, is_low=value < ends[0]))
    return "\n".join([*parts, "</svg>"])


def draw_reliability(bins: Sequence[Mapping[str, Any]], *, title: str, note: str = "", width: int = 240) -> str:
    """What was said against what came out, with the bars in which a reliable forecaster would lie.

    Args:
        bins: Records of a reliability table as in the JSON form of a backtest.
        title: What is shown.
        note: A few words under the title.
        width: Width of the drawing.
    """
    left, right, top = 30.0, width - 14.0, 38.0
    size = right - left
    bottom = top + size
    most = max((row["cases"] for row in bins), default=1)

    def x(share: float) -> float:
        return left + share * size

    def y(share: float) -> float:
        return bottom - share * size

    said = "; ".join(f"said {row['said']:.2f}, came {row['came']:.2f}, {row['cases']} cases" for row in bins)
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {bottom + 30:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text><text x="0" y="27">{escape(note)}</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<path d="M{x(tick):.1f} {top}V{bottom}M{left} {y(tick):.1f}H{right}" class="grid"/>')
        parts.append(f'<text x="{x(tick):.1f}" y="{bottom + 13:.1f}" text-anchor="middle">{100 * tick:.0f}</text>')
        parts.append(f'<text x="{left - 5:.1f}" y="{y(tick) + 4:.1f}" text-anchor="end">{100 * tick:.0f}</text>')
    parts.append(f'<text x="{right}" y="{bottom + 26:.1f}" text-anchor="end">said, %</text>')
    parts.append(f'<path d="M{left} {bottom}L{right} {top}" class="diagonal"/>')
    for row in bins:
        at, share = x(row["said"]), 0.22 * row["cases"] / most
        parts.append(
            f'<rect x="{x(row["from"]) + 1:.1f}" y="{y(share):.1f}" width="{size / 10 - 2:.1f}" '
            f'height="{bottom - y(share):.1f}" class="bar2"><title>{row["cases"]:,} cases</title></rect>'
        )
        high, low = y(row["consistent_high"]), y(row["consistent_low"])
        parts.append(
            f'<rect x="{at - 4:.1f}" y="{high:.1f}" width="8" height="{max(low - high, 1):.1f}" class="expected"/>'
        )
        if row["came_low"] is not None:
            parts.append(f'<path d="M{at:.1f} {y(row["came_low"]):.1f}V{y(row["came_high"]):.1f}" class="span"/>')
        parts.append(f'<circle cx="{at:.1f}" cy="{y(row["came"]):.1f}" r="2.8" class="point"/>')
    return "\n".join([*parts, "</svg>"])


def draw_skill_over_time(points: Sequence[tuple[dt.date, float | None]], *, title: str, width: int = 760) -> str:
    """Skill by origin as a line, with a line at zero.

    Args:
        points: Origin and skill, in order; None is a break.
        title: What is shown.
        width: Width of the drawing.
    """
    values = [value for _, value in points if value is not None]
    if not values:
        return ""
    ends = axis_ends(values, least=0.1)
    left, right, top, bottom = 44.0, width - 10.0, 30.0, 130.0
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()

    def x(day: dt.date) -> float:
        return left + (day.toordinal() - first) / max(last - first, 1) * (right - left)

    def y(value: float) -> float:
        return bottom - (value - ends[0]) / (ends[1] - ends[0]) * (bottom - top)

    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {bottom + 20:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>From {min(values):+.2f} to {max(values):+.2f}.</desc>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
    ]
    for tick in _ticks(*ends):
        kind = "zero" if abs(tick) < 1e-9 else "grid"
        parts.append(f'<path d="M{left} {y(tick):.1f}H{right}" class="{kind}"/>')
        parts.append(f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{_signed(tick, 2)}</text>')
    for place in sorted({0, len(points) // 2, len(points) - 1}):
        day = points[place][0]
        anchor = "start" if place == 0 else "end" if place == len(points) - 1 else "middle"
        parts.append(f'<text x="{x(day):.1f}" y="{bottom + 15:.1f}" text-anchor="{anchor}">{day}</text>')
    for run in _runs(points):
        places = " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value in run)
        parts.append(f'<polyline points="{places}" class="trace"/>')
    return "\n".join([*parts, "</svg>"])


def axis_ends(values: Sequence[float], *, least: float, lowest: float = -math.inf) -> tuple[float, float]:
    """Ends of an axis that holds zero and all values, in round steps.

    Args:
        values: What it must hold.
        least: Its least extent.
        lowest: It goes no lower, whatever the values.
    """
    low, high = max(min([0.0, *values]), lowest), max([0.0, *values])
    step = _step(max(high - low, least))
    return math.floor(low / step - 1e-9) * step, math.ceil(high / step + 1e-9) * step


def _beyond(value: float, x: float, y: float, *, is_low: bool) -> str:
    """A value that lies outside the axis, in words at its edge."""
    if is_low:
        return f'<text x="{x + 4:.1f}" y="{y:.1f}">‹ {_signed(value, 2)}</text>'
    return f'<text x="{x - 4:.1f}" y="{y:.1f}" text-anchor="end">{_signed(value, 2)} ›</text>'


def _runs(points: Sequence[tuple[dt.date, float | None]]) -> list[list[tuple[dt.date, float]]]:
    runs: list[list[tuple[dt.date, float]]] = [[]]
    for day, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((day, value))
    return [run for run in runs if run]


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * place, 10) for place in range(first, last + 1)]


def _step(extent: float) -> float:
    """A round step that divides an extent into two to five."""
    power = 10.0 ** math.floor(math.log10(extent / 5))
    return float(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= extent / 5 * (1 - 1e-9)))


def _signed(value: float | None, places: int = 3) -> str:
    if value is None:
        return "not known"
    return f"{value:+.{places}f}".replace("-", "−") if abs(value) > 1e-9 else "0"
