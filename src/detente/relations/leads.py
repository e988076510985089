"""Who tends to start: the large moves that broke a quiet week and were answered, and the share that each side made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: A move is large when it is among the side's own tenth of days with most: both sides then have as many, so that a
#: loud side does not start more often only because it is loud.
LARGE_SHARE = 0.1
#: Days without a large move of either side before one that opens.
QUIET_DAYS = 7
#: Days in which the other side's large move counts as an answer.
ANSWERED_WITHIN_DAYS = 14
_TAILS = (0.05, 0.95)


@dataclass(frozen=True)
class Lead:
    """Who starts.

    Args:
        openings: Large moves of either side that broke a quiet week and were answered within 14 days.
        share: Share of them that the first side made; None without any.
        low: Lower end of its 90 % band (Jeffreys).
        high: Upper end.
    """

    openings: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def reverse(self) -> Lead:
        """The same from the other side."""
        if self.share is None or self.low is None or self.high is None:
            return self
        return Lead(self.openings, 1 - self.share, 1 - self.high, 1 - self.low)


def count_leads(first: Floats, second: Floats) -> Lead:
    """Say who of two sides tends to start.

    share = openings made by the first side / openings made by either. A day on which both make a large move opens
    nothing: which came first cannot be seen. High means that the first side usually moves first after a quiet week,
    about a half that neither does. It cannot tell who is to blame: an opening may answer what no newspaper reported.

    Args:
        first: The first side's levels, shape (days,), NaN in a gap.
        second: The second side's levels.
    """
    large = [_large(levels) for levels in (first, second)]
    counts = [0, 0]
    days = np.flatnonzero(large[0] | large[1])
    for place, day in enumerate(days):
        quiet = (place == 0 and day >= QUIET_DAYS) or (place > 0 and day - days[place - 1] > QUIET_DAYS)
        if not quiet or (large[0][day] and large[1][day]):
            continue
        side = 0 if large[0][day] else 1
        counts[side] += bool(large[1 - side][day + 1 : day + 1 + ANSWERED_WITHIN_DAYS].any())
    total = sum(counts)
    if not total:
        return Lead(0, None, None, None)
    from scipy.special import betaincinv  # noqa: PLC0415 - loaded where used, so that commands start at once

    low, high = (float(betaincinv(counts[0] + 0.5, counts[1] + 0.5, tail)) for tail in _TAILS)
    return Lead(total, counts[0] / total, low, high)


def _large(levels: Floats) -> npt.NDArray[np.bool_]:
    held = levels[np.isfinite(levels)]
    if not held.size:
        return np.zeros(levels.size, dtype=np.bool_)
    edge = max(float(np.quantile(held, 1 - LARGE_SHARE)), 1e-9)
    return np.asarray(np.nan_to_num(levels) >= edge, dtype=np.bool_)
