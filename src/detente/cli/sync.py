"""The command `sync`: an archive's files from their publisher into the store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detente.cli.options import Json, StoreDir
from detente.cli.shown import console, progress_bar, show_json


class Archive(StrEnum):
    """Whose archive can be synced."""

    gdelt = "gdelt"


def sync(
    archive: Annotated[Archive, typer.Argument(help="Whose archive.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="First day; by default go on from the last sync.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day; by default today.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    base: Annotated[
        str | None, typer.Option("--base", metavar="URL", help="Base address, of a mirror (or DETENTE_GDELT_BASE).")
    ] = None,
    translated: Annotated[bool, typer.Option("--translated", help="The translated feed as well.")] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Which articles told of the events: address, sentence, characters.")
    ] = False,
    downloads: Annotated[
        Path | None,
        typer.Option("--downloads", metavar="DIR", help="Where files lie until loaded (or DETENTE_DOWNLOADS)."),
    ] = None,
    keep_files: Annotated[bool, typer.Option("--keep-files", help="Leave loaded files there.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
) -> None:
    """Fetch an archive's event files and load them; only what is not held, and the plan is printed first."""
    import datetime as dt
    import os

    from detente import sync as room
    from detente.domain.periods import parse_day
    from detente.sources.downloads import Downloads
    from detente.sources.fetch import Door
    from detente.sources.gdelt_lists import load_addresses
    from detente.store import open_store
    from detente.world import default_store_path

    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    chosen = base or os.environ.get("DETENTE_GDELT_BASE") or load_addresses().base
    request = room.SyncRequest(
        since=parse_day(since, what="first day") if since else None,
        until=parse_day(until, what="last day") if until else now.date(),
        now=now,
        base=chosen,
        folder=room.downloads_folder(downloads, archive, chosen),
        translated=translated,
        mentions=mentions,
        keep_files=keep_files,
    )
    held, fetcher = open_store(store or default_store_path()), Downloads(Door())
    plan = room.plan_sync(held, fetcher, request)
    if not as_json:
        console(stderr=True).print(str(plan), highlight=False, soft_wrap=True)
    if dry_run:
        if as_json:
            show_json(plan.as_dict())
        return
    with progress_bar(quiet=as_json) as progress:
        report = room.run_sync(held, fetcher, plan, progress=progress)
    if as_json:
        show_json(report.as_dict())
    else:
        console().print(str(report), highlight=False, soft_wrap=True)
    if not report.is_whole:
        raise typer.Exit(1)
