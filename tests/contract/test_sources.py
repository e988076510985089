"""What every source must satisfy, whoever publishes it."""

from __future__ import annotations

import dataclasses
import gzip
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sources"))

from rows import (
    ICEWS_HEADER,
    POLECAT_HEADER,
    gdelt_row,
    icews_row,
    keds_row,
    polecat_row,
    read_whole,
    write_lines,
)

from detente.domain.tables import EVENTS
from detente.errors import ConfigError, DataError
from detente.sources import SOURCES, ReadOptions, find_source
from detente.sources.cards import COVERAGE_RULES, Card, load_card, parse_card

#: A small file of each source: its name, its header, and rows good and bad.
SAMPLES: dict[str, tuple[str, list[str], list[str]]] = {
    "icews": (
        "20180717-icews-events.tab",
        [ICEWS_HEADER],
        [icews_row(1), icews_row(2, Source_Country=""), icews_row(3, CAMEO_Code="99"), "cut\tshort", icews_row(4)],
    ),
    "gdelt": (
        "20180326044500.export.CSV",
        [],
        [gdelt_row(1), gdelt_row(2, country1=""), gdelt_row(3, event="99"), "cut\tshort", gdelt_row(4)],
    ),
    "polecat": (
        "ngecEvents.DV.2023.txt",
        [POLECAT_HEADER],
        [
            polecat_row(1),
            polecat_row(2, Actor_Country="None"),
            polecat_row(3, Event_Type="SING"),
            "cut\tshort",
            polecat_row(4),
        ],
    ),
    "keds": (
        "Levant.dat",
        [],
        [keds_row(), keds_row(actor="UNO"), keds_row(code="999"), "cut\tshort", keds_row("790416")],
    ),
    "table": (
        "mine.csv",
        ["date,actor,recipient,intensity"],
        ["2024-01-01,FRA,DEU,1", "2024-01-01,FRA,FRA,1", "2024-01-01,FRA,DEU,x", "cut,short", "2024-01-03,FRA,DEU,2"],
    ),
}
EVERY = pytest.mark.parametrize("name", sorted(SOURCES))


def _sample(name: str, folder: Path) -> Path:
    file, header, rows = SAMPLES[name]
    return write_lines(folder / file, header + rows)


def test_every_source_has_a_sample_here() -> None:
    """A new source brings its rows to this contract."""
    assert set(SAMPLES) == set(SOURCES)


@EVERY
def test_every_row_is_accounted_for(tmp_path: Path, name: str) -> None:
    """Five rows: two kept, one left out by a rule, two failed, each with its line."""
    read = read_whole(name, _sample(name, tmp_path))
    header = len(SAMPLES[name][1])
    assert (read.ledger.read, read.ledger.kept, sum(read.ledger.ignored.values())) == (5, 2, 1)
    assert sum(read.failed.values()) == 2
    assert sorted(failure.line for failure in read.ledger.failures) == [3 + header, 4 + header]
    assert read.events["line"].to_list() == [1 + header, 5 + header]
    assert read.ledger.path == str(tmp_path / SAMPLES[name][0])


@EVERY
@pytest.mark.parametrize("form", ["gz", "zip", "crlf", "no last end"])
def test_the_same_file_in_another_form_gives_the_same(tmp_path: Path, name: str, form: str) -> None:
    """Compression and line ends change nothing."""
    plain = _sample(name, tmp_path)
    wanted = read_whole(name, plain)
    other = tmp_path / "other" / plain.name
    other.parent.mkdir()
    if form == "gz":
        other = other.with_name(f"{plain.name}.gz")
        other.write_bytes(gzip.compress(plain.read_bytes()))
    elif form == "zip":
        other = other.with_name(f"{plain.name}.zip")
        with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(plain, plain.name)
    elif form == "crlf":
        other.write_bytes(plain.read_bytes().replace(b"\n", b"\r\n"))
    else:
        other.write_bytes(plain.read_bytes().removesuffix(b"\n"))
    read = read_whole(name, other)
    assert read.events.equals(wanted.events)
    assert read.days.equals(wanted.days)
    assert dataclasses.replace(read.ledger, path="") == dataclasses.replace(wanted.ledger, path="")


@EVERY
def test_blank_lines_are_no_rows(tmp_path: Path, name: str) -> None:
    """They are not counted, and they do not shift line numbers."""
    file, header, rows = SAMPLES[name]
    path = write_lines(tmp_path / file, [*header, "", rows[0], "", "", rows[4], ""])
    read = read_whole(name, path)
    assert (read.ledger.read, read.ledger.kept) == (2, 2)
    assert read.events["line"].to_list() == [2 + len(header), 5 + len(header)]


@EVERY
def test_where_blocks_are_cut_changes_nothing(tmp_path: Path, name: str) -> None:
    """In small blocks or in one, the same events, days and account come out."""
    path = _sample(name, tmp_path)
    size = path.stat().st_size
    whole = read_whole(name, path)
    for block_bytes in (size // 2 + 1, size // 3 + 1, len(SAMPLES[name][2][0]) + 5):
        read = read_whole(name, path, block_bytes=block_bytes)
        assert read.parts > whole.parts
        assert read.events.equals(whole.events)
        assert read.ledger == whole.ledger
        assert read.days["rows"].sum() == whole.days["rows"].sum()


@EVERY
def test_the_order_of_rows_changes_only_their_lines(tmp_path: Path, name: str) -> None:
    """Turned around, a file holds the same events."""
    file, header, rows = SAMPLES[name]
    turned = read_whole(name, write_lines(tmp_path / file, header + rows[::-1]))
    straight = read_whole(name, _sample(name, tmp_path))
    assert turned.events.drop("line").reverse().equals(straight.events.drop("line"))
    assert turned.ledger.ignored == straight.ledger.ignored
    assert turned.failed == straight.failed
    assert turned.days.equals(straight.days)


@EVERY
def test_nothing_is_known_before_it_occurs(tmp_path: Path, name: str) -> None:
    """The second clock never runs ahead of the first."""
    events = read_whole(name, _sample(name, tmp_path)).events
    assert (events["known_at"].dt.date() >= events["occurred"]).all()


@EVERY
def test_days_count_all_readable_rows(tmp_path: Path, name: str) -> None:
    """Rows left out by a rule show that the provider was alive; failed ones show nothing."""
    read = read_whole(name, _sample(name, tmp_path))
    assert read.days["rows"].sum() == 3
    assert set(read.days["status"]) == {"present"}


@EVERY
def test_every_card_says_everything(name: str) -> None:
    """No field is left blank, the rules are known ones, and fields are columns of events."""
    card = SOURCES[name].card
    assert card.name == name
    may_be_none = {"doi", "not_states"}
    for field in dataclasses.fields(Card):
        assert getattr(card, field.name) or field.name in may_be_none, field.name
    assert card.coverage_rule in COVERAGE_RULES
    assert set(card.fields) <= set(EVENTS.names)
    assert card.expected.unit in {"rows per day", "rows per file"}
    assert card.expected.max is None or card.expected.min < card.expected.max
    assert "http" not in str(card.as_dict())
    assert card.as_dict().keys() == {field.name for field in dataclasses.fields(Card)}


@EVERY
def test_rules_for_repeats_name_columns_of_events(name: str) -> None:
    """What makes rows repeats of one another can be looked up in the table, or beside it."""
    repeats = SOURCES[name].repeats
    assert repeats is None or set(repeats.columns) <= {*EVENTS.names, "alike"}
    assert repeats is None or repeats.rule in SOURCES[name].card.repeats


def test_a_source_is_found_by_its_name() -> None:
    """An unknown name is refused with those that there are."""
    assert find_source("icews") is SOURCES["icews"]
    with pytest.raises(ConfigError, match="Use one of icews, gdelt, polecat, keds, table"):
        find_source("icew")


def test_a_card_with_a_field_too_few_or_another_rule_is_refused() -> None:
    """Cards are checked when they are read."""
    raw = load_card("table").as_dict()
    with pytest.raises(DataError, match="licence"):
        parse_card({key: value for key, value in raw.items() if key != "licence"}, "x")
    with pytest.raises(DataError, match="coverage rule 'never'"):
        parse_card(raw | {"coverage_rule": "never"}, "x")


def test_reading_options_default_to_nothing() -> None:
    """Options that say nothing pass everywhere."""
    ReadOptions().check_none("icews")
