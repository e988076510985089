"""GDELT rows that name fewer than two countries: most of a file, left out without judging each by itself.

A row is passed over only where it is plain that the whole judgement would leave it out by the rule ``no_country``: its
id is a number, its code is known, its one country too, and its days (judged once for each distinct pair of them) are
right. Whatever is not plain is judged as all rows were. So this changes how long reading takes and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from detente import codebook
from detente.sources.verdicts import PassedOver
from detente.sources.vocabulary import cameo_codes

RULE = "no_country"
_DAYS = ["file", "file_day", "columns", "day", "added"]
_MOMENT = pl.concat_str(pl.col("day", "added").fill_null(""), separator=" ")
_LONGEST_KEY = 18


def pass_over(
    rows: pl.DataFrame, judge_days: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[pl.DataFrame, PassedOver]:
    """Take out the rows that name no pair of countries.

    Args:
        rows: Rows as they stand in the file, with ``file`` and ``file_day``.
        judge_days: Adds ``occurred``, ``known_at`` and ``failed`` to rows of which only the days matter.

    Returns:
        The rows that are still to be judged, and what was passed over.
    """
    plain = rows.select(_is_plain().fill_null(value=False).alias("plain")).to_series()
    days = judge_days(rows.select(_DAYS).filter(plain).group_by(_DAYS, maintain_order=True).agg(rows=pl.len()))
    bad = days.filter(pl.col("failed").is_not_null())
    if bad.height:  # in whichever of the files
        is_bad = _MOMENT.is_in(bad.select(_MOMENT).to_series().implode())
        plain &= ~rows.select(is_bad.alias("bad")).to_series()
        days = days.filter(~is_bad)
    passed = days.select("file", "occurred", "known_at", "rows")
    return rows.filter(~plain), PassedOver(RULE, passed)


def _is_plain() -> pl.Expr:
    codes, countries = _known_codes(), _known_countries()
    one, other = pl.col("actor_given"), pl.col("recipient_given")
    is_unpaired = (one.is_null() & (other.is_null() | other.is_in(countries))) | (
        other.is_null() & one.is_in(countries)
    )
    return is_unpaired & pl.col("provider_code").is_in(codes) & _is_plain_number("event_key")


def _is_plain_number(column: str) -> pl.Expr:
    """Digits alone, the first of them no zero."""
    length = pl.col(column).str.len_bytes()
    number = pl.col(column).cast(pl.Int64, strict=False)
    return (length <= _LONGEST_KEY) & (number >= pl.lit(10, pl.Int64).pow(length.cast(pl.Int64) - 1))


@cache
def _known_codes() -> list[str]:
    codes = cameo_codes().filter(pl.col("typical_milli").is_not_null())["provider_code"]
    return [code for code in codes if code not in codebook.NO_EVENT_CODES]


@cache
def _known_countries() -> list[str]:
    return sorted({*codebook.codes_to_iso3("cameo"), *codebook.cameo_not_states()})
