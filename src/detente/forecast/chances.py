"""The chances of provocative moves as of a day: who is asked about, and from whom the model learns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import HAZARDS, check_table
from detente.forecast.dyad_days import build_dyad_days
from detente.forecast.hazard import HAZARD, POOL_DYADS, ProvocationHazard
from detente.relations.provocation import LOOK_BACK_DAYS
from detente.relations.scale import POOL_EVENTS_A_WEEK

#: Two years of origins to learn from, and the two years before the first of them: older days are not read.
_DAYS_READ = 2 * LOOK_BACK_DAYS
NO_DIRECTION = "the data do not say who acts towards whom"
ONLY_SUMS = "the data give sums, not single events"


def forecast_provocations(
    cells: pl.DataFrame,
    coverage: pl.DataFrame,
    origin: dt.date,
    horizons: Sequence[Horizon],
    *,
    pair: Pair | None = None,
) -> pl.DataFrame:
    """The chance of at least one provocative move, by `provoked-v1`, as known at the end of a day.

    The model learns from the dyads with most events, whatever is asked, so that the answer for a dyad is the same
    whether it is asked for alone or with all others.

    Args:
        cells: Rows of ``cells`` as known at the origin.
        coverage: Rows of ``coverage``, likewise.
        origin: The day at whose end the questions are asked.
        horizons: How far ahead.
        pair: Whose two directions; by default all dyads with an event a week on average.

    Returns:
        Rows of the table ``hazards``; null with the reason where no chance can be given.
    """
    start = origin - dt.timedelta(days=_DAYS_READ - 1)
    known = cells.filter("directed", pl.col("occurred").is_between(start, origin))
    days = coverage.filter(pl.col("day").is_between(start, origin))
    busy = _busy_dyads(known, days.height / DAYS_IN_WEEK)
    asked = busy if pair is None else [(dyad.actor, dyad.recipient) for dyad in pair.dyads]
    if (reason := _unanswerable(known)) or not asked:
        return _without_answer(asked, origin, horizons, reason or "")
    pool = busy[:POOL_DYADS]
    rest = [dyad for dyad in asked if dyad not in set(pool)]
    grid = build_dyad_days(known, days, dyads=[*pool, *rest])
    model = ProvocationHazard().fit(grid, origin, horizons, pool=len(pool) or None)
    answers = model.predict(grid, origin, horizons)
    wanted = pl.DataFrame(asked, schema=["actor", "recipient"], orient="row")
    return answers.join(wanted, on=["actor", "recipient"], how="semi", maintain_order="left")


def _busy_dyads(cells: pl.DataFrame, weeks: float) -> list[tuple[str, str]]:
    """Dyads with an event a week on average, the busiest first, from directed cells."""
    counts = cells.group_by("actor", "recipient").agg(pl.col("n").sum())
    busy = counts.filter(pl.col("n") >= POOL_EVENTS_A_WEEK * weeks)
    ordered = busy.sort("n", "actor", "recipient", descending=[True, False, False])
    return list(ordered.select("actor", "recipient").iter_rows())


def _unanswerable(cells: pl.DataFrame) -> str | None:
    """Why a provider's data can answer no such question; None where they can."""
    if cells.is_empty():
        return NO_DIRECTION
    return ONLY_SUMS if cells["lowest_milli"].null_count() == cells.height else None


def _without_answer(
    asked: list[tuple[str, str]], origin: dt.date, horizons: Sequence[Horizon], reason: str
) -> pl.DataFrame:
    rows = [
        {"actor": actor, "recipient": recipient, "origin": origin, "horizon_weeks": horizon.weeks}
        | {"reason": reason, "model": HAZARD}
        for horizon in horizons
        for actor, recipient in asked
    ]
    return check_table(pl.DataFrame(rows, schema=HAZARDS.schema), HAZARDS)
