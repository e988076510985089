"""The level of a relation: its weekly balance, the news being equal, on a stable scale, with a band (`level-v4`)."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.domain.tables import LEVELS, WEEKS, check_table
from detente.relations.scale import typical_scales
from detente.relations.volume import usual_news, volume_index

#: The public name of this algorithm; a changed result is a new name.
LEVEL = "level-v4"
#: Half-width of a 90 % band in standard errors.
BAND = 1.6449
#: Signal-to-noise ratios tried for the filter: variance of the weekly step over the variance of the noise.
_RATIOS = np.array([0.003, 0.01, 0.03, 0.1, 0.3, 1.0])
#: What a ratio counts beside a pair's own likelihood: the middle of the grid more, which keeps short histories smooth.
_RATIO_PRIOR = -0.5 * (np.log(_RATIOS / 0.03) / math.log(10)) ** 2

_Floats = NDArray[np.float64]


def measure_levels(weeks: pl.DataFrame, *, pairs: Collection[str] | None = None) -> pl.DataFrame:
    """How warm or hostile a relation is, week by week, on its own scale: against what is usual for this pair.

    level_raw = asinh(balance / v / s), where v is the week's volume of all other news as a multiple of what is usual
    (`volume_index`) and s the pair's median absolute weekly balance / v (`pair_scales`); the level is a local-level
    filter of it: a random walk seen through noise, over ratios of the two weighted by likelihood.

    Above zero the reported behaviour was on balance cooperative, below zero hostile; ±1 is about the pair's typical
    week, and the scale is logarithmic beyond that. A week without enough covered days is null. It cannot tell whether
    reports are true, nor how much of the news of other pairs is a crisis in which this pair has its part: read it
    beside the volume and the share of conflict. Nor can it tell which of two pairs is the better relation, since each
    has a scale of its own: `standing-v1` does that. Bare scores are taken for sums over what was reported: v is then
    that of their size.

    Goldstein (1992) for the intensities; Harvey (1989), ch. 2, for the filter.

    Args:
        weeks: Rows of ``weeks`` for any number of pairs or dyads, each with the same weeks; together, the pool.
        pairs: Ids of the pairs whose levels are wanted; by default all.

    Returns:
        Rows of ``levels`` in order of pair, actor and week.

    Raises:
        DataError: when ``weeks`` does not fit its schema.

    >>> import datetime as dt
    >>> week = {"pair": "A-B", "actor": None, "recipient": None, "covered_days": 7, "n": 3, "cooperation": 2.0,
    ...         "conflict": 1.0, "balance": 1.0, "balance_se": 0.5, "conflict_share": 1 / 3, "news": 300.0}
    >>> rows = [week | {"week_end": dt.date(2018, 1, 7) + dt.timedelta(days=7 * i)} for i in range(3)]
    >>> levels = measure_levels(pl.DataFrame(rows, schema=WEEKS.schema))
    >>> [round(value, 2) for value in levels["level_raw"]]
    [0.88, 0.88, 0.88]
    """
    check_table(weeks, WEEKS)
    ordered = _with_volume(weeks)
    scales = _scales(ordered)
    chosen = ordered if pairs is None else ordered.filter(pl.col("pair").is_in(list(pairs)))
    scaled = chosen.join(scales, on=["pair", "actor", "recipient"], how="left", nulls_equal=True)
    size = pl.col("volume") * pl.col("scale")
    scaled = scaled.sort("pair", "actor", "week_end").with_columns(
        (pl.col("balance") / size).arcsinh().alias("level_raw"),
        (pl.col("cooperation") / size).arcsinh().alias("cooperation_level"),
        (pl.col("conflict") / size).arcsinh().alias("conflict_level"),
    )
    weeks_each = scaled["week_end"].n_unique()
    values = scaled["level_raw"].fill_null(float("nan")).to_numpy().reshape(-1, max(weeks_each, 1))
    mean, error = (part.ravel() for part in filter_local_level(values))
    levels = scaled.with_columns(
        pl.Series("level", mean).fill_nan(None),
        pl.Series("level_low", mean - BAND * error).fill_nan(None),
        pl.Series("level_high", mean + BAND * error).fill_nan(None),
    )
    return check_table(levels.select(LEVELS.names), LEVELS)


def pair_scales(weeks: pl.DataFrame) -> pl.DataFrame:
    """Each pair's (or dyad's) typical absolute weekly balance, the news being equal: `typical_scales` of weeks.

    The pairs of the frame whose own median is above the smallest scale are the pool that short histories lean on.

    Args:
        weeks: Rows of ``weeks``, each pair (or dyad) with the same weeks.

    Returns:
        Columns ``pair, actor, recipient, scale`` (Goldstein points a day).
    """
    return _scales(_with_volume(weeks))


def _with_volume(weeks: pl.DataFrame) -> pl.DataFrame:
    """The weeks in order, with the column ``volume``."""
    ordered = weeks.sort("pair", "actor", "week_end")
    news = _side_by_side(ordered, pl.col("news"))
    return ordered.with_columns(pl.Series("volume", volume_index(news, usual_news(news)).ravel(), pl.Float64))


def _scales(ordered: pl.DataFrame) -> pl.DataFrame:
    keys = ordered.select("pair", "actor", "recipient").unique(maintain_order=True)
    balance = _side_by_side(ordered, pl.col("balance") / pl.col("volume"))
    return keys.with_columns(pl.Series("scale", typical_scales(balance), pl.Float64))


def _side_by_side(ordered: pl.DataFrame, values: pl.Expr) -> _Floats:
    """Values of ordered weeks, one row a pair or dyad."""
    column = ordered.select(values.fill_null(float("nan"))).to_series().to_numpy()
    return np.asarray(column.reshape(-1, max(ordered["week_end"].n_unique(), 1)), dtype=np.float64)


def filter_local_level(values: _Floats) -> tuple[_Floats, _Floats]:
    """Filter random walks seen through noise; only the past is used at each step.

    Each ratio of the two gives a filter; they are averaged, each with the weight of its likelihood, rather than the
    likeliest chosen: a little more data never makes the level jump from one to another.

    Args:
        values: Series × weeks; NaN where a week is a gap (the state is carried on and its error grows).

    Returns:
        The filtered means and their standard errors, of the same shape; NaN before a series' first value.
    """
    tried = [_filter_once(values, float(ratio)) for ratio in _RATIOS]
    means, errors = (np.stack([each[part] for each in tried]) for part in (0, 1))
    chances = np.stack([each[2] for each in tried]) + _RATIO_PRIOR[:, None]
    weights = np.exp(chances - chances.max(axis=0))
    weights = (weights / weights.sum(axis=0))[:, :, None]
    mean = (weights * means).sum(axis=0)
    error = np.sqrt((weights * (errors**2 + (means - mean) ** 2)).sum(axis=0))
    return mean, error


def _filter_once(values: _Floats, ratio: float) -> tuple[_Floats, _Floats, _Floats]:
    """One pass with the noise variance concentrated out of the likelihood (Harvey 1989, §3.4)."""
    mean, spread = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    state, variance = np.zeros(len(values)), np.zeros(len(values))
    squares, logs, count = np.zeros(len(values)), np.zeros(len(values)), np.zeros(len(values))
    for week in range(values.shape[1]):
        value = values[:, week]
        seen, opening = np.isfinite(value), count == 0
        variance = variance + ratio
        total = variance + 1.0
        surprise = np.where(seen & ~opening, value - state, 0.0)
        squares += surprise**2 / total
        logs += np.where(seen & ~opening, np.log(total), 0.0)
        gain = np.where(seen & ~opening, variance / total, 0.0)
        state = np.where(seen & opening, value, state + gain * surprise)
        variance = np.where(seen & opening, 1.0, variance * (1.0 - gain))
        count += seen
        started = count > 0
        mean[started, week], spread[started, week] = state[started], variance[started]
    # One observation of size one is added, so that two or three equal weeks do not claim certainty.
    noise = (squares + 1.0) / np.maximum(count, 1.0)
    likelihood = np.where(count > 0, -0.5 * (logs + count * np.log(noise)), 0.0)
    return mean, np.sqrt(spread * noise[:, None]), likelihood
