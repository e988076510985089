"""Questions stated in figures: what a three-way question rests on at its origin, and its answer once it is closed.

A question with its scale, reference and spread written down can be resolved years later by anybody who holds the
events after its origin, whatever has become of the data before it.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.domain.tables import OUTCOMES
from detente.forecast.climatology import Climatology, posterior_counts
from detente.forecast.outcomes import describe_situation, outcome_index, trailing_means
from detente.forecast.panel import Panel
from detente.relations.volume import volume_index

Floats = npt.NDArray[np.float64]

#: Who made the base rates that stand beside every issued forecast.
BASE_MODEL = f"{Climatology.name}-{Climatology.version}"


def state_questions(panel: Panel, origin: dt.date, horizon: Horizon) -> pl.DataFrame:
    """What the questions of all pairs rest on, as known at the origin.

    Returns:
        A row for each pair of the panel: ``pair, scale, reference, spread, usual_news``, in the units of the table
        ``issued`` (``reference`` null where fewer than half of its weeks are held, ``usual_news`` where it is not
        told), and the base rates ``base_…`` of that day.

    Raises:
        QuestionError: when the origin is not the end of a week of the panel.
    """
    situation = describe_situation(panel.until(panel.position(origin)), horizon)
    counts = posterior_counts(situation, horizon)
    rates = counts / counts.sum(axis=1, keepdims=True)
    figures = {"scale": situation.scale, "reference": situation.reference, "spread": situation.spread}
    figures["usual_news"] = panel.usual_news(panel.position(origin))
    figures |= {f"base_{name}": rates[:, place] for place, name in enumerate(OUTCOMES)}
    return pl.DataFrame({"pair": panel.pairs, **figures}).with_columns(pl.col("reference", "usual_news").fill_nan(None))


def answer_stated(panel: Panel, questions: pl.DataFrame) -> pl.DataFrame:
    """What came out of stated questions that close on weekdays of the panel.

    Args:
        panel: Weeks of the pairs asked about, from after the earliest origin to beyond the last day of every question.
        questions: Rows with the columns ``pair, origin, horizon_weeks, scale, reference, spread, usual_news`` of
            ``issued``; where the last is null, as for a question of the rules before it, no news is divided out.

    Returns:
        A row for each question in the same order: ``future, change, outcome``, null where fewer than half of the weeks
        of the horizon are held or the reference is not known.
    """
    rows = {pair: row for row, pair in enumerate(panel.pairs)}
    future = np.full(questions.height, np.nan)
    asked = questions.select("pair", "origin", "horizon_weeks", "scale", "usual_news")
    for place, (pair, origin, weeks, scale, usual) in enumerate(asked.iter_rows()):
        if pair in rows:
            future[place] = _mean_level(panel, rows[pair], origin, weeks, scale, usual)
    reference = questions["reference"].fill_null(float("nan")).to_numpy()
    change = (future - reference) / questions["spread"].to_numpy()
    index = outcome_index(change)
    return pl.DataFrame(
        {
            "future": future,
            "change": change,
            "outcome": pl.Series([OUTCOMES[place] if place >= 0 else None for place in index], dtype=pl.String),
        }
    ).with_columns(pl.col("future", "change").fill_nan(None))


def _mean_level(panel: Panel, row: int, origin: dt.date, weeks: int, scale: float, usual: float | None) -> float:
    """Mean level of the weeks after an origin; NaN where fewer than half of them are held."""
    start = (origin - panel.week_ends[0]).days // DAYS_IN_WEEK + 1
    later = (slice(row, row + 1), slice(max(start, 0), start + weeks))
    after = panel.balance[later]
    if after.shape[1] < weeks:
        return float("nan")
    if usual is not None and panel.news is not None:
        after = after / volume_index(panel.news[later], np.array([usual]))
    return float(trailing_means(np.arcsinh(after / scale), weeks)[0, -1])
