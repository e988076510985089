"""Next month's number of conflict events of a dyad: one global negative binomial model (``counts-v1``).

In come directed monthly counts; out go distributions of the next month's count, from what was known the month before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.errors import QuestionError
from detente.forecast.count_shapes import CountShape, NegativeBinomial

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Half-lives in months of the decayed means that a dyad's past is read through.
HALF_LIVES = (0.7, 2.0, 6.0, 24.0)
#: Added to means before their log is taken: a twentieth of an event a month.
_FLOOR = 0.05
#: Months of a dyad's past that must be there before a case is learned from.
_WARM_UP = 24
_RIDGE = 1e-4


@dataclass(frozen=True)
class MonthCounts:
    """Dyads by months.

    Args:
        dyads: Actor and recipient, one for each row.
        months: First days of the months, one for each column, without a break.
        counts: Events, shape (dyads, months); a month without a row had none.
    """

    dyads: tuple[tuple[str, str], ...]
    months: tuple[dt.date, ...]
    counts: Ints

    def position(self, month: dt.date) -> int:
        """The column of a month.

        Raises:
            QuestionError: when it is not held.
        """
        if month not in self.months:
            raise QuestionError(
                f"Counts of {month:%Y-%m} were asked for.",
                f"Months are held from {self.months[0]:%Y-%m} to {self.months[-1]:%Y-%m}."
                if self.months
                else "None is held.",
                "Choose a month among them.",
            )
        return self.months.index(month)


class CountForecaster(Protocol):
    """Forecasts next month's counts of all dyads; learns from months before a column, reads months before each."""

    name: str
    version: str

    def fit(self, data: MonthCounts, end: int) -> CountForecaster:
        """A forecaster that has learned from the columns before ``end``."""
        ...

    def predict(self, data: MonthCounts, places: Sequence[int]) -> CountShape:
        """Distributions of the counts of some columns, each from the columns before it; cases are dyads, then columns.

        The case of row ``i`` and the ``j``-th of ``k`` places is number ``i·k + j``.
        """
        ...


def build_month_counts(
    rows: pl.DataFrame, *, since: dt.date, until: dt.date, min_months: int, by: dt.date
) -> MonthCounts:
    """Set monthly counts side by side, of dyads with conflict in enough months by a date.

    Args:
        rows: ``month, actor, recipient, count``.
        since: First month.
        until: Last month.
        min_months: Months with at least one event that a dyad must have …
        by: … before this day.

    Raises:
        QuestionError: when no dyad has them.
    """
    span = (until.year - since.year) * 12 + until.month - since.month + 1
    first = since.year * 12 + since.month - 1
    months = tuple(dt.date((first + ahead) // 12, (first + ahead) % 12 + 1, 1) for ahead in range(span))
    held = rows.filter(pl.col("month").is_between(since, until), pl.col("count") > 0)
    busy = held.filter(pl.col("month") < by).group_by("actor", "recipient").agg(pl.len().alias("months"))
    chosen = busy.filter(pl.col("months") >= min_months).sort("actor", "recipient").with_row_index("row")
    if chosen.is_empty():
        raise QuestionError(
            "Monthly counts were asked for.",
            f"No dyad has events in {min_months} months before {by}.",
            "Ask for fewer.",
        )
    placed = held.join(chosen.select("actor", "recipient", "row"), on=["actor", "recipient"])
    column = (placed["month"].dt.year().cast(pl.Int64) * 12 + placed["month"].dt.month() - 1 - first).to_numpy()
    counts = np.zeros((chosen.height, span), dtype=np.int64)
    np.add.at(counts, (placed["row"].to_numpy(), column), placed["count"].to_numpy())
    return MonthCounts(tuple(chosen.select("actor", "recipient").iter_rows()), months, counts)


def decayed_means(counts: npt.NDArray[np.generic], half_life: float) -> Floats:
    """Mean of the months before each column, older ones counting less: half as much after every half-life.

    Args:
        counts: Shape (dyads, months).
        half_life: In months.

    Returns:
        Same shape; column ``t`` reads the columns before ``t``; zero in the first.
    """
    keep = 0.5 ** (1.0 / half_life)
    total, weight = np.zeros(counts.shape[0]), 0.0
    means = np.zeros(counts.shape)
    for month in range(counts.shape[1]):
        means[:, month] = total / weight if weight else 0.0
        total, weight = keep * total + counts[:, month], keep * weight + 1.0
    return means


@dataclass(frozen=True)
class GlobalCounts:
    """One negative binomial regression for all dyads (Hilbe 2011: hilbe-2011).

    ``log mean = a + x·β``; ``log size = c + d·x₀ + e·x₀²`` with ``x`` logs of the dyad's decayed means at four
    half-lives, of the answering dyad's, of either state's conflict with others and of the world's, the share of months
    without events, and the squares of the first; all fitted together by maximum likelihood.

    Args:
        weights: ``a, β`` and then ``c, d, e``; None until it has learned.
    """

    weights: Floats | None = None

    name = "counts"
    version = "v1"

    def fit(self, data: MonthCounts, end: int) -> GlobalCounts:
        """A model that has learned from the columns before ``end``, after two years of warming up.

        Raises:
            QuestionError: when too few months lie before ``end``.
        """
        if end <= _WARM_UP + 1:
            raise QuestionError(
                "A model of monthly counts was to be fitted.", f"{end} months lie before.", "Give it three years."
            )
        x = build_count_features(data)[:, _WARM_UP:end].reshape(-1, _width())
        y = data.counts[:, _WARM_UP:end].ravel()
        return GlobalCounts(_maximise(x, y))

    def predict(self, data: MonthCounts, places: Sequence[int]) -> NegativeBinomial:
        """Distributions of the counts of some columns, each from the columns before it.

        Raises:
            QuestionError: when it has not learned.
        """
        if self.weights is None:
            raise QuestionError("Monthly counts were asked for.", "The model has not learned.", "Fit it first.")
        x = build_count_features(data)[:, list(places)].reshape(-1, _width())
        return NegativeBinomial(*_moments(self.weights, x))


def build_count_features(data: MonthCounts) -> Floats:
    """Features of every dyad and month, each from the months before it, shape (dyads, months, features)."""
    counts = data.counts
    own = [np.log(decayed_means(counts, life) + _FLOOR) for life in HALF_LIVES]
    place = {dyad: row for row, dyad in enumerate(data.dyads)}
    reverse = np.array([place.get((b, a), -1) for a, b in data.dyads])
    answers = np.where((reverse >= 0)[:, None], counts[reverse], 0)
    columns = [*own, *(np.log(decayed_means(answers, life) + _FLOOR) for life in (0.7, 6.0))]
    for side in (0, 1):
        _, code = np.unique([dyad[side] for dyad in data.dyads], return_inverse=True)
        total = np.zeros((code.max() + 1, counts.shape[1]))
        np.add.at(total, code, counts)
        others = total[code] - counts
        columns.append(np.log(decayed_means(others, 0.7) + 1.0) - np.log(decayed_means(others, 24.0) + 1.0))
    world = (
        decayed_means(counts.sum(axis=0, keepdims=True), 0.7),
        decayed_means(counts.sum(axis=0, keepdims=True), 24.0),
    )
    columns.append(np.broadcast_to(np.log(world[0] + 1.0) - np.log(world[1] + 1.0), counts.shape))
    columns.append(decayed_means(counts == 0, 12.0))
    columns += [own[0] ** 2 / 10, own[3] ** 2 / 10, own[0] * own[3] / 10]
    return np.stack(columns, axis=2)


def _width() -> int:
    return len(HALF_LIVES) + 9


def _moments(weights: Floats, x: Floats) -> tuple[Floats, Floats]:
    size = weights[-3:]
    anchor = x[:, 2]  # the half-year mean says how large the dyad is
    mean = np.exp(np.clip(weights[0] + x @ weights[1:-3], -8.0, 10.0))
    return mean, np.exp(np.clip(size[0] + size[1] * anchor + size[2] * anchor**2, -4.0, 7.0))


def _maximise(x: Floats, y: Ints) -> Floats:
    """Maximum likelihood with analytic gradients and a slight ridge."""
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy libraries, for learning only
    from scipy.special import digamma, gammaln  # noqa: PLC0415

    start = np.zeros(x.shape[1] + 4)
    start[1:3] = 0.5
    constant = float(gammaln(y + 1.0).sum())
    anchor = x[:, 2]

    def loss(weights: Floats) -> tuple[float, Floats]:
        mean, size = _moments(weights, x)
        both = mean + size
        log = gammaln(y + size) - gammaln(size) + size * np.log(size / both) + y * np.log(mean / both)
        to_mean = size * (y - mean) / both  # by log mean
        to_size = size * (digamma(y + size) - digamma(size) + np.log(size / both) + (mean - y) / both)
        gradient = np.concatenate(
            [[to_mean.sum()], to_mean @ x, [to_size.sum(), to_size @ anchor, to_size @ anchor**2]]
        )
        pull = _RIDGE * y.size * weights
        value = (constant - log.sum()) + 0.5 * float(pull @ weights)
        return float(value) / y.size, (pull - gradient) / y.size

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x, dtype=np.float64)
