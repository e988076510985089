"""A world that is asked for many pairs: what they have in common is made once, so that one more pair costs little.

Every answer is the one that `World` gives; only when it is computed differs. What depends on the as-of day alone (the
forecasts and chances of all busy pairs, their levels, the cells by pair) is made at the first question of that day.
"""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import polars as pl

from detente import forecast, relations
from detente.domain.periods import STANDARD_HORIZONS, Horizon
from detente.domain.tables import LEVEL_QUANTILES, LEVELS
from detente.world import World

if TYPE_CHECKING:
    from detente.domain.actors import Pair
    from detente.store import Store
    from detente.world.archive import Day, Side

#: Pairs of which measures keep what they made, and panels kept that hold one quiet pair each.
PAIRS_MEASURED, QUIET_PANELS = 300, 8
#: More pairs than there are.
_ALL = 100_000


class WarmWorld(World):
    """One provider's events as known on one day, kept in memory by pair.

    Args:
        store: The store to read.
        as_of: The day at whose end to read; None for the last day known.
        provider: Whose data; None for the provider with most rows.
        is_sample: Whether this is the bundled sample.
    """

    def __init__(
        self, store: Store, *, as_of: dt.date | None = None, provider: str | None = None, is_sample: bool = False
    ) -> None:
        super().__init__(store, as_of=as_of, provider=provider, is_sample=is_sample)
        self._lock = threading.RLock()
        self._levels_by_pair: dict[Side, dict[str, pl.DataFrame]] = {}
        self._forecasts: dict[int, pl.DataFrame] = {}
        self._measured = 0
        self._watched: dict[tuple[str, str], pl.DataFrame] = {}
        self._pairs: pl.DataFrame | None = None
        self._stated: dict[int, pl.DataFrame] = {}
        self._chances: dict[tuple[int, ...], pl.DataFrame] = {}
        self._fans: dict[tuple[int, ...], dict[str, pl.DataFrame]] = {}
        self.view.hold()

    def readings(self, as_of: dt.date) -> relations.Readings:
        """The tables that measures take; what they keep of single pairs is let go after some hundred of them."""
        with self._lock:
            self._measured += 1
            if self._measured % PAIRS_MEASURED == 0:
                self._readings.clear()
            tables = super().readings(as_of)
            tables.known(as_of).expect_busy()
            return tables

    def panel(self, as_of: dt.date, *, also: str | None = None) -> forecast.Panel:
        """Weekly balances up to a day; of the panels made for one quiet pair only the last few are kept."""
        with self._lock:
            quiet = [key for key in self._panels if key[1] is not None]
            for key in quiet[:-QUIET_PANELS]:
                del self._panels[key]
            return super().panel(as_of, also=also)

    def pairs(self) -> pl.DataFrame:
        """All pairs in the data, the busiest first; read once."""
        with self._lock:
            if self._pairs is None:
                self._pairs = super().pairs()
            return self._pairs

    def watch(self, *, top: int = 20, horizon: str | int | Horizon = "13w", by: str = "moved") -> pl.DataFrame:
        """Which pairs moved, or are likely to move: rows of ``watch``; made once for each horizon and order."""
        with self._lock:
            key = (str(horizon), by)
            if key not in self._watched:
                self._watched[key] = super().watch(top=_ALL, horizon=horizon, by=by)
            return self._watched[key].head(top)

    def levels_of(self, pair: Pair, as_of: dt.date, *, by: Side = "pair") -> pl.DataFrame:
        """Rows of the table ``levels`` of one pair, or of its dyads; those of busy pairs are measured together."""
        with self._lock:
            if as_of != self.as_of or pair.id not in self.panel(as_of).pairs:
                return super().levels_of(pair, as_of, by=by)
            if by not in self._levels_by_pair:
                self._levels_by_pair[by] = self._busy_levels(by)
            return self._levels_by_pair[by].get(pair.id, LEVELS.empty())

    def _busy_levels(self, by: Side) -> dict[str, pl.DataFrame]:
        busy = list(self.panel(self.as_of).pairs)
        return _by_pair(relations.measure_levels(self._cell_weeks(self.as_of).build(by=by, pairs=busy)))

    def forecast_pairs(self, horizon: Horizon, as_of: dt.date, *, pairs: list[str] | None = None) -> pl.DataFrame:
        """Rows of the table ``forecasts`` at one horizon; the answers for all busy pairs are kept."""
        with self._lock:
            panel = self.panel(as_of)
            if as_of != self.as_of or (pairs is not None and not set(pairs) <= set(panel.pairs)):
                return super().forecast_pairs(horizon, as_of, pairs=pairs)
            if horizon.weeks not in self._forecasts:
                self._forecasts[horizon.weeks] = super().forecast_pairs(horizon, as_of)
            held = self._forecasts[horizon.weeks]
            return held if pairs is None else held.filter(pl.col("pair").is_in(pairs))

    def stated(self, horizon: Horizon, as_of: dt.date, *, pair: str) -> pl.DataFrame:
        """What the question about a pair rests on and its base rates; those of busy pairs are kept."""
        with self._lock:
            panel = self.panel(as_of)
            if as_of != self.as_of or pair not in panel.pairs:
                return super().stated(horizon, as_of, pair=pair)
            if horizon.weeks not in self._stated:
                self._stated[horizon.weeks] = forecast.state_questions(panel, as_of, horizon)
            return self._stated[horizon.weeks].filter(pl.col("pair") == pair)

    def fan(self, pair: Pair, as_of: dt.date, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> pl.DataFrame:
        """Rows of the table ``level_quantiles`` of one pair; those of busy pairs are made together."""
        with self._lock:
            panel = self.panel(as_of)
            if as_of != self.as_of or pair.id not in panel.pairs:
                return super().fan(pair, as_of, horizons=horizons)
            if horizons not in self._fans:
                answers = pl.concat([self.forecast_pairs(Horizon(weeks), as_of) for weeks in horizons])
                self._fans[horizons] = _by_pair(forecast.build_fan(panel, as_of, answers))
            return self._fans[horizons].get(pair.id, LEVEL_QUANTILES.empty())

    def provocations(
        self, pair: Pair | None = None, *, as_of: Day | None = None, horizons: tuple[int, ...] = STANDARD_HORIZONS
    ) -> pl.DataFrame:
        """Rows of the table ``hazards``; the answers for all busy dyads are kept."""
        with self._lock:
            if self.view_as_of(as_of) is not self.view:
                return super().provocations(pair, as_of=as_of, horizons=horizons)
            if horizons not in self._chances:
                self._chances[horizons] = super().provocations(horizons=horizons)
            held = self._chances[horizons]
            if pair is None:
                return held
            both = [pair.a, pair.b]
            rows = held.filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
            if rows.height < 2 * len(horizons):
                return super().provocations(pair, horizons=horizons)
            return rows


def _by_pair(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each pair, in their order, by the pair's id."""
    parts = rows.partition_by("pair", as_dict=True, include_key=True)
    return {str(pair): part for (pair,), part in parts.items()}
