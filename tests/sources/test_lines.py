"""Files as blocks of whole lines."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import ICEWS_HEADER, gdelt_row, icews_row, keds_row, read_whole, write_lines

from detente.errors import SourceError
from detente.sources import ReadOptions, find_source
from detente.sources.lines import LONGEST_LINE, read_blocks

MIB = 1024 * 1024


@given(
    lines=st.lists(st.text("ab\t é", max_size=12), min_size=1, max_size=30),
    block_bytes=st.integers(1, 40),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    has_last_end=st.booleans(),
)
def test_blocks_are_the_file_whatever_their_size_and_line_ends(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], block_bytes: int, end: bytes, has_last_end: bool
) -> None:
    """Cut anywhere, the blocks are the file's lines in order, and each knows its first line's number."""
    raw = end.join(line.encode() for line in lines) + (end if has_last_end else b"")
    wanted = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n")
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(raw)
    if not raw:
        return
    blocks = list(read_blocks(path, block_bytes=max(block_bytes, 2) if end == b"\n" else 4096))
    assert b"".join(block.data for block in blocks).removesuffix(b"\n") == wanted
    seen = 1
    for block in blocks:
        assert block.first_line == seen
        assert block.data.endswith(b"\n")
        seen += block.data.count(b"\n")


def test_a_truncated_gzip_file_keeps_the_rows_before_the_break(tmp_path: Path) -> None:
    """Half a gzip file gives its whole rows, and one counted failure."""
    rows = "".join(gdelt_row(key, event=f"{key % 7 + 1:02d}0") + "\n" for key in range(5000))
    whole = gzip.compress(rows.encode())
    path = tmp_path / "20180326044500.export.CSV.gz"
    path.write_bytes(whole[: len(whole) // 2])
    read = read_whole("gdelt", path)
    assert read.failed == {"truncated_file": 1}
    assert 1000 < read.ledger.kept < 4999
    assert read.events["event_key"].to_list() == [str(key) for key in range(read.ledger.kept)]
    assert read.failure().line == read.ledger.kept + 1


def test_a_gzip_file_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    """A gzip file cut inside its head, or with a broken body, says so."""
    whole = gzip.compress(gdelt_row().encode())
    for raw in (whole[:12], whole[:10] + b"\xff" * 20):
        path = tmp_path / "a.gz"
        path.write_bytes(raw)
        with pytest.raises(SourceError, match=r"Nothing of it can be read|line 1: truncated_file"):
            read_whole("gdelt", path)


def test_a_gzip_file_damaged_in_the_middle_keeps_what_comes_before(tmp_path: Path) -> None:
    """A failed checksum at the end costs the row it touches and is counted."""
    whole = gzip.compress("".join(gdelt_row(key) + "\n" for key in (1, 2, 3)).encode())
    path = tmp_path / "a.gz"
    path.write_bytes(whole[:-8] + b"\0\0\0\0" + whole[-4:])
    read = read_whole("gdelt", path)
    assert (read.ledger.kept, read.failed) == (2, {"damaged_file": 1})


def test_gzip_streams_one_after_another_are_one_file(tmp_path: Path) -> None:
    """Concatenated gzip files, padded with zero bytes, are read to their end."""
    path = tmp_path / "a.gz"
    parts = [gzip.compress((gdelt_row(key) + "\n").encode()) for key in (1, 2)]
    path.write_bytes(parts[0] + parts[1] + b"\0" * 100)
    assert read_whole("gdelt", path).events["event_key"].to_list() == ["1", "2"]


@pytest.mark.parametrize("name", ["icews", "gdelt", "keds", "table"])
def test_a_binary_file_is_refused(tmp_path: Path, name: str) -> None:
    """A program is no text table."""
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF\0\0\0\x01" + bytes(range(256)) * 10)
    with pytest.raises(SourceError, match="is not a text table"):
        read_whole(name, path)


@pytest.mark.parametrize("name", ["icews", "gdelt", "keds"])
def test_a_text_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    """A letter is no event file, and the message says which line did not fit."""
    path = write_lines(tmp_path / "letter.txt", ["Dear Sir,", "no event has been seen."])
    with pytest.raises(SourceError, match=r"not a text table of that form.*line 1: wrong_column_count"):
        read_whole(name, path)


@pytest.mark.parametrize("name", ["icews", "gdelt", "keds", "table"])
@pytest.mark.parametrize("form", ["plain", "gz", "zip"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, form: str) -> None:
    """Nothing is not a quiet day."""
    path = tmp_path / "nothing"
    path.write_bytes(gzip.compress(b"") if form == "gz" else b"")
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("nothing.csv", "")
    with pytest.raises(SourceError, match="The file is empty"):
        read_whole(name, path)


@pytest.mark.parametrize("name", ["icews", "gdelt", "keds", "table"])
def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path, name: str) -> None:
    """The message says what is there instead."""
    with pytest.raises(SourceError, match="No such file"):
        read_whole(name, tmp_path / "none")
    with pytest.raises(SourceError, match="directory of 0 entries"):
        read_whole(name, tmp_path)


def test_a_directory_without_the_right_to_read_is_refused(tmp_path: Path) -> None:
    """Both the directory and a file in it raise an error that speaks of permission."""
    if not hasattr(os, "setuid"):
        pytest.skip("this system has no users to change to")
    closed = tmp_path / "closed"
    closed.mkdir()
    write_lines(closed / "a.CSV", [gdelt_row()])
    closed.chmod(0)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from detente.errors import SourceError\n"
        "from detente.sources import ReadOptions, find_source\n"
        "source = find_source('gdelt'); source.card\n"
        "os.getuid() or os.setuid(65534)\n"
        "for path in (Path(sys.argv[1]), Path(sys.argv[1], 'a.CSV')):\n"
        "    try: list(source.read(path, ReadOptions()))\n"
        "    except SourceError as error: print(error.found)\n"
    )
    for parent in (closed, *closed.parents):
        if parent != closed and parent.stat().st_uid == os.getuid() and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o011)
    try:
        run = subprocess.run([sys.executable, "-c", code, closed], capture_output=True, text=True, check=True)
    finally:
        closed.chmod(0o700)
    assert run.stdout.splitlines() == ["The system answers: Permission denied."] * 2


def test_a_zip_with_several_members_is_read_member_by_member(tmp_path: Path) -> None:
    """Every data member is read with its own header, its own lines and its own day; what is no data is left."""
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for day in ("20180717", "20180718"):
            archive.writestr(f"data/{day}-icews-events.tab", f"{ICEWS_HEADER}\n{icews_row(int(day))}\n")
        archive.writestr("README.txt", "not data")
        archive.writestr("codebook.pdf", "%PDF")
        archive.writestr("empty.tab", "")
    read = read_whole("icews", path)
    assert read.ledger.read == 2
    assert [str(time.date()) for time in read.events["known_at"]] == ["2018-07-17", "2018-07-18"]
    assert read.events["line"].to_list() == [2, 2]


def test_a_zip_without_data_or_damaged_is_refused(tmp_path: Path) -> None:
    """An archive of documents, and half an archive, say what they are."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.md", "hello")
    with pytest.raises(SourceError, match="None of its 1 members looks like data"):
        read_whole("gdelt", path)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(SourceError, match="damaged zip archive"):
        read_whole("gdelt", path)


def test_a_damaged_member_is_counted(tmp_path: Path) -> None:
    """A member whose checksum fails keeps its rows; the damage is a failure."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.CSV", "".join(gdelt_row(key) + "\n" for key in range(4000)))
    path.write_bytes(path.read_bytes().replace(b"RUSGOV", b"RUSMIL", 1))
    read = read_whole("gdelt", path)
    assert read.failed == {"damaged_file": 1}
    assert read.ledger.kept > 3000


def test_a_line_too_long_is_counted_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    """A line over 1 MiB costs one row, whether it fits into a block or not."""
    long = b"x" * (LONGEST_LINE + 5)
    path = write_lines(tmp_path / "a.CSV", [gdelt_row(1), long, gdelt_row(2), long * 3, gdelt_row(3), long])
    for block_bytes in (64 * MIB, MIB // 2):
        read = read_whole("gdelt", path, block_bytes=block_bytes)
        assert read.events["event_key"].to_list() == ["1", "2", "3"]
        assert read.events["line"].to_list() == [1, 3, 5]
        assert read.failed == {"line_too_long": 3}
        assert [failure.line for failure in read.ledger.failures] == [2, 4, 6]


def test_a_huge_file_of_one_line_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """200 MB without a line end are never held: the refusal comes within 300 MB of memory in all."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process is read from /proc, which this system lacks")
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"x" * MIB)
    code = (
        "import re, sys; from pathlib import Path\n"
        "from detente.errors import SourceError\n"
        "from detente.sources import ReadOptions, find_source\n"
        "try: list(find_source('gdelt').read(Path(sys.argv[1]), ReadOptions()))\n"
        "except SourceError as error: print(error.found)\n"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text()).group(1))\n"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    found, peak = run.stdout.splitlines()
    assert "line 1: line_too_long" in found
    assert int(peak) * 1024 < 300 * MIB


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    """A file saved with a byte order mark has the same first column."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfdate,actor,recipient,intensity\n2024-01-01,FRA,DEU,1\n")
    assert read_whole("table", path).ledger.kept == 1


def test_bare_carriage_returns_end_lines_only_where_nothing_else_does(tmp_path: Path) -> None:
    """In a file of bare returns they end lines; within a file of line feeds they are text of a field."""
    path = write_lines(tmp_path / "a.dat", [keds_row(), keds_row("790416")], end=b"\r")
    assert read_whole("keds", path).events["line"].to_list() == [1, 2]
    mixed = write_lines(tmp_path / "b.dat", [keds_row() + "\rMORE", keds_row("790416")])
    assert read_whole("keds", mixed).ledger.kept == 2


def test_options_for_tables_are_refused_elsewhere(tmp_path: Path) -> None:
    """A mapped column makes no sense for files of a fixed form."""
    from detente.errors import ConfigError

    for name in ("icews", "gdelt", "keds"):
        with pytest.raises(ConfigError, match="--map, --undirected"):
            list(find_source(name).read(tmp_path, ReadOptions(map={"actor": "a"}, undirected=True)))
