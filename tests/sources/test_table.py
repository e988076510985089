"""Tables of one's own: columns, values, gaps."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import Whole, read_whole, utc, write_lines

from detente.errors import ConfigError, SourceError
from detente.sources import ReadOptions


def _read(tmp_path: Path, *lines: str, options: ReadOptions | None = None) -> Whole:
    return read_whole("table", write_lines(tmp_path / "mine.csv", lines), options)


def test_a_row_with_every_column_becomes_an_event(tmp_path: Path) -> None:
    """Count times intensity is the row's sum; roles, place, address and both clocks are taken over."""
    event = _read(
        tmp_path,
        "date,actor,recipient,event_type,cameo,intensity,count,role,recipient_role,place,url,known_at",
        "2024-01-01,fra,DEU,consult,040,1.5,3,Executive,military,BEL,https://example.org,2024-01-02T01:00:00+02:00",
        "2024-01-02,FRA,DEU,,,1,1,king,,XXX,,2024-01-01",
    )
    first, second = event.events.rows(named=True)
    assert first == {
        "provider": "table", "occurred": dt.date(2024, 1, 1), "known_at": utc("2024-01-01T23:00"),
        "actor": "FRA", "recipient": "DEU", "directed": True, "event_type": "CONSULT", "provider_code": "040", "n": 3,
        "intensity_milli": 4500, "lowest_milli": 1500, "actor_role": "executive", "recipient_role": "military",
        "actor_name": None, "recipient_name": None, "place": "BEL", "event_key": None,
        "locator": "https://example.org", "line": 2, "coder": "as given", "confidence": None,
    }  # fmt: skip
    assert (second["actor_role"], second["place"]) == (None, None)
    assert second["known_at"] == utc("2024-01-02")
    assert event.ledger.notes == {"unknown_role": 1, "unknown_place": 1, "known_before_occurred": 1}


def test_without_intensities_the_codebook_speaks(tmp_path: Path) -> None:
    """A code has its intensity; a type has a typical one; the lowest event is known."""
    from detente.codebook import intensity_milli_of_type

    read = _read(
        tmp_path,
        "date,actor,recipient,event_type,cameo,count",
        "2024-01-01,FRA,DEU,,190,2",
        "2024-01-01,FRA,DEU,AID,,1",
    )
    assert read.events["event_type"].to_list() == ["ASSAULT", "AID"]
    assert read.events["intensity_milli"].to_list() == [-20000, intensity_milli_of_type("AID")]
    assert read.events["lowest_milli"].to_list() == [-10000, intensity_milli_of_type("AID")]


@pytest.mark.parametrize(
    ("value", "count", "total", "lowest"),
    [
        ("3.4", "1", 3400, 3400),
        ("-2.0015", "1", -2002, -2002),
        ("2.0005", "1", 2000, 2000),
        ("0.0005", "3", 2, None),
        ("1e1", "1", 10000, 10000),
        ("69.873", "1", 69873, None),
        ("0", "1", 0, 0),
    ],
)
def test_sums_are_exact_in_thousandths(tmp_path: Path, value: str, count: str, total: int, lowest: int | None) -> None:
    """Halves are rounded to even, once; a mean of several events or a daily sum tells no lowest event."""
    read = _read(tmp_path, "date,actor,recipient,intensity,count", f"2024-01-01,FRA,DEU,{value},{count}")
    event = read.events.row(0, named=True)
    assert (event["intensity_milli"], event["lowest_milli"]) == (total, lowest)
    assert read.ledger.notes["beyond_goldstein_range"] == (abs(float(value)) > 10)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-01,FRA,DEU,,1", "no_value"),
        ("2024-01-01,FRA,DEU,NA,1", "no_value"),
        ("2024-01-01,FRA,DEU,much,1", "bad_value"),
        ("2024-01-01,FRA,DEU,inf,1", "bad_value"),
        ("2024-01-01,FRA,DEU,1e12,1", "bad_value"),
        ("2024-01-01,FRA,DEU,1,", "bad_count"),
        ("2024-01-01,FRA,DEU,1,-1", "bad_count"),
        ("2024-01-01,FRA,DEU,1,1.5", "bad_count"),
        ("1.1.2024,FRA,DEU,1,1", "bad_date"),
        ("2024-02-30,FRA,DEU,1,1", "bad_date"),
        (",FRA,DEU,1,1", "bad_date"),
        ("2024-01-01,FR,DEU,1,1", "unknown_country"),
        ("2024-01-01,FRA,DEU,1", "wrong_column_count"),
        ('2024-01-01,FRA,DEU,"1,1', "unbalanced_quote"),
    ],
)
def test_what_cannot_be_understood_fails_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    """A missing value is a failure and never a zero; the neighbours are kept."""
    good = "2024-01-01,FRA,DEU,1,1"
    read = _read(tmp_path, "date,actor,recipient,intensity,count", good, row, '2024-01-01,"FRA",DEU,1,1')
    assert (read.failed, read.failure().line, read.ledger.kept) == ({reason: 1}, 3, 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-01,FRA,DEU,HUG,,", "unknown_event_type"),
        ("2024-01-01,FRA,DEU,,999,", "unknown_event_code"),
        ("2024-01-01,FRA,DEU,AID,,yesterday", "bad_known_at"),
    ],
)
def test_types_codes_and_clocks_fail_by_name(tmp_path: Path, row: str, reason: str) -> None:
    """Nothing is guessed for a type, a code or a time that does not exist."""
    read = _read(tmp_path, "date,actor,recipient,event_type,cameo,known_at", row, "2024-01-01,FRA,DEU,AID,,")
    assert read.failed == {reason: 1}


def test_rows_left_out_are_left_out_by_name(tmp_path: Path) -> None:
    """Domestic rows, rows without an end, without an event, or of no events at all."""
    read = _read(
        tmp_path,
        "date,actor,recipient,cameo,count",
        "2024-01-01,FRA,FRA,040,1",
        "2024-01-01,FRA,,040,1",
        "2024-01-01,FRA,DEU,---,1",
        "2024-01-01,FRA,DEU,040,0",
        "2024-01-01,FRA,DEU,040,1",
    )
    assert read.ledger.ignored == {"domestic": 1, "no_country": 1, "no_event_code": 1, "zero_count": 1}


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found_and_quotes_are_understood(tmp_path: Path, separator: str) -> None:
    """A quoted field may hold the separator and doubled marks; another line's stray mark does not reach it."""
    names = separator.join(("date", "actor", "recipient", "intensity", "url"))
    url = f'"a{separator}""b"""'
    rows = [
        separator.join(("2024-01-01", "FRA", "DEU", "1", url)),
        separator.join(("2024-01-01", "FRA", "DEU", "2", '"open')),
        separator.join(("2024-01-01", "FRA", "DEU", "3", "\xe9")),
    ]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join((names, *rows)).encode("latin-1"))
    read = read_whole("table", path)
    assert read.events["locator"].to_list() == [f'a{separator}"b"', "\ufffd"]
    assert read.failed == {"unbalanced_quote": 1}
    assert read.ledger.notes["bad_bytes"] == 1


def test_other_names_are_mapped_and_the_provider_is_named(tmp_path: Path) -> None:
    """Ours come first in the map."""
    options = ReadOptions(map={"date": "day", "actor": "a", "recipient": "b", "intensity": "score"}, name="mine")
    read = _read(tmp_path, "day,a,b,score", "2024-01-01,FRA,DEU,1", options=options)
    assert read.events["provider"].to_list() == ["mine"]
    assert read.days["provider"].to_list() == ["mine"]


def test_missing_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    """The message says what is needed, what is there, and how to map it."""
    with pytest.raises(
        SourceError, match=r"lacks one of event_type, cameo, quad, intensity.*date, actor, recipient, score"
    ):
        _read(tmp_path, "date,actor,recipient,score", "2024-01-01,FRA,DEU,1")
    with pytest.raises(SourceError, match=r"lacks actor; recipient.*--map actor="):
        _read(tmp_path, "date,a,b,intensity", "2024-01-01,FRA,DEU,1")
    with pytest.raises(SourceError, match=r"points \(for intensity\)"):
        _read(tmp_path, "date,actor,recipient,cameo", "x", options=ReadOptions(map={"intensity": "points"}))
    with pytest.raises(SourceError, match="first line is no header"):
        _read(tmp_path, "", "2024-01-01,FRA,DEU,1")
    with pytest.raises(ConfigError, match="'source' was mapped"):
        _read(tmp_path, "x", options=ReadOptions(map={"source": "a"}))


@pytest.mark.parametrize(
    ("actor", "words"),
    [("US", "ISO 3166 alpha-2"), ("2", "Correlates of War"), ("Germany", "country names"), ("??", "No family")],
)
def test_codes_of_another_family_are_refused_by_its_name(tmp_path: Path, actor: str, words: str) -> None:
    """Where no row holds a state the file is refused, and the likely family is named."""
    with pytest.raises(SourceError, match=words):
        _read(tmp_path, "date,actor,recipient,intensity", f"2024-01-01,{actor},RUS,1")


def test_undirected_rows_stand_in_alphabetical_order(tmp_path: Path) -> None:
    """Both ends are sorted, and their roles with them."""
    read = _read(
        tmp_path,
        "date,actor,recipient,intensity,role,recipient_role",
        "2024-01-01,USA,RUS,1,military,executive",
        "2024-01-01,RUS,USA,1,military,executive",
        options=ReadOptions(undirected=True),
    )
    assert read.events.select("actor", "recipient", "directed", "actor_role").rows() == [
        ("RUS", "USA", False, "executive"),
        ("RUS", "USA", False, "military"),
    ]


def _days(read: Whole) -> list[tuple[int, str]]:
    assert read.days["day"].to_list() == sorted(set(read.days["day"].to_list()))
    return read.days.select("rows", "status").rows()


TABLE = ("date,actor,recipient,intensity", "2024-01-01,FRA,DEU,1", "2024-01-02,FRA,FRA,1", "2024-01-05,FRA,DEU,1")


def test_quiet_days_are_covered_and_gaps_are_not(tmp_path: Path) -> None:
    """Every day from the first row to the last counts as covered, but for the gaps that the owner names."""
    assert _days(_read(tmp_path, *TABLE)) == [
        (1, "present"),
        (1, "present"),
        (0, "present"),
        (0, "present"),
        (1, "present"),
    ]
    listed = tmp_path / "gaps.txt"
    listed.write_text("2024-01-03\n\n2024-01-04\n")
    for gaps in (("empty",), ("2024-01-03..2024-01-04",), ("2024-01-03", "2024-01-04"), (f"@{listed}",)):
        read = _read(tmp_path, *TABLE, options=ReadOptions(gaps=gaps))
        assert _days(read) == [(1, "present"), (1, "present"), (0, "absent"), (0, "absent"), (1, "present")]
        assert read.events.height == 2


def test_a_row_on_a_gap_day_is_kept_and_noted(tmp_path: Path) -> None:
    """What the owner says of the day stands."""
    read = _read(tmp_path, *TABLE, options=ReadOptions(gaps=("2024-01-01",)))
    assert _days(read)[0] == (1, "absent")
    assert read.ledger.notes["row_on_a_gap_day"] == 1


@pytest.mark.parametrize("gap", ["soon", "2024-01-04..2024-01-03", "2024-01-04..", "@no-such-file", ""])
def test_gaps_that_make_no_sense_are_refused(tmp_path: Path, gap: str) -> None:
    """A word, a range that runs backwards or is open, a file that is not there."""
    with pytest.raises(ConfigError):
        _read(tmp_path, *TABLE, options=ReadOptions(gaps=(gap,)))


def test_parquet_of_any_types_is_read(tmp_path: Path) -> None:
    """Dates and times, categories, small floats and not-a-number mean what they mean as text."""
    frame = pl.DataFrame(
        {
            "date": [utc("2024-01-01T12:00"), utc("2024-01-02")],
            "actor": pl.Series(["FRA", "FRA"], dtype=pl.Categorical),
            "recipient": ["DEU", "DEU"],
            "intensity": pl.Series([69.873, float("nan")], dtype=pl.Float32),
            "known_at": pl.Series([utc("2024-01-02"), None]).dt.replace_time_zone("Europe/Paris"),
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    read = read_whole("table", tmp_path / "a.parquet")
    assert read.events["intensity_milli"].to_list() == [69873]
    assert read.events["known_at"].to_list() == [utc("2024-01-01T23:00")]
    assert read.failed == {"no_value": 1}
    assert "intensity=nan" in read.failure().excerpt


def test_days_as_dates_are_read_from_parquet(tmp_path: Path) -> None:
    """A date is a day, and an empty table has no days at all."""
    frame = pl.DataFrame({"date": [dt.date(2024, 1, 1)], "actor": "FRA", "recipient": "DEU", "intensity": [1]})
    frame.write_parquet(tmp_path / "a.parquet")
    assert read_whole("table", tmp_path / "a.parquet").events["occurred"].to_list() == [dt.date(2024, 1, 1)]
    frame.clear().write_parquet(tmp_path / "b.parquet")
    empty = read_whole("table", tmp_path / "b.parquet")
    assert (empty.ledger.read, empty.days.height) == (0, 0)


def test_codes_that_lost_their_zeros_are_refused(tmp_path: Path) -> None:
    """The number 10 may have been 010."""
    frame = pl.DataFrame({"date": ["2024-01-01"], "actor": "FRA", "recipient": "DEU", "cameo": [10]})
    frame.write_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="010 and 10 cannot be told apart"):
        read_whole("table", tmp_path / "a.parquet")


@given(values=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=20), count=st.integers(1, 9))
def test_no_thousandth_is_lost(tmp_path_factory: pytest.TempPathFactory, values: list[int], count: int) -> None:
    """Any value with three decimals, times its count, comes out exactly."""
    path = tmp_path_factory.mktemp("table") / "a.csv.gz"
    rows = "".join(f"2024-01-01,FRA,DEU,{value / 1000:.3f},{count}\n" for value in values)
    path.write_bytes(gzip.compress(f"date,actor,recipient,intensity,count\n{rows}".encode()))
    assert read_whole("table", path).events["intensity_milli"].to_list() == [value * count for value in values]


def test_a_score_of_every_pair_and_day_is_read_in_bounded_parts(reference_data: Path) -> None:
    """1.87 million daily scores: all kept but the domestic ones, in parts of at most 250,000 rows."""
    path = reference_data / "events" / "gdelt" / "gdelt_dyad_day_score_2018_2021.parquet"
    mapped = {"actor": "iso3_a", "recipient": "iso3_b", "intensity": "score"}
    read = read_whole("table", path, ReadOptions(map=mapped, undirected=True, name="gdelt-score"))
    assert read.ledger.read == 1_874_053
    assert read.ledger.kept + read.ledger.ignored["domestic"] == read.ledger.read
    assert read.parts >= 8
    assert read.events.select((pl.col("actor") < pl.col("recipient")).all()).item()
    scores = pl.scan_parquet(path).filter(pl.col("iso3_a").cast(pl.String) != pl.col("iso3_b").cast(pl.String))
    total = scores.select(pl.col("score").cast(pl.Float64).sum()).collect().item()
    assert read.events["intensity_milli"].sum() / 1000 == pytest.approx(total, abs=20)
    assert read.days.height == 1461


def test_counts_by_quad_take_the_quads_intensity(tmp_path: Path) -> None:
    """A quad, in any usual spelling, stands for its typical intensity, without a type; an unknown one fails by name."""
    from detente.codebook import intensity_milli_of_quad

    table = _read(
        tmp_path,
        "date,actor,recipient,quad,count",
        "2004-12-31,FRA,DEU,verbal_cooperation,90",
        "2004-12-31,FRA,DEU,Material Conflict,2",
        "2004-12-31,FRA,DEU,love,2",
    )
    sums = {row["n"]: row["intensity_milli"] for row in table.events.rows(named=True)}
    wanted = {
        90: 90 * intensity_milli_of_quad("verbal cooperation"),
        2: 2 * intensity_milli_of_quad("material conflict"),
    }
    assert sums == wanted
    assert wanted[2] < 0 < wanted[90]
    assert table.events["event_type"].null_count() == 2
    assert table.ledger.failed == {"unknown_quad": 1}
