"""How far ahead a statement looks: phrases of time to a last day, by a grammar of our own (``horizons-v2``).

In: a text and the day it was written. Out: the phrase, its kind and, where it has one, the last day it speaks of.
*The near future* is 13 weeks, as everywhere in Détente; coming weeks are 4, coming months 26. Seasons are those of the
northern hemisphere and end with May, August, November and February. What has no end ("in the long run") is ``open``;
what ends with an event whose day the text does not give ("before the election") is ``event``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detente.domain.periods import DAYS_IN_WEEK, NEAR_FUTURE_WEEKS

VERSION = "horizons-v2"
KINDS = ("now", "near", "until", "open", "event")
COMING_WEEKS, COMING_MONTHS = 4, 26
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "eighteen": 18, "couple of": 2,
}  # fmt: skip
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "fall": 11, "winter": 2}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?P<year>20\d\d)"
_BY = r"(?:by|before|until|till|through|at least until|no later than|ahead of)"


@dataclass(frozen=True)
class Stretch:
    """A phrase of time.

    Args:
        start: First character.
        end: Character after the last.
        text: As written.
        kind: One of ``KINDS``.
        until: The last day it speaks of, where it has one.
    """

    start: int
    end: int
    text: str
    kind: str
    until: dt.date | None


def find_horizon(text: str, on: dt.date) -> Stretch | None:
    """The horizon of a statement: the first phrase with a last day, else the first of any kind; None without any."""
    found = find_stretches(text, on)
    ahead = [one for one in found if one.kind != "now"]
    dated = [one for one in ahead if one.until is not None]
    return next(iter(dated or ahead or found), None)


def find_stretches(text: str, on: dt.date) -> Sequence[Stretch]:
    """All phrases of time that look at the present or ahead, in order."""
    found: list[Stretch] = []
    for pattern, kind, last_day in _RULES:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            until = last_day(match, on) if last_day else None
            if kind == "until" and (until is None or until < on):
                continue
            found.append(Stretch(*match.span(), match[0], kind, until))
    return sorted(found, key=lambda one: one.start)


_LastDay = Callable[[re.Match[str], dt.date], dt.date | None]


def _weeks(count: int) -> _LastDay:
    return lambda _, on: on + dt.timedelta(days=DAYS_IN_WEEK * count)


def _months_later(on: dt.date, months: int) -> dt.date:
    month = on.month - 1 + months
    year, month = on.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def _end_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _counted(match: re.Match[str], on: dt.date) -> dt.date | None:
    word = match["count"].lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    unit = match["unit"].lower()
    if unit in ("day", "week"):
        return on + dt.timedelta(days=count * (1 if unit == "day" else DAYS_IN_WEEK))
    months = count * {"month": 1, "year": 12, "decade": 120}[unit]
    return _months_later(on, months) if months <= 600 else None


def _month_named(match: re.Match[str], on: dt.date) -> dt.date | None:
    month = _MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else on.year + (month < on.month)
    return _end_of_month(year, month)


def _season_named(match: re.Match[str], on: dt.date) -> dt.date | None:
    month = _SEASONS[match["season"].lower()]
    year = on.year + (_end_of_month(on.year, month) < on)
    if (match.groupdict().get("next") or "").lower() == "next" and on.month <= month and year == on.year:
        year += 1
    return _end_of_month(year, month)


def _before_season(match: re.Match[str], on: dt.date) -> dt.date | None:
    month = _SEASONS[match["season"].lower()] - 2
    month = month if month > 0 else month + 12
    return dt.date(on.year + (dt.date(on.year, month, 1) < on), month, 1)


def _year_named(match: re.Match[str], on: dt.date) -> dt.date | None:
    del on
    return dt.date(int(match["year"]), 12, 31)


def _before_year(match: re.Match[str], on: dt.date) -> dt.date | None:
    del on
    return dt.date(int(match["year"]) - 1, 12, 31)


def _part_of_year(match: re.Match[str], on: dt.date) -> dt.date | None:
    year = int(match["year"]) if match.groupdict().get("year") else on.year + ("next" in match[0].lower())
    month = 6 if match["half"].lower() in ("first", "mid") else 12
    return _end_of_month(year, month)


def _rule(pattern: str, kind: str, last_day: _LastDay | None = None) -> tuple[re.Pattern[str], str, _LastDay | None]:
    return re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), kind, last_day


_COMING = r"(?:coming|next|following)"
_OVER = r"(?:over|within|in|during|for)"
_SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
#: In order: the longer and surer before the shorter.
_RULES: tuple[tuple[re.Pattern[str], str, _LastDay | None], ...] = (
    _rule(rf"(?:in )?the (?P<half>first|second) half of (?:{_YEAR}|(?:next|this|the) year)", "until", _part_of_year),
    _rule(rf"(?:{_BY} |in )?(?P<half>mid)-{_YEAR}", "until", _part_of_year),
    _rule(rf"{_BY} the end of (?:the year|this year)", "until", lambda _, on: dt.date(on.year, 12, 31)),
    _rule(rf"(?:{_BY} )?the end of {_YEAR}", "until", _year_named),
    _rule(rf"{_BY} the year is out", "until", lambda _, on: dt.date(on.year, 12, 31)),
    _rule(rf"{_BY} the end of {_MONTH}(?: {_YEAR})?", "until", _month_named),
    _rule(rf"(?:{_BY} )?the end of the month", "until", lambda _, on: _end_of_month(on.year, on.month)),
    _rule(r"later this year|this year|before the year is out", "until", lambda _, on: dt.date(on.year, 12, 31)),
    _rule(r"next year", "until", lambda _, on: dt.date(on.year + 1, 12, 31)),
    _rule(r"next month", "until", lambda _, on: _end_of_month(on.year + on.month // 12, on.month % 12 + 1)),
    _rule(r"this month", "until", lambda _, on: _end_of_month(on.year, on.month)),
    _rule(rf"(?:by|until|through|in|during) (?:the )?(?P<next>next|this|the) {_SEASON}", "until", _season_named),
    _rule(rf"(?P<next>next|this) {_SEASON}", "until", _season_named),
    _rule(rf"before (?:the |next )?{_SEASON}", "until", _before_season),
    _rule(r"(?:by|before|until) Christmas", "until", lambda _, on: dt.date(on.year, 12, 25)),
    _rule(
        rf"(?:within|over|in|during|for) (?:the )?(?:{_COMING} )?{_COUNT} or (?:two|three|four) {_UNIT}",
        "until",
        lambda match, on: _months_later(on, 2) if match["unit"].lower() == "month" else _counted(match, on),
    ),
    _rule(
        r"(?:in|within) a (?P<unit>week|month|year) or two",
        "until",
        lambda match, on: _months_later(on, {"week": 0, "month": 2, "year": 24}[match["unit"].lower()])
        + dt.timedelta(days=14 * (match["unit"].lower() == "week")),
    ),
    _rule(rf"{_OVER} (?:the )?(?:{_COMING} )?{_COUNT} {_UNIT}", "until", _counted),
    _rule(rf"(?:over|within|in|during) the {_COMING} (?:few )?weeks", "until", _weeks(COMING_WEEKS)),
    _rule(rf"{_OVER} (?:the )?(?:{_COMING} )?(?:few )?weeks", "until", _weeks(COMING_WEEKS)),
    _rule(
        rf"{_OVER} (?:the )?(?:{_COMING} )?(?:few )?months",
        "until",
        _weeks(COMING_MONTHS),
    ),
    _rule(rf"(?:over|in|during) the {_COMING} quarter", "until", _weeks(NEAR_FUTURE_WEEKS)),
    _rule(r"(?:over|in|during) the coming year|within (?:a|the) year", "until", lambda _, on: _months_later(on, 12)),
    _rule(r"(?:for|in) (?:the )?(?:coming )?years(?: to come)?|years away|for long", "open"),
    _rule(rf"(?:by|until|through|in) {_MONTH}(?: {_YEAR})?", "until", _month_named),
    _rule(rf"before {_MONTH}(?: {_YEAR})?", "until", _month_named),
    _rule(rf"before {_YEAR}", "until", _before_year),
    _rule(rf"(?:by|until|through|in|during) {_YEAR}", "until", _year_named),
    _rule(r"in the (?:near|immediate) (?:future|term)|in the short (?:run|term)|(?:any ?time )?soon|shortly", "near",
          _weeks(NEAR_FUTURE_WEEKS)),
    _rule(r"sooner (?:or|rather than) later|in the long (?:run|term)|in the (?:medium|longer) term|eventually", "open"),
    _rule(r"(?:in|for) the foreseeable future|in our lifetime|for decades|forever|no end", "open"),
    _rule(r"takes? (?:a decade|decades|years)", "open"),
    _rule(rf"{_BY} (?:the )?(?:\w+(?:['’]s)? ){{0,3}}(?:elections?|referendum|congress|summit|vote)", "event"),
    _rule(r"by the time of the \w+", "event"),
    _rule(rf"{_BY} the end of (?:the|this|his|her|its|their) \w+", "event"),
    _rule(r"(?:before|until) the (?:court|parliament|president|king|government) \w+s", "event"),
    _rule(
        r"currently|at (?:the )?(?:moment|present)|at this stage|for the moment|for now|for the time being|right now|"
        r"as of today|now|these days|still|as things stand|today|current", "now", lambda _, on: on,
    ),
)  # fmt: skip
