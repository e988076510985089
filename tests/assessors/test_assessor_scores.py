"""Assessors are scored by the rule of our own forecasts, beside the model and the base rates asked the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from proposals_made_up import MET, NOT_MET, PUBLISHED, fill, proposal, sample_world

from detente import forecast, scorecard
from detente.assessors import assess, build_assessors, decide, score_assessors, write_assessors
from detente.assessors.questions import Ahead, horizon_of, nearest_standard
from detente.domain.periods import Horizon
from detente.store import Chain

DAY = dt.date(2018, 6, 1)


def _row(book: Chain, as_of: str | None = None) -> dict[str, Any]:
    rows = assess(book, sample_world(as_of))
    assert rows.height == 1
    return rows.row(0, named=True)


def test_it_is_resolved_by_the_rule_of_our_own_forecasts(book: Chain) -> None:
    """Outcome and change are those of the same question put by `detente question`; Brier is of the range's middle."""
    row = _row(fill(book, proposal("near")))
    then, now = sample_world(PUBLISHED), sample_world()
    asked = scorecard.ask(then, now, then.pair("RUS", "USA").pair, Horizon(13), "outlook")
    assert (row["standing"], row["outcome"], row["change"]) == ("resolved", asked.answer, asked.found["change"])
    came = asked.answer == "deteriorate"
    assert row["p"] == pytest.approx(0.325)
    assert row["brier"] == pytest.approx((0.325 - came) ** 2)
    assert row["on_side"] is (not came)
    assert (row["horizon_weeks"], row["closes"], row["horizon_assumed"]) == (13, dt.date(2018, 8, 31), False)


def test_model_and_base_rate_are_asked_as_of_the_day_of_publication(book: Chain) -> None:
    """Both probabilities are those of a world that ends on that day: nothing later reaches them."""
    row = _row(fill(book, proposal("later", published="2018-10-05", until="2018-11-16", horizon_kind="until")))
    then = sample_world("2018-10-05")
    said = then.pair("RUS", "USA").forecasts(horizons=(6,)).row(0, named=True)
    panel = then.panel(then.as_of, also="RUS-USA")
    base = forecast.state_questions(panel, then.as_of, Horizon(6)).filter(pair="RUS-USA").row(0, named=True)
    assert (row["model"], row["model_p"]) == (said["model"], said["p_deteriorate"])
    assert row["base_p"] == base["base_deteriorate"]
    assert row["model_brier"] == pytest.approx((row["model_p"] - row["came"]) ** 2)
    assert row["base_brier"] == pytest.approx((row["base_p"] - row["came"]) ** 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"published": None}, "no day of publication"),
        ({"pair": None}, "which pair"),
        ({"direction": "none"}, "no change"),
        ({"p_low": None, "p_high": None}, "no word or number"),
        ({"conditions": ["if both sides agree"]}, "conditional"),
        ({"horizon_kind": "open", "until": None}, "no end"),
        ({"horizon_kind": "event", "until": None}, "an event"),
        ({"horizon_kind": "now", "until": PUBLISHED}, "the present"),
        ({"horizon_kind": "until", "until": "2018-05-01"}, "had passed"),
        ({"horizon_kind": "until", "until": "2023-01-01"}, "longer than 104 weeks"),
        ({"published": "2017-08-11"}, "nothing of the day"),
        ({"pair": "AND-TUV"}, "no event between the two"),
        ({"published": "2018-01-20"}, "fewer than 7 of the 13 weeks"),
    ],
)
def test_what_cannot_be_resolved_is_void_with_its_reason(book: Chain, changes: dict[str, Any], reason: str) -> None:
    """No score without a date, pair, change, range, last day, data, or with a condition that nobody judged."""
    row = _row(fill(book, proposal("void", **changes)))
    assert row["standing"] == "void"
    assert reason in row["reason"]
    assert row["brier"] is None
    assert row["model_brier"] is None


def test_a_condition_is_judged_by_the_reviewer(book: Chain) -> None:
    """Met, the assessment is scored; not met, it is void; the latest decision counts."""
    fill(book, proposal("if", conditions=["if both sides agree"]), accept=False)
    decide(book, ["if-0000"], "accepted", condition=MET)
    assert _row(book)["standing"] == "resolved"
    decide(book, ["if-0000"], "accepted", condition=NOT_MET)
    assert _row(book)["reason"] == "its condition was not met"


def test_only_accepted_assessments_count_and_open_ones_wait(book: Chain) -> None:
    """Proposed and rejected ones are left out; one whose horizon has not passed as known on the day is open."""
    fill(book, proposal("yes1"))
    fill(book, proposal("wait"), proposal("none"), accept=False)
    decide(book, ["none"], "rejected", why="misread")
    assert _row(book, as_of="2018-08-30")["standing"] == "open"
    assert _row(book, as_of="2018-08-31")["standing"] == "resolved"


def test_what_was_said_twice_counts_once(book: Chain) -> None:
    """The same assessor, pair, day, horizon, change and range in another article is repeated and not scored."""
    fill(book, proposal("one1"), proposal("two2"), proposal("oth3", speaker="Bo Reed"))
    rows = assess(book, sample_world())
    assert rows["standing"].to_list() == ["resolved", "repeated", "resolved"]
    assert rows["brier"].null_count() == 1
    assert build_assessors(rows)["resolved"].to_list() == [1, 1]


def test_the_record_adds_up_and_shows_the_worst_first(book: Chain) -> None:
    """Means are over the resolved alone; void and open stand beside them; the text names all of it."""
    sure = {"p_low": 0.95, "p_high": 1.0, "speaker": "Bo Reed"}
    fill(book, proposal("one1"), proposal("sure", **sure), proposal("void", direction="none"))
    card = score_assessors(book, sample_world())
    assert card.counts() == {"resolved": 2, "void": 1, "open": 0, "repeated": 0}
    scored = card.assessed.filter(pl.col("brier").is_not_null())
    assert card.assessors["brier"].to_list() == sorted(scored["brier"].to_list(), reverse=True)
    assert card.assessors.filter(assessor="Ada Sand")["void"].item() == 1
    assert card.assessors["brier_low"].null_count() == 2
    text = write_assessors(card, top=5)
    assert "Bo Reed" in text
    assert "void: 1 because it names no change" in text
    assert "2 of the resolved" in text
    assert card.as_dict(top=5)["assessors"][0]["assessor"] == card.assessors["assessor"][0]


def test_a_band_needs_three_blocks_of_time(book: Chain) -> None:
    """With days more than a horizon apart the mean has a band that holds it."""
    days = ("2018-06-01", "2018-07-20", "2018-09-07", "2018-10-26")
    soon = {"horizon_kind": "until"}
    rows = [
        proposal(f"n{day}", published=day, until=str(dt.date.fromisoformat(day) + dt.timedelta(days=28)), **soon)
        for day in days
    ]
    row = score_assessors(fill(book, *rows), sample_world()).assessors.row(0, named=True)
    assert row["resolved"] == 4
    assert row["brier_low"] <= row["brier"] <= row["brier_high"]


@pytest.mark.parametrize(
    ("kind", "until", "weeks", "assumed"),
    [
        (None, None, 13, True),
        ("near", dt.date(2018, 8, 31), 13, False),
        ("until", dt.date(2018, 6, 29), 4, False),
        ("until", dt.date(2018, 12, 31), 30, False),
        ("until", dt.date(2018, 6, 3), 1, False),
    ],
)
def test_horizons_are_whole_weeks(kind: str | None, until: dt.date | None, weeks: int, assumed: bool) -> None:
    """The nearest number of weeks from publication to the last day spoken of; 13 where none is, marked as assumed."""
    assert horizon_of(kind, until, DAY) == Ahead(Horizon(weeks), assumed)


@pytest.mark.parametrize(
    ("kind", "until", "weeks", "assumed"),
    [
        (None, None, 13, True),
        ("open", None, 13, True),
        ("near", dt.date(2018, 8, 31), 13, False),
        ("until", dt.date(2018, 6, 29), 4, False),
        ("until", dt.date(2018, 10, 26), 26, False),
        ("until", dt.date(2019, 12, 31), 26, False),
    ],
)
def test_beside_it_stands_the_nearest_standard_horizon(
    kind: str | None, until: dt.date | None, weeks: int, assumed: bool
) -> None:
    """4, 13 or 26 weeks, whichever is nearest; the near future where there is no last day, marked as assumed."""
    assert nearest_standard(kind, until, DAY) == Ahead(Horizon(weeks), assumed)
