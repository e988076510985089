"""Next month's conflict events 1991–2010: CRPS and log score of one global model against baselines.

All models learn from the months before January 2005 and forecast each month from then on from the months before it.
Dyads are those with conflict in at least 24 months before 2005. Bands: blocks of twelve months, all dyads of a block
together, and dyads with replacement. ``--arima N`` adds AutoARIMA on every N-th dyad, compared on those alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json

import numpy as np
import polars as pl

from detente.forecast.count_baselines import ArimaCounts, CountClimatology, Ingarch, ZeroInflated
from detente.forecast.counts import CountForecaster, GlobalCounts, MonthCounts, build_month_counts
from detente.sample import monthly_conflict
from detente.scoring import count_cells, crps_counts, draw_blocks

SINCE, SPLIT, UNTIL = dt.date(1991, 1, 1), dt.date(2005, 1, 1), dt.date(2010, 12, 1)
MIN_MONTHS = 24
BLOCK_MONTHS = 12


def main() -> None:
    """Score all models and print one line each, then the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--arima", type=int, default=0, metavar="N")
    every = parser.parse_args().arima
    models: list[CountForecaster] = [GlobalCounts(), CountClimatology(), ZeroInflated(), Ingarch()]
    figures = {}
    for what in ("conflict", "material_conflict"):
        data = _load(what)
        figures[what] = _compare(data, data, models)
        if every:
            part = MonthCounts(data.dyads[::every], data.months, data.counts[::every])
            figures[f"{what}, every {every}th dyad"] = _compare(part, data, [*models, ArimaCounts()], every=every)
    print(json.dumps(figures))


def _load(what: str) -> MonthCounts:
    count = pl.col("verbal_conflict") + pl.col("material_conflict") if what == "conflict" else pl.col(what)
    rows = monthly_conflict().select("month", "actor", "recipient", count.alias("count"))
    return build_month_counts(rows, since=SINCE, until=UNTIL, min_months=MIN_MONTHS, by=SPLIT)


def _compare(
    data: MonthCounts, whole: MonthCounts, models: list[CountForecaster], *, every: int = 1
) -> list[dict[str, object]]:
    end = data.position(SPLIT)
    places = list(range(end, len(data.months)))
    came = data.counts[:, places].ravel()
    middles, edges = count_cells(int(came.max()))
    month, dyad = np.tile(places, len(data.dyads)), np.repeat(np.arange(len(data.dyads)), len(places))
    draws = draw_blocks(month, dyad, block=BLOCK_MONTHS, seed=1)
    print(f"{len(data.dyads)} dyads, {came.size} cases, mean {came.mean():.2f}, zero {(came == 0).mean():.2f}")
    crps, log = {}, {}
    for model in models:
        if isinstance(model, GlobalCounts) and every > 1:  # learns from all dyads, is asked about some
            shape = model.fit(whole, end).predict(whole, places)
            keep = np.repeat(np.arange(len(whole.dyads)) % every == 0, len(places))
            shape = type(shape)(shape.mean[keep], shape.size[keep])
        else:
            shape = model.fit(data, end).predict(data, places)
        crps[model.name] = crps_counts(shape.below(middles), edges, came)
        log[model.name] = -shape.log_mass(came)
    rows = []
    for name, scores_of in crps.items():
        skills = {
            f"{kind}_skill_of_counts": _skill(draws, scores, name) for kind, scores in (("crps", crps), ("log", log))
        }
        row = {
            "model": name,
            "crps": round(float(scores_of.mean()), 4),
            "log_score": round(float(log[name].mean()), 4),
        }
        rows.append({**row, **skills})
        print(rows[-1])
    return rows


def _skill(draws: object, scores: dict[str, np.ndarray], name: str) -> list[float] | None:
    if name == GlobalCounts.name:
        return None
    found = draws.skill(scores[GlobalCounts.name], scores[name])  # type: ignore[attr-defined]
    return [round(value, 4) for value in (found.value, found.low, found.high)]


if __name__ == "__main__":
    main()
