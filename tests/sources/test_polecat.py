"""POLECAT files: PLOVER as it stands, both clocks, and the known faults of the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rows import POLECAT_HEADER, polecat_row, read_whole, write_lines

from detente.errors import SourceError

YEAR = "ngecEvents.DV.2023.txt"
RELEASE = "ngecEvents.20230801084333.Release632.DV.txt"


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    """Type, mode, intensity of its own in thousandths, roles by sector, place, and who published the story."""
    event = read_whole("polecat", write_lines(tmp_path / YEAR, [POLECAT_HEADER, polecat_row()])).events.row(
        0, named=True
    )
    wanted = {
        "occurred": dt.date(2023, 7, 26), "known_at": dt.datetime(2023, 7, 27), "actor": "FRA", "recipient": "DEU",  # noqa: DTZ001
        "event_type": "THREATEN", "provider_code": "THREATEN-warn", "intensity_milli": -5500, "actor_role": "executive",
        "recipient_role": "military", "place": "ITA", "event_key": "NGEC1", "locator": "A paper", "coder": "NGEC",
    }  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


def test_a_release_says_when_it_was_known(tmp_path: Path) -> None:
    """The day in the file's name is the second clock; without one it is the story's day, and that is noted."""
    released = read_whole("polecat", write_lines(tmp_path / RELEASE, [POLECAT_HEADER, polecat_row()]))
    assert released.events["known_at"].to_list() == [dt.datetime(2023, 8, 1)]  # noqa: DTZ001
    assert released.ledger.notes["reconstructed_vintage"] == 0
    yearly = read_whole("polecat", write_lines(tmp_path / YEAR, [POLECAT_HEADER, polecat_row()]))
    assert yearly.ledger.notes["reconstructed_vintage"] == 1


def test_known_faults_of_the_files_are_read(tmp_path: Path) -> None:
    """A line before the header, the other name of the intensity, four empty columns more, and a Latin-1 byte."""
    header = POLECAT_HEADER.replace("\tIntensity", "\tEvent Intensity")
    path = tmp_path / YEAR
    lines = ["X1\tX2\tX3", header, polecat_row(1) + "\t" * 4, polecat_row(2, Source="Le Monde d\udce9")]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
    read = read_whole("polecat", path)
    assert (read.ledger.read, read.ledger.kept, read.ledger.notes["bad_bytes"]) == (2, 2, 1)
    assert read.events["line"].to_list() == [3, 4]


def test_several_countries_count_for_the_first(tmp_path: Path) -> None:
    """Names are understood as well as codes; several are noted; an intensity that is none gives way to the type's."""
    rows = [polecat_row(1, Actor_Country="FRA; GBR"), polecat_row(2, Recipient_Country="Germany", Intensity="99")]
    read = read_whole("polecat", write_lines(tmp_path / YEAR, [POLECAT_HEADER, *rows]))
    assert read.events.select("actor", "recipient").rows() == [("FRA", "DEU"), ("FRA", "DEU")]
    assert (read.ledger.notes["first_of_several_countries"], read.ledger.notes["intensity_of_its_type"]) == (1, 1)
    assert read.events["intensity_milli"][1] < 0


def test_another_table_is_refused(tmp_path: Path) -> None:
    """The message says which columns its header lacks."""
    with pytest.raises(SourceError, match="Event ID, Event Date"):
        read_whole("polecat", write_lines(tmp_path / "x.txt", ["a\tb", "1\t2"]))
