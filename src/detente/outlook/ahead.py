"""The weeks ahead as a drawing: the level so far, and the three outcomes as what they are, stretches of that level.

The rule of resolution compares the mean of the coming weeks with that of the last thirteen: half a spread above is
*improve*, half a spread below *deteriorate*. So each probability stands where its outcome lies. Quantiles of the level,
where a model gives them, are drawn into the same weeks as a fan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from detente.domain.periods import DAYS_IN_WEEK
from detente.outlook.words import format_band, format_day, format_probability, short_month

#: Half a spread on either side of the reference is *hold*.
_HOLD = 0.5
#: Weeks drawn before the day.
_WEEKS_BACK = 52
_REFERENCE_WEEKS = 13
_LEFT, _TOP, _FOOT, _END = 34.0, 34.0, 40.0, 118.0


@dataclass(frozen=True)
class Ahead:
    """What is asked and answered about the weeks ahead.

    Args:
        weeks: The horizon.
        reference: Mean level of the last thirteen weeks.
        spread: Standard deviation of such changes.
        answers: Outcome, probability, low and high, from the best to the worst.
        fan: Week end, and the quantiles 5, 25, 50, 75 and 95 % of the level; none where no model gives them.
    """

    weeks: int
    reference: float
    spread: float
    answers: Sequence[tuple[str, float, float, float]]
    fan: Sequence[tuple[dt.date, Sequence[float]]] = ()


@dataclass(frozen=True)
class _Frame:
    """Places of days and levels in the drawing."""

    width: float
    height: float
    first: int
    last: int
    low: float
    high: float

    @property
    def right(self) -> float:
        return self.width - _END

    @property
    def bottom(self) -> float:
        return self.height - _FOOT

    def x(self, day: dt.date) -> float:
        return _LEFT + (day.toordinal() - self.first) / max(self.last - self.first, 1) * (self.right - _LEFT)

    def y(self, level: float) -> float:
        share = (min(max(level, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - _TOP)


def draw_ahead(
    levels: pl.DataFrame, as_of: dt.date, ahead: Ahead, *, title: str, width: int = 620, height: int = 300
) -> str:
    """The level of a year, and what may come of it.

    Args:
        levels: Rows of ``levels`` of the pair.
        as_of: The day.
        ahead: What is asked and answered.
        title: What the chart shows.
        width: Width of the drawing.
        height: Height of the drawing.

    Returns:
        An ``<svg>`` element; empty text where no week is held.
    """
    weeks = levels.sort("week_end").tail(_WEEKS_BACK)
    held = weeks.drop_nulls(["level", "level_low", "level_high"])
    if held.is_empty():
        return ""
    frame = _frame(weeks, held, as_of, ahead, width, height)
    said = "; ".join(
        f"{name} {format_probability(p)} ({format_band(low, high)})" for name, p, low, high in ahead.answers
    )
    parts = [
        f'<svg class="chart ahead" viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title><desc>{escape(f'As of {format_day(as_of)}: {said}.')}</desc>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
        *_axes(frame),
        *_zones(frame, as_of, ahead),
        *_past(held, weeks, frame),
        *_reference(frame, as_of, ahead),
        *_fan(frame, ahead),
        "</svg>",
    ]
    return "\n".join(parts)


def _frame(
    weeks: pl.DataFrame, held: pl.DataFrame, as_of: dt.date, ahead: Ahead, width: float, height: float
) -> _Frame:
    ends = [value for _, quantiles in ahead.fan for value in quantiles]
    ends += [ahead.reference - 1.6 * ahead.spread, ahead.reference + 1.6 * ahead.spread]
    low, high = held["level_low"].min(), held["level_high"].max()
    ends += [float(value) for value in (low, high) if isinstance(value, float)]
    margin = 0.04 * (max(ends) - min(ends))
    first: dt.date = weeks["week_end"][0]
    last = as_of + dt.timedelta(days=DAYS_IN_WEEK * ahead.weeks)
    return _Frame(width, height, first.toordinal(), last.toordinal(), min(ends) - margin, max(ends) + margin)


def _axes(frame: _Frame) -> list[str]:
    parts = [f'<text x="0" y="27">level: up is warmer, on the pair’s own scale</text>']  # noqa: F541
    for level in range(int(frame.low) - 1, int(frame.high) + 2):
        if frame.low <= level <= frame.high:
            y, kind = frame.y(level), "grid" if level else "zero"
            parts.append(f'<path d="M{_LEFT} {y:.1f}H{frame.right:.1f}" class="{kind}"/>')
            sign = f"{level:+d}".replace("-", "−") if level else "0"
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{sign}</text>')
    day = dt.date.fromordinal(frame.first)
    month = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    free = _LEFT
    while frame.x(month) < frame.right - 12:
        at, name = frame.x(month), short_month(month.month) + (f" {month.year}" if month.month == 1 else "")
        if month.month in {1, 4, 7, 10} and at >= free:
            parts.append(f'<path d="M{at:.1f} {frame.bottom}v5" class="zero"/>')
            parts.append(f'<text x="{at + 2:.1f}" y="{frame.bottom + 15}">{name}</text>')
            free = at + 7.0 * len(name)
        month = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return parts


def _zones(frame: _Frame, as_of: dt.date, ahead: Ahead) -> list[str]:
    """The coming weeks in three stretches, each with its probability."""
    start, edge = frame.x(as_of), _HOLD * ahead.spread
    upper, lower = frame.y(ahead.reference + edge), frame.y(ahead.reference - edge)
    bounds = {"improve": (_TOP, upper), "hold": (upper, lower), "deteriorate": (lower, frame.bottom)}
    parts = []
    for name, p, low, high in ahead.answers:
        top, bottom = bounds[name]
        middle = min(max((top + bottom) / 2, _TOP + 14), frame.bottom - 10)
        parts.append(
            f'<rect x="{start:.1f}" y="{top:.1f}" width="{frame.right - start:.1f}" height="{bottom - top:.1f}" '
            f'class="zone {name}"/>'
        )
        parts.append(
            f'<text x="{frame.right + 10:.1f}" y="{middle:.1f}" class="answer {name}">{escape(format_probability(p))}'
            f'</text><text x="{frame.right + 10:.1f}" y="{middle + 14:.1f}">{escape(name)}</text>'
            f'<text x="{frame.right + 10:.1f}" y="{middle + 27:.1f}">{escape(format_band(low, high))}</text>'
        )
    parts.append(f'<path d="M{start:.1f} {_TOP}V{frame.bottom}" class="now"/>')
    parts.append(
        f'<text x="{(start + frame.right) / 2:.1f}" y="{frame.bottom + 31:.1f}" text-anchor="middle" class="strong">'
        f"mean of {ahead.weeks} week{'' if ahead.weeks == 1 else 's'}</text>"
    )
    return parts


def _past(held: pl.DataFrame, weeks: pl.DataFrame, frame: _Frame) -> list[str]:
    parts = []
    for day, value in weeks.drop_nulls("level_raw").select("week_end", "level_raw").iter_rows():
        parts.append(f'<circle cx="{frame.x(day):.1f}" cy="{frame.y(value):.1f}" r="1.7" class="week-dot"/>')
    rows = held.select("week_end", "level", "level_low", "level_high").rows()
    above = [f"{frame.x(day):.1f},{frame.y(high):.1f}" for day, _, _, high in rows]
    below = [f"{frame.x(day):.1f},{frame.y(low):.1f}" for day, _, low, _ in reversed(rows)]
    line = [f"{frame.x(day):.1f},{frame.y(level):.1f}" for day, level, _, _ in rows]
    parts.append(f'<polygon points="{" ".join([*above, *below])}" class="level-band"/>')
    parts.append(f'<polyline points="{" ".join(line)}" class="level-line"/>')
    return parts


def _reference(frame: _Frame, as_of: dt.date, ahead: Ahead) -> list[str]:
    """The mean of the last thirteen weeks, and where it leads."""
    start = frame.x(as_of - dt.timedelta(days=DAYS_IN_WEEK * _REFERENCE_WEEKS))
    y = frame.y(ahead.reference)
    return [
        f'<path d="M{start:.1f} {y:.1f}H{frame.x(as_of):.1f}" class="reference"/>',
        f'<path d="M{frame.x(as_of):.1f} {y:.1f}H{frame.right:.1f}" class="reference on"/>',
    ]


def _fan(frame: _Frame, ahead: Ahead) -> list[str]:
    if not ahead.fan:
        return []
    parts = []
    for low, high in ((0, 4), (1, 3)):
        above = [f"{frame.x(day):.1f},{frame.y(values[high]):.1f}" for day, values in ahead.fan]
        below = [f"{frame.x(day):.1f},{frame.y(values[low]):.1f}" for day, values in reversed(ahead.fan)]
        parts.append(f'<polygon points="{" ".join([*above, *below])}" class="fan"/>')
    line = " ".join(f"{frame.x(day):.1f},{frame.y(values[2]):.1f}" for day, values in ahead.fan)
    return [*parts, f'<polyline points="{line}" class="fan-line"/>']
