"""The chronology: known days, in our own words, each of which the figures show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl
import pytest

from detente.domain.tables import CHRONOLOGY, check_table
from detente.sample import load_chronology, sample_store_path
from detente.store import open_store

#: An event stands out when the highest daily sum of its dyad and direction, from the day before to two days after it,
#: is among the highest tenth of that dyad's days.
WINDOW = range(-1, 3)
SHARE = 0.1
DAYS = (dt.date(2019, 3, 25) - dt.date(2018, 1, 1)).days + 1

Sums = Mapping[tuple[str, str, str], dict[dt.date, int]]


@pytest.fixture(scope="module")
def sums() -> Sums:
    """Daily sums by dyad and direction; a covered day without a row has none."""
    cells = open_store(sample_store_path(), read_only=True).view().cells()
    days: dict[tuple[str, str, str], dict[dt.date, int]] = {}
    daily = cells.group_by("occurred", "actor", "recipient").agg(pl.col("cooperation_milli", "conflict_milli").sum())
    for day, actor, recipient, cooperation, conflict in daily.iter_rows():
        days.setdefault((actor, recipient, "cooperation"), {})[day] = cooperation
        days.setdefault((actor, recipient, "conflict"), {})[day] = conflict
    return days


def _rank(sums: Sums, day: dt.date, actor: str, recipient: str, direction: str) -> int | None:
    """How many days of the dyad pass the event's own; None where nothing happened around it."""
    daily = sums.get((actor, recipient, direction), {})
    best = max(daily.get(day + dt.timedelta(days=offset), 0) for offset in WINDOW)
    return sum(value > best for value in daily.values()) + 1 if best else None


def _ranks(sums: Sums) -> dict[str, int | None]:
    rows = load_chronology().iter_rows(named=True)
    return {
        f"{row['day']} {row['actor']}>{row['recipient']} {row['label']}": _rank(
            sums, row["day"], row["actor"], row["recipient"], row["direction"]
        )
        for row in rows
    }


def test_every_event_stands_out_in_the_figures(sums: Sums) -> None:
    """Each event's days are among the highest tenth of its dyad, on the side that it names."""
    lost = {event: rank for event, rank in _ranks(sums).items() if rank is None or rank > SHARE * DAYS}
    assert lost == {}


def test_most_events_are_among_the_ten_highest_days(sums: Sums) -> None:
    """Four in five lead their dyad's year, which chance would not bring about."""
    ranks = [rank for rank in _ranks(sums).values() if rank]
    assert sum(rank <= 10 for rank in ranks) >= 0.8 * len(ranks)


@pytest.mark.parametrize(
    ("day", "actor", "recipient", "direction"),
    [
        (dt.date(2018, 6, 9), "GBR", "RUS", "conflict"),
        (dt.date(2018, 8, 20), "IND", "PAK", "conflict"),
        (dt.date(2018, 3, 26), "USA", "RUS", "cooperation"),
        (dt.date(2018, 6, 9), "FRA", "ITA", "conflict"),
    ],
)
def test_the_rule_can_fail(sums: Sums, day: dt.date, actor: str, recipient: str, direction: str) -> None:
    """A quiet week does not stand out, nor does the other side of a hostile day."""
    rank = _rank(sums, day, actor, recipient, direction)
    assert rank is None or rank > SHARE * DAYS


def test_the_table_fits_its_schema_and_its_time() -> None:
    """Between 50 and 80 events of many pairs, in order of time, all in the sample's span."""
    table = check_table(load_chronology(), CHRONOLOGY)
    assert 50 <= table.height <= 80
    assert table.select("actor", "recipient").n_unique() > 30
    assert table["day"].is_sorted()
    assert table["day"].is_between(dt.date(2018, 1, 1), dt.date(2019, 3, 25)).all()


def test_no_event_is_told_twice() -> None:
    """A day, a dyad and a direction have one label."""
    assert not load_chronology().select("day", "actor", "recipient", "direction").is_duplicated().any()


def test_labels_are_short_and_texts_are_sentences() -> None:
    """A label has at most six words; a text is one sentence."""
    table = load_chronology()
    assert table["label"].str.split(" ").list.len().max() <= 6  # type: ignore[operator]
    assert table["text"].str.contains(r"^[A-Z].*[^.]\.$").all()
    assert not table["text"].str.contains(r"[.!?] [A-Z]").any()
