"""Attention, consistency, network and provocation: each finds what is planted, and not what is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from planted import World, cells_of, day

from detente.domain.actors import Pair
from detente.relations import find_measure
from detente.relations.bands import wilson_band
from detente.relations.consistency import DRAWS, WINDOW_WEEKS, _draw_weeks, _intraclass

_PAIR = Pair("USA", "RUS")
_WEEKS = 65


def _rows(name: str, events: list, weeks: int = _WEEKS) -> pl.DataFrame:  # type: ignore[type-arg]
    world = World(weeks * 7, cells_of(events))
    return find_measure(name)(world.readings(), _PAIR, world.as_of)


def _one(rows: pl.DataFrame, quantity: str, actor: str | None = "USA", item: str | None = None) -> dict:  # type: ignore[type-arg]
    mine = rows.filter(
        pl.col("quantity") == quantity,
        pl.col("actor").eq_missing(pl.lit(actor, pl.String)),
        pl.col("item").eq_missing(pl.lit(item, pl.String)),
    )
    return mine.row(0, named=True)


def test_attention_tells_who_displaced_whom() -> None:
    """Half of all events for a year, then a fifth, while a third state rises: share, rank, change, and its name."""
    events = []
    for week in range(_WEEKS):
        late = week >= _WEEKS - 13
        to_russia, to_china = (2, 6) if late else (5, 3)
        events += [(day(7 * week + 1), "USA", "RUS", "CONSULT", to_russia)]
        events += [(day(7 * week + 2), "USA", "CHN", "CONSULT", to_china), (day(7 * week), "USA", "FRA", "AGREE", 2)]
    rows = _rows("attention", events)
    assert _one(rows, "share")["value"] == pytest.approx(0.2)
    assert _one(rows, "rank")["value"] == 2  # behind China; France has as many
    assert _one(rows, "change")["value"] == pytest.approx(-0.3)
    assert _one(rows, "displaced_by", item="CHN")["value"] == pytest.approx(0.3)
    assert rows.filter(pl.col("quantity") == "displaced_by").height == 1
    assert rows.filter(pl.col("actor") == "RUS")["value"].is_null().all()


def test_one_voice_and_two() -> None:
    """A state that only praises speaks with one voice; one that praises and blames every week does not, nor swings."""
    events = []
    for week in range(_WEEKS):
        for step, kind in enumerate(("SUPPORT", "AGREE", "CONSULT")):
            events.append((day(7 * week + step), "RUS", "USA", kind, 1))
        for step, kind in enumerate(("SUPPORT", "ACCUSE", "AGREE", "REJECT")):
            events.append((day(7 * week + step), "USA", "RUS", kind, 1))
    rows = _rows("consistency", events)
    assert _one(rows, "mixture", "RUS")["value"] == 0.0
    assert 0 < _one(rows, "mixture", "RUS")["high"] < 0.3
    assert _one(rows, "swing", "RUS")["value"] is None
    assert _one(rows, "mixture")["value"] == 1.0
    assert _one(rows, "swing")["value"] <= 0


def test_a_tone_that_turns_swings() -> None:
    """Warm in one fortnight and hostile in the next: mixed, and swinging."""
    events = []
    for week in range(_WEEKS):
        kinds = ("SUPPORT", "AGREE", "CONSULT") if week // 2 % 2 else ("ACCUSE", "REJECT", "THREATEN")
        events += [(day(7 * week + step), "USA", "RUS", kind, 1) for step, kind in enumerate(kinds)]
    swing = _one(_rows("consistency", events), "swing")
    assert swing["low"] > 0.5


@pytest.mark.parametrize("signals", [3, 12, 40])
def test_swing_does_not_grow_with_volume(signals: int) -> None:
    """Of one steady tone the estimate is zero on average whether weeks hold few signals or many."""
    rng = np.random.default_rng(signals)
    drawn = np.ones((1, WINDOW_WEEKS))
    found = []
    for _ in range(300):
        count = 2.0 + rng.poisson(signals, WINDOW_WEEKS)
        hostile = rng.binomial(count.astype(int), 0.4).astype(float)
        found.append(_intraclass(count, hostile, count >= 2, drawn)[0])
    assert abs(np.mean(found)) < 0.01


def test_the_band_of_swing_covers() -> None:
    """With a true correlation of 0.2 within weeks, the 90 % band holds it in at least 75 of 100 trials."""
    rng, held = np.random.default_rng(8), 0
    drawn, share = _draw_weeks(1), 0.5 * (1 / 0.2 - 1)
    assert len(drawn) == DRAWS + 1
    for _ in range(200):
        count = 2.0 + rng.poisson(10, WINDOW_WEEKS)
        hostile = rng.binomial(count.astype(int), rng.beta(share, share, WINDOW_WEEKS)).astype(float)
        low, high = np.nanquantile(_intraclass(count, hostile, count >= 2, drawn)[1:], (0.05, 0.95))
        held += low <= 0.2 <= high
    assert held >= 150


def test_words_that_belie_deeds() -> None:
    """Warm words with hostile deeds stand out beside the world, in which words and deeds agree."""
    events = []
    for week in range(_WEEKS):
        events += [(day(7 * week), "USA", "RUS", "SUPPORT", 1), (day(7 * week + 1), "USA", "RUS", "SANCTION", 1)]
        for step, (actor, recipient) in enumerate((("CHN", "FRA"), ("FRA", "CHN"), ("IND", "BRA"), ("BRA", "IND"))):
            events += [(day(7 * week + step), actor, recipient, "SUPPORT", 1)]
            events += [(day(7 * week + step), actor, recipient, "AID", 1)]
    gap = _one(_rows("consistency", events), "words_minus_deeds")
    assert gap["low"] > 1


def _blocs(week: int, sides: dict[str, set[str]]) -> list:  # type: ignore[type-arg]
    thirds = ("CHN", "FRA", "SYR", "IND", "BRA", "GBR")
    return [
        (day(7 * week + step % 7), state, third, kind, 1)
        for state, friends in sides.items()
        for step, third in enumerate(thirds)
        for kind in (("SUPPORT", "AGREE") if third in friends else ("ACCUSE", "REJECT"))
    ]


def test_blocs_are_told_from_allies() -> None:
    """With the same friends and foes alignment is high, with exchanged ones low, and third states are named."""
    friends = {"CHN", "SYR", "IND"}
    allies = [event for week in range(_WEEKS) for event in _blocs(week, {"USA": friends, "RUS": friends})]
    others = {"FRA", "BRA", "GBR"}
    foes = [event for week in range(_WEEKS) for event in _blocs(week, {"USA": friends, "RUS": others})]
    rows = _rows("network", allies)
    assert _one(rows, "alignment", None)["value"] > 0.95
    assert _one(rows, "common_friends", None)["value"] == pytest.approx(0.5, abs=0.05)
    assert set(rows.filter(pl.col("quantity") == "warm_with_both")["item"]) == friends
    rows = _rows("network", foes)
    assert _one(rows, "alignment", None)["value"] < -0.95
    assert _one(rows, "torn", None)["value"] == pytest.approx(1.0)


def _history(blows: dict[int, int], weeks: int = _WEEKS) -> list:  # type: ignore[type-arg]
    return [(day(number), "USA", "RUS", "ASSAULT", blows.get(number, 0) or 1) for number in range(0, weeks * 7, 3)]


def test_a_blow_beyond_its_own_ordinary_is_a_provocation() -> None:
    """Among days with one assault each, only those with many are provocative; dates, count and time since agree."""
    blows = {300: 9, 390: 12}
    rows = _rows("provocation", _history(blows))
    assert _one(rows, "moves")["value"] == 2
    assert set(rows.filter(pl.col("quantity") == "move")["item"]) == {str(day(300)), str(day(390))}
    assert _one(rows, "days_since")["value"] == _WEEKS * 7 - 1 - 390
    chances = [_one(rows, "chance", item=item)["value"] for item in ("4w", "13w")]
    assert 0 < chances[0] < chances[1] < 1
    assert _one(rows, "moves", "RUS")["value"] == 0
    assert _one(rows, "days_since", "RUS")["value"] is None


def test_no_blow_no_provocation_without_a_hostile_act() -> None:
    """A day of very many mild acts passes the percentile but not the floor."""
    events = [*_history({}), (day(400), "USA", "RUS", "PROTEST", 1)]
    mild = cells_of(events).with_columns(
        pl.when(pl.col("event_type") == "PROTEST").then(500_000).otherwise("conflict_milli").alias("conflict_milli"),
        pl.when(pl.col("event_type") == "PROTEST").then(-5_000).otherwise("lowest_milli").alias("lowest_milli"),
    )
    world = World(_WEEKS * 7, mild)
    rows = find_measure("provocation")(world.readings(), _PAIR, world.as_of)
    assert _one(rows, "moves")["value"] == 0


def test_sums_without_single_events_cannot_be_judged() -> None:
    """Where a provider gives sums only, no day can be called provocative: the numbers are null."""
    bare = cells_of(_history({300: 9})).with_columns(pl.lit(None, pl.Int64).alias("lowest_milli"))
    world = World(_WEEKS * 7, bare)
    rows = find_measure("provocation")(world.readings(), _PAIR, world.as_of)
    assert rows.filter(pl.col("actor") == "USA")["value"].is_null().all()


@pytest.mark.parametrize("trials", [4, 13, 60])
def test_wilson_bands_cover(trials: int) -> None:
    """Over shares of all sizes the 90 % band holds the truth nine times in ten on average, and never far below."""
    rng, covered = np.random.default_rng(1), []
    for share in np.linspace(0.05, 0.95, 19):
        bands = [wilson_band(int(one), trials) for one in rng.binomial(trials, share, size=1000)]
        covered.append(np.mean([low <= share <= high for low, high in bands]))
    assert np.mean(covered) >= 0.88
    assert min(covered) >= 0.75
