"""Answers are honest about time, add up, name their sources, and give all events page by page."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detente import answers, scorecard
from detente.answers import Worlds
from detente.domain.periods import Horizon
from detente.errors import ConfigError, CutoffError, QuestionError

sys.path.insert(0, str(Path(__file__).parents[1] / "assessors"))

from made_up_worlds import AS_OF, lines_known, lines_planted, load
from proposals_made_up import fill, proposal

_PAIR = {"a": "France", "b": "DEU"}
QUESTIONS: tuple[tuple[Callable[..., dict[str, Any]], dict[str, str]], ...] = (
    (answers.resolve_country, {"name": "Germany"}),
    (answers.pair_status, _PAIR),
    (answers.pair_series, _PAIR),
    (answers.pair_events, _PAIR),
    (answers.explain_change, _PAIR),
    (answers.explain_change, _PAIR | {"measure": "level", "since": "2023-02-19"}),
    (answers.list_assessments, {}),
    (answers.forecast_pair, _PAIR | {"scenario": "Germany expels diplomats"}),
    (answers.show_scorecard, {}),
)


def _without_today(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what says how things are now: the version of the data, the ledger's digest."""
    versions = {key: value for key, value in answer["versions"].items() if key != "data"}
    ledger = {key: value for key, value in answer.get("ledger", {}).items() if key != "digest_today"}
    return answer | {"versions": versions, "ledger": ledger}


def test_a_planted_future_changes_no_answer(tmp_path: Path) -> None:
    """Wild later events, events known later, later forecasts and later articles leave every answer as it was."""
    early, late = (_filled(tmp_path / name, with_future=name == "late") for name in ("early", "late"))
    for ask, words in QUESTIONS:
        one, other = (ask(worlds, **words, as_of=str(AS_OF), detail="full") for worlds in (early, late))
        assert _without_today(one) == _without_today(other), ask.__name__
    assert late.world().as_of > AS_OF
    assert answers.pair_status(late, **_PAIR)["status"]["z"] < answers.pair_status(early, **_PAIR)["status"]["z"]


def _filled(folder: Path, *, with_future: bool) -> Worlds:
    tables = [lines_known(), lines_planted()] if with_future else [lines_known()]
    worlds = Worlds(load(folder / "store", *tables), ledger=folder / "ledger")
    days = [str(AS_OF), *(["2023-05-01"] if with_future else [])]
    for day in days:
        world = worlds.world(day)
        scorecard.issue(world, world.forecast_pairs(Horizon(4), world.as_of), worlds.ledger)
    pair = {"pair": "DEU-FRA", "until": None}
    fill(worlds.book, proposal("early", published="2023-02-01", **pair))
    if with_future:
        fill(worlds.book, proposal("later", published="2023-04-01", **pair))
    return worlds


def test_a_server_may_be_bound_to_a_day(worlds: Worlds, tmp_path: Path) -> None:
    """With a last day, that is the day of answers, and a later one is refused."""
    bound = Worlds(worlds.world().store.path, until="2022-12-04", ledger=tmp_path)
    assert answers.pair_series(bound, **_PAIR)["as_of"] == "2022-12-04"
    with pytest.raises(CutoffError, match="or earlier"):
        answers.pair_series(bound, **_PAIR, as_of="2022-12-05")


def test_pages_hold_every_event_once(worlds: Worlds) -> None:
    """Pages of every detail, and of a choice of events, together are the events of the view, newest first."""
    world = worlds.world()
    every = world.pair("FRA", "DEU").events()
    for detail in answers.DETAILS:
        rows = _all_rows(answers.pair_events, worlds, **_PAIR, detail=detail)
        assert _counted(rows) == Counter(
            zip(every["occurred"].cast(str), every["actor"], every["event_type"], every["n"], strict=True)
        )
        days = [row["occurred"] for row in rows]
        assert days == sorted(days, reverse=True)
    chosen = _all_rows(
        answers.pair_events, worlds, **_PAIR, direction="DEU", kind="material conflict", since="2022-06-01"
    )
    wanted = every.filter(every["actor"] == "DEU", every["event_type"].is_in(["ASSAULT", "SANCTION"]))
    assert len(chosen) == wanted.filter(wanted["occurred"].cast(str) >= "2022-06-01").height
    assert all(row["locator"].startswith("https://paper.example/") for row in chosen)


def _counted(rows: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    return Counter((row["occurred"], row["actor"], row["event_type"], row["n"]) for row in rows)


def _all_rows(ask: Callable[..., dict[str, Any]], worlds: Worlds, **words: Any) -> list[dict[str, Any]]:
    """The rows of all pages, as records."""
    found, cursor = list[dict[str, Any]](), None
    while True:
        answer = ask(worlds, **words, **({"cursor": cursor} if cursor else {}))
        found += [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
        cursor = answer["page"]["next"]
        if cursor is None:
            return found


def test_pages_of_weeks_and_reasons_are_whole(worlds: Worlds) -> None:
    """All weeks come once; all contributions come once and add up to the change."""
    weeks = [row["week_end"] for row in _all_rows(answers.pair_series, worlds, **_PAIR, detail="brief")]
    assert weeks == sorted(set(weeks), reverse=True)
    assert len(weeks) == 60
    change = answers.explain_change(worlds, **_PAIR)["change"]
    rows = _all_rows(answers.explain_change, worlds, **_PAIR, detail="brief")
    assert sum(row["contribution"] for row in rows) == pytest.approx(change, abs=1e-4 * len(rows))


def test_reasons_shown_with_the_status_add_up(worlds: Worlds) -> None:
    """The days shown and the row of the rest sum to the change that is printed."""
    for detail in answers.DETAILS:
        found = answers.pair_status(worlds, **_PAIR, detail=detail)
        shown = sum(row["contribution"] for row in found["reasons"])
        assert shown == pytest.approx(found["change"]["value"], abs=2e-3)


def test_every_answer_names_sources_versions_and_its_day(worlds: Worlds) -> None:
    """Provider, citation and terms of each source; data and software versions; the as-of day; what was cut."""
    for ask, words in QUESTIONS:
        found = ask(worlds, **words)
        assert found["as_of"] == str(AS_OF)
        assert {"provider", "citation", "terms", "locator"} <= set(found["sources"][0])
        world = worlds.world()
        assert found["versions"]["data"] == world.store.data_version(world.provider)[:12]
        assert isinstance(found["cut"], list)


def test_a_cursor_keeps_its_day_and_its_question(worlds: Worlds) -> None:
    """A page that goes on reads as of the day of the first; with other arguments the cursor is refused."""
    first = answers.pair_events(worlds, **_PAIR, as_of="2022-12-04", detail="brief")
    second = answers.pair_events(worlds, **_PAIR, detail="brief", cursor=first["page"]["next"])
    assert second["as_of"] == "2022-12-04"
    with pytest.raises(ConfigError, match="another question"):
        answers.pair_events(worlds, a="USA", b="RUS", cursor=first["page"]["next"])


def test_what_experts_said_is_shown_with_what_became_of_it(tmp_path: Path) -> None:
    """An assessment comes with its sentence, its standing and, once resolved, its score beside the model's."""
    worlds = Worlds(load(tmp_path / "store", lines_known()), ledger=tmp_path / "ledger")
    said = {"pair": "DEU-FRA", "published": "2022-11-01", "until": "2023-01-31"}
    fill(worlds.book, proposal("old", **said), proposal("undated", pair="DEU-FRA", published=None))
    found = answers.list_assessments(worlds, **_PAIR)
    row = dict(zip(found["columns"], found["rows"][0], strict=True))
    assert (row["speaker"], row["review"], row["became"]) == ("Ada Sand", "accepted", "resolved")
    assert 0 <= row["brier"] <= 1
    assert found["undated_left_out"] == 1
    assert found["assessors"][0]["resolved"] == 1
    assert answers.list_assessments(worlds, **_PAIR, as_of="2022-10-02")["rows"] == []


def test_a_scenario_is_told_beside_the_outlook_and_nothing_is_written(worlds: Worlds) -> None:
    """The move as understood, the chances with it and their change; the answer says that it was not written down."""
    found = answers.forecast_pair(worlds, **_PAIR, scenario="Germany expels 3 French diplomats", horizon="4")
    told = found["scenario"]
    assert (told["move"]["actor"], told["move"]["label"]) == ("DEU", "expel diplomats")
    for name in ("deteriorate", "hold", "improve"):
        difference = told["outlook_with_it"][name]["probability"] - found["outlook"][name]["probability"]
        assert told["change"][name] == pytest.approx(difference, abs=2e-4)
    assert "Not written down" in found["record"]["this_answer"]
    assert not worlds.ledger.path.exists()


def test_data_without_direction_are_not_given_one(tmp_path: Path) -> None:
    """Where a table does not say who acts, no answer does, and a direction that is asked for is refused."""
    lines = [line for line in lines_known() if ",FRA,DEU," in line]
    own = Worlds(load(tmp_path / "store", lines, undirected=True), ledger=tmp_path / "ledger")
    assert answers.pair_status(own, **_PAIR)["directed"] is False
    assert "who acts is not said" in answers.pair_events(own, **_PAIR)["summary"]
    for ask in (answers.pair_events, answers.pair_series):
        with pytest.raises(ConfigError, match="do not say who"):
            ask(own, **_PAIR, direction="FRA")


def test_the_record_is_that_of_the_day(worlds: Worlds, tmp_path: Path) -> None:
    """Forecasts written down are scored once their weeks are known, of one pair or of all; before, they are open."""
    own = Worlds(worlds.world().store.path, ledger=tmp_path / "ledger")
    world = own.world("2022-10-02")
    scorecard.issue(world, world.forecast_pairs(Horizon(4), world.as_of), own.ledger, provocations=world.provocations())
    found = answers.show_scorecard(own, detail="full")
    assert found["records"]["replay"]["counts"]["resolved"] == 3
    scores = found["records"]["replay"]["scores"]
    assert scores["skill"] == pytest.approx(1 - scores["rps"] / scores["base_rps"], abs=1e-3)
    assert len(found["replay_worst"]) == 3
    assert f"skill against base rates {scores['skill']:+.2f}" in found["summary"]
    assert answers.show_scorecard(own, **_PAIR)["records"]["replay"]["counts"]["resolved"] == 1
    record = answers.pair_status(own, **_PAIR)["record"]
    assert record["of_this_pair"]["replay"]["resolved"] == 1
    assert "not been scored" in record["so_far"]
    assert answers.forecast_pair(own, **_PAIR, as_of="2022-10-20")["record"]["of_this_pair"]["replay"] is None
    early = answers.show_scorecard(own, as_of="2022-10-20")["records"]["replay"]
    assert (early["counts"]["open"], early["scores"]["rps"]) == (3, None)
    assert answers.show_scorecard(own, as_of="2022-10-01")["ledger"]["records_by_then"] == 0


def test_a_name_is_resolved_at_its_time(worlds: Worlds) -> None:
    """A historic state is found on its own days, where the data say nothing; today's are counted."""
    old = answers.resolve_country(worlds, name="Soviet Union", as_of="1985-01-01")
    assert old["iso3"] == "SUN"
    assert old["events"] is None
    assert answers.resolve_country(worlds, name="germany")["busiest_partners"]


@pytest.mark.parametrize(
    ("ask", "words", "error"),
    [
        (answers.pair_status, {"a": "FRA", "b": "France"}, QuestionError),
        (answers.pair_status, {"a": "FRA", "b": "Peru"}, CutoffError),
        (answers.pair_status, _PAIR | {"as_of": "2021-01-01"}, CutoffError),
        (answers.pair_status, _PAIR | {"detail": "all"}, ConfigError),
        (answers.pair_series, _PAIR | {"direction": "USA"}, ConfigError),
        (answers.pair_events, _PAIR | {"kind": "war"}, ConfigError),
        (answers.pair_events, _PAIR | {"since": "2023-01-02", "until": "2023-01-01"}, ConfigError),
        (answers.explain_change, _PAIR | {"since": "2023-01-02"}, ConfigError),
        (answers.list_assessments, {"a": "FRA"}, ConfigError),
    ],
)
def test_what_makes_no_sense_is_refused(
    worlds: Worlds, ask: Callable[..., Any], words: dict[str, str], error: type[Exception]
) -> None:
    """Each complaint is an error of the house that says what to do next."""
    with pytest.raises(error) as raised:
        ask(worlds, **words)
    assert raised.value.next_step  # type: ignore[attr-defined]
