"""ICEWS: the three forms of its files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from rows import ICEWS_HEADER, Whole, icews_row, read_whole, utc, write_lines

from detente.errors import SourceError


def _read(tmp_path: Path, *lines: str | bytes, name: str = "20180717-icews-events.tab") -> Whole:
    return read_whole("icews", write_lines(tmp_path / name, [ICEWS_HEADER, *lines]))


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    """Countries are found by name, roles from sectors, the second clock from the file's name."""
    event = _read(tmp_path, icews_row(5)).events.row(0, named=True)
    assert event == {
        "provider": "icews", "occurred": dt.date(2018, 7, 16), "known_at": utc("2018-07-17"),
        "actor": "USA", "recipient": "RUS", "directed": True, "event_type": "CONSULT", "provider_code": "040", "n": 1,
        "intensity_milli": 1000, "lowest_milli": 1000, "actor_role": "executive", "recipient_role": "military",
        "actor_name": "Donald Trump", "recipient_name": "Vladimir Putin", "place": "FIN", "event_key": "5/2018-07-16",
        "locator": "story 77 sentence 3", "line": 2, "coder": "BBN ACCENT", "confidence": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["Events.2018.20200602.tab", "20180701-icews-events.tab", "20189999-x.tab"])
def test_a_file_that_cannot_tell_when_it_was_published(tmp_path: Path, name: str) -> None:
    """Without a day in its name, or with one before the event, the event's day stands in and is noted."""
    read = _read(tmp_path, icews_row(), name=name)
    assert read.events["known_at"][0] == utc("2018-07-16")
    assert read.ledger.notes == {"reconstructed_vintage": 1}


def test_american_dates_are_read(tmp_path: Path) -> None:
    """The file of 2017 writes month/day/year."""
    assert _read(tmp_path, icews_row(Event_Date="7/6/2018")).events["occurred"][0] == dt.date(2018, 7, 6)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"CAMEO_Code": "13y"}, "unknown_event_code"),
        ({"Source_Country": "Ruritania"}, "unknown_country"),
        ({"Event_Date": "16th of July"}, "bad_date"),
        ({"Event_Date": "1920-01-03"}, "date_out_of_range"),
        ({"Event_Date": "2031-01-03"}, "date_out_of_range"),
    ],
)
def test_what_cannot_be_understood_fails_with_its_reason(tmp_path: Path, wrong: dict[str, str], reason: str) -> None:
    """Its line is counted with the header; its neighbours are kept."""
    read = _read(tmp_path, icews_row(1), icews_row(2, **wrong), icews_row(3))
    assert (read.failed, read.failure().line, read.ledger.kept) == ({reason: 1}, 3, 2)


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"Target_Country": ""}, "no_country"),
        ({"Source_Country": "NA"}, "no_country"),
        ({"Target_Country": "United States"}, "domestic"),
        ({"CAMEO_Code": "---"}, "no_event_code"),
        ({"CAMEO_Code": ""}, "no_event_code"),
    ],
)
def test_rows_left_out_are_left_out_by_name(tmp_path: Path, other: dict[str, str], rule: str) -> None:
    """An empty field and ``NA`` are no country; the day counts as covered all the same."""
    read = _read(tmp_path, icews_row(**other))
    assert (read.ledger.ignored, read.days["rows"].to_list()) == ({rule: 1}, [1])


@pytest.mark.parametrize(
    ("name", "day", "role"),
    [
        ("Imran Khan", "2018-08-17", "opposition"),
        ("Imran Khan", "2018-08-18", "executive"),
        ("Rex Tillerson", "2018-04-01", None),
        ("Police (Russia)", "2018-07-16", "executive"),
        ("Somebody Else", "2018-07-16", "armed group"),
    ],
)
def test_an_office_counts_before_a_name_and_a_name_before_sectors(
    tmp_path: Path, name: str, day: str, role: str | None
) -> None:
    """Sectors that call a prime minister a rebel are not believed; where nothing else is known they are."""
    row = icews_row(Event_Date=day, Source_Name=name, Source_Sectors="Radicals / Extremists / Fundamentalists")
    assert _read(tmp_path, icews_row(2), row, name="x.tab").events["actor_role"].to_list() == ["executive", role]


def test_nothing_is_made_of_missing_values(tmp_path: Path) -> None:
    """``NA`` in sectors, story and place is null."""
    read = _read(tmp_path, icews_row(Source_Sectors="NA", Story_ID="NA", Country="NA"))
    assert read.events.select("actor_role", "locator", "place").row(0) == (None, None, None)


def test_a_statement_has_an_intensity_and_no_type(tmp_path: Path) -> None:
    """CAMEO 01x are kept with CAMEO's intensity."""
    event = _read(tmp_path, icews_row(CAMEO_Code="012", Intensity="-0.4")).events.row(0, named=True)
    assert (event["event_type"], event["intensity_milli"]) == (None, -400)


def test_another_width_and_other_bytes(tmp_path: Path) -> None:
    """A short line fails alone; a latin-1 line is kept with a note."""
    latin = icews_row(3, Source_Name="Jos\xe9").encode("latin-1")
    read = _read(tmp_path, icews_row(1), "1\t2018-07-16\tcut", latin, "", icews_row(4))
    assert (read.failed, read.failure().line) == ({"wrong_column_count": 1}, 3)
    assert read.events["actor_name"].to_list()[1] == "Jos\ufffd"
    assert read.ledger.notes == {"bad_bytes": 1}
    assert read.events["line"].to_list() == [2, 4, 6]


def test_columns_are_found_by_their_header(tmp_path: Path) -> None:
    """Columns in another order are read by name; a header with other names is refused; no header is no harm."""
    names = ICEWS_HEADER.split("\t")
    order = [0, *range(19, 0, -1)]
    lines = [[names[at] for at in order], [icews_row().split("\t")[at] for at in order]]
    turned = write_lines(tmp_path / "20180717-a.tab", ["\t".join(line) for line in lines])
    wanted = _read(tmp_path, icews_row()).events
    assert read_whole("icews", turned).events.equals(wanted)
    bare = read_whole("icews", write_lines(tmp_path / "20180717-b.tab", [icews_row()]))
    assert bare.events.drop("line").equals(wanted.drop("line"))
    other = write_lines(tmp_path / "c.tab", [ICEWS_HEADER.replace("Intensity", "Score"), icews_row()])
    with pytest.raises(SourceError, match="Intensity"):
        read_whole("icews", other)


def test_a_file_of_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    """It is no error: a day without events."""
    assert _read(tmp_path).ledger.read == 0


def test_raw_rows_as_parquet_give_the_same_events(tmp_path: Path) -> None:
    """The column ``file`` stands for the file's name."""
    names = [name.lower().replace(" ", "_") for name in ICEWS_HEADER.split("\t")]
    values = dict(zip(names, icews_row(5).split("\t"), strict=True)) | {"file": "20180717-icews-events.tab"}
    frame = pl.DataFrame([values]).with_columns(pl.col("event_date").str.to_date(), pl.col("event_id").cast(pl.Int64))
    frame.write_parquet(tmp_path / "raw.parquet")
    read = read_whole("icews", tmp_path / "raw.parquet")
    assert read.events.drop("line").equals(_read(tmp_path, icews_row(5)).events.drop("line"))


def test_the_set_without_repeats_has_states_already(tmp_path: Path) -> None:
    """Its ISO codes are taken as they are; a name without one is no country, an odd one fails with its row."""
    rows = [("USA", "RUS"), ("USA", None), ("USA", "Q9Q")]
    frame = pl.DataFrame(
        {
            "date": [utc("2018-01-01")] * 3,
            "source": ["A"] * 3,
            "relation": ["Consult"] * 3,
            "target": ["B"] * 3,
            "cameo_code": ["040"] * 3,
            "source_iso3": [actor for actor, _ in rows],
            "target_iso3": [recipient for _, recipient in rows],
        }
    )
    frame.write_parquet(tmp_path / "distinct.parquet")
    read = read_whole("icews", tmp_path / "distinct.parquet")
    assert (read.ledger.kept, read.ledger.ignored, read.failed) == (1, {"no_country": 1}, {"unknown_country": 1})
    assert read.events.select("event_key", "locator", "place", "actor_role").row(0) == (None,) * 4
    assert "target_iso3=Q9Q" in read.failure().excerpt


def test_parquet_of_other_columns_and_damaged_parquet_are_refused(tmp_path: Path) -> None:
    """The message names the columns that are there."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(SourceError, match="other columns: a"):
        read_whole("icews", path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match="damaged Parquet"):
        read_whole("icews", path)


@pytest.mark.parametrize(
    ("name", "read", "kept"),
    [
        ("original/20181023-icews-events.tab.gz", 2373, 1068),
        ("original/20190202-icews-events.tab.gz", 1104, 289),
        ("original/events.2018.sample.tab.gz", 3705, 1741),
        ("icews_raw_201810_201903.parquet", 325_691, 133_700),
        ("icews18.parquet", 468_558, 184_895),
    ],
)
def test_originals_are_read_whole(reference_data: Path, name: str, read: int, kept: int) -> None:
    """No row of an original fails."""
    whole = read_whole("icews", reference_data / "events" / "icews" / name)
    assert (whole.ledger.read, whole.ledger.kept, whole.failed) == (read, kept, {})
