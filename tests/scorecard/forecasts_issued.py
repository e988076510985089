"""Made-up forecasts, and the bundled sample as of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from detente.domain.tables import ISSUED, OUTCOMES
from detente.sample import sample_store_path
from detente.store import open_store
from detente.world import World

#: When the forecasts of the filled ledger are made.
ORIGINS = (dt.date(2018, 6, 1), dt.date(2018, 9, 4))


def issued_row(number: int, **changed: Any) -> dict[str, Any]:
    """One forecast: a third each, of France and Germany, over four weeks from 2024-03-01, written down that night."""
    row: dict[str, Any] = {
        "id": f"{number:016x}",
        "number": number,
        "issued_at": dt.datetime.fromisoformat("2024-03-01T23:00:00"),
        "record": "live",
        "provider": "made-up",
        "pair": "DEU-FRA",
        "origin": dt.date(2024, 3, 1),
        "horizon_weeks": 4,
        "rule": "outcome-v3",
        "model": "made-up-v1",
        **{f"{kind}_{name}": 1 / 3 for kind in ("p", "base") for name in OUTCOMES},
        "scale": 2.0,
        "reference": 0.5,
        "spread": 0.4,
        "usual_news": None,
        "data_version": "0" * 64,
        "data_until": dt.date(2024, 3, 1),
    }
    row |= changed
    return row | {"closes": row["origin"] + dt.timedelta(weeks=row["horizon_weeks"])}


def issued_table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of the table ``issued``."""
    return pl.DataFrame(rows, schema=ISSUED.schema)


def sample_world(as_of: dt.date | None = None) -> World:
    """The bundled sample as of a day."""
    return World(open_store(sample_store_path(), read_only=True), as_of=as_of, is_sample=True)
