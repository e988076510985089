"""A real HTTP server on the loopback address that misbehaves as told; no test asks any other."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from detente.sources.downloads import Downloads
from detente.sources.exchange import Patience
from detente.sources.fetch import Door

CERTIFICATES = Path(__file__).parent / "certificates"
#: Short enough for tests, long enough for a busy machine.
HASTY = Patience(
    tries=4,
    stall_seconds=1.0,
    drip_seconds=0.3,
    drip_bytes=4000,
    progress_bytes=1000,
    first_wait_seconds=0.001,
    longest_wait_seconds=5.0,
    connections=3,
    most_bytes=3_000_000,
    failures_in_a_row=3,
)

#: Answers one request in place of the usual answer.
Trick = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: RudeServer

    def do_GET(self) -> None:
        """Answer as told for this path, once for each trick, and well behaved from then on."""
        with self.server.lock:
            self.server.asked.append((self.path, dict(self.headers)))
            tricks = self.server.tricks[self.path]
            trick = tricks.pop(0) if tricks else None
        (trick or Asked.answer)(self)

    def answer(self) -> None:
        """The right answer: the whole file, or its rest when the validator still fits."""
        body = self.server.files.get(self.path)
        if body is None:
            self.head(404, {"Content-Length": "0"})
            return
        start = self.wanted_start(body)
        if start >= len(body):
            self.head(416, {"Content-Length": "0"})
            return
        self.head(206 if start else 200, self.about(body, start))
        self.wfile.write(body[start:])

    def wanted_start(self, body: bytes) -> int:
        """Where the answer begins: where ``Range`` says, unless the content is no longer the one meant."""
        is_same = self.headers.get("If-Range", etag(body)) == etag(body)
        return int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-")) if is_same else 0

    def about(self, body: bytes, start: int = 0) -> dict[str, str]:
        """Headers of the body from there on."""
        found = {"ETag": etag(body), "Content-Length": str(len(body) - start)}
        return found | ({"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {})

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Send the status and headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class RudeServer(ThreadingHTTPServer):
    """Serves ``files`` by path; ``tricks`` by path are played once each, in order."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.lock = threading.Lock()
        self.files: dict[str, bytes] = {}
        self.tricks: dict[str, list[Trick]] = defaultdict(list)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()
        self.scheme = "http"

    @property
    def base(self) -> str:
        """The server's address."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def times(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)

    def handle_error(self, *_: object) -> None:
        """Clients hang up on purpose."""


@contextlib.contextmanager
def serving(certificate: str | None = None) -> Iterator[RudeServer]:
    """A server in a thread, over TLS when a certificate is named."""
    server = RudeServer()
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def downloads(patience: Patience = HASTY, **door: object) -> Downloads:
    """A fetcher in a hurry."""
    return Downloads(Door(patience, **door))  # type: ignore[arg-type]


def etag(body: bytes) -> str:
    """A strong validator."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def status(code: int, **headers: str) -> Trick:
    """Answer with a status and nothing else."""

    def trick(asked: Asked) -> None:
        asked.head(code, {"Content-Length": "0"} | {name.replace("_", "-"): value for name, value in headers.items()})

    return trick


def cut_after(count: int) -> Trick:
    """Announce the whole body and hang up after so many bytes of what is asked for."""

    def trick(asked: Asked) -> None:
        body = asked.server.files[asked.path]
        start = asked.wanted_start(body)
        asked.head(206 if start else 200, asked.about(body, start))
        asked.wfile.write(body[start : start + count])
        asked.close_connection = True

    return trick


def stall_after(count: int) -> Trick:
    """Send so many bytes, then nothing, and keep the line open."""

    def trick(asked: Asked) -> None:
        cut_after(count)(asked)
        asked.wfile.flush()
        asked.server.over.wait(3)

    return trick


def silent(asked: Asked) -> None:
    """Never answer."""
    asked.server.over.wait(3)
    asked.close_connection = True


def drip(asked: Asked) -> None:
    """A byte now and then, each in time for a time-out of single bytes."""
    body = asked.server.files[asked.path]
    asked.head(200, asked.about(body))
    for at in range(len(body)):
        if asked.server.over.is_set():
            break
        asked.wfile.write(body[at : at + 1])
        time.sleep(0.05)


def drip_headers(asked: Asked) -> None:
    """Headers, a letter now and then."""
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 60:
        if asked.server.over.is_set():
            break
        asked.wfile.write(bytes((letter,)))
        time.sleep(0.05)
    asked.close_connection = True
