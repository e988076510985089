"""Whether a state made a provocative move within a horizon (``provoked-v1``): the yardstick, and what passed it.

A provocative day is that of ``provocation-v1``; the threshold stands still from the origin on, so that everybody who
bets on the answer knows what must be passed.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from detente.codebook import quad_of
from detente.domain.actors import Dyad
from detente.forecast.rules import DAYS_NEEDED, FLOOR, LOOK_BACK_DAYS, PERCENTILE, SHARE_COVERED

_MILLI = 1000.0


def provocation_threshold(cells: pl.DataFrame, coverage: pl.DataFrame, dyad: Dyad, origin: dt.date) -> float | None:
    """Material conflict that a day must pass to be provocative; None with fewer than 91 covered days.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        dyad: Who acts towards whom.
        origin: The last of the 730 days looked at.

    Returns:
        The threshold in Goldstein points.
    """
    first = origin - dt.timedelta(days=LOOK_BACK_DAYS - 1)
    days = _daily(cells, coverage, dyad).filter(pl.col("day").is_between(first, origin))
    if days.height < DAYS_NEEDED:
        return None
    return float(np.quantile(days["conflict"].to_numpy(), PERCENTILE))


def find_provocations(
    cells: pl.DataFrame, coverage: pl.DataFrame, dyad: Dyad, span: tuple[dt.date, dt.date], threshold: float
) -> tuple[list[tuple[dt.date, float]], float]:
    """The provocative days of a span, each with its material conflict, and the share of the span that is covered.

    Args:
        cells: Rows of ``cells``.
        coverage: Rows of ``coverage``.
        dyad: Who acts towards whom.
        span: The first and the last day.
        threshold: What a day must pass, in Goldstein points.
    """
    days = _daily(cells, coverage, dyad).filter(pl.col("day").is_between(*span))
    moves = days.filter(pl.col("conflict") > threshold, pl.col("lowest") <= FLOOR).sort("day")
    return moves.select("day", "conflict").rows(), days.height / ((span[1] - span[0]).days + 1)


def answer_provoked(moves: list[tuple[dt.date, float]], covered: float) -> str | None:
    """``yes`` or ``no``; None where no move was seen but too little was looked at."""
    if moves:
        return "yes"
    return "no" if covered >= SHARE_COVERED else None


def _daily(cells: pl.DataFrame, coverage: pl.DataFrame, dyad: Dyad) -> pl.DataFrame:
    """Covered days with the dyad's material conflict and its most hostile act, in points: ``day, conflict, lowest``."""
    material = [name for name in cells["event_type"].drop_nulls().unique() if quad_of(name) == "material conflict"]
    acts = (
        cells.filter(
            pl.col("actor") == dyad.actor,
            pl.col("recipient") == dyad.recipient,
            pl.col("directed"),
            pl.col("event_type").is_in(material),
        )
        .group_by("occurred")
        .agg(conflict=pl.col("conflict_milli").sum() / _MILLI, lowest=pl.col("lowest_milli").min() / _MILLI)
    )
    days = coverage.filter(pl.col("status") == "present").select("day")
    return days.join(acts, left_on="day", right_on="occurred", how="left").with_columns(
        pl.col("conflict").fill_null(0.0), pl.col("lowest").fill_null(0.0)
    )
