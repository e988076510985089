"""The quick ways of reading GDELT give what judging every row of every file by itself gives."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import polars as pl
import pytest
from rows import gdelt_row

from detente.domain.records import Part
from detente.errors import SourceError
from detente.sources import ReadOptions, find_source
from detente.sources import gdelt as room
from detente.sources.unpaired import PassedOver

#: What each field of a row may be: right, blank, unknown, padded, no number, no day, no code.
CHOICES: dict[str, tuple[str, ...]] = {
    "event_id": ("12345", "98765", "007", "+5", "x1", "", " 77", "9" * 25),
    "day": ("20180326", "20180325", "20180399", "19200326", "20180330", "19700101", "", " 20180326", "2018032"),
    "country1": ("RUS", "", "", "", "USA", "AFR", "QQQ", " ", "RUS "),
    "country2": ("UKR", "", "", "", "USA", "EUR", "QQQ", " "),
    "event": ("130", "040", "13", "---", "X", "", "999", " 130"),
    "added": ("20180326044500", "20180325000000", "20200102030405", "2018032604450", "", "20181399000000", "20180326"),
}


def mixed_rows(seed: int, count: int, width: int = 61) -> list[str]:
    """Rows of which about half are plain, and the others odd in one or more fields."""
    rng = random.Random(seed)  # noqa: S311 - rows, not secrets
    rows = []
    for key in range(count):
        odd = rng.sample(sorted(CHOICES), rng.choice((0, 0, 1, 1, 2, 3)))
        fields = {name: rng.choice(CHOICES[name]) for name in odd}
        if rng.random() < 0.5:
            fields[rng.choice(("country1", "country2"))] = ""
        row = gdelt_row(key + 1000, width=width, **{"event_id": str(key + 1000)} | fields)
        ragged = {0: row.rpartition("\t")[0], 1: row + "\textra", 2: row + "\t", 3: "", 4: row[:-5] + "é\udce9"}
        rows.append(ragged.get(rng.randrange(40), row))
    return rows


def write(path: Path, rows: list[str], *, zipped: bool = True) -> Path:
    """A file of rows, as an archive or plain; a lone surrogate stands for a byte that is no UTF-8."""
    data = "".join(f"{row}\n" for row in rows).encode("utf-8", "surrogateescape")
    if not zipped:
        path.write_bytes(data)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.name.removesuffix(".zip"), data)
    return path


def read_each(path: Path) -> list[Part]:
    """All parts of a file."""
    return list(find_source("gdelt").read(path, ReadOptions()))


def same(one: Part, other: Part) -> None:
    """Two parts tell the same."""
    assert one.ledger == other.ledger
    assert one.events.equals(other.events)
    assert one.days.equals(other.days)


@pytest.mark.parametrize("width", [57, 58, 61])
def test_rows_that_are_passed_over_are_what_judging_each_would_leave_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Odd in any field or several: events, days, counts and listed failures are the same without the short way."""
    path = write(tmp_path / "20180326044500.export.CSV.zip", mixed_rows(width, 3000, width))
    (quick,) = read_each(path)
    passed = []

    def nothing(rows: pl.DataFrame, judge_days: object) -> tuple[pl.DataFrame, PassedOver]:
        rest, over = real(rows, judge_days)  # type: ignore[arg-type]
        passed.append(rows.height - rest.height)
        return rows, PassedOver(over.rule, over.days.clear())

    real = room.pass_over
    monkeypatch.setattr(room, "pass_over", nothing)
    (exact,) = read_each(path)
    same(quick, exact)
    assert passed[0] > 500
    assert quick.ledger.read == quick.ledger.kept + quick.ledger.ignored.total() + quick.ledger.failed.total()


def test_lines_counted_together_are_what_counting_each_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short, long and blank lines, and bytes that are no UTF-8: the same lines fail as when each is counted alone."""
    path = write(tmp_path / "20180326044500.export.CSV.zip", [r for r in mixed_rows(5, 2000) if r])
    (quick,) = read_each(path)
    monkeypatch.setattr("detente.sources.fields._parse_as_one", lambda *_, **__: None)
    (exact,) = read_each(path)
    same(quick, exact)
    assert quick.ledger.failed["wrong_column_count"] > 50
    assert quick.ledger.notes["bad_bytes"] > 0


def test_small_files_read_together_are_as_read_one_by_one(tmp_path: Path) -> None:
    """Files of both versions, one without an end, one of blank lines, one that is no archive: each is as alone."""
    paths = [
        write(tmp_path / f"201803260{hour}4500.export.CSV.zip", mixed_rows(hour, 60, 58 if hour in {3, 4} else 61))
        for hour in range(8)
    ]
    paths.append(write(tmp_path / "20180327.export.CSV", mixed_rows(30, 30)))
    paths.append(write(tmp_path / "20180328.export.CSV", ["", ""], zipped=False))
    paths.append(write(tmp_path / "20180329.export.CSV", ["one\ttwo", "three\tfour"], zipped=False))
    (tmp_path / "broken.zip").write_bytes(paths[0].read_bytes()[:200])
    (tmp_path / "empty.CSV").touch()
    paths += [tmp_path / "broken.zip", tmp_path / "empty.CSV", tmp_path / "missing.zip"]
    together = room.Gdelt().read_together(paths, ReadOptions())
    kinds = set()
    for path, found in zip(paths, together, strict=True):
        kinds.add(type(found))
        if isinstance(found, SourceError):
            with pytest.raises(SourceError) as alone:
                read_each(path)
            assert str(found) == str(alone.value)
            continue
        for one, other in zip(found, read_each(path), strict=True):
            same(one, other)
    assert kinds == {list, SourceError}
