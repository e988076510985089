"""Likely moves: what speaks for them is known at the origin, and an answer in kind is seen coming."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from detente.domain.tables import CELLS_BY_PLACE, COVERAGE, LIKELY_MOVES, check_table
from detente.errors import ConfigError, QuestionError
from detente.forecast.move_days import build_move_days
from detente.forecast.move_features import FEATURES, Past, describe_moves
from detente.forecast.move_model import fit_weights, load_start
from detente.forecast.moves import forecast_moves, resolve_moves
from detente.outlook import chosen_moves, likely_as_list
from detente.world import World, open_world
from detente.world.likely import likely_moves, parse_days

ORIGIN = dt.date(2018, 3, 27)
DYADS = [("RUS", "USA"), ("USA", "RUS")]


@pytest.fixture(scope="module")
def world() -> World:
    """The sample as of the day after sixty Russian diplomats were expelled."""
    return open_world(as_of=ORIGIN)


@pytest.fixture(scope="module")
def likely(world: World) -> pl.DataFrame:
    """Likely moves of the week after it."""
    return world.pair("RUS", "USA").likely_moves()


def test_expulsions_are_expected_to_be_answered_in_kind(likely: pl.DataFrame) -> None:
    """After the American expulsions of 26 March 2018 both codes for them are high for Russia, and a reason says why."""
    named = likely.filter(pl.col("actor") == "RUS", pl.col("kind").is_not_null())
    rows = {row["kind"]: row | {"place": place} for place, row in enumerate(named.iter_rows(named=True))}
    assert rows["161"]["place"] < 3
    assert rows["161"]["p"] > 1.4 * rows["161"]["base_rate"]
    assert rows["174"]["place"] < 12
    assert rows["174"]["p"] > 3 * rows["174"]["base_rate"]
    for kind in ("161", "174"):
        assert "answer in kind: USA did so on" in rows[kind]["reasons"]
        assert rows[kind]["partner_active_days"] >= 2


def test_every_direction_may_stay_silent(likely: pl.DataFrame) -> None:
    """Each direction has one row for no event of any kind, and it is what is left of the chance of any."""
    check_table(likely, LIKELY_MOVES)
    silent = likely.filter(pl.col("kind").is_null())
    assert silent.select("actor", "recipient").rows() == DYADS
    for row in silent.iter_rows(named=True):
        side = likely.filter(pl.col("actor") == row["actor"], pl.col("kind").is_not_null())
        assert row["p"] <= 1 - side["p"].max() + 0.05


def test_probabilities_lie_in_their_bands(likely: pl.DataFrame) -> None:
    """Low end, probability, high end, all between none and certain."""
    assert likely.filter(
        (pl.col("p_low") > pl.col("p"))
        | (pl.col("p") > pl.col("p_high"))
        | (pl.col("p_low") < 0)
        | (pl.col("p_high") > 1)
    ).is_empty()


def test_a_planted_future_changes_nothing(world: World, likely: pl.DataFrame) -> None:
    """The whole sample and wild events planted after the origin give the same bits as the sample of that day."""
    later = open_world().view
    cells = later.cells_by_place()
    wild = cells.filter(pl.col("occurred") > ORIGIN).with_columns(pl.col("n") * 1000)
    frame = forecast_moves(pl.concat([cells, wild]), later.coverage(), ORIGIN, dyads=DYADS)
    assert frame.equals(likely)
    del world


def test_what_came_is_read_off_later(likely: pl.DataFrame) -> None:
    """Resolved against what is known later, a reduction of relations by Russia came, and silence did not."""
    later = open_world(as_of="2018-04-10").view
    done = resolve_moves(likely, later.cells_by_place(), later.coverage()).filter(pl.col("actor") == "RUS")
    happened = dict(done.select("kind", "happened").iter_rows())
    assert happened["161"]
    assert not happened[None]


def test_the_shown_list_ends_with_silence(likely: pl.DataFrame) -> None:
    """Of each direction the first moves are shown and then the chance of none; reasons are a list in JSON."""
    shown = chosen_moves(likely, top=3)
    assert shown["kind"].is_null().to_list() == [False, False, False, True] * 2
    assert shown.head(3)["label"].to_list() == likely.filter(pl.col("kind").is_not_null()).head(3)["label"].to_list()
    assert all(isinstance(row["reasons"], list) for row in likely_as_list(shown))


def test_the_moves_of_one_state_go_to_its_busiest_partners(world: World) -> None:
    """Asked of one state, the list holds what it may do to five others."""
    rows = likely_moves(world, "RUS")
    assert rows["actor"].unique().to_list() == ["RUS"]
    assert rows["recipient"].n_unique() == 5
    assert "USA" in rows["recipient"]


@pytest.mark.parametrize(("origin", "days"), [(dt.date(2018, 2, 1), 7), (ORIGIN, 0), (ORIGIN, 60)])
def test_too_short_a_past_and_too_long_a_horizon_are_refused(world: World, origin: dt.date, days: int) -> None:
    """A month of past teaches nothing, and two months ahead is not what is asked here."""
    with pytest.raises(QuestionError):
        forecast_moves(world.view.cells_by_place(), world.view.coverage(), origin, dyads=DYADS, days=days)


def test_days_are_read_in_days_and_weeks() -> None:
    """7d, 7 and 1w are one week; words are refused."""
    assert [parse_days(text) for text in ("7d", "7", "1w")] == [7, 7, 7]
    with pytest.raises(ConfigError):
        parse_days("soon")


def _cells(rows: list[tuple[dt.date, str, str, str]]) -> pl.DataFrame:
    empty: dict[str, Any] = {"place": None, "n": 1, "cooperation_milli": 0, "conflict_milli": 0, "square_milli": 0.0}
    held = [
        {
            "occurred": day,
            "actor": a,
            "recipient": b,
            "directed": True,
            "event_type": "COERCE",
            "provider_code": code,
            **empty,
        }
        for day, a, b, code in rows
    ]
    return pl.DataFrame(held, schema=CELLS_BY_PLACE.schema)


def _coverage(first: dt.date, days: int) -> pl.DataFrame:
    day = [first + dt.timedelta(days=number) for number in range(days)]
    moment = [dt.datetime.combine(each, dt.time.min) for each in day]
    return pl.DataFrame(
        {"provider": ["x"] * days, "day": day, "rows": [9] * days, "known_at": moment, "status": ["present"] * days},
        schema=COVERAGE.schema,
    )


def test_answers_in_kind_are_counted_by_case() -> None:
    """A move after a quiet fortnight opens a case; one more the day after does not; an answer within a week counts."""
    first = dt.date(2020, 1, 1)
    day = [first + dt.timedelta(days=number) for number in range(80)]
    told = [(20, "AAA", "BBB"), (21, "AAA", "BBB"), (24, "BBB", "AAA"), (50, "AAA", "BBB"), (60, "BBB", "AAA")]
    cells = _cells([(day[number], a, b, "174") for number, a, b in told])
    moves = build_move_days(cells, _coverage(first, 80), day[79])
    past = Past(moves, 79)
    forth = moves.find(*(np.array([number]) for number in (0, 1, 0)))
    n, answered = past.answers(forth)
    assert (n.tolist(), answered.tolist()) == ([2], [1])
    assert past.last[forth].tolist() == [50]
    assert past.active_days(30)[forth].tolist() == [1]


def test_the_partner_taken_away_lowers_only_what_the_partner_says() -> None:
    """Without the partner's moves its features fall, and those of the actor's own stay as they were."""
    first = dt.date(2020, 1, 1)
    day = [first + dt.timedelta(days=number) for number in range(40)]
    cells = _cells([(day[38], "AAA", "BBB", "174"), (day[30], "BBB", "AAA", "174"), (day[35], "BBB", "AAA", "112")])
    past = Past(build_move_days(cells, _coverage(first, 40), day[39]), 39)
    asked = tuple(np.array([number]) for number in (1, 0, past.moves.kinds.index(past.moves.kinds[-1])))
    whole = describe_moves(past, *asked, 7)[0]
    without = describe_moves(past, *asked, 7, without=frozenset({"partner"}))[0]
    fallen = {FEATURES[place] for place in np.flatnonzero(without < whole)}
    assert fallen
    assert all(name.startswith("partner") for name in fallen)
    assert not np.any(without > whole)


def test_what_can_only_speak_for_a_move_never_speaks_against_it() -> None:
    """A feature that goes against the outcome gets no weight, one that goes with it does."""
    rng = np.random.default_rng(2)
    design = np.concatenate([np.ones((4000, 1)), rng.standard_normal((4000, len(FEATURES)))], axis=1)
    came = (rng.random(4000) < 1 / (1 + np.exp(-(design[:, 1] - design[:, 2])))).astype(float)
    weights = fit_weights(design, came, np.ones(4000), np.zeros(design.shape[1]))
    assert weights[1] > 0.5
    assert weights[2] == 0


def test_the_shipped_weights_are_of_other_years() -> None:
    """The weights to start from had seen nothing after 2015, and none of them speaks against a move."""
    start = load_start()
    assert start.learned <= dt.date(2015, 12, 31)
    assert start.weights.size == len(FEATURES) + 1
