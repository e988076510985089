"""Charts as SVG, drawn here: no library, no script, no request; colours follow the page in light and dark.

Two lines, cooperation and conflict, with 90 % bands; the volume of reports below; gaps are left open and shaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape

import polars as pl

_WIDTH, _HEIGHT = 760.0, 330.0
_LEFT, _RIGHT, _TOP, _MAIN_BOTTOM, _STRIP_TOP, _STRIP_BOTTOM = 46.0, 12.0, 30.0, 226.0, 250.0, 296.0
_BAND = 1.6449
_MARKERS = 9
_MARKER_GAP = 17.0

Place = Callable[[float], float]


def draw_level_chart(levels: pl.DataFrame, chronology: pl.DataFrame, *, title: str) -> str:
    """Weekly cooperation and conflict of a pair, with bands, volume and numbered turning points.

    Args:
        levels: Rows of ``levels`` of one pair, sorted by week.
        chronology: Known events of the pair; the numbers of ``numbered_events`` refer to it.
        title: What the chart shows, for readers who cannot see it.

    Returns:
        An ``<svg>`` element.
    """
    weeks = levels.sort("week_end")
    ends: list[dt.date] = weeks["week_end"].to_list()
    if not ends:
        return ""
    highest = _ceiling(weeks)
    first, last = ends[0].toordinal() - 6, ends[-1].toordinal()
    x: Place = lambda day: _LEFT + (day - first) / max(last - first, 1) * (_WIDTH - _LEFT - _RIGHT)  # noqa: E731
    y: Place = lambda value: _MAIN_BOTTOM - value / highest * (_MAIN_BOTTOM - _TOP)  # noqa: E731
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(_description(weeks))}</desc>",
        *_axes(highest, first, last, x, y),
        *_gaps(weeks, x),
        *_lines(weeks, x, y),
        *_volume(weeks, x),
        *_markers(numbered_events(chronology, ends[0], ends[-1]), x),
        "</svg>",
    ]
    return "\n".join(parts)


def numbered_events(chronology: pl.DataFrame, first: dt.date, last: dt.date) -> list[tuple[int, dt.date, str]]:
    """The known events that a chart marks: number, day and label; one for each day, the latest nine."""
    days = (
        chronology.filter(pl.col("day").is_between(first, last))
        .group_by("day")
        .agg(pl.col("label").unique(maintain_order=True).str.join(" / "))
        .sort("day")
        .tail(_MARKERS)
    )
    return [(number, day, label) for number, (day, label) in enumerate(days.iter_rows(), start=1)]


def draw_probabilities(rows: Sequence[tuple[str, float, float, float]]) -> str:
    """Horizontal bars of probabilities with their 90 % bands.

    Args:
        rows: Name, probability, low and high of each outcome.
    """
    parts = [
        f'<svg class="bars" viewBox="0 0 420 {len(rows) * 30 + 4}" role="img" xmlns="http://www.w3.org/2000/svg">',
        "<title>Probability of each outcome, with its 90 % band</title>",
    ]
    for index, (name, probability, low, high) in enumerate(rows):
        top = index * 30 + 4
        place = [110 + value * 250 for value in (probability, low, high)]
        parts += [
            f'<text x="102" y="{top + 15}" text-anchor="end" class="label">{escape(name)}</text>',
            f'<rect x="110" y="{top + 3}" width="250" height="16" class="track"/>',
            f'<rect x="110" y="{top + 3}" width="{place[0] - 110:.1f}" height="16" class="bar {escape(name)}"/>',
            f'<path d="M{place[1]:.1f} {top + 11}H{place[2]:.1f}" class="whisker"/>',
            f'<text x="368" y="{top + 15}" class="label">{probability * 100:.0f} %</text>',
        ]
    return "\n".join([*parts, "</svg>"])


def _ceiling(weeks: pl.DataFrame) -> float:
    tallest = weeks.select(pl.max_horizontal("cooperation", "conflict").max()).item()
    return max(float(tallest or 0.0) * 1.08, 1.0)


def _description(weeks: pl.DataFrame) -> str:
    last = weeks.drop_nulls("balance").tail(1)
    if not last.height:
        return "No week has enough covered days."
    row = last.row(0, named=True)
    return (
        f"Week to {row['week_end']}: cooperation {row['cooperation']:.1f} and conflict {row['conflict']:.1f} "
        f"Goldstein points a day, {row['n']} events. Lines are weekly values with 90 percent bands."
    )


def _axes(highest: float, first: int, last: int, x: Place, y: Place) -> list[str]:
    step = _nice_step(highest / 4)
    parts = [f'<text x="{_LEFT}" y="14" class="note">Goldstein points a day, weekly</text>']
    value = 0.0
    while value <= highest:
        parts.append(f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}" class="grid"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end" class="label">{value:g}</text>')
        value += step
    months = [
        day
        for day in (dt.date.fromordinal(number) for number in range(first, last + 1))
        if day.day == 1 and (last - first < 500 or day.month in {1, 4, 7, 10})
    ]
    every = max(1, len(months) // 8)
    for day in months[::every]:
        parts.append(f'<path d="M{x(day.toordinal()):.1f} {_TOP}V{_STRIP_BOTTOM}" class="grid"/>')
        text = f"{day:%b %Y}" if day.month == 1 or day == months[0] else f"{day:%b}"
        parts.append(f'<text x="{x(day.toordinal()):.1f}" y="{_STRIP_BOTTOM + 16}" class="label">{text}</text>')
    parts.append(f'<text x="{_LEFT}" y="{_STRIP_TOP - 5}" class="note">Events reported a week</text>')
    return parts


def _nice_step(size: float) -> float:
    """The step of an axis: 1, 2 or 5 times a power of ten."""
    power = 1.0
    while power * 10 <= size:
        power *= 10
    return next((power * factor for factor in (1, 2, 5, 10) if power * factor >= size), power * 10)


def _gaps(weeks: pl.DataFrame, x: Place) -> list[str]:
    missing = weeks.filter(pl.col("balance").is_null())["week_end"].to_list()
    width = x(7) - x(0)
    return [
        f'<rect x="{x(day.toordinal()) - width:.1f}" y="{_TOP}" width="{width:.1f}" '
        f'height="{_STRIP_BOTTOM - _TOP}" class="gap"><title>not covered</title></rect>'
        for day in missing
    ]


def _lines(weeks: pl.DataFrame, x: Place, y: Place) -> list[str]:
    parts = []
    for name in ("conflict", "cooperation"):
        for run in _runs(weeks, name):
            above = " ".join(f"{x(day):.1f},{y(value + error):.1f}" for day, value, error in run)
            below = " ".join(f"{x(day):.1f},{y(max(value - error, 0)):.1f}" for day, value, error in reversed(run))
            line = " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value, _ in run)
            parts.append(f'<polygon points="{above} {below}" class="band {name}"/>')
            parts.append(f'<polyline points="{line}" class="line {name}"/>')
    return parts


def _runs(weeks: pl.DataFrame, name: str) -> list[list[tuple[float, float, float]]]:
    """Stretches of weeks without a gap: day, value, half-width of the band (its share of the balance's error)."""
    runs: list[list[tuple[float, float, float]]] = [[]]
    for row in weeks.iter_rows(named=True):
        if row[name] is None:
            runs.append([])
            continue
        total = row["cooperation"] + row["conflict"]
        share = (row[name] / total) ** 0.5 if total else 0.0
        runs[-1].append((row["week_end"].toordinal(), row[name], _BAND * row["balance_se"] * share))
    return [run for run in runs if run]


def _volume(weeks: pl.DataFrame, x: Place) -> list[str]:
    most = weeks["n"].max()
    if not isinstance(most, int) or not most:
        return []
    width = max((x(7) - x(0)) * 0.8, 0.5)
    parts = [f'<text x="{_LEFT - 6}" y="{_STRIP_TOP + 6}" text-anchor="end" class="label">{most}</text>']
    for day, n in weeks.select("week_end", "n").drop_nulls().iter_rows():
        height = n / most * (_STRIP_BOTTOM - _STRIP_TOP)
        left = x(day.toordinal()) - width
        parts.append(
            f'<rect x="{left:.1f}" y="{_STRIP_BOTTOM - height:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="volume"><title>week to {day}: {n} events</title></rect>'
        )
    return parts


def _markers(events: list[tuple[int, dt.date, str]], x: Place) -> list[str]:
    parts, taken = [], float("-inf")
    for number, day, label in events:
        at = x(day.toordinal())
        shown = max(at, taken + _MARKER_GAP)
        taken = shown
        parts.append(
            f'<g class="marker"><title>{escape(f"{day}: {label}")}</title>'
            f'<path d="M{shown:.1f} {_TOP - 2}L{at:.1f} {_TOP + 8}V{_MAIN_BOTTOM}"/>'
            f'<circle cx="{shown:.1f}" cy="{_TOP - 8}" r="7.5"/>'
            f'<text x="{shown:.1f}" y="{_TOP - 4.5}" text-anchor="middle">{number}</text></g>'
        )
    return parts
