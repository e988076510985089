"""Exchanges: unusual moves, the answers to them, and their names; routine and joint acts are none."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from tit_for_tat import FIRST, coverage_of

from commands import run_detente
from detente.domain.actors import Pair
from detente.domain.tables import CELLS, CHRONOLOGY
from detente.relations import build_exchanges

_DAYS = 200
_AS_OF = FIRST + dt.timedelta(days=_DAYS - 1)
_PAIR = Pair("USA", "RUS")


def _cell(day: int, actor: str, event_type: str, points: float, n: int = 1) -> tuple[object, ...]:
    recipient = "RUS" if actor == "USA" else "USA"
    milli = int(points * 1000)
    row = (FIRST + dt.timedelta(days=day), actor, recipient, True, event_type, n)
    return (*row, max(milli, 0), max(-milli, 0), milli, float(milli**2))


def _exchanges(rows: list[tuple[object, ...]], chronology: list[tuple[object, ...]] | None = None) -> pl.DataFrame:
    cells = pl.DataFrame(rows, schema=CELLS.schema, orient="row")
    named = pl.DataFrame(chronology or [], schema=CHRONOLOGY.schema, orient="row")
    return build_exchanges(cells, coverage_of(_DAYS), named, _PAIR, as_of=_AS_OF)


def _routine() -> list[tuple[object, ...]]:
    return [_cell(day, actor, "ACCUSE", -4) for day in range(0, _DAYS, 2) for actor in ("USA", "RUS")]


def test_a_deed_and_its_answer_stand_out_of_routine() -> None:
    """Two large days six days apart are the one exchange; accusations every other day are none."""
    found = _exchanges([*_routine(), _cell(50, "USA", "COERCE", -60), _cell(56, "RUS", "COERCE", -50)])
    assert found.height == 1
    row = found.row(0, named=True)
    assert (row["actor"], row["recipient"], row["kind"], row["lag_days"]) == ("USA", "RUS", "conflict", 6)
    assert (row["move_types"], row["move_intensity"], row["answer_intensity"]) == ("COERCE", -60.0, -50.0)
    assert row["move_once_in"] == _DAYS
    assert row["is_same_quad"]
    assert row["weight"] == pytest.approx(_DAYS * 0.5 ** (6 / 7))


def test_answers_are_in_kind_later_and_within_a_fortnight() -> None:
    """The same day, the sixteenth day, and cooperation after conflict make no exchange."""
    for answer in (_cell(50, "RUS", "COERCE", -50), _cell(66, "RUS", "COERCE", -50), _cell(53, "RUS", "AID", 50)):
        assert _exchanges([*_routine(), _cell(50, "USA", "COERCE", -60), answer]).is_empty()


def test_words_for_a_deed_weigh_half() -> None:
    """A threat in answer to a seizure counts half of a seizure in answer."""
    deeds = _exchanges([_cell(50, "USA", "COERCE", -60), _cell(53, "RUS", "COERCE", -60)])
    words = _exchanges([_cell(50, "USA", "COERCE", -60), _cell(53, "RUS", "THREATEN", -60)])
    assert words["weight"][0] == pytest.approx(deeds["weight"][0] / 2)
    assert words["is_same_quad"].to_list() == [False]


def test_each_move_is_answered_once_and_one_event_is_listed_once() -> None:
    """Of days around one move and one answer, only the weightiest two make an exchange."""
    days = [(50, -40), (51, -60)], [(54, -30), (55, -50)]
    rows = [
        _cell(day, side, "COERCE", points)
        for side, both in zip(("USA", "RUS"), days, strict=True)
        for day, points in both
    ]
    found = _exchanges([*_routine(), *rows]).filter(pl.col("actor") == "USA")
    assert found.select("moved", "answered").rows() == [(FIRST + dt.timedelta(days=51), FIRST + dt.timedelta(days=55))]


def test_what_both_did_together_is_no_exchange() -> None:
    """Talks reported both ways, day after day, answer nothing."""
    rows = [_cell(day, actor, "CONSULT", 30, n=9) for day in (50, 53, 57) for actor in ("USA", "RUS")]
    assert _exchanges(rows).is_empty()


def test_named_events_are_named_on_their_day_and_the_next() -> None:
    """The label stands on a move of the event's dyad and kind that day or the day after, and on no earlier one."""
    rows = [_cell(50, "USA", "COERCE", -60), _cell(56, "RUS", "COERCE", -50)]
    for before, label in ((0, "Expelled"), (1, "Expelled"), (2, None), (-1, None)):
        day = FIRST + dt.timedelta(days=50 - before)
        found = _exchanges(rows, [(day, "USA", "RUS", "conflict", "Expelled", "They were.")])
        assert found["move_event"].to_list() == [label]
        assert found["answer_event"].to_list() == [None]


def test_the_future_is_not_read() -> None:
    """Events after the as-of day, in cells or chronology, change nothing."""
    rows = [*_routine(), _cell(50, "USA", "COERCE", -60), _cell(56, "RUS", "COERCE", -50)]
    wild = [_cell(day, side, "ASSAULT", -999) for day in (_DAYS + 1, _DAYS + 3) for side in ("USA", "RUS")]
    later = [(_AS_OF + dt.timedelta(days=1), "RUS", "USA", "conflict", "Later", "It was.")]
    assert _exchanges(rows).equals(_exchanges([*rows, *wild], later))


def test_sixty_for_sixty_comes_first() -> None:
    """On the sample, the expulsions of March 2018 are the weightiest US–Russian exchange, with both names."""
    import detente

    found = detente.open().pair("USA", "RUS").exchanges().row(0, named=True)
    assert (found["move_event"], found["answer_event"]) == ("60 Russians expelled", "Moscow expels 60 in answer")
    assert (found["actor"], found["kind"]) == ("USA", "conflict")
    assert dt.date(2018, 3, 26) <= found["moved"] < found["answered"] <= dt.date(2018, 3, 31)


def test_the_command_shows_exchanges_or_days_and_both_in_json() -> None:
    """`detente moves` names the expulsions; --daily lists days; JSON keeps both lists."""

    def run(*words: str) -> str:
        return run_detente("moves", "USA", "RUS", "--top", "2", *words, code=0).stdout

    shown = " ".join(run().split())
    assert "60 Russians expelled" in shown
    assert "Moscow" in shown
    assert "moves as of" in run("--daily")
    both = json.loads(run("--json"))
    assert [len(both[key]) for key in ("exchanges", "rows")] == [2, 2]
    assert both["exchanges"][0]["answer_event"] == "Moscow expels 60 in answer"
