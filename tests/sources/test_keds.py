"""KEDS: two forms, three-letter states, two-digit years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rows import keds_row, read_whole, utc, write_lines


def test_a_tabbed_row_becomes_an_event(tmp_path: Path) -> None:
    """States come from three letters, roles from the next three."""
    path = write_lines(tmp_path / "Levant.dat", [keds_row("030405", "USAMIL", "USRGOV", "223")], end=b"\r\n")
    event = read_whole("keds", path).events.row(0, named=True)
    assert event["occurred"] == dt.date(2003, 4, 5)
    assert event["known_at"] == utc("2003-04-05")
    assert (event["actor"], event["recipient"]) == ("USA", "RUS")
    assert (event["actor_role"], event["recipient_role"]) == ("military", "executive")
    assert (event["event_type"], event["provider_code"], event["intensity_milli"]) == ("ASSAULT", "223", -10000)
    assert (event["actor_name"], event["event_key"], event["locator"]) == ("USAMIL", None, None)


def test_spaced_rows_are_taken_apart(tmp_path: Path) -> None:
    """Both widths of the Gulf files are read, a row without actor is left out by name, another text fails."""
    lines = [
        "790415 IRQ USR 193 CUT AID     ",
        "790415  USA     SAU     042     ENDORSE",
        "910412          SAU     031     MEET",
        "one two",
        "990331 ISR UNO 023 NEUTRAL COMM",
        "990331 usa isr 112",
    ]
    read = read_whole("keds", write_lines(tmp_path / "Gulf.dat", lines, end=b"\r\n"))
    assert read.events["line"].to_list() == [1, 2, 6]
    assert read.events.select("actor", "recipient").rows() == [("IRQ", "RUS"), ("USA", "SAU"), ("USA", "ISR")]
    assert read.ledger.ignored == {"no_country": 1, "not_a_state": 1}
    assert (read.failed, read.failure().line) == ({"wrong_column_count": 1}, 4)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (keds_row(code="999"), "unknown_event_code"),
        (keds_row(actor="QQQ"), "unknown_country"),
        (keds_row(day="791345"), "bad_date"),
        (keds_row(day="7904"), "bad_date"),
        (keds_row(day="200103"), "date_out_of_range"),
        (keds_row().replace("\t(MEET)", ""), "wrong_column_count"),
    ],
)
def test_what_cannot_be_understood_fails_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    """Years of another century are out of range; the neighbours are kept."""
    read = read_whole("keds", write_lines(tmp_path / "a.dat", [keds_row(), line, keds_row()]))
    assert (read.failed, read.failure().line, read.ledger.kept) == ({reason: 1}, 2, 2)


def test_a_latin_1_line_loses_nothing(tmp_path: Path) -> None:
    """The phrase may hold any bytes."""
    read = read_whole("keds", write_lines(tmp_path / "a.dat", [keds_row().encode() + b"\xe9"]))
    assert (read.ledger.kept, read.ledger.notes["bad_bytes"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "rows"), [("Balkan", 78_667), ("Gulf", 57_131), ("Gulf99all", 304_402), ("Levant", 196_364)]
)
def test_originals_are_read_whole(reference_data: Path, name: str, rows: int) -> None:
    """Every line is accounted for; what fails are actors that the codebook does not hold, and a handful more."""
    read = read_whole("keds", reference_data / "events" / "keds" / "original" / f"{name}.dat.gz")
    assert read.ledger.read == rows
    assert sum(read.failed.values()) < 0.07 * rows
    assert read.failed["wrong_column_count"] + read.failed["unknown_event_code"] < 100
