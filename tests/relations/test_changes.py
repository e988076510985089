"""Any change of any measure is accounted for: rows add up, and what is planted is what is found."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from planted import day, draw_world

from detente.domain.actors import Pair
from detente.errors import ConfigError, CutoffError
from detente.relations import REGISTRY, Target, explain_measure, find_measure

_PAIR = Pair("USA", "RUS")
_DAYS = 280
_WORLD = draw_world(1, days=_DAYS, rate=0.06)
_LAST = day(_DAYS - 1)
_FIRST = _LAST - dt.timedelta(days=9)


@pytest.mark.parametrize("name", list(REGISTRY))
def test_the_rows_add_up_for_every_measure(name: str) -> None:
    """Contributions sum to the change of a number of each measure, whatever the measure is."""
    measure, tables = REGISTRY[name], _WORLD.readings()
    rows = measure(tables, _PAIR, _LAST).filter(pl.col("quantity").is_in(measure.headlines)).drop_nulls("value")
    if rows.is_empty():
        pytest.skip("it needs events by role or place, which these worlds have not")
    actor, item, quantity = rows.select("actor", "item", "quantity").row(0)
    found = explain_measure(tables, _PAIR, Target(measure, quantity, actor, item), first=_FIRST, last=_LAST)
    assert found.reasons["contribution"].sum() == pytest.approx(found.change, abs=1e-9)
    assert found.reasons["week_end"].is_between(_FIRST, _LAST).all()
    assert found.after == pytest.approx(rows["value"][0])


def test_a_planted_blow_is_named() -> None:
    """After a day of war the fall of the level is laid at the door of that day's cell."""
    blow = day(_DAYS - 4)
    tables = _WORLD.plus([(blow, "RUS", "USA", "ASSAULT", 300)]).readings()
    found = explain_measure(tables, _PAIR, Target(find_measure("level"), "level"), first=_FIRST, last=_LAST)
    heaviest = found.reasons.drop_nulls("day").sort("contribution").row(0, named=True)
    assert (heaviest["day"], heaviest["actor"], heaviest["event_type"], heaviest["n"]) == (blow, "RUS", "ASSAULT", 300)
    assert heaviest["contribution"] < 0.5 * found.change < 0


def test_what_cannot_be_explained_is_an_error() -> None:
    """Days in the wrong order, and a number that is not known at an end, say what to do."""
    tables, target = _WORLD.readings(), Target(find_measure("provocation"), "chance", "USA", "13w")
    with pytest.raises(ConfigError, match="Exchange the two days"):
        explain_measure(tables, _PAIR, target, first=_LAST, last=_FIRST)
    with pytest.raises(CutoffError, match="not known as of"):
        explain_measure(tables, _PAIR, target, first=day(60), last=_LAST)
