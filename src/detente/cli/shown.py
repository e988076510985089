"""What a command shows: text, tables, JSON, files, progress."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from rich.console import Console

_TABLE_ENDINGS = (".parquet", ".csv", ".json")


def show_table(frame: pl.DataFrame, as_json: bool, *, title: str, **about: object) -> None:
    """Show a frame as a table for a terminal, or as JSON with what it is about beside its rows."""
    if as_json:
        show_json({**about, "rows": rows_of(frame)})
        return
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name.replace("_", " "), justify="right" if dtype.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def rows_of(frame: pl.DataFrame) -> Any:  # noqa: ANN401 - JSON's own types
    """The rows of a frame as JSON-ready records."""
    return json.loads(frame.write_json())


def show_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Write a value as JSON; NaN is refused, since it is none."""
    write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def write(text: str, *, to: Any = None) -> None:  # noqa: ANN401 - a text stream
    """Write text at once, by default to standard output."""
    stream = to or sys.stdout
    stream.write(text)
    stream.flush()


def check_place(path: str | Path | None) -> None:
    """Refuse at once what could not be written once all is worked out; ``-`` and None are no files.

    Raises:
        ConfigError: when the file is a folder, or its folder is missing or not to be written to.
    """
    if path is None or str(path) == "-":
        return
    place = Path(path)
    folder = place.parent
    found = (
        "It is a folder." if place.is_dir()
        else f"There is no folder {folder}." if not folder.is_dir()
        else "" if os.access(place if place.exists() else folder, os.W_OK)
        else "It cannot be written to."
    )  # fmt: skip
    if found:
        raise ConfigError(f"{path} was to be written.", found, "Choose another file.")


def write_file(path: str, text: str) -> None:
    """Write a text file and say so; ``-`` is standard output.

    Raises:
        ConfigError: when the file cannot be written.
    """
    if path == "-":
        write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} was to be written.", f"It cannot be: {error}.", "Choose another file.") from None
    console(stderr=True).print(f"written to {path}", highlight=False)


def check_table_place(to: str) -> None:
    """Refuse at once a table's file whose ending names no format, or that could not be written; ``-`` is fine.

    Raises:
        ConfigError: when it is so.
    """
    if to != "-" and Path(to).suffix not in _TABLE_ENDINGS:
        raise ConfigError(
            f"--to {to} was given.", "Its ending says no format.", "End it with .parquet, .csv or .json, or use -."
        )
    check_place(to)


def write_frame(frame: pl.DataFrame, to: str) -> None:
    """Write a frame in the format that the file's ending names; ``-`` is standard output, as CSV.

    Args:
        frame: Any table.
        to: A file that `check_table_place` has seen.

    Raises:
        ConfigError: when the file cannot be written.
    """
    if to == "-":
        write(frame.write_csv())
        return
    path = Path(to)
    writers: dict[str, Callable[[Path], object]] = {
        ".parquet": frame.write_parquet,
        ".csv": frame.write_csv,
        ".json": frame.write_json,
    }
    try:
        writers[path.suffix](path)
    except OSError as error:
        raise ConfigError(f"--to {to} was given.", f"It cannot be written: {error}.", "Choose another file.") from None


def console(*, stderr: bool = False) -> Console:
    """A rich console, of a fixed width where the output is no terminal."""
    from rich.console import Console

    console = Console(stderr=stderr)
    if not console.is_terminal:
        console.width = 110  # a file or a pipe has no width; tables keep a readable one
    return console


def progress_bar(*, quiet: bool, unit: str = "files") -> Any:  # noqa: ANN401 - a context manager that yields a callback or None
    """Progress of long work on a terminal; none where nobody watches."""
    from contextlib import nullcontext

    if quiet or not sys.stderr.isatty():
        return nullcontext(None)
    from detente.outlook import LoadProgress

    return LoadProgress(console(stderr=True), unit)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
