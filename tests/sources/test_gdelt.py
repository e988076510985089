"""GDELT exports: versions, clocks, and the known errors of the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rows import Whole, gdelt_row, read_whole, utc, write_lines

from detente.sources import ReadOptions, find_source
from detente.store import open_store


def _read(tmp_path: Path, *lines: str | bytes, name: str = "20180326044500.export.CSV") -> Whole:
    return read_whole("gdelt", write_lines(tmp_path / name, lines))


def test_a_row_of_the_second_version_becomes_an_event(tmp_path: Path) -> None:
    """Countries, roles, place, both clocks, id and address come from their columns; the intensity from the codebook."""
    event = _read(tmp_path, gdelt_row(7)).events.row(0, named=True)
    assert event == {
        "provider": "gdelt", "occurred": dt.date(2018, 3, 26), "known_at": utc("2018-03-26T04:45"),
        "actor": "RUS", "recipient": "UKR", "directed": True, "event_type": "THREATEN", "provider_code": "130", "n": 1,
        "intensity_milli": -4400, "lowest_milli": -4400, "actor_role": "executive", "recipient_role": "military",
        "actor_name": "RUSGOV", "recipient_name": "UKRMIL", "place": "UKR", "event_key": "7",
        "locator": "https://example.org/article", "line": 1, "coder": "GDELT", "confidence": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("width", "known", "locator"), [(57, "2018-03-20", None), (58, "2018-03-26", "https://example.org/article")]
)
def test_the_first_version_has_two_widths(tmp_path: Path, width: int, known: str, locator: str | None) -> None:
    """A daily file tells when it was added; a backfile tells neither that nor the address."""
    read = _read(tmp_path, gdelt_row(width=width, day="20180320"))
    assert str(read.events["known_at"][0].date()) == known
    assert read.events["locator"][0] == locator
    assert read.events["place"][0] == "UKR"
    assert read.ledger.notes["reconstructed_vintage"] == (width == 57)


def test_what_was_added_before_the_daily_files_is_a_reconstructed_vintage(tmp_path: Path) -> None:
    """A date of adding before April 2013 is no evidence of what was known."""
    read = _read(tmp_path, gdelt_row(width=58, day="19900802", added="20130203"))
    assert read.events["known_at"][0] == utc("1990-08-02")
    assert read.ledger.notes["reconstructed_vintage"] == 1


def test_the_year_1920_of_early_2020_is_repaired(tmp_path: Path) -> None:
    """1920-01-03 added on 2020-01-03 is 2020-01-03, also on a leap day; added at another time it fails."""
    read = _read(
        tmp_path,
        gdelt_row(1, day="19200103", added="20200103120000"),
        gdelt_row(2, day="19200103", added="20200303120000"),
    )
    assert read.events["occurred"].to_list() == [dt.date(2020, 1, 3)]
    assert read.ledger.notes == {"year_1920_repaired": 1}
    assert (read.failed, read.failure().line) == ({"date_out_of_range": 1}, 2)


def test_a_blank_day_of_adding_is_the_day_of_the_file(tmp_path: Path) -> None:
    """The name says it; without one the day of the event stands in, and is noted as such."""
    row = gdelt_row(width=58, day="20130831", added="")
    read = _read(tmp_path, row, name="20130901.export.CSV")
    assert read.events["known_at"][0] == utc("2013-09-01")
    assert read.ledger.notes == {"dateadded_from_file": 1}
    unnamed = _read(tmp_path, row, name="export.CSV")
    assert unnamed.events["known_at"][0] == utc("2013-08-31")
    assert unnamed.ledger.notes == {"reconstructed_vintage": 1}


def test_an_event_is_not_known_before_it_occurs(tmp_path: Path) -> None:
    """A day later than its report is known on that day; more than a day later the date is wrong."""
    read = _read(tmp_path, gdelt_row(1, day="20180327"), gdelt_row(2, day="20180401"))
    assert read.events["known_at"].to_list() == [utc("2018-03-27")]
    assert read.ledger.notes == {"known_before_occurred": 1}
    assert read.failed == {"date_out_of_range": 1}


@pytest.mark.parametrize("code", ["---", "--", "X", "", "  "])
def test_rows_without_an_event_code_are_left_out_by_name(tmp_path: Path, code: str) -> None:
    """They are counted, and they do not pass for cooperation."""
    assert _read(tmp_path, gdelt_row(event=code)).ledger.ignored == {"no_event_code": 1}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"event": "999"}, "unknown_event_code"),
        ({"country1": "QQQ"}, "unknown_country"),
        ({"country2": "QQQ"}, "unknown_country"),
        ({"day": "2018"}, "bad_date"),
        ({"day": ""}, "bad_date"),
        ({"day": "20180230"}, "bad_date"),
        ({"added": "yesterday"}, "bad_date"),
        ({"event_id": "x1"}, "bad_id"),
        ({"day": "19781231"}, "date_out_of_range"),
    ],
)
def test_what_cannot_be_understood_fails_with_its_reason(tmp_path: Path, wrong: dict[str, str], reason: str) -> None:
    """The row is listed with its line and how it begins; its neighbours are kept."""
    read = _read(tmp_path, gdelt_row(1), gdelt_row(2, **wrong), gdelt_row(3))
    assert read.failed == {reason: 1}
    assert read.failure().line == 2
    assert gdelt_row(2, **wrong).startswith(read.failure().excerpt)
    assert read.events["event_key"].to_list() == ["1", "3"]


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"country1": ""}, "no_country"),
        ({"country2": "EUR"}, "not_a_state"),
        ({"country2": "RUS"}, "domestic"),
    ],
)
def test_rows_that_are_not_between_two_states_are_left_out_by_name(
    tmp_path: Path, other: dict[str, str], rule: str
) -> None:
    """They count for coverage all the same: the provider was alive that day."""
    read = _read(tmp_path, gdelt_row(**other))
    assert read.ledger.ignored == {rule: 1}
    assert read.days["rows"].to_list() == [1]


def test_padding_is_taken_off(tmp_path: Path) -> None:
    """A padded code is the code, and a code of blanks is none."""
    read = _read(tmp_path, gdelt_row(code1="RUS  ", country1="RUS ", event=" 130", code2="   "))
    assert read.events.select("actor", "actor_name", "provider_code", "recipient_name").row(0) == (
        "RUS",
        "RUS",
        "130",
        None,
    )


def test_a_line_of_another_width_fails_alone(tmp_path: Path) -> None:
    """A short, a long and a first-version line in a file of the second version cost one row each."""
    short = gdelt_row(2).rsplit("\t", 5)[0]
    lines = [gdelt_row(1), short, gdelt_row(3) + "\tmore", gdelt_row(4, width=57), "", gdelt_row(5)]
    read = _read(tmp_path, *lines)
    assert read.failed == {"wrong_column_count": 3}
    assert [failure.line for failure in read.ledger.failures] == [2, 3, 4]
    assert read.events["line"].to_list() == [1, 6]
    assert read.ledger.read == 5


def test_a_latin_1_line_loses_nothing(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are replaced and noted, stray quotation marks are text."""
    bad = gdelt_row(2, code1='RUS"\xe9').encode("latin-1")
    read = _read(tmp_path, gdelt_row(1), bad, gdelt_row(3, code1="RUSÉ"))
    assert read.events["actor_name"].to_list() == ["RUSGOV", 'RUS"\ufffd', "RUSÉ"]
    assert read.ledger.notes == {"bad_bytes": 1}


def test_an_intensity_of_their_own_is_noted(tmp_path: Path) -> None:
    """The codebook's intensity stands on one scale for all providers; a difference is counted."""
    read = _read(tmp_path, gdelt_row(1, goldstein="-4.40"), gdelt_row(2, goldstein="3"), gdelt_row(3, goldstein=""))
    assert read.events["intensity_milli"].to_list() == [-4400] * 3
    assert read.ledger.notes == {"intensity_differs": 1}


@pytest.mark.parametrize("width", [57, 58, 61])
def test_an_event_in_another_division_is_no_re_emission(tmp_path: Path, width: int) -> None:
    """Alike but for the first division of the place: two events; alike in that, too: one, under another id."""
    rows = [gdelt_row(key, width=width, division=at) for key, at in enumerate(("UP12", "UP12", "UP13 ", "UP13"), 1)]
    parts = find_source("gdelt").read(write_lines(tmp_path / "20180326.export.CSV", rows), ReadOptions())
    store = open_store(tmp_path / "store")
    receipt = store.append("gdelt", parts, path="a", identity="a", repeats=find_source("gdelt").repeats)
    assert receipt.ledger.ignored == {"re_emission_adm1": 2}
    assert store.view().events()["event_key"].to_list() == ["1", "3"]


def test_days_are_counted_by_when_they_were_known(tmp_path: Path) -> None:
    """Two slots that report one day are two rows of coverage."""
    read = _read(tmp_path, gdelt_row(1), gdelt_row(2), gdelt_row(3, added="20180326050000"))
    assert read.days.select("rows", "known_at").rows() == [
        (2, utc("2018-03-26T04:45")),
        (1, utc("2018-03-26T05:00")),
    ]


def test_more_failures_than_are_listed_are_all_counted(tmp_path: Path) -> None:
    """The list of failures ends, the count does not."""
    read = _read(tmp_path, gdelt_row(0), *(gdelt_row(key, event="999") for key in range(1500)))
    assert read.failed == {"unknown_event_code": 1500}
    assert len(read.ledger.failures) == 1000


@pytest.mark.parametrize(
    ("name", "read", "kept"),
    [
        ("20180326044500.export.CSV.gz", 1540, 214),
        ("gdelt1_export_20160728_710rows.CSV.gz", 710, 125),
        ("gdelt1_export_sample.CSV.gz", 100, 19),
        ("gdelt2_export_sample.CSV.gz", 100, 13),
        ("gdelt2_translation_export_sample.CSV.gz", 100, 13),
    ],
)
def test_original_exports_are_read_whole(reference_data: Path, name: str, read: int, kept: int) -> None:
    """Every row of an original is accounted for, and next to none fails."""
    whole = read_whole("gdelt", reference_data / "events" / "gdelt" / "original" / name)
    assert whole.ledger.read == read
    assert whole.ledger.kept in range(kept, kept + 3)
    assert sum(whole.failed.values()) <= 2


def test_other_gdelt_files_are_refused(reference_data: Path) -> None:
    """Mentions and the knowledge graph are no event exports."""
    from detente.errors import SourceError

    for name in ("gdelt2_mentions_sample.CSV.gz", "gdelt2_gkg_sample.csv.gz", "gdelt1_gkgcounts_sample.csv.gz"):
        with pytest.raises(SourceError, match="not a text table of that form"):
            read_whole("gdelt", reference_data / "events" / "gdelt" / "original" / name)
