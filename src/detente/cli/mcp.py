"""The command that serves programs which use language models."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import AsOf, Json, Provider, StoreDir
from detente.cli.shown import console, show_json, write
from detente.errors import ConfigError

if TYPE_CHECKING:
    from types import ModuleType


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Over HTTP on this computer, not standard input.")] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port, with --http.")] = 8331,
    tools: Annotated[bool, typer.Option("--tools", help="List the tools and stop.")] = False,
    call: Annotated[
        tuple[str, str] | None,
        typer.Option("--call", metavar="TOOL JSON", help="Answer one call as a client would get it, and stop."),
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """The MCP server: eight read-only tools for programs that use language models; --as-of bars later days."""
    from detente.answers import Worlds
    from detente.mcp import TOOLS, call_tool

    if tools:
        if as_json:
            show_json(
                {"tools": [{"name": one.name, "about": one.about, "arguments": one.schema()} for one in TOOLS.values()]}
            )
        else:
            write("".join(f"{one.name:16} {one.title}\n" for one in TOOLS.values()))
        return
    worlds = Worlds(store, provider=provider, until=as_of)
    if call:
        found, is_error = call_tool(worlds, call[0], _arguments(call[1]))
        show_json(found)
        if is_error:
            raise typer.Exit(2)
        return
    server = _server()
    if http:
        server.serve_http(worlds, port=port, said=lambda address: console(stderr=True).print(address, highlight=False))
    else:
        if sys.stdin.isatty():
            console(stderr=True).print("waiting for an MCP client on standard input; `detente mcp --help` says more")
        server.serve_stdio(worlds)


def _arguments(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
        if not isinstance(given, dict):
            raise ValueError
    except (ValueError, RecursionError):
        raise ConfigError(
            f"--call was given the arguments {text[:60]!r}.",
            "They are no JSON object.",
            'For example \'{"a": "USA", "b": "RUS"}\'.',
        ) from None
    return given


def _server() -> ModuleType:
    """The server's module, where the protocol's library is installed."""
    try:
        from detente.mcp import server
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "detente":
            raise
        raise ConfigError(
            "The MCP server was to be started.",
            f"The package {error.name!r} is not installed.",
            'Install the extra: pip install "detente[mcp]".',
        ) from None
    return server
