"""From the cases of a backtest to its report: scores, calibration, and skill with bands that respect dependence.

In come rows of ``backtest_cases`` and ``backtest_pairs``; out goes a ``BacktestReport``, which prints as JSON here and
in other forms in the modules beside this one. Every model is scored on the same cases.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.tables import BACKTEST_CASES, BACKTEST_PAIRS, OUTCOMES, check_table
from detente.errors import QuestionError
from detente.outlook.backtest_levels import score_levels
from detente.outlook.citation import product_version
from detente.scoring import (
    Resampling,
    brier,
    consistency,
    diebold_mariano,
    draw_blocks,
    log_score,
    reliability,
    rps,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Version of the report's keys: a key that changes its meaning is a new version.
REPORT_NAME = "backtest-v1"
#: Blocks of time are as long as the horizon, and at least so long: news runs in streaks of weeks.
BLOCK_WEEKS = 8
_SEED = 20260
#: A group of fewer pairs has no band: drawing from them says nothing of others.
_FEWEST_PAIRS = 5
_P = [f"p_{name}" for name in OUTCOMES]


@dataclass(frozen=True)
class BacktestReport:
    """Scores of several models on the same questions of the past.

    Args:
        provider: Whose data.
        as_of: The last day read, which resolves the last questions.
        setting: How the backtest was set up, in values that JSON can hold.
        pairs: Rows of ``backtest_pairs``.
        featured: The model that the report is about.
        benchmark: The model that skill is stated against.
        horizons: One record a horizon, as in the JSON form.
    """

    provider: str
    as_of: dt.date
    setting: Mapping[str, Any]
    pairs: pl.DataFrame
    featured: str
    benchmark: str
    horizons: Sequence[Mapping[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """The report as one record that JSON can hold; its keys are described in docs/how-to/backtest.md."""
        return {
            "report": REPORT_NAME,
            "version": product_version(),
            "provider": self.provider,
            "as_of": str(self.as_of),
            **self.setting,
            "featured": self.featured,
            "benchmark": self.benchmark,
            "horizons": list(self.horizons),
            "pairs": self.pairs.to_dicts(),
        }


def build_backtest_report(
    cases: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    provider: str,
    as_of: dt.date,
    setting: Mapping[str, Any],
    featured: str,
    benchmark: str,
    levels: pl.DataFrame | None = None,
) -> BacktestReport:
    """Score the cases of a backtest.

    Args:
        cases: Rows of ``backtest_cases``.
        pairs: Rows of ``backtest_pairs``: the pairs that were asked about.
        provider: Whose data.
        as_of: The last day read.
        setting: How the backtest was set up; ``step_weeks`` is needed.
        featured: The model that the report is about.
        benchmark: The model that skill is stated against.
        levels: Rows of ``level_cases``; their scores stand beside the others where they are given.

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when no question could be resolved, or the featured model or the benchmark gave no answers.
    """
    check_table(cases, BACKTEST_CASES)
    check_table(pairs, BACKTEST_PAIRS)
    held = set(cases["model"].unique())
    if not {featured, benchmark} <= held:
        raise QuestionError(
            f"A backtest of {featured} against {benchmark} was asked for.",
            "No question could be resolved." if not held else f"There are answers of {', '.join(sorted(held))} only.",
            "Choose an earlier start or a shorter horizon, so that questions close before the data end.",
        )
    horizons = [
        _score_horizon(rows, pairs, int(weeks), step=int(setting["step_weeks"]), featured=featured, benchmark=benchmark)
        | {"levels": _levels(levels, int(weeks), int(setting["step_weeks"]))}
        for (weeks,), rows in cases.sort("horizon_weeks").group_by("horizon_weeks", maintain_order=True)
    ]
    return BacktestReport(provider, as_of, setting, pairs, featured, benchmark, horizons)


@dataclass(frozen=True)
class _Scored:
    """All answers at one horizon on the same cases, in the same order."""

    pair: Sequence[str]
    origin: npt.NDArray[Any]
    outcome: npt.NDArray[np.int64]
    shocked: Bools
    answers: Mapping[str, Floats]
    rps: Mapping[str, Floats]
    draws: Resampling
    overlap: int


def _score_horizon(
    rows: pl.DataFrame, pairs: pl.DataFrame, weeks: int, *, step: int, featured: str, benchmark: str
) -> dict[str, Any]:
    models = sorted(rows["model"].unique())
    common = rows.group_by("pair", "origin").agg(pl.len().alias("said")).filter(pl.col("said") == len(models))
    kept = rows.join(common, on=["pair", "origin"], how="semi").sort("model", "origin", "pair")
    each = {name: kept.filter(pl.col("model") == name) for name in models}
    first = each[models[0]]
    outcome = first["outcome"].replace_strict({name: place for place, name in enumerate(OUTCOMES)}).to_numpy()
    answers = {name: frame.select(_P).to_numpy() for name, frame in each.items()}
    block = math.ceil(max(BLOCK_WEEKS, weeks) / step)
    origin = first["origin"].to_numpy()
    scored = _Scored(
        pair=first["pair"].to_list(),
        origin=origin,
        outcome=outcome,
        shocked=first["is_shocked"].to_numpy(),
        answers=answers,
        rps={name: rps(p, outcome) for name, p in answers.items()},
        draws=draw_blocks(origin, first["pair"].to_numpy(), block=block, seed=_SEED),
        overlap=math.ceil(weeks / step),
    )
    groups = _groups(scored, pairs)
    return {
        "horizon_weeks": weeks,
        "cases": first.height,
        "origins": int(np.unique(origin).size),
        "first_origin": str(first["origin"].min()),
        "last_origin": str(first["origin"].max()),
        "block_weeks": block * step,
        "blocks": round(scored.draws.blocks, 2),
        "base_rates": {name: _figure(np.mean(outcome == place)) for place, name in enumerate(OUTCOMES)},
        "models": [_score_model(scored, name, featured, benchmark, groups) for name in _ranked(scored)],
    }


def _levels(levels: pl.DataFrame | None, weeks: int, step: int) -> list[dict[str, Any]]:
    return [] if levels is None else score_levels(levels, weeks, step=step, block_weeks=BLOCK_WEEKS)


def _ranked(scored: _Scored) -> list[str]:
    return sorted(scored.rps, key=lambda name: (float(scored.rps[name].mean()), name))


def _score_model(
    scored: _Scored, name: str, featured: str, benchmark: str, groups: Sequence[tuple[str, str, Bools]]
) -> dict[str, Any]:
    p, happened = scored.answers[name], np.eye(3)[scored.outcome]
    against = [other for other in scored.rps if other != name and (name == featured or other == benchmark)]
    return {
        "model": name,
        "rps": _figure(scored.rps[name].mean()),
        "brier": _figure(brier(p, scored.outcome).mean()),
        "brier_by_class": {o: _figure(((p[:, i] - happened[:, i]) ** 2).mean()) for i, o in enumerate(OUTCOMES)},
        "log_score": _figure(log_score(p, scored.outcome).mean()),
        "mean_probability": {o: _figure(p[:, i].mean()) for i, o in enumerate(OUTCOMES)},
        "skill": _compare(scored, name, benchmark),
        "against": [{"model": other, **_compare(scored, name, other)} for other in sorted(against)],
        "calibration": {o: _calibration(scored, p[:, i], happened[:, i]) for i, o in enumerate(OUTCOMES)},
        "groups": [
            {
                "by": by,
                "group": group,
                "cases": int(use.sum()),
                "rps": _figure(scored.rps[name][use].mean()),
                **_skill(scored, name, benchmark, use),
            }
            for by, group, use in groups
        ],
        "by_origin": _by_origin(scored, name, benchmark),
    }


def _compare(scored: _Scored, name: str, other: str) -> dict[str, Any]:
    """Skill of one model over another, and the Diebold–Mariano test on mean scores by origin."""
    series = [_origin_means(scored, model) for model in (name, other)]
    # a long-run variance cannot be had from less than three spans of the horizon
    enough = series[0].size >= 3 * scored.overlap
    statistic, p_value = diebold_mariano(*series, overlap=scored.overlap) if enough else (math.nan, math.nan)
    return {**_skill(scored, name, other), "dm_statistic": _figure(statistic), "dm_p_value": _figure(p_value)}


def _skill(scored: _Scored, name: str, other: str, use: Bools | None = None) -> dict[str, Any]:
    found = scored.draws.skill(scored.rps[name], scored.rps[other], use)
    if use is not None and np.unique(scored.draws.group[use]).size < _FEWEST_PAIRS:
        return {"rpss": _figure(found.value), "low": None, "high": None}
    return {"rpss": _figure(found.value), "low": _figure(found.low), "high": _figure(found.high)}


def _origin_means(scored: _Scored, name: str) -> Floats:
    place = scored.draws.time
    return np.asarray(np.bincount(place, scored.rps[name]) / np.bincount(place), dtype=np.float64)


def _by_origin(scored: _Scored, name: str, benchmark: str) -> list[dict[str, Any]]:
    days = np.unique(scored.origin)
    mine, theirs = _origin_means(scored, name), _origin_means(scored, benchmark)
    return [
        {"origin": str(day), "rps": _figure(m), "rpss": _figure(1 - m / t) if t else None}
        for day, m, t in zip(days, mine, theirs, strict=True)
    ]


def _calibration(scored: _Scored, said: Floats, happened: Floats) -> dict[str, Any]:
    """Expected calibration error and the reliability table of one class."""
    table = reliability(np.clip(said, 0.0, 1.0), happened)
    bars = consistency(table, seed=_SEED)
    place = np.minimum((said * (table.edges.size - 1)).astype(np.int64), table.edges.size - 2)
    bins = []
    for index in np.flatnonzero(table.count):
        low, high = scored.draws.mean_band(happened, place == index)
        bins.append(
            {
                "from": _figure(table.edges[index]),
                "to": _figure(table.edges[index + 1]),
                "cases": int(table.count[index]),
                "said": _figure(table.said[index]),
                "came": _figure(table.came[index]),
                "came_low": _figure(low),
                "came_high": _figure(high),
                "consistent_low": _figure(bars.low[index]),
                "consistent_high": _figure(bars.high[index]),
            }
        )
    return {"ece": _figure(table.expected_error), "ece_if_reliable": _figure(bars.expected_error), "bins": bins}


def _groups(scored: _Scored, pairs: pl.DataFrame) -> list[tuple[str, str, Bools]]:
    """The subsets that skill is shown for: with and without a recent shock, by activity, by region."""
    groups = [("shock", "no recent shock", ~scored.shocked), ("shock", "recent shock", scored.shocked)]
    known = {row["pair"]: row for row in pairs.iter_rows(named=True)}
    for by, order in (("activity", ("quiet", "middle", "busy")), ("region", None)):
        label = np.array([known[pair][by] for pair in scored.pair])
        groups += [(by, str(name), label == name) for name in (order or np.unique(label))]
    return [(by, name, use) for by, name, use in groups if use.any()]


def _figure(value: float | np.floating[Any]) -> float | None:
    """A number as JSON holds it, to six places; None where there is none (NaN, infinity)."""
    return round(float(value), 6) if math.isfinite(value) else None
