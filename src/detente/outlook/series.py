"""Outside series as context of a brief: the last known value of each, and how unusual it is.

They are shown, not used: see ``benchmarks/drivers.py`` for what they would add to the forecast.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from detente.codebook import state_name
from detente.domain.actors import Pair
from detente.domain.tables import DRIVERS, check_table
from detente.outlook.words import format_day

#: Said wherever they are shown.
NOT_USED = "They do not enter the forecast: that they make it better could not be shown on 2019 to 2021."
_TITLES = {
    "oil_brent": "Brent oil",
    "gpr": "geopolitical risk, world",
    "gpr_country": "geopolitical risk",
    "epu": "policy uncertainty",
}
#: A value is compared with those of the ten years before it, if there are at least two years of them.
_USUAL_YEARS, _FEWEST = 10, 24


@dataclass(frozen=True)
class SeriesReading:
    """The last known value of one series.

    Args:
        series: Its name in the table ``drivers``.
        state: State it is about; None for the world.
        period_end: Last day of its period.
        value: The value.
        unit: Its unit.
        share_below: Share of the values of the ten years before that are lower; None with fewer than 24.
        provider: Who publishes it.
    """

    series: str
    state: str | None
    period_end: dt.date
    value: float
    unit: str
    share_below: float | None
    provider: str

    def as_dict(self) -> dict[str, object]:
        """JSON-ready values."""
        return vars(self) | {"period_end": str(self.period_end), "used_in_forecast": False}

    def __str__(self) -> str:
        whose = f", {state_name(self.state)}" if self.state else ""
        usual = "" if self.share_below is None else f", above {self.share_below:.0%} of its ten years"
        unit = " USD" if self.unit.startswith("USD") else ""
        return f"{_TITLES[self.series]}{whose} {self.value:.3g}{unit} (to {format_day(self.period_end)}{usual})"


def read_series(drivers: pl.DataFrame, pair: Pair) -> tuple[SeriesReading, ...]:
    """The series of the world and of both sides, in a fixed order; none where none is held.

    Args:
        drivers: Rows of ``drivers`` as known on the day of the brief.
        pair: The two states.
    """
    check_table(drivers, DRIVERS)
    wanted = [("oil_brent", None), ("gpr", None), *(("gpr_country", s) for s in (pair.a, pair.b)), ("epu", None)]
    wanted += [("epu", state) for state in (pair.a, pair.b)]
    found = [_read(drivers, series, state) for series, state in wanted]
    return tuple(reading for reading in found if reading)


def series_sentence(readings: tuple[SeriesReading, ...]) -> str:
    """All readings in one sentence, and that they do not enter the forecast."""
    return f"{'; '.join(map(str, readings))}. {NOT_USED}"


def _read(drivers: pl.DataFrame, series: str, state: str | None) -> SeriesReading | None:
    rows = drivers.filter(pl.col("series") == series, pl.col("state").eq_missing(pl.lit(state, pl.String)))
    if rows.is_empty():
        return None
    last = rows.sort("period_end").row(-1, named=True)
    start = last["period_end"] - dt.timedelta(days=round(365.25 * _USUAL_YEARS))
    before = rows.filter(pl.col("period_end") < last["period_end"], pl.col("period_end") >= start)["value"]
    share = float((before < last["value"]).mean()) if before.len() >= _FEWEST else None
    names = ("series", "state", "period_end", "value", "unit", "provider")
    return SeriesReading(share_below=share, **{name: last[name] for name in names})
