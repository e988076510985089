"""Charts as SVG, drawn here: no library, no script, no request; colours follow the page in light and dark.

Two lines, cooperation and conflict, with 90 % bands; the volume of reports below; gaps are shaded and never joined.
The same data give the same text. A page that shows a chart includes ``PALETTE`` and ``CHART_STYLE`` once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.outlook.chart_frame import STRIP, Frame, draw_axes
from detente.outlook.words import format_band, format_day, format_probability

#: Colours of a page and its charts. Blue and vermilion are told apart by the colour-blind (Okabe and Ito 2008).
PALETTE = """
:root{--serif:"Source Serif 4",Georgia,"Times New Roman",serif;
--sans:"Source Sans 3","Segoe UI",system-ui,"Helvetica Neue",Arial,sans-serif;
color-scheme:light dark;--paper:#fff;--ink:#1a1a1a;--soft:#5c6064;--rule:#d9d9d6;--coop:#0072b2;--conf:#d55e00;
--conf-text:#a84600;--wash:#f1f1ee;--hold:#8a8a85}
@media screen and (prefers-color-scheme:dark){:root{--paper:#141517;--ink:#e9e9e6;--soft:#a7abaf;--rule:#36383b;
--coop:#56b4e9;--conf:#f0894a;--conf-text:#f0894a;--wash:#222427;--hold:#8d8f92}}
"""
CHART_STYLE = """
svg{display:block;width:100%;height:auto}svg text{font:11.5px var(--sans);fill:var(--soft)}
svg .strong{fill:var(--ink);font-weight:600}svg .cooperation-text{fill:var(--coop);font-weight:600}
svg .conflict-text{fill:var(--conf-text);font-weight:600}
.grid{stroke:var(--rule);stroke-width:.7;fill:none}.zero{stroke:var(--soft);stroke-width:.8;fill:none}
.gap{fill:var(--rule);opacity:.55}.line{fill:none;stroke-width:1.7;stroke-linejoin:round}
.line.cooperation{stroke:var(--coop)}.line.conflict{stroke:var(--conf)}
.dot.cooperation,.band.cooperation,.bar.improve{fill:var(--coop)}
.dot.conflict,.band.conflict,.bar.deteriorate{fill:var(--conf)}.bar.hold,.volume{fill:var(--hold)}
.band{opacity:.18}.volume{opacity:.65}.track{fill:var(--wash)}.whisker{stroke:var(--ink);stroke-width:1.4;fill:none}
.marker path{stroke:var(--soft);stroke-width:.8;stroke-dasharray:2 2;fill:none}.marker circle{fill:var(--ink)}
svg .marker text{fill:var(--paper);font-size:10px;font-weight:600}svg.bars text{font-size:13px;fill:var(--ink)}
svg.bars .quiet{fill:var(--soft)}
.zone{opacity:.13}.zone.improve{fill:var(--coop)}.zone.hold{fill:var(--hold)}.zone.deteriorate{fill:var(--conf)}
.now{stroke:var(--ink);stroke-width:1;fill:none}.week-dot{fill:var(--hold);opacity:.55}
.level-band,.fan{fill:var(--ink);opacity:.12}.level-line{fill:none;stroke:var(--ink);stroke-width:1.8;stroke-linejoin:round}
.fan-line{fill:none;stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}
.reference{stroke:var(--soft);stroke-width:1.2;fill:none}.reference.on{stroke-dasharray:3 3}
svg .answer{font-size:20px;font-weight:600;fill:var(--ink)}svg .answer.improve{fill:var(--coop)}
svg .answer.deteriorate{fill:var(--conf-text)}
.week rect{fill:var(--ink);opacity:0}.week:hover rect,.week:focus rect,.week.shown rect{opacity:.1}
.week:focus{outline:none}
.shift{stroke:var(--ink);stroke-width:1.2;fill:none}.shift-span{stroke:var(--ink);stroke-width:3;opacity:.3}
svg .shift-text{fill:var(--ink);font-weight:600}
"""
_BAND = 1.6449
_MARKERS = 9
_MARKER_GAP = 17.0


@dataclass(frozen=True)
class Shift:
    """A break of the level of a relation.

    Args:
        day: Its first day after the break.
        earliest: The day lies not before this one.
        latest: Nor after this one.
        change: Mean level after it minus the mean before.
    """

    day: dt.date
    earliest: dt.date
    latest: dt.date
    change: float


def draw_level_chart(
    levels: pl.DataFrame,
    events: Sequence[tuple[int, dt.date, str]] = (),
    *,
    title: str,
    width: int = 760,
    height: int = 340,
    highest: float | None = None,
    link: Callable[[dt.date], str] | None = None,
    shifts: Sequence[Shift] = (),
) -> str:
    """Weekly cooperation and conflict of a pair or a dyad, with bands, volume and numbered turning points.

    Args:
        levels: Rows of ``levels`` of one pair or one dyad.
        events: What to mark: number, day and label (see ``numbered_events``).
        title: What the chart shows; printed above it.
        width: Width of the drawing.
        height: Height of the drawing.
        highest: Upper end of the axis, where several charts share one.
        link: Where the week that ends on a day leads; None for a chart that leads nowhere.
        shifts: When the level of the relation broke.

    Returns:
        An ``<svg>`` element; empty text where there is no week.
    """
    weeks = levels.sort("week_end")
    ends: list[dt.date] = weeks["week_end"].to_list()
    if not ends:
        return ""
    frame = Frame(
        width=float(width),
        left=40.0,
        top=66.0 if events else 48.0,
        bottom=height - 34.0 - STRIP - 26.0,
        first=ends[0].toordinal() - DAYS_IN_WEEK + 1,
        last=ends[-1].toordinal(),
        highest=highest or find_ceiling([weeks]),
    )
    parts = [
        *_opening(title, _description(weeks), width, height, is_linked=link is not None),
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
        '<text x="0" y="29">Goldstein points a day: <tspan class="cooperation-text">cooperation</tspan>, '
        '<tspan class="conflict-text">conflict</tspan></text>',
        *_gaps(weeks, frame),
        *draw_axes(frame),
        *_lines(weeks, frame),
        *_volume(weeks, frame),
        *_shifts(shifts, frame),
        *_markers(events, frame),
        *(_week_links(weeks, frame, link) if link else []),
        "</svg>",
    ]
    return "\n".join(parts)


def numbered_events(
    chronology: pl.DataFrame, first: dt.date | None, last: dt.date | None
) -> list[tuple[int, dt.date, str]]:
    """The known events that a chart marks: number, day and label; one for each day, the latest nine."""
    days = (
        chronology.filter(pl.col("day").is_between(first, last))
        .sort("day", "actor")
        .group_by("day", maintain_order=True)
        .agg(pl.col("label").unique(maintain_order=True).str.join(" / "))
        .tail(_MARKERS)
    )
    return [(number, day, label) for number, (day, label) in enumerate(days.iter_rows(), start=1)]


def find_ceiling(series: Sequence[pl.DataFrame]) -> float:
    """The upper end of an axis that holds all of several series with their bands, in points a day; at least 1."""
    total = pl.col("cooperation") + pl.col("conflict")
    tops = [
        pl.col(name) + _BAND * pl.col("balance_se").fill_null(0.0) * (pl.col(name) / total).fill_nan(0.0).sqrt()
        for name in ("cooperation", "conflict")
    ]
    tallest = max((float(weeks.select(pl.max_horizontal(tops).max()).item() or 0.0) for weeks in series), default=0.0)
    return max(tallest * 1.03, 1.0)


def draw_probabilities(rows: Sequence[tuple[str, float, float, float]], *, title: str) -> str:
    """Horizontal bars of probabilities with their 90 % bands, the numbers beside them.

    Args:
        rows: Name, probability, low and high of each outcome.
        title: What they are the probabilities of.
    """
    said = "; ".join(f"{name} {format_probability(p)}, band {format_band(low, high)}" for name, p, low, high in rows)
    parts = [
        f'<svg class="bars" viewBox="0 0 380 {len(rows) * 28 + 2}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>",
    ]
    for index, (name, probability, low, high) in enumerate(rows):
        top = index * 28 + 4
        at, start, end = (88 + value * 170 for value in (probability, low, high))
        parts += [
            f'<text x="80" y="{top + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="88" y="{top + 2}" width="170" height="16" class="track"/>',
            f'<rect x="88" y="{top + 2}" width="{at - 88:.1f}" height="16" class="bar {escape(name)}"/>',
            f'<path d="M{start:.1f} {top + 10}H{end:.1f}M{start:.1f} {top + 6}V{top + 14}M{end:.1f} {top + 6}'
            f'V{top + 14}" class="whisker"/>',
            f'<text x="266" y="{top + 14}">{escape(format_probability(probability))} '
            f'<tspan class="quiet">({escape(format_band(low, high))})</tspan></text>',
        ]
    return "\n".join([*parts, "</svg>"])


def _opening(title: str, said: str, width: int, height: int, *, is_linked: bool) -> list[str]:
    """The beginning of a drawing; one with links in it is a group, since a picture holds nothing to follow."""
    shape = f'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"'
    if is_linked:
        return [f'<svg class="chart" role="group" aria-label="{escape(f"{title}. {said}")}" {shape}>']
    return [f'<svg class="chart" role="img" {shape}>', f"<title>{escape(title)}</title><desc>{escape(said)}</desc>"]


def _description(weeks: pl.DataFrame) -> str:
    last = weeks.drop_nulls("balance").tail(1)
    gaps = weeks["balance"].null_count()
    missing = f" {gaps} of {weeks.height} weeks are gaps." if gaps else ""
    if last.is_empty():
        return "No week has enough covered days."
    row = last.row(0, named=True)
    return (
        f"{weeks.height} weeks with 90 percent bands. In the week to {format_day(row['week_end'])}: cooperation "
        f"{row['cooperation']:.1f}, conflict {row['conflict']:.1f} Goldstein points a day, {row['n']} events.{missing}"
    )


def _gaps(weeks: pl.DataFrame, frame: Frame) -> list[str]:
    missing: list[dt.date] = weeks.filter(pl.col("balance").is_null())["week_end"].to_list()
    width = frame.x(DAYS_IN_WEEK) - frame.x(0)
    return [
        f'<rect x="{max(frame.x(day.toordinal()) - width, frame.left):.1f}" y="{frame.top}" width="{width:.1f}" '
        f'height="{frame.strip_bottom - frame.top}" class="gap"><title>week to {day}: not covered</title></rect>'
        for day in missing
    ]


def _lines(weeks: pl.DataFrame, frame: Frame) -> list[str]:
    parts = []
    for name in ("conflict", "cooperation"):
        for run in _runs(weeks, name):
            points = [(frame.x(day), frame.y(value)) for day, value, _ in run]
            above = [(frame.x(day), max(frame.y(value + error), frame.top)) for day, value, error in run]
            below = [(frame.x(day), frame.y(max(value - error, 0.0))) for day, value, error in reversed(run)]
            if len(run) == 1:
                (x, y), (_, high), (_, low) = points[0], above[0], below[0]
                parts.append(
                    f'<rect x="{x - 2:.1f}" y="{high:.1f}" width="4" height="{low - high:.1f}" class="band {name}"/>'
                )
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" class="dot {name}"/>')
                continue
            parts.append(f'<polygon points="{_points([*above, *below])}" class="band {name}"/>')
            parts.append(f'<polyline points="{_points(points)}" class="line {name}"/>')
    return parts


def _week_links(weeks: pl.DataFrame, frame: Frame, link: Callable[[dt.date], str]) -> list[str]:
    """Over each week something to point at: what it says, and where it leads. Keys reach it through the chart."""
    width = frame.x(DAYS_IN_WEEK) - frame.x(0)
    return [
        f'<a href="{escape(link(row["week_end"]))}" class="week" tabindex="-1">'
        f"<title>{escape(_week_said(row))}</title>"
        f'<rect x="{max(frame.x(row["week_end"].toordinal()) - width, frame.left):.1f}" y="{frame.top}" '
        f'width="{width:.1f}" height="{frame.strip_bottom - frame.top:.1f}"/></a>'
        for row in weeks.iter_rows(named=True)
    ]


def _week_said(row: Mapping[str, Any]) -> str:
    if row["balance"] is None:
        return f"Week to {format_day(row['week_end'])}: too few days covered ({row['covered_days']})"
    return (
        f"Week to {format_day(row['week_end'])}: cooperation {row['cooperation']:.1f}, conflict "
        f"{row['conflict']:.1f} points a day, {row['n']:,} events"
    )


def _shifts(shifts: Sequence[Shift], frame: Frame) -> list[str]:
    """Breaks of level on the axis: the day, and the days between which it lies."""
    parts = []
    for shift in shifts:
        at = frame.x(shift.day.toordinal())
        start, end = (max(frame.x(day.toordinal()), frame.left) for day in (shift.earliest, shift.latest))
        word = "worse from here" if shift.change < 0 else "better from here"
        told = (
            f"Break of level {format_day(shift.day)}, {word}; the day lies between {shift.earliest} and {shift.latest}"
        )
        near_end = at > frame.right - 90
        parts.append(
            f'<g><title>{escape(told)}</title><path d="M{start:.1f} {frame.bottom}H{end:.1f}" class="shift-span"/>'
            f'<path d="M{at:.1f} {frame.top}V{frame.bottom}" class="shift"/>'
            f'<text x="{at - 4 if near_end else at + 4:.1f}" y="{frame.top + 10}" class="shift-text" '
            f'text-anchor="{"end" if near_end else "start"}">{word}</text></g>'
        )
    return parts


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _runs(weeks: pl.DataFrame, name: str) -> list[list[tuple[float, float, float]]]:
    """Stretches of weeks without a gap: day, value, half-width of the band (its share of the balance's variance)."""
    runs: list[list[tuple[float, float, float]]] = [[]]
    for row in weeks.iter_rows(named=True):
        if row[name] is None:
            runs.append([])
            continue
        total = row["cooperation"] + row["conflict"]
        share = math.sqrt(row[name] / total) if total else 0.0
        runs[-1].append((row["week_end"].toordinal(), row[name], _BAND * (row["balance_se"] or 0.0) * share))
    return [run for run in runs if run]


def _volume(weeks: pl.DataFrame, frame: Frame) -> list[str]:
    most = weeks["n"].max()
    if not isinstance(most, int) or not most:
        return []
    width = max((frame.x(DAYS_IN_WEEK) - frame.x(0)) * 0.8, 0.5)
    parts = [f'<text x="{frame.left - 6}" y="{frame.strip_top + 8}" text-anchor="end">{most:,}</text>']
    for day, n in weeks.select("week_end", "n").drop_nulls().iter_rows():
        height = n / most * STRIP
        left = max(frame.x(day.toordinal()) - width, frame.left)
        parts.append(
            f'<rect x="{left:.1f}" y="{frame.strip_bottom - height:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="volume"><title>week to {day}: {n} events</title></rect>'
        )
    return parts


def _markers(events: Sequence[tuple[int, dt.date, str]], frame: Frame) -> list[str]:
    parts = []
    for (number, day, label), at in zip(
        events, _spread_out([frame.x(e[1].toordinal()) for e in events], frame), strict=True
    ):
        true = frame.x(day.toordinal())
        parts.append(
            f'<g class="marker"><title>{escape(f"{format_day(day)}: {label}")}</title>'
            f'<path d="M{at:.1f} {frame.top - 10}L{true:.1f} {frame.top}V{frame.bottom}"/>'
            f'<circle cx="{at:.1f}" cy="{frame.top - 18}" r="7.5"/>'
            f'<text x="{at:.1f}" y="{frame.top - 14.5}" text-anchor="middle">{number}</text></g>'
        )
    return parts


def _spread_out(places: Sequence[float], frame: Frame) -> list[float]:
    """Move marks apart, in order, until none covers another and none leaves the plot."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + _MARKER_GAP if moved else frame.left))
    limit = frame.right - 7.5
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - _MARKER_GAP
    return moved
