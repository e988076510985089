"""Days that a table does not cover, as its owner names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.domain.periods import parse_day
from detente.errors import ConfigError

EMPTY = "empty"
_RANGE = ".."


@dataclass(frozen=True)
class Gaps:
    """What was named.

    Args:
        days: Days that are not covered.
        empty_days: Whether every day without a row is a gap, too.
    """

    days: frozenset[dt.date]
    empty_days: bool


def parse_gaps(texts: Iterable[str]) -> Gaps:
    """Read days (``2020-01-03``), ranges (``2020-02-01..2020-02-05``), ``@FILE`` and the word ``empty``.

    Raises:
        ConfigError: when one of them is none of these, a range runs backwards, or the file cannot be read.
    """
    days: set[dt.date] = set()
    empty = False
    for text in _lines(texts):
        if text == EMPTY:
            empty = True
        else:
            days.update(_days(text))
    return Gaps(frozenset(days), empty)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if not text.startswith("@"):
            yield text.strip()
            continue
        try:
            lines = Path(text[1:]).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The gaps were to be read from {text[1:]}.", f"It cannot be read ({error}).", "Check the name."
            ) from error
        yield from (line.strip() for line in lines if line.strip())


def _days(text: str) -> Iterator[dt.date]:
    first, is_range, last = text.partition(_RANGE)
    start = parse_day(first, what="gap")
    end = parse_day(last, what="gap") if is_range else start
    if end < start:
        raise ConfigError(f"The gap {text!r} was given.", "It ends before it begins.", "Write FIRST..LAST.")
    return (start + dt.timedelta(days=offset) for offset in range((end - start).days + 1))
