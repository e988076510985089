"""Provocation hazards on the bundled sample: order and skill against each dyad's own base rate, out of sample.

Origins are weekly from 1 October 2018; the model is fitted anew every four weeks on the questions closed by then.
Dyads are those with at least one event a week as known at the first origin, the busiest first; it learns from as many
of these as the outlook does. Bands: blocks of eight weeks or the
horizon, all dyads of a block together, and dyads with replacement.
"""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import polars as pl

from detente.domain.periods import Horizon
from detente.forecast.dyad_days import DyadDays, build_dyad_days
from detente.forecast.hazard import POOL_DYADS, ProvocationHazard, resolve_hazards
from detente.forecast.hazard_history import base_rates, build_history
from detente.scoring import auc, draw_blocks, reliability
from detente.world import open_world

FIRST_ORIGIN = dt.date(2018, 10, 1)
REFIT_WEEKS = 4
AUC_DRAWS = 300
HORIZONS = (1, 4, 8, 13)


def main() -> None:
    """Run and print one line a horizon, then the figures as JSON."""
    days = _dyad_days()
    print(f"{len(days.dyads)} dyads, {int(days.hostile.sum())} days with a hostile act")
    found = []
    for weeks in HORIZONS:
        figures = _score(_replay(days, Horizon(weeks)), weeks)
        found.append(figures)
        print(figures)
    print(json.dumps(found))


def _dyad_days() -> DyadDays:
    world = open_world()
    cells, coverage = world.view.cells(), world.view.coverage()
    before = cells.filter("directed", pl.col("occurred") <= FIRST_ORIGIN)
    weeks = (FIRST_ORIGIN - world.view.first_day).days / 7
    busy = before.group_by("actor", "recipient").agg(pl.col("n").sum()).filter(pl.col("n") >= weeks)
    ordered = busy.sort("n", "actor", "recipient", descending=[True, False, False])
    return build_dyad_days(cells, coverage, dyads=list(ordered.select("actor", "recipient").iter_rows()))


def _replay(days: DyadDays, horizon: Horizon) -> pl.DataFrame:
    last = days.first + dt.timedelta(days=days.covered.size - 1)
    frames, origin, model = [], FIRST_ORIGIN, ProvocationHazard()
    while origin + dt.timedelta(days=7 * horizon.weeks) <= last:
        if (origin - FIRST_ORIGIN).days % (7 * REFIT_WEEKS) == 0:
            model = model.fit(days.until(origin), origin, [horizon], pool=POOL_DYADS)
        answers = model.predict(days.until(origin), origin, [horizon]).drop_nulls("p")
        past = build_history(days.until(origin))
        leaning = base_rates(*past.spans(horizon), horizon, pool=POOL_DYADS).shrunk
        answers = answers.with_columns(leaning=pl.Series(leaning[: answers.height]))
        keys = ["actor", "recipient", "origin", "horizon_weeks"]
        frames.append(resolve_hazards(days, origin, horizon).join(answers, on=keys, how="inner"))
        origin += dt.timedelta(days=7)
    return pl.concat(frames)


def _score(cases: pl.DataFrame, weeks: int) -> dict[str, object]:
    y, p, base = (cases[name].to_numpy() for name in ("happened", "p", "base_rate"))
    pool = np.full(y.size, y.mean())
    group = (cases["actor"] + cases["recipient"]).to_numpy()
    draws = draw_blocks(cases["origin"].to_numpy(), group, block=max(8, weeks), seed=1)
    mine, theirs = (p - y) ** 2, (base - y) ** 2
    skill = draws.skill(mine, theirs)
    against_pool = draws.skill(mine, (pool - y) ** 2)
    against_leaning = draws.skill(mine, (cases["leaning"].to_numpy() - y) ** 2)
    orders = [auc(p, y, weight=w) for w in map(draws.weights, range(AUC_DRAWS))]
    gains = [auc(p, y, weight=w) - auc(base, y, weight=w) for w in map(draws.weights, range(AUC_DRAWS))]
    log_loss = -np.where(y, np.log(p), np.log1p(-p)).mean()
    return {
        "weeks": weeks,
        "cases": cases.height,
        "origins": cases["origin"].n_unique(),
        "came": round(float(y.mean()), 4),
        "auc": [round(float(value), 4) for value in (auc(p, y), *np.quantile(orders, (0.025, 0.975)))],
        "auc_base_rate": round(auc(base, y), 4),
        "auc_gain": [
            round(float(value), 4) for value in (auc(p, y) - auc(base, y), *np.quantile(gains, (0.025, 0.975)))
        ],
        "brier": round(float(mine.mean()), 5),
        "brier_base_rate": round(float(theirs.mean()), 5),
        "skill": [round(value, 4) for value in (skill.value, skill.low, skill.high)],
        "skill_over_the_mean": [round(value, 4) for value in (against_pool.value, against_pool.low, against_pool.high)],
        "skill_over_the_shrunk_base_rate": [
            round(value, 4) for value in (against_leaning.value, against_leaning.low, against_leaning.high)
        ],
        "ece": round(reliability(p, y).expected_error, 4),
        "log_loss": round(float(log_loss), 5) if math.isfinite(log_loss) else None,
    }


if __name__ == "__main__":
    main()
