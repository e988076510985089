"""Baselines for monthly counts, each dyad by itself: climatology, zero-inflated, INGARCH, AutoARIMA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.errors import ConfigError, QuestionError
from detente.forecast.count_shapes import (
    Frequencies,
    NegativeBinomial,
    RoundedLognormal,
    negative_binomial_log,
    size_by_moments,
)
from detente.forecast.counts import MonthCounts

Floats = npt.NDArray[np.float64]

#: Months that climatology counts.
CLIMATE_MONTHS = 60
_SMALLEST_MEAN = 0.02
_SIZES = np.geomspace(0.05, 50.0, 12)


class CountClimatology:
    """How often each count came in the dyad's past 60 months."""

    name = "climatology"
    version = "v1"

    def fit(self, data: MonthCounts, end: int) -> CountClimatology:  # noqa: ARG002
        """Nothing to learn ahead."""
        return self

    def predict(self, data: MonthCounts, places: Sequence[int]) -> Frequencies:
        """Past frequencies for each column, from the columns before it; needs 60 months before the first.

        Raises:
            QuestionError: when there are fewer.
        """
        if min(places) < CLIMATE_MONTHS:
            raise QuestionError(
                "A climatology of counts was asked for.",
                f"{min(places)} months lie before.",
                f"It needs {CLIMATE_MONTHS}.",
            )
        past = np.stack([data.counts[:, place - CLIMATE_MONTHS : place] for place in places], axis=1)
        past = past.reshape(-1, CLIMATE_MONTHS)
        mean = np.maximum(past.mean(axis=1), _SMALLEST_MEAN)
        return Frequencies(past, NegativeBinomial(mean, size_by_moments(mean, past.var(axis=1))))


class ZeroInflated:
    """A zero-inflated negative binomial of the dyad's past 60 months (Lambert 1992: lambert-1992).

    The share of extra zeros is the likeliest of ten for the mean and variance that the rest then has.
    """

    name = "zero-inflated"
    version = "v1"

    def fit(self, data: MonthCounts, end: int) -> ZeroInflated:  # noqa: ARG002
        """Nothing to learn ahead: the window of each month is fitted by itself."""
        return self

    def predict(self, data: MonthCounts, places: Sequence[int]) -> NegativeBinomial:
        """Distributions for each column, from the 60 columns before it.

        Raises:
            QuestionError: when there are fewer.
        """
        past = CountClimatology().predict(data, places).past
        best = np.full(past.shape[0], -np.inf)
        kept = [np.empty(past.shape[0]) for _ in range(3)]
        zeros = (past == 0).mean(axis=1)
        for share in np.linspace(0.0, 0.9, 10):
            extra = share * zeros
            mean = np.maximum(past.mean(axis=1) / (1 - extra), _SMALLEST_MEAN)
            second = (past.astype(np.float64) ** 2).mean(axis=1) / (1 - extra)
            size = size_by_moments(mean, second - mean**2)
            shape = NegativeBinomial(mean[:, None], size[:, None], extra[:, None])
            likely = shape.log_mass(past).sum(axis=1)
            better = likely > best
            best = np.where(better, likely, best)
            for target, value in zip(kept, (mean, size, extra), strict=True):
                target[better] = value[better]
        return NegativeBinomial(*kept)


@dataclass(frozen=True)
class Ingarch:
    """A negative binomial INGARCH(1, 1) (Ferland, Latour & Oraichi 2006: ferland-2006; Zhu 2011: zhu-2011).

    ``λ(t) = μ·(1 − α − β) + α·y(t − 1) + β·λ(t − 1)`` with ``μ`` the dyad's mean; ``α``, ``β`` and the size are the
    likeliest on a grid, for each dyad.

    Args:
        level: ``μ``, shape (dyads,).
        alpha: ``α``, same shape.
        beta: ``β``, same shape.
        size: Size of the negative binomial, same shape.
    """

    level: Floats | None = None
    alpha: Floats | None = None
    beta: Floats | None = None
    size: Floats | None = None

    name = "ingarch"
    version = "v1"

    def fit(self, data: MonthCounts, end: int) -> Ingarch:
        """Each dyad's likeliest values on the columns before ``end``."""
        counts = data.counts[:, :end]
        level = np.maximum(counts.mean(axis=1), _SMALLEST_MEAN)
        best = np.full(level.size, -np.inf)
        kept = [np.empty(level.size) for _ in range(3)]
        for alpha in (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8):
            for beta in (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
                if alpha + beta >= 0.99:
                    continue
                rate = intensities(counts, level, np.full(level.size, alpha), np.full(level.size, beta))
                for size in _SIZES:
                    log = negative_binomial_log(counts[:, 12:], rate[:, 12:-1], np.asarray(size))
                    likely = log.sum(axis=1)
                    better = likely > best
                    best = np.where(better, likely, best)
                    for target, value in zip(kept, (alpha, beta, size), strict=True):
                        target[better] = value
        return Ingarch(level, *kept)

    def predict(self, data: MonthCounts, places: Sequence[int]) -> NegativeBinomial:
        """Distributions for each column, from the columns before it.

        Raises:
            QuestionError: when it has not learned.
        """
        if self.level is None or self.alpha is None or self.beta is None or self.size is None:
            raise QuestionError("Monthly counts were asked for.", "The model has not learned.", "Fit it first.")
        rate = intensities(data.counts, self.level, self.alpha, self.beta)[:, list(places)]
        return NegativeBinomial(rate.ravel(), np.repeat(self.size, len(places)))


def intensities(counts: npt.NDArray[np.int64], level: Floats, alpha: Floats, beta: Floats) -> Floats:
    """The rate of each month from the months before it, shape (dyads, months + 1): the last is the next month's."""
    rate = np.empty((counts.shape[0], counts.shape[1] + 1))
    rate[:, 0] = level
    for month in range(counts.shape[1]):
        rate[:, month + 1] = level * (1 - alpha - beta) + alpha * counts[:, month] + beta * rate[:, month]
    return np.maximum(rate, 1e-3)


class ArimaCounts:
    """AutoARIMA of log(1 + count), each dyad by itself, its normal forecast rounded to counts.

    Args:
        models: Fitted models of statsforecast, one for each dyad; None until it has learned.
        end: The column before which they were fitted.
    """

    name = "auto-arima"
    version = "v1"

    def __init__(self, models: Sequence[Any] | None = None) -> None:
        self._models = models

    def fit(self, data: MonthCounts, end: int) -> ArimaCounts:
        """Orders and coefficients from the columns before ``end``.

        Raises:
            ConfigError: when statsforecast is not installed.
        """
        try:
            from statsforecast.models import AutoARIMA  # noqa: PLC0415 - an optional, heavy library
        except ImportError:
            raise ConfigError(
                "AutoARIMA was asked for.",
                "The package statsforecast is not installed.",
                "Install it with `pip install 'detente[baselines]'`, or leave the model out.",
            ) from None
        logs = np.log1p(data.counts[:, :end].astype(np.float64))
        return ArimaCounts([AutoARIMA(season_length=1, max_p=3, max_q=3).fit(y=series) for series in logs])

    def predict(self, data: MonthCounts, places: Sequence[int]) -> RoundedLognormal:
        """Distributions for each column: the fitted coefficients, run over the columns before it.

        Raises:
            QuestionError: when it has not learned.
        """
        if self._models is None:
            raise QuestionError("Monthly counts were asked for.", "The model has not learned.", "Fit it first.")
        logs = np.log1p(data.counts.astype(np.float64))
        means, deviations = [], []
        for model, series in zip(self._models, logs, strict=True):
            for place in places:
                ahead = model.forward(y=series[:place], h=1, level=[68.27])
                means.append(float(ahead["mean"][0]))
                deviations.append(float(ahead["hi-68.27"][0]) - means[-1])
        return RoundedLognormal(np.array(means), np.maximum(np.array(deviations), 0.05))
