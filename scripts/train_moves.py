"""Train the weights that likely moves start from, on daily events between states of 2005 to 2015.

Reads a benchmark copy of ICEWS of those years (named by ``DETENTE_REFERENCE_DATA``), keeps what states did to each
other, asks every fourteenth week from 2007 on, and writes ``weights.json``: some dozens of numbers, no event. Several
big states are missing from that copy as actors, so it stands for how states answer each other, not for these.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import numpy as np
import polars as pl

from detente.codebook import cameo_table
from detente.domain.tables import CELLS_BY_PLACE, COVERAGE
from detente.forecast import move_model
from detente.forecast.move_days import MoveDays, build_move_days
from detente.forecast.move_features import FEATURES

DAYS, EVERY, SEED = 7, 98, 1
FIRST, LAST = dt.date(2005, 1, 1), dt.date(2015, 12, 31)


def main() -> None:
    """Train and write."""
    root = Path(os.environ["DETENTE_REFERENCE_DATA"]) / "events" / "icews"
    cells, coverage = _tables(pl.read_parquet(root / "icews0515.parquet"))
    moves = build_move_days(cells, coverage, LAST)
    asked = move_model.ask_questions(moves, DAYS, _origins(moves), SEED)
    centre, scale = asked.features.mean(axis=0), asked.features.std(axis=0) + 1e-6
    nothing = move_model.MoveModel(centre, scale, np.zeros(centre.size + 1), np.zeros((1, centre.size + 1)))
    weights = move_model.fit_weights(nothing.design(asked.features), asked.came, asked.weight, nothing.weights)
    move_model.SHIPPED.mkdir(exist_ok=True)
    held = {"learned": str(LAST), "features": list(FEATURES)}
    numbers = {"centre": centre, "scale": scale, "weights": weights}
    held |= {name: [round(float(value), 5) for value in values] for name, values in numbers.items()}
    (move_model.SHIPPED / "weights.json").write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(f"{cells.height} cells, {len(moves.kinds)} kinds, {asked.came.size} questions, {int(asked.came.sum())} came")
    for name, weight in zip(FEATURES, weights[1:], strict=True):
        print(f"{weight:8.3f}  {name}")


def _origins(moves: MoveDays) -> list[int]:
    return list(range((dt.date(2007, 1, 1) - moves.first).days, moves.origin - DAYS, EVERY))


def _tables(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells between states and full coverage of the years."""
    codes = cameo_table().select(provider_code="code", event_type="event_type")
    between = events.filter(
        pl.col("source_iso3").is_not_null(),
        pl.col("target_iso3").is_not_null(),
        pl.col("source_iso3") != pl.col("target_iso3"),
    )
    cells = between.select(
        occurred=pl.col("date").cast(pl.Date), actor="source_iso3", recipient="target_iso3", directed=pl.lit(True),
        provider_code="cameo_code", place=pl.lit(None, dtype=pl.String), n=pl.lit(1, dtype=pl.Int64),
        cooperation_milli=pl.lit(0, dtype=pl.Int64), conflict_milli=pl.lit(0, dtype=pl.Int64), square_milli=pl.lit(0.0),
    ).join(codes, on="provider_code")  # fmt: skip
    days = pl.date_range(FIRST, LAST, eager=True)
    rows = {
        "provider": "icews",
        "day": days,
        "rows": 100,
        "known_at": days.cast(pl.Datetime("us")),
        "status": "present",
    }
    coverage = pl.DataFrame(rows).select(COVERAGE.names).cast(COVERAGE.schema)
    return cells.select(CELLS_BY_PLACE.names), coverage


if __name__ == "__main__":
    main()
