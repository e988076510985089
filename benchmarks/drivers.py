"""Whether outside series help a forecast at all: the same forecaster with them and without, on the same questions.

    python benchmarks/drivers.py STORE [--final]

STORE holds daily scores of pairs (``detente load table``) and the series (``detente load drivers``). Two forecasters
are corrected by the series: ``logit-v1`` by a ridge (``drivers-v1``, whose shares add up), and a gradient boosting on
the pair's own past. Choices are made on origins whose questions closed by the end of 2020; ``--final`` looks once at
the origins of 2021. Skill is 1 − RPS with / RPS without; bands are 95 % by moving blocks of 13 weeks of origins.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import lightgbm
import numpy as np
import numpy.typing as npt
import polars as pl

from detente.backtest import measure_activity
from detente.domain.periods import Horizon
from detente.domain.tables import OUTCOMES
from detente.forecast import Logit, Panel, build_panel, describe_situation, outcome_index
from detente.forecast.drivers import FEATURES, GROUPS, correct, driver_features, fit_corrections
from detente.forecast.features import build_features
from detente.forecast.outcomes import realised_changes
from detente.relations import build_weeks
from detente.scoring import bootstrap_skill, rps
from detente.store import open_store
from detente.store.drivers import read_drivers
from detente.world import World

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LAST_DEVELOPMENT = dt.date(2020, 12, 27)
LAST = dt.date(2021, 12, 26)
FIRST_ORIGIN, FIRST_TEST = dt.date(2018, 12, 30), dt.date(2019, 9, 29)
#: Weeks between refits, and the ridges tried (in cases; 375 pairs make one origin).
REFIT_WEEKS = 13
#: Of these the one with the least RPS with all series, over the three horizons, on the development period.
CHOSEN_RIDGE = 3_000.0
RIDGES = (300.0, 3_000.0, 30_000.0, 300_000.0)
BLOCK_WEEKS = 13
SHARE_OF_DAYS = 0.75
#: All groups of series, and each alone.
SETS: dict[str, Sequence[str]] = {"all": GROUPS} | {f"only {group}": (group,) for group in GROUPS}
Found = dict[str, dict[str, float]]
Fit = Callable[["Cases", Bools, Bools, Floats], Floats]


class Cases:
    """All questions of one horizon: forecaster's answers, the pair's own features, the series, what came out."""

    def __init__(self, panel: Panel, drivers: pl.DataFrame, horizon: Horizon) -> None:
        origins = [day for day in panel.week_ends if day >= FIRST_ORIGIN]
        parts = []
        for origin in origins:
            position = panel.position(origin)
            if position + horizon.weeks >= len(panel.week_ends):
                break
            situation = describe_situation(panel.until(position), horizon)
            index = outcome_index(realised_changes(panel, position, horizon, situation)[1])
            answers = Logit().fit(panel, [origin], horizon).predict(panel, [origin], horizon)
            base = answers.select(f"p_{name}" for name in OUTCOMES).to_numpy()
            outside = driver_features(drivers, panel.pairs, origin)
            use = index >= 0
            time = np.full(int(use.sum()), origin.toordinal())
            parts.append((base[use], build_features(situation)[use], outside[use], index[use], time))
        self.base, self.own, self.outside, self.outcome, self.origin = (
            np.concatenate(p) for p in zip(*parts, strict=True)
        )
        self.closes = self.origin + 7 * horizon.weeks


def read_panel(store: Path, first: dt.date, until: dt.date) -> Panel:
    """Weeks up to a day of the pairs with a score on more than three quarters of the days before the first asked."""
    world = World(open_store(store, read_only=True), as_of=until)
    active = measure_activity(world, first).filter(pl.col("active_share") > SHARE_OF_DAYS)
    cells, coverage = world.view.cells(), world.view.coverage()
    return build_panel(build_weeks(cells, coverage, as_of=until, pairs=active["pair"].to_list()))


def walk(cases: Cases, outside: Floats, fit: Fit, first: dt.date, last: dt.date) -> tuple[Floats, Bools]:
    """Answers of a corrected forecaster, refitted every 13 weeks on what had closed by then."""
    answers = np.full_like(cases.base, np.nan)
    start = first
    while start <= last:
        end = min(start + dt.timedelta(weeks=REFIT_WEEKS), last + dt.timedelta(days=1))
        known = cases.closes <= start.toordinal()
        asked = (cases.origin >= start.toordinal()) & (cases.origin < end.toordinal())
        if asked.any():
            answers[asked] = fit(cases, known, asked, outside)
        start = end
    return answers, ~np.isnan(answers[:, 0])


def ridge_fit(ridge: float) -> Fit:
    """``drivers-v1`` on the answers of ``logit-v1``; a constant and the own features are corrected in both."""

    def fit(cases: Cases, known: Bools, asked: Bools, outside: Floats) -> Floats:
        design = np.concatenate([np.ones((cases.outcome.size, 1)), cases.own, outside], axis=1)
        weights = fit_corrections(cases.base[known], design[known], cases.outcome[known], ridge=ridge)
        return correct(cases.base[asked], design[asked] @ weights)

    return fit


def boosted_fit(cases: Cases, known: Bools, asked: Bools, outside: Floats) -> Floats:
    """A gradient boosting on the pair's own past, log climatology included."""
    design = np.concatenate([cases.own, np.log(cases.base), outside], axis=1)
    options = {"objective": "multiclass", "num_class": 3, "num_leaves": 15, "learning_rate": 0.05, "verbose": -1}
    options |= {"min_data_in_leaf": 400, "lambda_l2": 20.0, "num_threads": 1, "seed": 1, "deterministic": True}
    trained = lightgbm.train(options, lightgbm.Dataset(design[known], cases.outcome[known]), num_boost_round=80)
    return np.asarray(trained.predict(design[asked]), dtype=np.float64)


def compare(cases: Cases, fit: Fit, first: dt.date, last: dt.date) -> Found:
    """Skill of each set of groups over none of them."""
    none, use = walk(cases, cases.outside[:, :0], fit, first, last)
    plain = rps(none[use], cases.outcome[use])
    found: Found = {"none": {"rps": float(plain.mean()), "cases": float(use.sum())}}
    for name, groups in SETS.items():
        columns = [place for place, group in enumerate(FEATURES.values()) if group in groups]
        answers, _ = walk(cases, cases.outside[:, columns], fit, first, last)
        scores = rps(answers[use], cases.outcome[use])
        band = bootstrap_skill(scores, plain, cases.origin[use], seed=1, block=BLOCK_WEEKS)
        found[name] = {"rps": float(scores.mean()), "skill": band.value, "low": band.low, "high": band.high}
    return found


def show(title: str, found: Found) -> None:
    """Print one comparison."""
    none = found["none"]
    print(f"\n{title}: RPS without {none['rps']:.4f} ({none['cases']:.0f} cases)")
    for name, row in found.items():
        if name != "none":
            band = f"({row['low']:+.4f} to {row['high']:+.4f})"
            print(f"  {name:26} RPS {row['rps']:.4f}  skill {row['skill']:+.4f} {band}", flush=True)


def main() -> None:
    """Print a table for each horizon and forecaster, and everything as JSON."""
    warnings.filterwarnings("ignore", category=UserWarning)
    is_final = "--final" in sys.argv
    store = Path(sys.argv[1])
    drivers = read_drivers(store, LAST)
    first, last = (LAST_DEVELOPMENT + dt.timedelta(days=1), LAST) if is_final else (FIRST_TEST, LAST_DEVELOPMENT)
    panel = read_panel(store, first, last)
    results: dict[str, object] = {"pairs": len(panel.pairs), "final": is_final}
    for weeks in (4, 13, 26):
        cases = Cases(panel, drivers, Horizon(weeks))
        ridges = (CHOSEN_RIDGE,) if is_final else RIDGES
        fits: dict[str, Fit] = {f"ridge {ridge:g}": ridge_fit(ridge) for ridge in ridges}
        fits["boosting"] = boosted_fit
        for name, fit in fits.items():
            found = compare(cases, fit, first, last)
            results[f"{weeks}w {name}"] = found
            show(f"{weeks} weeks, {name}", found)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
