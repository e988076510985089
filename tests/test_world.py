"""The front room on the bundled sample: the stories of 2018 and 2019 come out, and nothing is known before its time."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

import detente
from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS, FORECASTS, LEVELS, WATCH, check_table
from detente.store import open_store


@pytest.fixture(scope="module")
def world() -> detente.World:
    """The bundled sample, as of its last day."""
    from detente.sample import sample_store_path

    return detente.open(sample_store_path())


def _shown(brief: object) -> str:
    return json.dumps(brief.as_dict(), ensure_ascii=False)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("as_of", "first", "last", "sign"),
    [
        ("2018-04-20", "2018-03-24", "2018-04-07", -1),
        ("2018-07-20", "2018-07-14", "2018-07-19", 1),
        ("2018-12-05", "2018-11-25", "2018-12-02", -1),
    ],
)
def test_us_russia_reasons_name_the_known_events(
    world: detente.World, as_of: str, first: str, last: str, sign: int
) -> None:
    """The expulsions, the summit and the naval incident are among the first reasons, on their side of the ledger."""
    brief = world.pair("USA", "RUS").outlook(as_of=as_of)
    moved = brief.as_dict()["what_moved_it"]["reasons"]
    named = [row for row in moved if row["day"] and first <= row["day"] <= last and row["contribution"] * sign > 0]
    assert named, moved


def test_india_pakistan_after_the_air_strikes_is_far_worse_than_usual(world: detente.World) -> None:
    """As of 2019-03-05 the pair's own year has seen nothing like it."""
    status = world.pair("India", "Pakistan").status(as_of="2019-03-05")
    assert (status.status, status.grade) == ("worse than usual", "far")


def test_probabilities_add_up_at_every_horizon(world: detente.World) -> None:
    """Three outcomes, nothing else; bands hold the number."""
    table = check_table(world.pair("USA", "RUS").forecasts(), FORECASTS)
    assert table["horizon_weeks"].to_list() == [4, 13, 26]
    for row in table.iter_rows(named=True):
        assert row["p_deteriorate"] + row["p_hold"] + row["p_improve"] == pytest.approx(1)
        for name in ("deteriorate", "hold", "improve"):
            assert row[f"p_{name}_low"] <= row[f"p_{name}"] <= row[f"p_{name}_high"]


def test_reasons_add_up(world: detente.World) -> None:
    """Contributions sum to the change that they explain."""
    explanation = world.pair("USA", "RUS").explain(as_of="2018-04-20")
    assert explanation.reasons["contribution"].sum() == pytest.approx(explanation.change, abs=1e-9)


def test_frames_suit_polars_and_pandas(world: detente.World) -> None:
    """Levels come as a polars frame, and as a pandas frame with the same cells."""
    levels = check_table(world.pair("USA", "RUS").level(), LEVELS)
    frame = levels.to_pandas()
    assert list(frame.columns) == levels.columns
    assert len(frame) == levels.height > 50


def test_the_watch_list_knows_the_spring_of_2019() -> None:
    """India–Pakistan leads the movers in the days after the air strikes."""
    from detente.sample import sample_store_path

    table = check_table(detente.open(sample_store_path(), as_of="2019-03-05").watch(top=5), WATCH)
    assert "IND-PAK" in table["pair"].to_list()
    assert table["z"].abs().is_sorted(descending=True)


def test_names_in_any_usual_spelling_are_one_pair(world: detente.World) -> None:
    """Spelling does not matter, and a state has no relation with itself."""
    assert world.pair("us", "Russian Federation").pair.id == world.pair("Russia", "U.S.").pair.id == "RUS-USA"
    with pytest.raises(detente.CodebookError, match="Ruritania"):
        world.pair("Ruritania", "USA")
    with pytest.raises(detente.DataError, match="itself"):
        world.pair("USA", "America")


def test_a_pair_without_events_is_told_so(world: detente.World) -> None:
    """A pair that the data do not know gets an error with a next step, not a flat line."""
    with pytest.raises(detente.CutoffError, match="detente watch"):
        world.pair("Nauru", "Paraguay").outlook()


@pytest.mark.parametrize("as_of", ["2017-06-01", "2031-01-01"])
def test_a_day_outside_the_data_is_refused(as_of: str) -> None:
    """Before the first day nothing was known; after the last nothing is known yet."""
    from detente.sample import sample_store_path

    with pytest.raises(detente.CutoffError):
        detente.open(sample_store_path(), as_of=as_of)


def test_a_store_that_goes_on_gives_the_forecasts_of_one_that_ends(world: detente.World, tmp_path: Path) -> None:
    """Of bare scores too: as of the last day of one, every digit of its pairs' forecasts is the other's."""
    day, key = dt.date(2018, 9, 5), ("occurred", "actor", "recipient")
    view = world.view_as_of("2018-12-05")
    scores = (
        view.events()
        .filter(pl.struct(*key).is_first_distinct())
        .with_columns(
            pl.lit("scores").alias("provider"), pl.lit(None, pl.String).alias("event_type"), n=pl.lit(1, pl.Int64)
        )
    )
    days = view.coverage().with_columns(pl.lit("scores").alias("provider"))
    found = []
    for name, until in (("ends", day), ("goes-on", dt.date(2018, 12, 5))):
        held = scores.filter(pl.col("occurred") <= until).select(EVENTS.names)
        part = Part(
            held, days.filter(pl.col("day") <= until).select(COVERAGE.names), Ledger(name, held.height, held.height)
        )
        open_store(tmp_path / name).append("scores", [part], path=name, identity=name, repeats=None)
        known = detente.World(open_store(tmp_path / name, read_only=True), as_of=day)
        assert known.panel(day).news is not None
        found.append(
            [known.pair(*pair).forecasts().rows() for pair in (("USA", "RUS"), ("IND", "PAK"), ("CHN", "JPN"))]
        )
    assert found[0] == found[1]


def test_a_planted_future_changes_nothing(world: detente.World, tmp_path: Path) -> None:
    """A wild event one day after the as-of day, or published one day after it, leaves every output as it was."""
    day = dt.date(2018, 12, 5)
    view = world.view_as_of("2018-12-20")
    events = view.events().with_columns(pl.lit("planted").alias("provider"))
    days = view.coverage().with_columns(pl.lit("planted").alias("provider"))
    wild = (
        events.filter(pl.col("actor") == "USA", pl.col("recipient") == "RUS")
        .head(2)
        .with_columns(
            pl.Series("occurred", [day + dt.timedelta(days=1), day]),
            pl.Series("known_at", [dt.datetime(2018, 12, 6), dt.datetime(2018, 12, 6)], dtype=pl.Datetime("us")),  # noqa: DTZ001
            intensity_milli=pl.lit(-10_000_000, pl.Int64),
            n=pl.lit(1000, pl.Int64),
            lowest_milli=pl.lit(-10_000, pl.Int64),
        )
    )
    outputs = []
    for name, frame in (
        ("ends", events.filter(pl.col("occurred") <= day)),
        ("plain", events),
        ("wild", pl.concat([events, wild])),
    ):
        store = open_store(tmp_path / name)
        seen = days.filter(pl.col("day") <= frame["occurred"].max())
        ledger = Ledger(name, read=frame.height, kept=frame.height)
        part = Part(frame.select(EVENTS.names), seen.select(COVERAGE.names), ledger)
        store.append("planted", [part], path=name, identity=name, repeats=None)
        planted = detente.World(open_store(tmp_path / name, read_only=True), as_of=day)
        planted.__dict__["card"] = world.card
        pair = planted.pair("USA", "RUS")
        outputs.append(
            (_shown(pair.outlook()), pair.level().write_csv(), pair.moves().write_csv(), planted.watch().write_csv())
        )
    assert outputs[0] == outputs[1] == outputs[2]
