"""The backtest from a store to its report: pairs by what was known, the same questions for all, every form."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.backtest import BENCHMARK, BacktestPlan, choose_pairs, measure_activity, run_backtest
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.domain.tables import BACKTEST_CASES, BACKTEST_PAIRS
from detente.errors import CutoffError, QuestionError
from detente.outlook.backtest import BacktestReport, build_backtest_report
from detente.outlook.backtest_page import render_backtest_page
from detente.outlook.backtest_text import headline, render_backtest
from detente.pipeline import load
from detente.sources import ReadOptions, find_source
from detente.store import open_store
from detente.world import World, open_world

_START = dt.date(2018, 11, 5)
_PLAN = BacktestPlan(
    start=_START, horizons=(Horizon(4),), models=("logit", "climatology-pool", "always-hold"), active_share=0.5
)


@pytest.fixture(scope="module")
def world() -> World:
    """The bundled sample."""
    return open_world()


@pytest.fixture(scope="module")
def report(world: World) -> BacktestReport:
    """Sixteen weekly origins on the sample, at four weeks."""
    return run_backtest(world, _PLAN)


def test_pairs_are_chosen_by_what_was_known_at_the_start(world: World) -> None:
    """The share of covered days with events up to the first origin, counted by hand, decides; later days do not."""
    found = choose_pairs(measure_activity(world, _START), _START, 0.5)
    covered = world.view.coverage().filter(pl.col("status") == "present", pl.col("day") <= _START)["day"]
    cells = world.view.cells(Pair("RUS", "USA")).filter(pl.col("occurred").is_in(covered.implode()))
    row = found.row(by_predicate=pl.col("pair") == "RUS-USA", named=True)
    assert row["active_share"] == pytest.approx(cells["occurred"].n_unique() / covered.len())
    assert row["events_a_day"] == pytest.approx(cells["n"].sum() / covered.len())
    assert (row["activity"], row["region"]) == ("busy", "across regions")
    assert found["active_share"].min() > 0.5
    assert set(found["activity"]) == {"quiet", "middle", "busy"}
    earlier = open_world(as_of=_START)
    assert choose_pairs(measure_activity(earlier, _START), _START, 0.5).equals(found)


def test_an_asked_pair_is_taken_whatever_its_activity(world: World) -> None:
    """A named pair joins the panel and alone is scored; one that is not there is an error."""
    plan = BacktestPlan(start=_START, horizons=(Horizon(4),), pairs=(Pair("FRA", "BRA"),), models=("climatology-pool",))
    found = run_backtest(world, plan)
    assert found.pairs["pair"].to_list() == ["BRA-FRA"]
    assert found.setting["pairs_in_panel"] > 10
    with pytest.raises(QuestionError, match="busiest"):
        choose_pairs(measure_activity(world, _START), _START, 0.5, also=[Pair("TUV", "NRU")])


def test_quieter_pairs_teach_but_are_not_asked(world: World, report: BacktestReport) -> None:
    """Pairs from 40 % of days on are in the panel; only those above the asked share are scored."""
    shares = measure_activity(world, _START)["active_share"]
    assert report.setting["pairs_scored"] == report.pairs.height == (shares > 0.5).sum()
    assert report.setting["pairs_in_panel"] == (shares > 0.4).sum() > report.setting["pairs_scored"]


def test_the_report_scores_every_model_on_the_same_questions(report: BacktestReport) -> None:
    """The benchmark is there though not named; the ranking is by score; comparisons are the featured model's."""
    content = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    (record,) = content["horizons"]
    assert [row["model"] for row in record["models"]] == sorted(
        ("logit", "climatology-pool", "always-hold", BENCHMARK),
        key=lambda name: next(row["rps"] for row in record["models"] if row["model"] == name),
    )
    featured = next(row for row in record["models"] if row["model"] == "logit")
    assert [row["model"] for row in featured["against"]] == ["always-hold", BENCHMARK, "climatology-pool"]
    assert featured["skill"]["low"] < featured["skill"]["rpss"] < featured["skill"]["high"]
    assert record["cases"] == sum(part["cases"] for part in featured["calibration"]["hold"]["bins"])
    assert record["origins"] == 17
    assert next(row for row in record["models"] if row["model"] == "always-hold")["log_score"] is None
    shocks = [row["cases"] for row in featured["groups"] if row["by"] == "shock"]
    assert sum(shocks) == record["cases"]


def test_every_form_says_the_same_headline(report: BacktestReport) -> None:
    """Terminal and page carry the headline; the page asks for nothing and shows a chart for each class."""
    from rich.console import Console

    console = Console(width=200, file=io.StringIO())
    with console.capture() as shown:
        console.print(render_backtest(report))
    text, page = shown.get(), render_backtest_page(report)
    assert headline(report) in text
    assert "more than 50% of the covered days" in text
    assert page.startswith("<!doctype html>")
    assert page.count("<svg") == 6
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page
    assert page == render_backtest_page(report)


def test_figures_are_those_of_the_cases() -> None:
    """On cases made by hand: skill, Brier, calibration error and base rates as computed on paper."""
    days = [dt.date(2020, 1, 6) + dt.timedelta(days=7 * week) for week in range(16)]
    rows = []
    for place, day in enumerate(days):
        for pair in ("A-B", "C-D"):
            outcome = ("deteriorate", "hold", "improve", "hold")[place % 4]
            sharp = {"deteriorate": (0.8, 0.1, 0.1), "hold": (0.1, 0.8, 0.1), "improve": (0.1, 0.1, 0.8)}[outcome]
            for model, p in (("sharp", sharp), ("flat", (0.25, 0.5, 0.25))):
                rows.append((pair, day, 4, model, *p, outcome, place % 2 == 0))
    cases = pl.DataFrame(rows, schema=BACKTEST_CASES.schema, orient="row")
    pairs = pl.DataFrame(
        [("A-B", 0.9, 2.0, "quiet", "within Asia"), ("C-D", 0.9, 4.0, "busy", "within Asia")],
        schema=BACKTEST_PAIRS.schema, orient="row",
    )  # fmt: skip
    found = build_backtest_report(
        cases, pairs, provider="x", as_of=days[-1], setting={"step_weeks": 1}, featured="sharp", benchmark="flat"
    )
    (record,) = found.horizons
    assert record["base_rates"] == {"deteriorate": 0.25, "hold": 0.5, "improve": 0.25}
    assert (record["cases"], record["block_weeks"], record["blocks"]) == (32, 8, 2.0)
    sharp = record["models"][0]
    assert sharp["model"] == "sharp"
    # RPS by hand: ends (0.2² + 0.1²)/2, hold (0.1² + 0.1²)/2; flat: ends (0.75² + 0.25²)/2, hold 0.25²
    assert sharp["rps"] == pytest.approx((0.025 + 0.01) / 2)
    assert sharp["skill"]["rpss"] == pytest.approx(1 - 0.0175 / ((0.3125 + 0.0625) / 2), abs=1e-6)
    assert sharp["brier_by_class"]["hold"] == pytest.approx(0.5 * 0.01 + 0.5 * 0.04)
    assert sharp["calibration"]["hold"]["ece"] == pytest.approx(0.15)
    assert all(row["low"] is None for row in sharp["groups"])  # one or two pairs say nothing of others
    assert [row["cases"] for row in sharp["groups"] if row["by"] == "activity"] == [16, 16]
    with pytest.raises(QuestionError, match="nobody"):
        build_backtest_report(
            cases, pairs, provider="x", as_of=days[-1], setting={"step_weeks": 1}, featured="nobody", benchmark="flat"
        )


def test_spans_without_data_are_refused_or_moved(world: World) -> None:
    """A start before half a year of data is moved and said; one after the data is an error with the span."""
    early = BacktestPlan(
        start=dt.date(2018, 1, 1), end=dt.date(2018, 9, 1), horizons=(Horizon(4),), models=("climatology-pool",)
    )
    moved = run_backtest(world, early)
    assert moved.setting["start"] == "2018-07-01"
    assert moved.setting["start_was_moved"]
    assert "too little before it" in str(dict(render_notes(moved)))
    with pytest.raises(CutoffError, match="2019-03-25"):
        run_backtest(world, BacktestPlan(start=dt.date(2020, 1, 1)))
    with pytest.raises(QuestionError, match="No question could be resolved"):
        run_backtest(
            world, BacktestPlan(start=dt.date(2019, 3, 18), horizons=(Horizon(26),), models=("climatology-pool",))
        )
    with pytest.raises(QuestionError, match="There is none of that name"):
        run_backtest(world, BacktestPlan(models=("nobody",)))


def render_notes(report: BacktestReport) -> list[tuple[str, str]]:
    """The notes of a report."""
    from detente.outlook.backtest_text import notes

    return notes(report)


def _late_table(folder: Path, *, late: bool) -> World:
    """A store of six pairs over 80 weeks; the wild days of one week are published at once, or months later."""
    draws = np.random.default_rng(5)
    first, rows = dt.date(2020, 1, 6), []
    names = ("FRA", "DEU", "ITA", "ESP")
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    for day in range(7 * 80):
        for a, b in pairs:
            when, value = first + dt.timedelta(days=day), float(draws.normal(0, 3))
            known = when
            if 350 <= day < 357:
                value, known = -9.0, when + dt.timedelta(days=120 if late else 0)
            rows.append((when, a, b, round(value, 3), f"{known}T00:00:00"))
    schema = ["date", "actor", "recipient", "intensity", "known_at"]
    pl.DataFrame(rows, schema=schema, orient="row").write_csv(folder / "t.csv")
    store = open_store(folder / "store")
    load(store, find_source("table"), [folder / "t.csv"], ReadOptions(name="made-up"))
    return open_world(folder / "store")


def test_events_published_late_do_not_help_earlier_forecasts(tmp_path: Path) -> None:
    """A wild week teaches an origin right after it when it was published at once, and not when months later."""
    answers = {}
    for late in (False, True):
        (tmp_path / str(late)).mkdir()
        world = _late_table(tmp_path / str(late), late=late)
        assert world.view.has_late_events() is late
        plan = BacktestPlan(
            start=dt.date(2020, 12, 27), end=dt.date(2020, 12, 27), horizons=(Horizon(4),), models=("usual-level",)
        )
        (record,) = run_backtest(world, plan).horizons
        answers[late] = next(row for row in record["models"] if row["model"] == "usual-level")["mean_probability"]
    assert answers[False]["improve"] > answers[True]["improve"] + 0.08


def test_days_on_which_nobody_did_anything_are_counted(tmp_path: Path) -> None:
    """A table that skips days without naming them as gaps has silent days, and the report says how to name them."""
    world = _late_table(tmp_path, late=False)
    rows = pl.read_csv(tmp_path / "t.csv").filter(~pl.col("date").is_in(["2020-03-02", "2020-03-03", "2020-03-04"]))
    rows.write_csv(tmp_path / "u.csv")
    plan = BacktestPlan(start=dt.date(2020, 12, 28), end=dt.date(2021, 2, 1), models=("climatology-pool",))
    reports = []
    for gaps in ((), ("empty",)):
        store = open_store(tmp_path / f"store-{len(gaps)}")
        load(store, find_source("table"), [tmp_path / "u.csv"], ReadOptions(name="made-up", gaps=gaps))
        reports.append(run_backtest(open_world(tmp_path / f"store-{len(gaps)}"), plan))
    assert [report.setting["silent_days"] for report in reports] == [3, 0]
    assert "--gaps empty" in dict(render_notes(reports[0]))["Silent days"]
    assert run_backtest(world, plan).setting["silent_days"] == 0


def test_the_backtest_of_a_store_that_ends_earlier_is_the_same(world: World) -> None:
    """Resolved within both, the questions of an as-of day get the same answers and scores with today's store."""
    plan = BacktestPlan(
        start=_START, end=dt.date(2018, 12, 3), horizons=(Horizon(4),), models=("var",), active_share=0.5
    )
    whole, earlier = (run_backtest(w, plan).horizons for w in (world, open_world(as_of="2019-01-05")))
    assert json.dumps(whole) == json.dumps(earlier)


def test_levels_to_come_are_scored_beside_their_baselines(report: BacktestReport) -> None:
    """The featured model's levels stand beside climatology and persistence, with skill over both and held bands."""
    (record,) = report.as_dict()["horizons"]
    models = {row["model"]: row for row in record["levels"]}
    assert set(models) == {"logit", "level-climatology", "level-persistence"}
    mine = models["logit"]
    assert mine["crps"] < models["level-climatology"]["crps"]
    for found in mine["skill"]:
        assert found["value"] == pytest.approx(1 - mine["crps"] / models[found["model"]]["crps"], abs=1e-4)
        assert found["low"] < found["value"] < found["high"]
    assert 0.35 < mine["within_50"] < 0.65
    assert 0.8 < mine["within_90"] < 1
    assert "level-persistence" in render_backtest_page(report)
