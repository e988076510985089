"""The command line: thin. Options in, a sentence of the product out; all work happens in the rooms below.

Exit codes: 0 done; 1 done, but some files failed or something needs attention; 2 the command could not be carried out.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from detente.errors import ConfigError, DetenteError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from rich.console import Console

    from detente.world import World

app = typer.Typer(
    name="detente",
    help="Détente measures, explains and forecasts relations between states.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

A = Annotated[str, typer.Argument(metavar="STATE", help="A state: ISO3 code or usual name.")]
B = Annotated[str, typer.Argument(metavar="STATE", help="The other state.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Read as known at the end of this day.")]
StoreDir = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Store to use (or DETENTE_STORE).")]
Provider = Annotated[str | None, typer.Option("--provider", help="Whose data, where the store holds several.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
HorizonText = Annotated[str, typer.Option("--horizon", metavar="WEEKS", help="How far ahead, e.g. 4w, 13w, 26w.")]


class WatchBy(StrEnum):
    """What the watch list is ordered by."""

    moved = "moved"
    deteriorate = "deteriorate"
    improve = "improve"


class Exportable(StrEnum):
    """What can be exported."""

    events = "events"
    levels = "levels"
    forecasts = "forecasts"


def main() -> None:
    """Run the command line; errors of ours end with what to do next and exit code 2."""
    try:
        app()
    except DetenteError as error:
        if "--json" in sys.argv:
            _write(json.dumps(error.as_dict(), ensure_ascii=False) + "\n", to=sys.stderr)
        else:
            lines = [f"error: {error.asked}"] + [f"       {part}" for part in (error.found, error.next_step) if part]
            _write("\n".join(lines) + "\n", to=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # `detente … | head` is no error
        sys.stderr.close()
        raise SystemExit(0) from None


def _version(wanted: bool) -> None:
    if wanted:
        from detente import __version__

        _write(f"detente {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Détente measures, explains and forecasts relations between states."""


@app.command()
def outlook(
    a: A,
    b: B,
    as_of: AsOf = None,
    horizon: HorizonText = "13w",
    html: Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write a page; - is stdout.")] = None,
    md: Annotated[bool, typer.Option("--md", help="Answer in Markdown.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """The brief of a pair: where it stands, what moved it, what to expect, how surely."""
    from detente import outlook as room

    brief = _world(store, as_of, provider).pair(a, b).outlook(horizon=horizon)
    if html is not None:
        _write_file(html, room.render_html(brief))
    elif as_json:
        _json(brief.as_dict())
    elif md:
        _write(room.render_markdown(brief))
    else:
        _console().print(room.render_terminal(brief))


@app.command()
def watch(
    top: Annotated[int, typer.Option("--top", min=1, help="How many pairs.")] = 20,
    by: Annotated[WatchBy, typer.Option("--by", help="Moved most, or likeliest to move.")] = WatchBy.moved,
    horizon: HorizonText = "13w",
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """Which pairs moved, and which are likely to move."""
    world = _world(store, as_of, provider)
    table = world.watch(top=top, horizon=horizon, by=by.value)
    title = f"{world.provider} as of {world.as_of} · next {horizon}"
    _table(table, as_json, title=title, as_of=str(world.as_of), provider=world.provider)


@app.command()
def moves(
    a: A,
    b: B,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day to show.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many moves.")] = 30,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """Who did what to whom, day by day, the newest first."""
    world = _world(store, as_of, provider)
    view = world.pair(a, b)
    table = view.moves(since=since)
    title = f"{view.pair}: {min(top, table.height)} of {table.height} moves as of {world.as_of} ({world.provider})"
    _table(table.head(top), as_json, title=title, as_of=str(world.as_of), provider=world.provider, moves=table.height)


@app.command()
def load(
    provider: Annotated[str, typer.Argument(help="Whose files: icews, gdelt, keds, or table for any tidy file.")],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or directories of files.")],
    column_map: Annotated[
        list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="table: their name of a column.")
    ] = None,
    undirected: Annotated[bool, typer.Option("--undirected", help="table: the two ends are interchangeable.")] = False,
    gaps: Annotated[
        list[str] | None,
        typer.Option("--gaps", metavar="DAYS", help="table: days not covered: D, D..D, @FILE, or `empty`."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="table: what to call this provider.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
) -> None:
    """Load files already on disk; every file is closed with a ledger that adds up."""
    from detente import pipeline
    from detente.sources import ReadOptions, find_source
    from detente.store import open_store
    from detente.world import default_store_path

    options = ReadOptions(map=_pairs(column_map or []), undirected=undirected, gaps=tuple(gaps or ()), name=name)
    held = open_store(store or default_store_path())
    source = find_source(provider)
    plan = pipeline.plan_load(held, source, paths, options)
    if not as_json:
        _console(stderr=True).print(str(plan), highlight=False)
    if dry_run:
        if as_json:
            _json(plan.as_dict())
        return
    with _progress(quiet=as_json) as progress:
        report = pipeline.load(held, source, paths, options, progress=progress)
    if as_json:
        _json(report.as_dict())
    else:
        _console().print(str(report), highlight=False)
    if report.failed_files:
        raise typer.Exit(1)


@app.command()
def export(
    what: Annotated[Exportable, typer.Argument(help="What to export.")],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="A .parquet, .csv or .json file; - is stdout (CSV).")],
    pair: Annotated[
        tuple[str, str] | None, typer.Option("--pair", metavar="STATE STATE", help="One pair only.")
    ] = None,
    dyads: Annotated[bool, typer.Option("--dyads", help="levels: each direction apart.")] = False,
    as_of: AsOf = None,
    store: StoreDir = None,
    provider: Provider = None,
    as_json: Json = False,
) -> None:
    """Write events, levels or forecasts to a file."""
    world = _world(store, as_of, provider)
    frame = _exported(world, what, pair, by="dyad" if dyads else "pair")
    _write_frame(frame, to)
    if to != "-":
        summary = {"file": to, "rows": frame.height, "as_of": str(world.as_of), "provider": world.provider}
        if as_json:
            _json(summary)
        else:
            _console(stderr=True).print(f"{frame.height:,} rows of {what} as of {world.as_of} written to {to}")


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Read every file of the store and compare its digest.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
) -> None:
    """What is installed, held, stale, missing or broken, and what to do about it."""
    import datetime as dt

    from detente.checkup import examine
    from detente.world import find_store

    found, is_sample = find_store(store)
    report = examine(found, is_sample=is_sample, today=dt.datetime.now(dt.UTC).date(), deep=deep)
    if as_json:
        _json(report.as_dict())
    else:
        _console().print(str(report), highlight=False)
    if not report.is_healthy:
        raise typer.Exit(1)


def _world(store: Path | None, as_of: str | None, provider: str | None) -> World:
    from detente.world import open_world

    return open_world(store, as_of=as_of, provider=provider)


def _exported(
    world: World, what: Exportable, pair: tuple[str, str] | None, *, by: Literal["pair", "dyad"]
) -> pl.DataFrame:
    view = world.pair(*pair) if pair else None
    if what is Exportable.events:
        return view.events() if view else world.view.events()
    if what is Exportable.levels:
        return view.level(by=by) if view else world.levels(by=by)
    return view.forecasts() if view else world.forecasts()


def _pairs(texts: list[str]) -> dict[str, str]:
    """Read ``ours=theirs`` options."""
    pairs: dict[str, str] = {}
    for text in texts:
        for part in text.split(","):
            ours, equals, theirs = part.partition("=")
            if not (equals and ours.strip() and theirs.strip()):
                raise ConfigError(
                    f"--map {text!r} was given.",
                    "It is not of the form OURS=THEIRS.",
                    "For example --map actor=iso3_a.",
                )
            pairs[ours.strip()] = theirs.strip()
    return pairs


def _write_frame(frame: pl.DataFrame, to: str) -> None:
    if to == "-":
        _write(frame.write_csv())
        return
    path = Path(to)
    writers: dict[str, Callable[[Path], object]] = {
        ".parquet": frame.write_parquet,
        ".csv": frame.write_csv,
        ".json": frame.write_json,
    }
    if path.suffix not in writers:
        raise ConfigError(
            f"--to {to} was given.", "Its ending says no format.", "End it with .parquet, .csv or .json, or use -."
        )
    try:
        writers[path.suffix](path)
    except OSError as error:
        raise ConfigError(f"--to {to} was given.", f"It cannot be written: {error}.", "Choose another file.") from None


def _table(frame: pl.DataFrame, as_json: bool, *, title: str, **about: object) -> None:
    if as_json:
        _json({**about, "rows": json.loads(frame.write_json())})
        return
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name.replace("_", " "), justify="right" if dtype.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    _console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    _write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _write(text: str, *, to: Any = None) -> None:  # noqa: ANN401 - a text stream
    stream = to or sys.stdout
    stream.write(text)
    stream.flush()


def _write_file(path: str, text: str) -> None:
    if path == "-":
        _write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} was to be written.", f"It cannot be: {error}.", "Choose another file.") from None
    _console(stderr=True).print(f"written to {path}", highlight=False)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr)
    if not console.is_terminal:
        console.width = 110  # a file or a pipe has no width; tables keep a readable one
    return console


def _progress(*, quiet: bool) -> Any:  # noqa: ANN401 - a context manager that yields a callback or None
    from contextlib import nullcontext

    if quiet or not sys.stderr.isatty():
        return nullcontext(None)
    from detente.outlook import LoadProgress

    return LoadProgress(_console(stderr=True))
