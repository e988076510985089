"""The command that merges: small batches of a store into large ones."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import Json, StoreDir
from detente.cli.shown import console, progress_bar, show_json


def merge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    as_json: Json = False,
    store: StoreDir = None,
) -> None:
    """Merge small batches of the store into large ones: reads become quick again, and every answer stays the same."""
    import datetime as dt

    from detente.errors import StoreError
    from detente.store import open_store
    from detente.world import default_store_path

    held = open_store(store or default_store_path())
    plan = held.plan_merge()
    if not plan.batches:
        raise StoreError(
            f"Batches of {held.path} were to be merged.",
            "It holds none." if held.path.is_dir() else "There is no such directory.",
            "Name the store with --store, or load something first.",
        )
    if not as_json:
        console(stderr=True).print(str(plan), highlight=False, soft_wrap=True)
    if dry_run:
        if as_json:
            show_json(plan.as_dict())
        return
    # Where there is nothing to merge, the old files of earlier merges may be due for removal.
    with progress_bar(quiet=as_json, unit="merges") as progress:
        report = held.merge(now=dt.datetime.now(dt.UTC).replace(tzinfo=None), progress=progress)
    if as_json:
        show_json(report.as_dict())
    elif not plan.is_empty:
        console().print(str(report), highlight=False, soft_wrap=True)
