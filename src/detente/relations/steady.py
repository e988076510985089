"""Steady level: the level with the volume of all other news divided out, so that a busy press moves it little."""

from __future__ import annotations

import datetime as dt
import math

import polars as pl

from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import WEEKS
from detente.relations.level import measure_levels
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings
from detente.relations.scale import WEEKS_FOR_OWN_SCALE

STEADY = "steady-level-v1"
#: Share of the usual volume added to each week's, so that nothing is divided by next to nothing.
_FLOOR = 0.1
_RECENT_WEEKS = 4
_TYPICAL = math.asinh(1.0)
_SUMS = ("cooperation", "conflict", "balance", "balance_se")

QUANTITIES = (
    Quantity(
        "steady_level",
        "The level of weekly balances that are divided by the week's volume of all other news.",
        "level",
        steps=(
            (-_TYPICAL, "more hostile than its ordinary week, the news being equal"),
            (-0.2, "on balance hostile, the news being equal"),
            (0.2, "about even, the news being equal"),
            (_TYPICAL, "on balance cooperative, the news being equal"),
            (math.inf, "more cooperative than its ordinary week, the news being equal"),
        ),
        is_headline=True,
        repeats=0.15,  # 0.121 was the most in 24 trials on simulated worlds and 8 on the sample
        volume=0.15,  # 0.103 likewise
    ),
)
_NOTE = "band: the error of the filter"


def steady_level(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """The latest week of the level where each week's points are divided by the volume of all other news.

    volume = events a covered day of all other pairs in the week / their mean over the weeks, drawn a tenth towards one;
    then as `measure_levels`. When a provider doubles its feed for a while, balances double and the level moves by up to
    log 2; this hardly moves.

    Args:
        tables: The readings, of all dyads.
        pair: The pair.
        as_of: The day at whose end to measure.

    Returns:
        Rows of ``measures`` of both together and of each direction; null with fewer than 26 covered weeks or one event
        a week.
    """
    known = tables.known(as_of)
    sides = (None, *pair.dyads)
    if pair.id not in known.busy or known.weeks < WEEKS_FOR_OWN_SCALE:
        note = "fewer than 26 covered weeks, or fewer than one event a week"
        return build_rows(
            STEADY, QUANTITIES, pair, as_of, [Row("steady_level", None, dyad=side, note=note) for side in sides]
        )
    levels = _levels(known, pair)
    rows = []
    for side in sides:
        mine = levels.filter(pl.col("actor").eq_missing(pl.lit(side.actor if side else None, pl.String)))
        if mine.is_empty() or mine["level_raw"][-_RECENT_WEEKS:].is_null().all():
            note = "no event is known, or none of the last four weeks is covered"
            rows.append(Row("steady_level", None, dyad=side, note=note))
            continue
        value, low, high = mine.select("level", "level_low", "level_high").row(-1)
        since = mine["week_end"][0] - dt.timedelta(days=DAYS_IN_WEEK - 1)
        rows.append(Row("steady_level", value, low, high, int(mine["n"].sum()), since, as_of, side, note=_NOTE))
    return build_rows(STEADY, QUANTITIES, pair, as_of, rows)


def _levels(known: Known, pair: Pair) -> pl.DataFrame:
    """Rows of ``levels`` of the pair and its directions, of balances over the volume of other news."""
    found = [
        rows for rows in (known.levels(pair), *(known.levels_towards(dyad) for dyad in pair.dyads)) if rows is not None
    ]
    weeks = pl.concat([rows.select(WEEKS.names) for rows in found if rows.height])
    news = known.once((STEADY, "news"), lambda: _news(known))
    own = weeks.filter(pl.col("actor").is_null()).select("week_end", pl.col("n").alias("own"))
    others = (pl.col("news") - pl.col("own")) / pl.col("covered_days")
    volume = (
        weeks.filter(pl.col("actor").is_null())
        .select("week_end", "covered_days")
        .join(own, on="week_end")
        .join(news, on="week_end", how="left")
        .select("week_end", ((others / others.mean() + _FLOOR) / (1 + _FLOOR)).alias("volume"))
        .with_columns(pl.when(pl.col("volume") > 0).then("volume").otherwise(1.0).alias("volume"))
    )
    steady = weeks.join(volume, on="week_end", how="left", maintain_order="left").with_columns(
        pl.col(name) / pl.col("volume") for name in _SUMS
    )
    return measure_levels(steady.select(WEEKS.names))


def _news(known: Known) -> pl.DataFrame:
    """Events of all pairs by week, weeks ending on the as-of day."""
    back = (pl.lit(known.as_of) - pl.col("occurred")).dt.total_days() // DAYS_IN_WEEK
    end = (pl.lit(known.as_of) - pl.duration(days=back * DAYS_IN_WEEK)).cast(pl.Date).alias("week_end")
    return known.cells.group_by(end).agg(pl.col("n").sum().alias("news"))


MEASURE = Measure(
    name=STEADY,
    title="Steady level: the news being equal",
    function=steady_level,
    quantities=QUANTITIES,
    is_directed=True,
    weeks_needed=WEEKS_FOR_OWN_SCALE,
    guide=Guide(
        sentence=(
            "How cooperative or hostile both together, and each side towards the other, would be reported to be if the "
            "press had been equally busy in every week."
        ),
        formula=(
            "As the level, of weekly balances divided by (events of all other pairs that week / their mean), which is "
            "drawn a tenth towards one."
        ),
        high="Above zero on balance cooperative; where the level is higher still, part of it is a busy press.",
        low="Below zero on balance hostile; where the level is lower still, part of it is a busy press.",
        missing="Null with fewer than 26 covered weeks, one event a week, or one covered week of the last four.",
        cannot_tell=(
            "A world in turmoil also fills the news: what is divided out as volume may be a crisis in which this pair "
            "has its part. Read it beside the level, not instead of it."
        ),
    ),
    citations=("goldstein1992", "harvey1989"),
)
