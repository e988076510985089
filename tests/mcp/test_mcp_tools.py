"""The tools without a client: the command that shows them, HTTP on this computer alone, and what is missing."""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

import detente.mcp
from detente.answers import Worlds
from detente.cli import app
from detente.errors import ConfigError
from detente.mcp import TOOLS, call_tool
from detente.mcp.tools import Tool
from detente.sample import sample_store_path


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    """The bundled sample."""
    return Worlds(sample_store_path())


def test_the_command_lists_tools_and_answers_a_call() -> None:
    """`--tools` names all eight; `--call` prints the answer, or the error with exit code 2."""
    start = CliRunner().invoke
    listed = start(app, ["mcp", "--tools"])
    assert [line.split()[0] for line in listed.output.splitlines()] == list(TOOLS)
    schemas = json.loads(start(app, ["mcp", "--tools", "--json"]).output)["tools"]
    assert schemas[0]["arguments"]["required"] == ["name"]
    good = start(app, ["mcp", "--call", "resolve_country", '{"name": "Peru", "as_of": "1900-01-01"}'])
    assert (good.exit_code, json.loads(good.output)["iso3"]) == (0, "PER")
    bad = start(app, ["mcp", "--call", "resolve_country", '{"name": "Atlantis"}'])
    assert (bad.exit_code, json.loads(bad.output)["error"]) == (2, "CodebookError")
    assert isinstance(start(app, ["mcp", "--call", "scorecard", "[]"]).exception, ConfigError)


def test_without_the_library_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the protocol's library is missing, the error names the extra."""
    for name in [name for name in sys.modules if name.split(".")[0] == "mcp" or name == "detente.mcp.server"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(detente.mcp, "server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    error = CliRunner().invoke(app, ["mcp"]).exception
    assert isinstance(error, ConfigError)
    assert "detente[mcp]" in error.next_step


def test_a_defect_is_told_in_the_same_shape(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is an error too, and shows nothing of the inside."""

    def fail(_: Worlds) -> dict[str, Any]:
        raise KeyError("/secret/path")

    monkeypatch.setitem(TOOLS, "scorecard", Tool("scorecard", "", "", (), fail))  # type: ignore[arg-type]
    found, is_error = call_tool(worlds, "scorecard", {})
    assert is_error
    assert set(found) == {"error", "asked", "found", "next_step"}
    assert "secret" not in json.dumps(found)


def test_null_and_empty_arguments_are_left_out(worlds: Worlds) -> None:
    """Clients that send every argument, null or empty, get the same answer; figures count as their text."""
    plain, _ = call_tool(worlds, "resolve_country", {"name": "Peru"})
    same, is_error = call_tool(worlds, "resolve_country", {"name": " Peru ", "as_of": None, "detail": ""})
    assert (same, is_error) == (plain, False)


def test_http_answers_on_this_computer_alone(worlds: Worlds) -> None:
    """Over HTTP the same tools answer; a request by another host name, as a strange page would make, is refused."""
    pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
    client = pytest.importorskip("starlette.testclient", reason="the extra `mcp` is not installed")
    from detente.mcp.server import HOST, build_app

    call = {"name": "resolve_country", "arguments": {"name": "Peru", "as_of": "1900-01-01"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    heads = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    with client.TestClient(build_app(worlds), base_url=f"http://{HOST}:8331") as web:
        found = web.post("/mcp", json=body, headers=heads)
        assert found.json()["result"]["structuredContent"]["iso3"] == "PER"
        assert web.post("/mcp", json=body, headers=heads | {"host": "evil.example"}).status_code == 421
        assert web.post("/mcp", json=body, headers=heads | {"origin": "https://evil.example"}).status_code == 403


def test_a_port_that_is_taken_is_an_error_of_the_house(worlds: Worlds) -> None:
    """Where another program holds the port, the error says to give another."""
    pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
    from detente.mcp.server import HOST, serve_http

    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot be opened"):
            serve_http(worlds, port=taken.getsockname()[1], said=lambda _: None)
