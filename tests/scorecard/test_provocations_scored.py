"""Chances of provocative moves: a number or a reason, written down once, resolved by the rule, kept apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from forecasts_issued import ORIGINS, sample_world

from detente import forecast, scorecard
from detente.domain.actors import Dyad, Pair
from detente.domain.periods import Horizon
from detente.domain.tables import HAZARDS, ISSUED_PROVOCATIONS
from detente.forecast.chances import NO_DIRECTION, ONLY_SUMS
from detente.forecast.provoked import provocation_threshold
from detente.scorecard.provocations import NOT_CLOSED, NOT_HELD, NOT_SEEN
from detente.store import Chain

ORIGIN = ORIGINS[1]


def row(number: int, **changed: Any) -> dict[str, Any]:
    """A chance of 0.2 that RUS provokes USA within four weeks of an origin, base rate 0.3, above 5 points."""
    made: dict[str, Any] = {
        "id": f"{number:016x}",
        "number": number,
        "issued_at": dt.datetime.combine(ORIGIN, dt.time(23)),
        "record": "live",
        "provider": "icews",
        "actor": "RUS",
        "recipient": "USA",
        "origin": ORIGIN,
        "horizon_weeks": 4,
        "rule": "provoked-v1",
        "model": "made-up-v1",
        "p": 0.2,
        "base_rate": 0.3,
        "threshold": 5.0,
        "data_version": "0" * 64,
        "data_until": ORIGIN,
    } | changed
    return made | {"closes": made["origin"] + dt.timedelta(weeks=made["horizon_weeks"])}


def scored(*rows: dict[str, Any], world: Any) -> scorecard.ProvocationCard:
    """Resolve made-up chances."""
    return scorecard.score_provocations(pl.DataFrame(rows, schema=ISSUED_PROVOCATIONS.schema), lambda _: world)


def test_each_is_resolved_as_the_question_says(filled: Chain) -> None:
    """What the record says came out is what a question put by itself says, for many dyads, of both answers."""
    today = sample_world()
    card = scorecard.score_ledger_provocations(filled, today)
    done = card.scored.filter(standing="resolved", origin=ORIGIN, horizon_weeks=4)
    assert done.height > 400
    some = pl.concat([done.filter("happened").head(5), done.filter(~pl.col("happened")).head(5)])
    asked = sample_world(ORIGIN)
    for each in some.iter_rows(named=True):
        found = scorecard.ask(asked, today, Pair(each["actor"], each["recipient"]), Horizon(4), "provocation")
        assert found.answer == ("yes" if each["happened"] else "no")
        assert found.figures["threshold"] == pytest.approx(each["threshold"])
        assert each["brier"] == pytest.approx((each["p"] - each["happened"]) ** 2)
        assert each["base_brier"] == pytest.approx((each["base_rate"] - each["happened"]) ** 2)


def test_the_record_is_apart_from_that_of_outlooks(filled: Chain) -> None:
    """Outlooks are counted without chances and chances without outlooks; all together and by horizon add up."""
    card = scorecard.score_ledger_provocations(filled, sample_world())
    assert set(scorecard.read_issued(filled)["rule"]) == {"outcome-v3"}
    assert set(card.scored["rule"]) == {"provoked-v1"}
    whole = card.scores.filter(group="all").row(0, named=True)
    parts = card.scores.filter(pl.col("group") != "all")
    assert whole["resolved"] == parts["resolved"].sum() == card.counts("replay")["resolved"]
    assert whole["brier"] == pytest.approx((parts["brier"] * parts["resolved"]).sum() / whole["resolved"])
    assert whole["skill"] == pytest.approx(1 - whole["brier"] / whole["base_brier"])
    text = scorecard.write_provocations(card, top=3)
    assert "the worst misses" in text
    assert card.worst("replay", 1)["id"][0][:8] in text


def test_a_dyad_has_one_chance_whoever_asks(filled: Chain) -> None:
    """What is written down for all busy dyads is what a brief of the pair says; a second writing adds nothing."""
    world = sample_world(ORIGIN)
    both = world.pair("RUS", "USA").provocations(horizons=(4,))
    written = scorecard.read_issued_provocations(filled).filter(origin=ORIGIN, horizon_weeks=4)
    for each in both.iter_rows(named=True):
        mine = written.filter(actor=each["actor"], recipient=each["recipient"]).row(0, named=True)
        assert (mine["p"], mine["base_rate"], mine["threshold"]) == (each["p"], each["base_rate"], each["threshold"])
    again = scorecard.issue(world, world.forecasts(horizons=(4,)).head(1), filled, provocations=both)
    assert again.saved == ()


def test_days_after_the_origin_change_no_chance() -> None:
    """Asked as of a past day, a store that ends today and one that is read as of that day say the same."""
    assert (
        sample_world()
        .pair("IND", "PAK")
        .provocations(as_of=ORIGIN)
        .equals(sample_world(ORIGIN).pair("IND", "PAK").provocations())
    )


def test_what_is_open_void_or_said_again_is_not_scored() -> None:
    """Open before its last day; void where a no was not looked at; the first answer counts."""
    world = sample_world(ORIGIN + dt.timedelta(weeks=4))
    card = scored(row(1), row(2, p=0.9), row(3, horizon_weeks=5), world=world)
    assert card.scored["standing"].to_list() == ["resolved", "repeated", "open"]
    assert card.scored["reason"].to_list() == [None, None, NOT_CLOSED]
    assert scored(row(1), world=None).scored["reason"].to_list() == [NOT_HELD]
    early = row(1, origin=dt.date(2017, 12, 10), threshold=1e6)  # its days begin three weeks before the store's
    card = scored(early, world=world)
    assert (card.scored["standing"][0], card.scored["reason"][0]) == ("void", NOT_SEEN)
    assert scored(early | {"threshold": 0.0}, world=world).scored["standing"][0] == "resolved"


def test_live_and_replay_are_apart() -> None:
    """A good replay does not better a bad live chance."""
    world = sample_world()
    card = scored(row(1, threshold=1e6, p=0.9), row(2, record="replay", threshold=1e6, p=0.0), world=world)
    briers = {each["record"]: each["brier"] for each in card.scores.filter(group="all").iter_rows(named=True)}
    assert briers == {"live": pytest.approx(0.81), "replay": 0.0}


def test_no_chance_is_given_where_the_data_cannot_tell() -> None:
    """Without direction, or with sums in place of events, the reason stands where the number would."""
    view = sample_world(ORIGIN).view
    cells, both = view.cells(Pair("RUS", "USA")), Pair("RUS", "USA")
    for changed, reason in (
        (cells.with_columns(directed=pl.lit(value=False)), NO_DIRECTION),
        (cells.with_columns(lowest_milli=pl.lit(None, HAZARDS.schema["days_since"])), ONLY_SUMS),
    ):
        found = forecast.forecast_provocations(changed, view.coverage(), ORIGIN, [Horizon(4)], pair=both)
        assert found["p"].to_list() == [None, None]
        assert found["reason"].to_list() == [reason, reason]
        assert provocation_threshold(changed, view.coverage(), Dyad("RUS", "USA"), ORIGIN) is None
