"""Each direction's last four weeks, with bands, beside its own usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from detente.domain.actors import Dyad, Pair

RECENT_WEEKS = 4
USUAL_WEEKS = 52
_BAND = 1.6449


@dataclass(frozen=True)
class Measure:
    """A number with its 90 % band and what is usual; all None where it is not known.

    Args:
        value: Mean of the last four weeks.
        low: Lower end of its band.
        high: Upper end of its band.
        usual: Mean of the up to 52 weeks before.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    usual: float | None = None


@dataclass(frozen=True)
class Direction:
    """One state's behaviour towards the other in the last four weeks.

    Args:
        dyad: Who acts towards whom.
        cooperation: Goldstein points a day.
        conflict: Goldstein points a day, without the sign.
        conflict_share: Conflict as a share of both, 0 to 1.
        events: Events a week.
    """

    dyad: Dyad
    cooperation: Measure
    conflict: Measure
    conflict_share: Measure
    events: Measure

    def as_dict(self) -> dict[str, object]:
        """The direction as JSON-ready values; null where a number is not known."""
        names = ("cooperation", "conflict", "conflict_share", "events")
        return {"actor": self.dyad.actor, "recipient": self.dyad.recipient} | {
            name: vars(getattr(self, name)) for name in names
        }


def measure_directions(pair: Pair, levels: pl.DataFrame) -> tuple[Direction, Direction]:
    """Cooperation, conflict, its share and the volume of each direction, the state named first leading.

    Bands take events to arrive independently; of the variance of a balance each side has its share of the points.

    Args:
        pair: The pair.
        levels: Rows of ``levels`` of both dyads.
    """
    first, second = (_direction(dyad, levels) for dyad in pair.dyads)
    return first, second


def _direction(dyad: Dyad, levels: pl.DataFrame) -> Direction:
    weeks = levels.filter(pl.col("actor") == dyad.actor, pl.col("recipient") == dyad.recipient).sort("week_end")
    now = _sums(weeks.tail(RECENT_WEEKS))
    before = _sums(weeks.head(max(weeks.height - RECENT_WEEKS, 0)).tail(USUAL_WEEKS))
    if now is None:
        usual = [Measure(usual=value) for value in _usual(before)]
        return Direction(dyad, *usual)
    cooperation, conflict, variance, events, count = now
    total = cooperation + conflict
    errors = [math.sqrt(variance * side / total) if total else 0.0 for side in (cooperation, conflict)]
    usual_cooperation, usual_conflict, usual_share, usual_events = _usual(before)
    share, share_error = None, 0.0
    if total:
        share = conflict / total
        share_error = math.hypot(cooperation * errors[1], conflict * errors[0]) / total**2
    return Direction(
        dyad,
        _measure(cooperation, errors[0], usual_cooperation),
        _measure(conflict, errors[1], usual_conflict),
        _measure(share, share_error, usual_share, highest=1.0),
        _measure(events, math.sqrt(events / count), usual_events),
    )


def _sums(weeks: pl.DataFrame) -> tuple[float, float, float, float, int] | None:
    """Cooperation and conflict a day, the balance's variance, events a week and weeks; None where all are gaps."""
    held = weeks.drop_nulls("balance")
    if held.is_empty():
        return None
    days = pl.col("covered_days")
    row = held.select(
        (pl.col("cooperation") * days).sum() / days.sum(),
        (pl.col("conflict") * days).sum() / days.sum(),
        ((pl.col("balance_se") * days) ** 2).sum() / days.sum() ** 2,
        pl.col("n").mean(),
        pl.len(),
    ).row(0)
    return row[0], row[1], row[2], row[3], row[4]


def _usual(before: tuple[float, float, float, float, int] | None) -> tuple[float | None, ...]:
    if before is None:
        return None, None, None, None
    cooperation, conflict, _, events, _ = before
    total = cooperation + conflict
    return cooperation, conflict, conflict / total if total else None, events


def _measure(value: float | None, error: float, usual: float | None, *, highest: float = math.inf) -> Measure:
    if value is None:
        return Measure(usual=usual)
    return Measure(value, max(value - _BAND * error, 0.0), min(value + _BAND * error, highest), usual)
