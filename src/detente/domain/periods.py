"""Time: days, weeks that end on a chosen day, horizons.

A week here is a block of seven days that *ends on the origin's day*, not a calendar week: a brief of a Friday covers
the Friday, and "the next 13 weeks" begin on the day after the origin. Everything is in UTC days.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from detente.errors import ConfigError

DAYS_IN_WEEK = 7
#: Weeks of the reference level that a change is measured from (design §5).
REFERENCE_WEEKS = 13
#: The standard horizons in weeks; 13 is "the near future".
STANDARD_HORIZONS = (4, 13, 26)
NEAR_FUTURE_WEEKS = 13
#: A horizon longer than this is not a forecast that weekly data of a few years can support.
LONGEST_HORIZON_WEEKS = 104


@dataclass(frozen=True, order=True)
class Horizon:
    """A number of whole weeks ahead of an origin; prints as ``13w``."""

    weeks: int

    @classmethod
    def parse(cls, text: str | int) -> Horizon:
        """Read ``13w``, ``13`` or 13.

        Raises:
            ConfigError: when it is no whole number of weeks between 1 and 104.
        """
        match = re.fullmatch(r"(\d{1,4})\s*(w|weeks?)?", str(text).strip().lower())
        weeks = int(match.group(1)) if match else 0
        if not 1 <= weeks <= LONGEST_HORIZON_WEEKS:
            raise ConfigError(
                f"Horizon {str(text)!r} was asked for.",
                f"A horizon is a whole number of weeks from 1 to {LONGEST_HORIZON_WEEKS}.",
                "Write it like `4w`, `13w` or `26w`.",
            )
        return cls(weeks)

    def __str__(self) -> str:
        return f"{self.weeks}w"


def parse_day(text: str | dt.date, *, what: str = "date") -> dt.date:
    """Read a day written ``YYYY-MM-DD``.

    Args:
        text: The text, or a date (returned as it is; a datetime loses its time).
        what: The name of the thing in the message when it cannot be read.

    Raises:
        ConfigError: when it is not such a day.
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(
            f"The {what} {text!r} was given.", "It is not a day.", "Write it as YYYY-MM-DD, for example 2018-07-20."
        ) from None


def week_ends(as_of: dt.date, *, first: dt.date) -> list[dt.date]:
    """The last days of the weeks that end on ``as_of`` or a whole number of weeks before, oldest first.

    Args:
        as_of: The last day of the last week.
        first: No week starts before this day.
    """
    span = (as_of - first).days + 1
    count = max(span // DAYS_IN_WEEK, 0)
    return [as_of - dt.timedelta(days=DAYS_IN_WEEK * back) for back in range(count - 1, -1, -1)]
