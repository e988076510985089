"""The frame of a chart over time: where days and values stand in the drawing, and its axes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from detente.outlook.words import short_month

#: Room for the name of a month on the axis.
_TICK_GAP = 34.0
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
#: Height of the strip of volumes below the plot.
STRIP = 44.0


@dataclass(frozen=True)
class Frame:
    """Where things are: the plot's edges in the drawing, and days and values in the plot."""

    width: float
    left: float
    top: float
    bottom: float
    first: int
    last: int
    highest: float

    @property
    def right(self) -> float:
        """The plot's right edge."""
        return self.width - 8.0

    @property
    def strip_top(self) -> float:
        """Where the strip of volumes below begins."""
        return self.bottom + 26.0

    @property
    def strip_bottom(self) -> float:
        """Where it ends."""
        return self.strip_top + STRIP

    def x(self, day: float) -> float:
        """Where a day stands, as its ordinal."""
        return self.left + (day - self.first) / max(self.last - self.first, 1) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value stands."""
        return self.bottom - value / self.highest * (self.bottom - self.top)


def draw_axes(frame: Frame) -> list[str]:
    """Grid, values, months and years of a chart, and the line under the strip."""
    parts = []
    step = _nice_step(frame.highest / 4)
    for index in range(math.floor(frame.highest / step) + 1):
        value = index * step
        at, kind = frame.y(value), "grid" if index else "zero"
        parts.append(f'<path d="M{frame.left} {at:.1f}H{frame.right}" class="{kind}"/>')
        parts.append(f'<text x="{frame.left - 6}" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>')
    parts.append(f'<path d="M{frame.left} {frame.strip_bottom}H{frame.right}" class="zero"/>')
    parts.append(f'<text x="0" y="{frame.strip_top - 6}">Events reported a week</text>')
    year = 0
    for day in _ticks(frame):
        at = frame.x(day.toordinal())
        parts.append(f'<path d="M{at:.1f} {frame.top}V{frame.strip_bottom}" class="grid"/>')
        parts.append(f'<text x="{at + 2:.1f}" y="{frame.strip_bottom + 13}">{short_month(day.month)}</text>')
        if day.year != year:
            parts.append(f'<text x="{at + 2:.1f}" y="{frame.strip_bottom + 26}" class="strong">{day.year}</text>')
        year = day.year
    return parts


def _ticks(frame: Frame) -> list[dt.date]:
    """First days of months, as many as there is room for; every January is among them where years are short."""
    first, last = dt.date.fromordinal(frame.first), dt.date.fromordinal(frame.last)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = [first.year * 12 + first.month - 1 + ahead for ahead in range(count)]
    days = [dt.date(month // 12, month % 12 + 1, 1) for month in months]
    fits = max((frame.right - frame.left) / _TICK_GAP, 1.0)
    step = next((step for step in _MONTH_STEPS if count / step <= fits), _MONTH_STEPS[-1])
    room = frame.right - _TICK_GAP + 10
    return [
        day
        for day in days
        if (day.year * 12 + day.month - 1) % step == 0 and day >= first and frame.x(day.toordinal()) <= room
    ]


def _nice_step(size: float) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that is not below a size."""
    power: float = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))
