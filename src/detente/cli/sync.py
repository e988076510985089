"""The command `sync`: an archive's files from their publisher into the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from detente.cli.options import Json, StoreDir
from detente.cli.shown import console, progress_bar, show_json
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.pipeline import Progress


class Archive(StrEnum):
    """What can be synced: an archive, a data set, or the outside series of several publishers."""

    gdelt = "gdelt"
    icews = "icews"
    polecat = "polecat"
    drivers = "drivers"


def sync(
    archive: Annotated[Archive, typer.Argument(help="Whose archive.")],
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="First day; gdelt goes on from the last sync."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day; by default today.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="URL", help="Base address (or DETENTE_GDELT_BASE, …_DATAVERSE_BASE …)."),
    ] = None,
    translated: Annotated[bool, typer.Option("--translated", help="gdelt: the translated feed as well.")] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="gdelt: which articles told of the events, and where in them.")
    ] = False,
    terms: Annotated[
        bool, typer.Option("--accept-terms", help="icews, polecat: accept the publisher's terms, which the plan shows.")
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
    from detente.sources.dataverse import load_dataverse
    from detente.sources.downloads import Downloads
    from detente.sources.fetch import Door
    from detente.sources.gdelt_lists import load_addresses
    from detente.store import open_store
    from detente.world import default_store_path

    given = {"--since": since, "--until": until, "--translated": translated, "--mentions": mentions}
    _check_options(archive, given | {"--accept-terms": terms})
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    first = parse_day(since, what="first day") if since else None
    last = parse_day(until, what="last day") if until else None
    held = open_store(store or default_store_path())
    if archive is Archive.gdelt:
        chosen = base or os.environ.get("DETENTE_GDELT_BASE") or load_addresses().base
        folder, fetcher = room.downloads_folder(downloads, archive, chosen), Downloads(Door())
        request = room.SyncRequest(
            first,
            last or now.date(),
            now,
            chosen,
            folder,
            translated=translated,
            mentions=mentions,
            keep_files=keep_files,
        )
        plan = room.plan_sync(held, fetcher, request)
        _carry_out(plan, lambda progress: room.run_sync(held, fetcher, plan, progress=progress), dry_run, as_json)
        return
    if archive is Archive.drivers:
        own = base or os.environ.get("DETENTE_DRIVERS_BASE")
        listed = room.plan_outside(held, room.downloads_folder(downloads, archive, own or ""), base=own)
        fetcher = Downloads(Door())
        _carry_out(
            listed, lambda progress: room.run_outside(held, fetcher, listed, progress=progress), dry_run, as_json
        )
        return
    where = load_dataverse()
    chosen = (base or os.environ.get("DETENTE_DATAVERSE_BASE") or where.base).rstrip("/")
    folder, fetcher = (
        room.downloads_folder(downloads, archive, chosen),
        Downloads(Door(other_hosts=where.redirect_hosts)),
    )
    wanted = room.DatasetRequest(archive, now, chosen, folder, first, last, accept_terms=terms, keep_files=keep_files)
    found = room.plan_dataset(held, fetcher, wanted)
    _carry_out(found, lambda progress: room.run_dataset(held, fetcher, found, progress=progress), dry_run, as_json)


#: What each archive can be asked for, of the options that are not for all.
_OPTIONS = {
    Archive.gdelt: {"--since", "--until", "--translated", "--mentions"},
    Archive.icews: {"--since", "--until", "--accept-terms"},
    Archive.polecat: {"--since", "--until", "--accept-terms"},
    Archive.drivers: set[str](),
}


def _check_options(archive: Archive, given: Mapping[str, object]) -> None:
    """Refuse an option that would be ignored.

    Raises:
        ConfigError: when there is one.
    """
    idle = [name for name, value in given.items() if value and name not in _OPTIONS[archive]]
    if idle:
        raise ConfigError(
            f"`detente sync {archive}` was given {', '.join(idle)}.",
            "Its files come whole, so that no days can be chosen."
            if archive is Archive.drivers
            else "It has no such choice.",
            "Leave it out.",
        )


def _carry_out(plan: _Plan, run: Callable[[Progress | None], _Report], dry_run: bool, as_json: bool) -> None:
    """Show the plan, then do it unless it is a dry run; exit code 1 when something is left to do."""
    if not as_json:
        console(stderr=True).print(str(plan), highlight=False, soft_wrap=True)
    if dry_run:
        if as_json:
            show_json(plan.as_dict())
        return
    with progress_bar(quiet=as_json) as progress:
        report = run(progress)
    if as_json:
        show_json(report.as_dict())
    else:
        console().print(str(report), highlight=False, soft_wrap=True)
    if not report.is_whole:
        raise typer.Exit(1)


class _Plan(Protocol):
    """What says what would be done."""

    def as_dict(self) -> dict[str, Any]: ...


class _Report(Protocol):
    """What says what was done."""

    @property
    def is_whole(self) -> bool: ...

    def as_dict(self) -> dict[str, Any]: ...
