"""Workbooks in the two forms that publishers use, written from nothing: what reads them must read the real forms."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

#: A cell: a number, a text, a day, or nothing.
Cell = float | str | dt.date | None
#: Day 0 of a workbook's calendar.
_EPOCH = dt.date(1899, 12, 30)
_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
#: A stream of fewer bytes would have to lie elsewhere in the container.
_LEAST_STREAM = 4096


def xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook of 2007: a ZIP archive of XML, one sheet."""
    lines = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in rows)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    parts = {
        "_rels/.rels": f'<Relationships {packed}><Relationship Id="r1" Type="{kinds}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{kinds}"><sheets><sheet name="Data" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships {packed}><Relationship Id="r1" Type="{kinds}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{kinds}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{lines}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return content.getvalue()


def _xlsx_cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    style = ' s="1"' if isinstance(value, dt.date) else ""
    return f"<c{style}><v>{_number(value)!r}</v></c>"


def xls(rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook of 1997: records in a stream, the stream in a container of sectors, one sheet."""
    heads = [_record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) for kind in (0x5, 0x10)]
    # Cell formats: 0 as it comes, 1 a day.
    formats = b"".join(_record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    cells = b"".join(
        _xls_cell(line, column, value) for line, row in enumerate(rows) for column, value in enumerate(row)
    )
    size = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    end = _record(0xA, b"")
    name = b"Data"
    sheet_at = len(heads[0]) + len(formats) + 4 + 8 + len(name) + len(end)
    sheet_entry = _record(0x85, struct.pack("<IHBB", sheet_at, 0, len(name), 0) + name)
    stream = heads[0] + formats + sheet_entry + end + heads[1] + size + cells + end
    return _container(stream.ljust(max(_LEAST_STREAM, -(-len(stream) // _SECTOR) * _SECTOR), b"\0"))


def _xls_cell(line: int, column: int, value: Cell) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        text = value.encode("latin-1")
        return _record(0x204, struct.pack("<HHHHB", line, column, 0, len(text), 0) + text)
    return _record(0x203, struct.pack("<HHHd", line, column, isinstance(value, dt.date), _number(value)))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _container(stream: bytes) -> bytes:
    """A header, a table of which sector follows which, a directory, and the stream's own sectors."""
    count = len(stream) // _SECTOR
    tables = 1 + (count + 1) // (_SECTOR // 4 - 1)
    following = [_FAT] * tables + [_END] + [*range(tables + 2, tables + 1 + count), _END]
    following += [_FREE] * (tables * _SECTOR // 4 - len(following))
    table = struct.pack(f"<{len(following)}I", *following)
    directory = b"".join(_entries(len(stream), tables + 1))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0)
    head += struct.pack("<IIIII", _LEAST_STREAM, _END, 0, _END, 0)
    places = [*range(tables), *[_FREE] * (109 - tables)]
    return head + struct.pack("<109I", *places) + table + directory + stream


def _entries(size: int, start: int) -> Iterator[bytes]:
    """The directory: its root, the stream, and two empty places."""
    for name, kind, child, first, length in (("Root Entry", 5, 1, _END, 0), ("Workbook", 2, _FREE, start, size)):
        text = name.encode("utf-16-le") + bytes(2)
        ids = struct.pack("<III", _FREE, _FREE, child)
        yield (
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text), kind, 1)
            + ids
            + bytes(36)
            + struct.pack("<IQ", first, length)
        )
    for _ in range(2):
        yield bytes(68) + struct.pack("<III", _FREE, _FREE, _FREE) + bytes(48)


def _number(value: float | dt.date) -> float:
    return float((value - _EPOCH).days) if isinstance(value, dt.date) else float(value)
