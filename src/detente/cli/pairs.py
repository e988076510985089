"""Commands about pairs: outlook, watch, moves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import (
    A,
    AsOf,
    B,
    EngineName,
    HorizonText,
    Json,
    Provider,
    StoreDir,
    keep_to_one_thread,
    open_world_for,
)
from detente.cli.printed import print_page
from detente.cli.score import record_brief
from detente.cli.shown import check_place, console, rows_of, show_json, show_table, write, write_file

if TYPE_CHECKING:
    import polars as pl

    from detente.outlook import Brief
    from detente.world import World


class WatchBy(StrEnum):
    """What the watch list is ordered by."""

    moved = "moved"
    deteriorate = "deteriorate"
    improve = "improve"


def outlook(
    a: A,
    b: B,
    as_of: AsOf = None,
    horizon: HorizonText = "13w",
    html: Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write a page; - is stdout.")] = None,
    pdf: Annotated[str | None, typer.Option("--pdf", metavar="FILE", help="Print the page; needs Chromium.")] = None,
    md: Annotated[bool, typer.Option("--md", help="Answer in Markdown.")] = False,
    no_record: Annotated[bool, typer.Option("--no-record", help="Do not write the forecasts to the ledger.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """The brief of a pair: where it stands, what moved it, what to expect, how surely."""
    keep_to_one_thread()
    from detente import outlook as room

    for file in (html, pdf):
        check_place(file)
    world = open_world_for(store, as_of, provider, engine)
    brief = record_brief(world.pair(a, b).outlook(horizon=horizon), world, is_recorded=not no_record)
    if html is not None or pdf is not None:
        page = room.render_html(_with_detail(brief, world))
        if html is not None:
            write_file(html, page)
        if pdf is not None:
            print_page(page, pdf)
    elif as_json:
        show_json(brief.as_dict())
    elif md:
        write(room.render_markdown(brief))
    else:
        console().print(room.render_terminal(brief))


def _with_detail(brief: Brief, world: World) -> Brief:
    """The brief with what only a page has room for."""
    import dataclasses

    from detente import assessors, replies

    view = world.pair(brief.pair.a, brief.pair.b)
    assessed = assessors.assess(assessors.open_book(), world)
    return dataclasses.replace(brief, detail=replies.build_detail(view, assessed=assessed))


def watch(
    top: Annotated[int, typer.Option("--top", min=1, help="How many pairs.")] = 20,
    by: Annotated[WatchBy, typer.Option("--by", help="Moved most, or likeliest to move.")] = WatchBy.moved,
    horizon: HorizonText = "13w",
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """Which pairs moved, and which are likely to move."""
    keep_to_one_thread()
    world = open_world_for(store, as_of, provider, engine)
    table = world.watch(top=top, horizon=horizon, by=by.value)
    if not as_json:
        table = _with_bands_told(table)
    title = f"{world.provider} as of {world.as_of} · next {horizon}"
    show_table(table, as_json, title=title, as_of=str(world.as_of), provider=world.provider)


def _with_bands_told(watched: pl.DataFrame) -> pl.DataFrame:
    """The watch list as people read it: each probability with its band; the horizon stands in the title."""
    import polars as pl

    from detente.domain.tables import OUTCOMES
    from detente.outlook.words import format_band, format_probability

    told = {
        outcome: [
            f"{format_probability(p)} ({format_band(low, high)})"
            for p, low, high in watched.select(f"p_{outcome}", f"p_{outcome}_low", f"p_{outcome}_high").iter_rows()
        ]
        for outcome in OUTCOMES
    }
    measured = watched.select("pair", "status", "z", "recent", "usual", "n_recent")
    return measured.with_columns(**{name: pl.Series(values, dtype=pl.String) for name, values in told.items()})


def moves(
    a: A,
    b: B,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day to show.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many of each list.")] = 10,
    daily: Annotated[bool, typer.Option("--daily", help="Show the moves day by day instead.")] = False,
    ahead: Annotated[
        str | None, typer.Option("--next", metavar="DAYS", help="Show the likely moves of the next days instead: 7d.")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """Who did what to whom: unusual moves with the answers to them, or every move by day; or what they may do next."""
    world = open_world_for(store, as_of, provider, engine)
    view = world.pair(a, b)
    if ahead is not None:
        from detente.cli.likely import show_likely

        show_likely(view, ahead, top=top, as_json=as_json)
        return
    table, exchanges = view.moves(since=since), view.exchanges(since=since)
    about = {"as_of": str(world.as_of), "provider": world.provider}
    known = f"as of {world.as_of} ({world.provider})"
    if as_json:
        counts = {"moves": table.height, "exchanges_found": exchanges.height}
        both = {"exchanges": rows_of(exchanges.head(top)), "rows": rows_of(table.head(top))}
        show_json({**about, **counts, **both})
    elif daily:
        title = f"{view.pair}: {min(top, table.height)} of {table.height} moves {known}"
        show_table(table.head(top), as_json, title=title)
    else:
        from detente.outlook import render_exchanges

        shown = exchanges.head(top)
        console().print(render_exchanges(shown, f"{view.pair}: {shown.height} of {exchanges.height} exchanges {known}"))
