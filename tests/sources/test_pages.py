"""Pages of the web from a real server on the loopback address, which has to be allowed for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rude_server import HASTY, Asked, RudeServer, Trick, serving, status

from detente.errors import ConfigError, SourceError
from detente.sources import fetch
from detente.sources.pages import LARGEST_BYTES, fetch_page

PAGE = "<html><body><p>Poland condemned Russia on Monday. Żaden.</p></body></html>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RudeServer]:
    """A server with one page; no proxy stands between."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,public.example")
    with serving() as found:
        yield found


def page(kind: str = "text/html; charset=iso-8859-2", body: bytes = PAGE.encode("iso-8859-2")) -> Trick:
    """Answer with a page."""

    def trick(asked: Asked) -> None:
        asked.head(200, {"Content-Type": kind, "Content-Length": str(len(body))})
        asked.wfile.write(body)

    return trick


def test_a_page_is_fetched_in_its_letters_after_a_redirect(server: RudeServer) -> None:
    """What the server says of letters is believed; where it says nothing, the bytes are handed on."""
    server.tricks["/old"].append(status(301, Location="/new"))
    server.tricks["/new"] += [page(), page("text/plain")]
    assert fetch_page(f"{server.base}/old", allow_private=True, patience=HASTY).content == PAGE
    assert fetch_page(f"{server.base}/new", allow_private=True, patience=HASTY).content == PAGE.encode("iso-8859-2")


@pytest.mark.parametrize(
    ("trick", "message"),
    [
        (page("application/pdf"), "no page of text"),
        (page(""), "no kind that is named"),
        (status(404), "status 404"),
        (page(body=b"a" * 3_000_001), "longer than"),
        (status(302, Location="file:///etc/passwd"), "not as safe"),
    ],
)
def test_what_is_no_page_is_refused(server: RudeServer, trick: Trick, message: str) -> None:
    """Another kind of content, none named, an error, too much of it, a redirect to a file: a clear error."""
    server.tricks["/a"].append(trick)
    with pytest.raises(SourceError, match=message):
        fetch_page(f"{server.base}/a", allow_private=True, patience=HASTY)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "10.1.2.3", "169.254.169.254", "127.1"]
)
def test_this_computer_and_private_networks_are_not_asked(server: RudeServer, host: str) -> None:
    """However the address is written, nobody is asked unless it is allowed."""
    with pytest.raises(SourceError, match="private network"):
        fetch_page(f"http://{host}:{server.server_port}/a", patience=HASTY)
    assert not server.asked


def test_a_public_name_that_leads_to_a_private_address_is_not_asked(
    server: RudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither at first, nor by a redirect, nor when the name changes its address between the check and the call."""
    real, told = socket.getaddrinfo, ["127.0.0.1"]

    def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        return real(told.pop(0) if host == "public.example" and told else "127.0.0.1", port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = f"http://public.example:{server.server_port}/a"
    with pytest.raises(SourceError, match="private network"):
        fetch_page(url, patience=HASTY)
    told[:] = ["192.0.43.8"]  # a public address for the check, then this computer
    with pytest.raises(SourceError, match="private network"):
        fetch_page(url, patience=HASTY)
    assert not server.asked


def test_a_redirect_to_a_private_address_is_not_followed(server: RudeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that a page leads on to is checked as the first was."""
    refuse = fetch.check_address
    monkeypatch.setattr(fetch, "check_address", lambda text: None if text == "127.0.0.1" else refuse(text))
    server.tricks["/start"].append(status(302, Location="http://10.1.2.3/a"))
    with pytest.raises(SourceError, match=r"10\.1\.2\.3, which is this computer or a private network"):
        fetch_page(f"{server.base}/start", patience=HASTY)
    assert server.times("/start") == 1


def test_no_address_is_a_wrong_command() -> None:
    """Only http and https are asked, and no page is longer than the bound."""
    for url in ("file:///etc/passwd", "ftp://example.org/a", "http://", "http://exa mple.org/"):
        with pytest.raises(ConfigError):
            fetch_page(url)
    assert replace(HASTY, most_bytes=LARGEST_BYTES).most_bytes == 10_000_000
