"""Backtest: a world's past asked again, week by week, and the answers scored.

This room chooses pairs and origins by what was known before the first of them, hands panels to ``forecast`` and cases
to ``outlook``; it knows no model and no score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import forecast, relations
from detente.codebook import region_of
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK, STANDARD_HORIZONS, Horizon
from detente.domain.tables import BACKTEST_PAIRS, check_table
from detente.errors import CutoffError, QuestionError
from detente.forecast.backtest import SHOCK_NAME, Progress, Schedule, replay
from detente.forecast.level_backtest import build_level_cases
from detente.forecast.registry import find_forecaster
from detente.outlook.backtest import BacktestReport, build_backtest_report

if TYPE_CHECKING:
    from detente.world import World

#: The benchmark of design and documents: half the pool's past frequencies, half the pair's own.
BENCHMARK = "climatology-mix"
#: What the default forecaster is set beside where no models are named.
BASELINES = (
    "climatology-pool",
    "climatology-pair",
    BENCHMARK,
    "persistence",
    "always-hold",
    "usual-level",
    "local-level",
    "var",
)
#: A pair is active when it has events on more than this share of the covered days.
ACTIVE_SHARE = 0.75
#: Quieter pairs, down to this share, are not asked about, but teach models and make pools and moods.
TEACHING_SHARE = 0.4
#: Activity is judged by the weeks before the first origin, at most so many.
_ACTIVITY_WEEKS = 104
#: No question is asked before so many weeks of data: a scale needs them (design §5).
_FEWEST_WEEKS = 26


@dataclass(frozen=True)
class BacktestPlan:
    """What to ask again.

    Args:
        start: First origin; by default 104 weeks after the first day held, or the middle of shorter data.
        end: No origin after this day; by default the last day known.
        horizons: Weeks ahead.
        pairs: Pairs to score; by default all active ones.
        models: Names of the forecasters; by default the default one and the baselines.
        active_share: Share of covered days with events above which a pair is active.
        step_weeks: Weeks from one origin to the next.
        refit_weeks: Weeks after which models are fitted anew.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    horizons: tuple[Horizon, ...] = tuple(Horizon(weeks) for weeks in STANDARD_HORIZONS)
    pairs: tuple[Pair, ...] = ()
    models: tuple[str, ...] = ()
    active_share: float = ACTIVE_SHARE
    step_weeks: int = 1
    refit_weeks: int = 26


def run_backtest(world: World, plan: BacktestPlan | None = None, *, progress: Progress | None = None) -> BacktestReport:
    """Ask again, answer from what was known, resolve, score.

    Args:
        world: The store, read as of the last day that may resolve a question.
        plan: What to ask.
        progress: Called as work goes on.

    Raises:
        CutoffError: when the data hold too little before or after the origins.
        QuestionError: when no pair is active, a model is not known, or no question can be resolved.
    """
    plan = plan or BacktestPlan()
    start, end = _span(world, plan)
    schedule = Schedule.between(start, end, step_weeks=plan.step_weeks, refit_weeks=plan.refit_weeks)
    activity = measure_activity(world, start)
    pairs = choose_pairs(activity, start, plan.active_share, also=plan.pairs)
    teaching = activity.filter(pl.col("active_share") > min(TEACHING_SHARE, plan.active_share))
    panel_pairs = pl.concat([pairs["pair"], teaching["pair"]]).unique().sort()
    scored = [pair.id for pair in plan.pairs] or pairs["pair"].to_list()
    names = plan.models or _default_models()
    forecasters = {name: find_forecaster(name) for name in dict.fromkeys((*names, BENCHMARK))}
    last = start + dt.timedelta(days=(world.as_of - start).days // DAYS_IN_WEEK * DAYS_IN_WEEK)
    truth = _panel(world, last, panel_pairs)
    cases = replay(
        truth,
        forecasters,
        schedule,
        plan.horizons,
        pairs=scored,
        known=_known(world, panel_pairs),
        progress=progress,
    )
    return build_backtest_report(
        cases,
        pairs.filter(pl.col("pair").is_in(scored)),
        provider=world.provider,
        as_of=world.as_of,
        setting=_setting(plan, schedule, panel_pairs, world, scored),
        featured=names[0],
        benchmark=BENCHMARK,
        levels=build_level_cases(truth, cases, names[:1]),
    )


def measure_activity(world: World, start: dt.date) -> pl.DataFrame:
    """How active every pair was by what was known at the end of the first origin.

    Args:
        world: The store.
        start: The first origin.

    Returns:
        ``pair``; ``active_share``, the share of the covered days of the 104 weeks up to the first origin (of all
        covered days, where fewer are held) with events; ``events_a_day``; ``days``, how many days were covered.
    """
    view = world.store.view(start, world.provider)
    since = start - dt.timedelta(days=_ACTIVITY_WEEKS * DAYS_IN_WEEK)
    covered = view.coverage().filter(pl.col("status") == "present", pl.col("day") > since).select(occurred="day")
    days = max(covered.height, 1)
    return (
        _keyed(view.cells())
        .join(covered, on="occurred", how="semi")
        .group_by("pair")
        .agg(
            (pl.col("occurred").n_unique() / days).alias("active_share"),
            (pl.col("n").sum() / days).alias("events_a_day"),
            pl.lit(covered.height).alias("days"),
        )
    )


def choose_pairs(
    activity: pl.DataFrame, start: dt.date, active_share: float, *, also: Sequence[Pair] = ()
) -> pl.DataFrame:
    """The active pairs: rows of ``backtest_pairs``.

    Args:
        activity: What ``measure_activity`` found.
        start: The first origin.
        active_share: A pair is active with events on more than this share of days.
        also: Pairs to take whatever their activity.

    Raises:
        QuestionError: when no pair is active.
    """
    wanted = [pair.id for pair in also]
    chosen = activity.filter((pl.col("active_share") > active_share) | pl.col("pair").is_in(wanted))
    missing = sorted(set(wanted) - set(chosen["pair"]))
    if chosen.is_empty() or missing:
        what = ", ".join(missing) or f"pairs with events on more than {active_share:.0%} of days"
        most, days = max(activity.select("active_share", "days").iter_rows(), default=(0.0, 0))
        raise QuestionError(
            f"A backtest of {what} was asked for.",
            f"As known on {start}, there is none; the busiest pair has events on {most:.0%} of {days} days.",
            "Choose a lower `--active`, a later `--start`, or other pairs.",
        )
    place = pl.col("events_a_day").rank("ordinal") * 3 / pl.len()
    busyness = pl.when(place <= 1).then(pl.lit("quiet")).when(place <= 2).then(pl.lit("middle"))
    regions = {pair: _region(pair) for pair in chosen["pair"]}
    table = chosen.sort("pair").with_columns(
        busyness.otherwise(pl.lit("busy")).alias("activity"), pl.col("pair").replace_strict(regions).alias("region")
    )
    return check_table(table.select(BACKTEST_PAIRS.names), BACKTEST_PAIRS)


def _default_models() -> tuple[str, ...]:
    return (forecast.default_forecaster().name, *BASELINES)


def _span(world: World, plan: BacktestPlan) -> tuple[dt.date, dt.date]:
    """First origin and the last day on which one may fall."""
    first, last = world.view.first_day, world.as_of
    held = (last - first).days + 1
    earliest = first + dt.timedelta(days=_FEWEST_WEEKS * DAYS_IN_WEEK - 1)
    usual = first + dt.timedelta(days=min(_ACTIVITY_WEEKS * DAYS_IN_WEEK, held // 2) - 1)
    start = max(plan.start or usual, earliest)
    end = min(plan.end or last, last)
    if start > end:
        raise CutoffError(
            f"A backtest with origins from {plan.start or start} to {plan.end or last} was asked for.",
            f"The data of {world.provider} run from {first} to {last}; questions can be asked from {earliest}.",
            "Move `--start` and `--end`, or load more data.",
        )
    return start, end


def _keyed(cells: pl.DataFrame) -> pl.DataFrame:
    lower, upper = pl.min_horizontal("actor", "recipient"), pl.max_horizontal("actor", "recipient")
    return cells.with_columns((lower + "-" + upper).alias("pair"))


def _panel(world: World, as_of: dt.date, pairs: pl.Series) -> forecast.Panel:
    """Weekly balances of the chosen pairs as known at the end of a day."""
    view = world.store.view(as_of, world.provider)  # not kept by the world: many days' views would fill the memory
    cells, coverage = view.cells(), view.coverage()
    weeks = relations.build_weeks(cells, coverage, as_of=as_of, pairs=pairs.to_list())
    return forecast.add_days(forecast.build_panel(weeks), cells, coverage)


def _known(world: World, pairs: pl.Series) -> Callable[[dt.date], forecast.Panel] | None:
    """How to get the panel as known on a day; None where nothing was published late, so that cutting off is enough."""
    if not world.view.has_late_events():
        return None
    return cache(lambda day: _panel(world, day, pairs))


def _region(pair: str) -> str:
    regions = {region_of(state) for state in pair.split("-")}
    only = regions.pop() if len(regions) == 1 else None
    return f"within {only}" if only else "across regions"


def _silent_days(world: World) -> int:
    """Covered days on which nothing happened between any two states: in a large table, gaps that were not named."""
    covered = world.view.coverage().filter(pl.col("status") == "present").select(occurred="day")
    return covered.join(world.view.cells().select("occurred").unique(), on="occurred", how="anti").height


def _setting(
    plan: BacktestPlan, schedule: Schedule, pairs: pl.Series, world: World, scored: Sequence[str]
) -> Mapping[str, Any]:
    start, last = schedule.origins[0], schedule.origins[-1]
    moved = plan.start is not None and start != plan.start
    return {
        "start": str(start),
        "start_asked": str(plan.start) if plan.start else None,
        "start_was_moved": moved,
        "end": str(last),
        "step_weeks": plan.step_weeks,
        "refit_weeks": plan.refit_weeks,
        "active_share": plan.active_share,
        "pairs_scored": len(scored),
        "pairs_in_panel": pairs.len(),
        "silent_days": _silent_days(world),
        "rules": {
            "outcome": forecast.OUTCOME_NAME,
            "shock": SHOCK_NAME,
            "pairs": (
                f"Pairs with events on more than {plan.active_share:.0%} of the covered days of the {_ACTIVITY_WEEKS} "
                f"weeks up to {start} (all covered days since {world.view.first_day}, where fewer), as known then; "
                f"those above {min(TEACHING_SHARE, plan.active_share):.0%} make pools and moods and teach models."
            ),
            "bands": (
                "95 %: 1,000 draws of blocks of time in a circle, all pairs of a block together, and of pairs with "
                "replacement."
            ),
        },
    }
