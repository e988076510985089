"""Arguments and options that several commands share, and the world they name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from detente.world import World

A = Annotated[str, typer.Argument(metavar="STATE", help="A state: ISO3 code or usual name.")]
B = Annotated[str, typer.Argument(metavar="STATE", help="The other state.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Read as known at the end of this day.")]
StoreDir = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="Store to use (or DETENTE_STORE).")]
Provider = Annotated[str | None, typer.Option("--provider", help="Whose data, where the store holds several.")]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="ENGINE", help="What reads: duckdb, spark or sc://HOST:PORT (or DETENTE_ENGINE)."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
HorizonText = Annotated[str, typer.Option("--horizon", metavar="WEEKS", help="How far ahead, e.g. 4w, 13w, 26w.")]


def open_world_for(store: Path | None, as_of: str | None, provider: str | None, engine: str | None = None) -> World:
    """The world that the shared options name."""
    from detente.world import open_world

    return open_world(store, as_of=as_of, provider=provider, engine=engine)


def keep_to_one_thread() -> None:
    """Let the algebra of many small steps be done in one thread: several would mostly wait for one another, busily.

    It must be said before numpy is loaded; who has set the variable is heard.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
