"""The server: the eight tools over standard input and output, or over HTTP on this computer alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
import mcp.types as wire
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from detente import __version__
from detente.answers import Worlds, write_compact
from detente.errors import ConfigError
from detente.mcp.tools import INSTRUCTIONS, TOOLS, Tool, call_tool

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.applications import Starlette

NAME = "detente"
#: Nobody but programs of this computer can reach the server over HTTP.
HOST = "127.0.0.1"
#: What every answer holds; a client checks answers against it.
_OUTPUT = {"type": "object", "required": ["as_of", "cut", "sources", "versions"]}


def build_server(worlds: Worlds) -> Server[Any]:
    """A server that answers from some worlds; one question at a time, so that their tables are made once.

    Args:
        worlds: Whose data.
    """
    lock = threading.Lock()

    def answer(name: str, given: dict[str, Any]) -> wire.CallToolResult:
        with lock:
            found, is_error = call_tool(worlds, name, given)
        text = wire.TextContent(type="text", text=write_compact(found))
        return wire.CallToolResult(content=[text], structured_content=found, is_error=is_error)

    async def list_tools(_: ServerRequestContext[Any], __: wire.PaginatedRequestParams | None) -> wire.ListToolsResult:
        """All eight, on one page."""
        return wire.ListToolsResult(tools=[describe_tool(tool) for tool in TOOLS.values()])

    async def answer_call(_: ServerRequestContext[Any], params: wire.CallToolRequestParams) -> wire.CallToolResult:
        """The answer, made on another thread so that the connection stays alive."""
        return await anyio.to_thread.run_sync(answer, params.name, params.arguments or {})

    return Server(
        NAME,
        version=__version__,
        title="Détente",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=answer_call,
    )


def describe_tool(tool: Tool) -> wire.Tool:
    """A tool as the protocol names it: read-only, the same whenever it is asked, of a closed world."""
    hints = wire.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    return wire.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.about,
        input_schema=tool.schema(),
        output_schema=_OUTPUT,
        annotations=hints,
    )


def serve_stdio(worlds: Worlds) -> None:
    """Answer over standard input and output until the input ends."""
    server = build_server(worlds)

    async def run() -> None:
        """Until the input ends."""
        async with stdio_server() as (read_stream, write_stream):
            await server.run(read_stream, write_stream, server.create_initialization_options())

    anyio.run(run)


def build_app(worlds: Worlds) -> Starlette:
    """The same over HTTP, at the path ``/mcp``; requests that name another host than this one are refused."""
    return build_server(worlds).streamable_http_app(host=HOST, json_response=True, stateless_http=True)


def serve_http(worlds: Worlds, *, port: int, said: Callable[[str], None]) -> None:
    """Answer over HTTP on this computer until interrupted.

    Args:
        worlds: Whose data.
        port: The port.
        said: What is told of the address.

    Raises:
        ConfigError: when the port cannot be opened.
    """
    import uvicorn  # noqa: PLC0415 - not needed over standard input and output

    said(f"http://{HOST}:{port}/mcp")
    try:
        uvicorn.run(build_app(worlds), host=HOST, port=port, log_level="warning")
    except SystemExit:
        raise ConfigError(
            f"MCP was to be served on port {port}.",
            "The port cannot be opened; another program may hold it.",
            "Give another with --port.",
        ) from None
