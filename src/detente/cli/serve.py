"""The command that serves the web site and the HTTP interface."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import Provider, StoreDir, keep_to_one_thread
from detente.cli.shown import console
from detente.errors import ConfigError


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes; each holds the data.")] = 1,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """The web site and the HTTP interface, on this machine; it only reads, and asks nobody else."""
    keep_to_one_thread()
    try:
        from detente import web
    except ImportError as error:
        raise ConfigError(
            "The web site was to be served.",
            f"The extra `web` is not installed ({error.name} is missing).",
            "Run: pip install 'detente[web]'",
        ) from None
    from detente.world import open_world

    world = open_world(store, provider=provider)  # whatever is wrong with the store is said here, not in a log
    told = f"serving {world.provider} to {world.as_of} at http://{host}:{port} (Ctrl-C ends it)"
    del world  # each process holds the data for itself

    def say() -> None:
        console(stderr=True).print(told, highlight=False)

    web.serve(store, provider=provider, host=host, port=port, workers=workers, said=say)
