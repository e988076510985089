"""Distributions of counts: negative binomial, zero-inflated, rounded lognormal, and past frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Nothing that can happen is called impossible: the least probability of a count.
LEAST = 1e-12


class CountShape(Protocol):
    """Distributions of many cases, one for each."""

    def log_mass(self, values: Ints) -> Floats:
        """Log probability of each case's value, shape (cases,)."""
        ...

    def below(self, counts: Ints) -> Floats:
        """Probability of at most each of some counts, shape (cases, counts)."""
        ...


@dataclass(frozen=True)
class NegativeBinomial:
    """Counts with variance ``mean + mean² / size``, with some more zeros where ``extra`` is above 0.

    Args:
        mean: Mean of the counts that are not extra zeros, shape (cases,), positive.
        size: Size, same shape, positive; the smaller, the more spread out.
        extra: Probability of an extra zero, same shape; none by default.
    """

    mean: Floats
    size: Floats
    extra: Floats | None = None

    def log_mass(self, values: Ints) -> Floats:
        """Log probability of each case's value, shape (cases,)."""
        log = negative_binomial_log(values, self.mean, self.size)
        if self.extra is not None:
            log = np.log(np.where(values == 0, self.extra, 0.0) + (1 - self.extra) * np.exp(log) + LEAST)
        return np.maximum(log, np.log(LEAST))

    def below(self, counts: Ints) -> Floats:
        """Probability of at most each of some counts, shape (cases, counts)."""
        from scipy.special import betainc  # noqa: PLC0415 - a heavy library, where it is needed

        share = self.size / (self.size + self.mean)
        f = betainc(self.size[:, None], counts[None, :] + 1.0, share[:, None])
        if self.extra is not None:
            f = self.extra[:, None] + (1 - self.extra[:, None]) * f
        return np.asarray(np.clip(f, 0.0, 1.0), dtype=np.float64)


@dataclass(frozen=True)
class RoundedLognormal:
    """Counts whose log(1 + count) is normal, rounded to whole counts.

    Args:
        mean: Mean of log(1 + count), shape (cases,).
        deviation: Its standard deviation, same shape, positive.
    """

    mean: Floats
    deviation: Floats

    def log_mass(self, values: Ints) -> Floats:
        """Log probability of each case's value, shape (cases,)."""
        upper, lower = self._normal(values + 0.5), np.where(values > 0, self._normal(values - 0.5), 0.0)
        return np.asarray(np.log(np.maximum(upper - lower, LEAST)), dtype=np.float64)

    def below(self, counts: Ints) -> Floats:
        """Probability of at most each of some counts, shape (cases, counts)."""
        return np.stack([self._normal(np.full(self.mean.shape, count + 0.5)) for count in counts], axis=1)

    def _normal(self, count: npt.NDArray[np.floating[Any]]) -> Floats:
        from scipy.special import ndtr  # noqa: PLC0415 - a heavy library, where it is needed

        return np.asarray(ndtr((np.log1p(np.maximum(count, -0.5)) - self.mean) / self.deviation), dtype=np.float64)


@dataclass(frozen=True)
class Frequencies:
    """Past frequencies, mixed with one part in twenty of a negative binomial so that new counts are possible.

    Args:
        past: Counts of the past, shape (cases, months).
        rest: The negative binomial.
    """

    past: Ints
    rest: NegativeBinomial

    def log_mass(self, values: Ints) -> Floats:
        """Log probability of each case's value, shape (cases,)."""
        share = (self.past == values[:, None]).mean(axis=1)
        mixed = (1 - _REST) * share + _REST * np.exp(self.rest.log_mass(values))
        return np.asarray(np.log(np.maximum(mixed, LEAST)), dtype=np.float64)

    def below(self, counts: Ints) -> Floats:
        """Probability of at most each of some counts, shape (cases, counts)."""
        ordered = np.sort(self.past, axis=1)
        share = np.stack([np.searchsorted(row, counts, side="right") for row in ordered]) / self.past.shape[1]
        return np.asarray((1 - _REST) * share + _REST * self.rest.below(counts), dtype=np.float64)


_REST = 0.05


def negative_binomial_log(values: Ints, mean: Floats, size: Floats) -> Floats:
    """Log probability of counts under negative binomials; arrays that broadcast."""
    from scipy.special import gammaln  # noqa: PLC0415 - a heavy library, where it is needed

    log = gammaln(values + size) - gammaln(size) - gammaln(values + 1.0)
    log = log + size * np.log(size / (size + mean)) + values * np.log(mean / (size + mean))
    return np.asarray(log, dtype=np.float64)


def size_by_moments(mean: Floats, variance: Floats) -> Floats:
    """Size of negative binomials with given moments, between 0.02 and 1,000; near-Poisson where not overdispersed."""
    return np.clip(mean**2 / np.maximum(variance - mean, 1e-3 * mean + 1e-9), 0.02, 1000.0)
