"""Commands about data: load, export, doctor."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from detente.cli.options import AsOf, EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import check_table_place, console, progress_bar, show_json, write_frame
from detente.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from detente.pipeline import LoadPlan, LoadReport
    from detente.world import World


class Exportable(StrEnum):
    """What can be exported."""

    events = "events"
    series = "series"
    levels = "levels"
    standings = "standings"
    forecasts = "forecasts"
    mentions = "mentions"
    drivers = "drivers"
    gaps = "gaps"


class Period(StrEnum):
    """How long a period of a series is."""

    week = "week"
    month = "month"


def load(
    provider: Annotated[
        str,
        typer.Argument(help="Whose files: icews, gdelt, keds, table (any tidy file), drivers, or mentions."),
    ],
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
    from detente import mentions, outside, pipeline
    from detente.sources import ReadOptions, find_source
    from detente.store import open_store
    from detente.world import default_store_path

    held = open_store(store or default_store_path())
    if provider == outside.DRIVERS:
        plan = outside.plan_drivers(held, paths)
        read = partial(outside.load_drivers, held, paths)
    elif provider == mentions.MENTIONS:
        plan = mentions.plan_mentions(held, paths)
        read = partial(mentions.load_mentions, held, paths)
    else:
        options = ReadOptions(map=_pairs(column_map or []), undirected=undirected, gaps=tuple(gaps or ()), name=name)
        source = find_source(provider)
        plan = pipeline.plan_load(held, source, paths, options)
        read = partial(pipeline.load, held, source, paths, options)
    _plan_then_load(plan, read, dry_run=dry_run, as_json=as_json)


def _plan_then_load(plan: LoadPlan, read: Callable[..., LoadReport], *, dry_run: bool, as_json: bool) -> None:
    """Show what would be done, do it unless only that was asked for, and show what was done."""
    if not as_json:
        console(stderr=True).print(str(plan), highlight=False)
    if dry_run:
        if as_json:
            show_json(plan.as_dict())
        return
    with progress_bar(quiet=as_json) as progress:
        report = read(progress=progress)
    if as_json:
        show_json(report.as_dict())
    else:
        console().print(str(report), highlight=False)
    if report.failed_files or report.broken_files:
        raise typer.Exit(1)


def export(
    what: Annotated[Exportable, typer.Argument(help="What to export.")],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="A .parquet, .csv or .json file; - is stdout (CSV).")],
    pair: Annotated[
        tuple[str, str] | None, typer.Option("--pair", metavar="STATE STATE", help="One pair only.")
    ] = None,
    dyads: Annotated[bool, typer.Option("--dyads", help="levels, standings: each direction apart.")] = False,
    period: Annotated[Period, typer.Option("--period", help="series: how long its periods are.")] = Period.week,
    as_of: AsOf = None,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
    as_json: Json = False,
) -> None:
    """Write events, where they can be read, sums by dyad, levels, standings, forecasts, outside series, or gaps."""
    check_table_place(to)
    if what is Exportable.gaps:
        _export_gaps(store, to, as_json=as_json)
        return
    world = open_world_for(store, as_of, provider, engine)
    if what is Exportable.series:
        frame = world.view.series(period.value, world.pair(*pair).pair if pair else None)
    else:
        frame = _exported(world, what, pair, by="dyad" if dyads else "pair")
    write_frame(frame, to)
    if to != "-":
        summary = {"file": to, "rows": frame.height, "as_of": str(world.as_of), "provider": world.provider}
        if as_json:
            show_json(summary)
        else:
            console(stderr=True).print(f"{frame.height:,} rows of {what} as of {world.as_of} written to {to}")


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Read every file of the store and compare its digest.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
) -> None:
    """What is installed, held, stale, missing or broken, and what to do about it."""
    import datetime as dt

    from detente.assessors.proposals import open_book
    from detente.checkup import examine
    from detente.scorecard import open_ledger
    from detente.store import open_store
    from detente.world import default_store_path, find_store

    found, is_sample = find_store(store)
    report = examine(
        found,
        is_sample=is_sample,
        today=dt.datetime.now(dt.UTC).date(),
        deep=deep,
        ledger=open_ledger(),
        proposals=open_book(),
        beside=open_store(default_store_path(), read_only=True) if is_sample else None,
    )
    if as_json:
        show_json(report.as_dict())
    else:
        console().print(str(report), highlight=False, soft_wrap=True)
    if not report.is_healthy:
        raise typer.Exit(1)


def _export_gaps(store: Path | None, to: str, *, as_json: bool) -> None:
    """Every file of the synced archives that is missing, empty, corrupt or late."""
    from detente.store import open_store
    from detente.world import default_store_path

    slots = open_store(store or default_store_path()).slots()
    gaps = slots.filter(slots["status"] != "loaded")
    write_frame(gaps, to)
    if to != "-" and as_json:
        show_json({"file": to, "rows": gaps.height})
    elif to != "-":
        console(stderr=True).print(f"{gaps.height:,} gaps of synced archives written to {to}")


def _exported(
    world: World, what: Exportable, pair: tuple[str, str] | None, *, by: Literal["pair", "dyad"]
) -> pl.DataFrame:
    view = world.pair(*pair) if pair else None
    if what is Exportable.drivers:
        drivers = world.drivers()
        return drivers if view is None else drivers.filter(drivers["state"].is_in([view.pair.a, view.pair.b]))
    if what is Exportable.mentions:
        return world.view.mentions(view.pair if view else None)
    if what is Exportable.events:
        return view.events() if view else world.view.events()
    if what is Exportable.levels:
        return view.level(by=by) if view else world.levels(by=by)
    if what is Exportable.standings:
        standings = world.standings(by=by)
        return standings.filter(pair=view.pair.id) if view else standings
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
