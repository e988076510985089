"""What comes from people who mean no good is refused, in one shape, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.sample import sample_store_path
from detente.web import guard, server

pytestmark = pytest.mark.xdist_group("web")  # what takes long to start is started once

SHAPE = {"error", "asked", "found", "next_step"}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/static/../../../pyproject.toml", 404),
        ("/static/..%2f..%2f..%2fetc%2fpasswd", 404),
        ("/static/%00site.css", 404),
        ("/pair/..%2f..%2fetc-passwd.json", 404),
        ("/pair/USA-USA.json", 404),
        ("/pair/ABC-XYZ.json", 404),
        ("/pair/<script>.json", 422),
        ("/pair/USA-RUS/9999-99-99.json", 404),
        ("/pair/USA-RUS/99999-01-01.json", 422),
        ("/pair/USA-RUS/0001-01-01.json", 404),
        ("/pair/USA-RUS/events.json?week=0001-01-01", 200),
        ("/pair/USA-RUS/events.json?week=9999-12-31", 200),
        ("/pair/USA-RUS/events.json?limit=99999999999", 422),
        ("/pair/USA-RUS/events.json?since=2019-01-01'%20or%201=1", 422),
        ("/index.json?state=%27%3B%20drop", 422),
        ("/index.json?as_of=2030-01-01", 404),
        ("/oembed?url=javascript:alert(1)", 404),
        ("/series/..%2fpairs.csv", 404),
        (f"/search.json?q={'a' * 9000}", 414),
        ("/" + "a" * 9000, 414),
    ],
)
def test_a_strange_address_is_answered_in_the_one_shape(client: TestClient, address: str, status: int) -> None:
    """Tricks with paths, days beyond all calendars and other people's syntax find nothing and break nothing."""
    answer = client.get(address)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == SHAPE


@pytest.mark.parametrize("address", ["/search?q={}", "/pair/{}", "/pair/USA-RUS/{}", "/pair/{}/events", "/?state={}"])
def test_script_in_a_name_stays_text(client: TestClient, address: str) -> None:
    """What was asked for is said back escaped, also on pages of errors."""
    bad = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%3E"
    page = client.get(address.format(bad), headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<script>alert" not in page.text
    assert "alert(1)" not in page.text or "&lt;script&gt;" in page.text or "&lt;" in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_only_reading_methods_are_taken(client: TestClient, method: str) -> None:
    """Every page says 405 to a method that could write, and names those that it takes."""
    for address in ("/", "/pair/USA-RUS.json", "/scoreboard"):
        answer = client.request(method, address)
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]


def test_a_body_over_the_limit_is_refused_unread(client: TestClient) -> None:
    """Ten megabytes are refused, whether the length is declared or comes in pieces; a binary file is no article."""
    big = b"text=" + b"a" * 10_000_000
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/read", content=big, headers=kind).status_code == 413
    pieces = (b"a" * 65_536 for _ in range(160))
    assert client.post("/read.json", content=pieces, headers=kind).status_code == 413
    assert client.post("/read.json", data={"text": "\x00\x01\x02" * 50}).status_code == 422
    assert client.post("/read.json", data={"text": ""}).status_code == 422
    assert client.post("/read.json", content=b"{}", headers={"content-type": "application/json"}).status_code == 422


def test_a_slow_client_is_hung_up_on(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never finishes the head of a request, or its body, is let go, and others are served meanwhile."""
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)
    host, port = site.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert slow.recv(100) == b""
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        head = b"POST /read.json HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
        slow.sendall(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=a")
        assert b" 408 " in slow.recv(200)


def test_nothing_is_written(client: TestClient, ledger_apart: Path) -> None:
    """Asking for everything, and reading an article, changes neither the store nor the ledger."""
    before = _state(sample_store_path()), _state(ledger_apart)
    for address in ("/", "/pair/USA-RUS", "/scoreboard", "/data", "/pair/USA-RUS.rss"):
        client.get(address)
    client.post("/read", data={"text": "Relations between India and Pakistan will get worse, said Ann Lee."})
    assert (_state(sample_store_path()), _state(ledger_apart)) == before


def test_an_error_inside_is_not_told_outside(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of ours is a 500 in the one shape, without a trace of where it is."""
    from detente import replies

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(replies, "find_pairs", broken)
    answer = client.get("/search.json?q=never+asked+before")
    assert answer.status_code == 500
    assert set(answer.json()) == SHAPE
    assert "secret" not in answer.text


def _state(folder: Path) -> list[tuple[str, int, float]]:
    return [(str(path), path.stat().st_size, path.stat().st_mtime) for path in sorted(folder.rglob("*"))]
