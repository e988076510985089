"""The only door to the network: one request at a time goes through it, checked on the way out and on the way in.

In comes an address, out go a status, headers and bounded pieces of the body. Names on certificates are always verified;
redirects stay on their host unless any is allowed; a server that stalls, drips or never ends is left. What to keep, and
when to ask again, is decided in ``downloads``.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from detente.errors import ConfigError
from detente.sources.addresses import SCHEMES, check_address, check_url
from detente.sources.exchange import Broken, Patience, Reply

_PIECE = 64 * 1024
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass
class _Host:
    """What is known of one host: how many may ask at once, and from when."""

    gate: threading.BoundedSemaphore
    not_before: float = 0.0


@dataclass
class Door:
    """Asks servers; safe to share between threads.

    Args:
        patience: How long to bear with them.
        tls: Whom to trust; by default the system's authorities. One that does not verify is refused.
        other_hosts: Hosts (``name`` or ``name:port``) to which a redirect may lead besides the one that was asked.
        any_host: Whether a redirect may lead to any host.
        public_only: Whether this computer and private networks are refused, whatever name stands for them.
        stop: Set to give up all that is under way.
    """

    patience: Patience = field(default_factory=Patience)
    tls: ssl.SSLContext | None = None
    other_hosts: Collection[str] = ()
    any_host: bool = False
    public_only: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._tls = self.tls or ssl.create_default_context()
        if not self._tls.check_hostname or self._tls.verify_mode is not ssl.CERT_REQUIRED:
            raise ConfigError(
                "A connection without verified certificates was to be made.",
                "Anybody on the way could then write the data.",
                "Use a context that verifies names and authorities.",
            )
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = defaultdict(self._new_host)
        self._idle: dict[tuple[str, str], list[http.client.HTTPConnection]] = defaultdict(list)
        self._keepers = 0
        self._agent = f"detente/{version('detente')} (file lists and archives; polite, resuming)"

    @contextlib.contextmanager
    def ask(self, url: str, headers: Mapping[str, str] | None = None, *, body: bytes | None = None) -> Iterator[Reply]:
        """Ask for an address; the body of the reply is read inside the ``with``.

        Args:
            url: The address.
            headers: To be sent.
            body: What to hand over there (POST), once and to no other address; None only asks (GET).

        Raises:
            Broken: when no usable answer comes.
            ConfigError: when the address is none of http or https.
        """
        host = self._host(url)
        with host.gate:
            self._wait_until(host)
            reply, connection, url = self._follow(url, dict(headers or {}), body)
            try:
                yield reply
                if reply.status >= 400:
                    _drain(reply)
            finally:
                reply.close()
                self._settle(url, connection, is_clean=reply.is_read)

    @contextlib.contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep connections from one request to the next; without it each is closed after its request."""
        with self._lock:
            self._keepers += 1
        try:
            yield
        finally:
            with self._lock:
                self._keepers -= 1
                idle = [] if self._keepers else [one for kept in self._idle.values() for one in kept]
                if idle:
                    self._idle.clear()
            for connection in idle:
                connection.close()

    def hold(self, url: str, seconds: float) -> None:
        """Let nobody ask this host before so many seconds have gone by."""
        host = self._host(url)
        with self._lock:
            host.not_before = max(host.not_before, time.monotonic() + seconds)

    def _new_host(self) -> _Host:
        return _Host(threading.BoundedSemaphore(self.patience.connections))

    def _host(self, url: str) -> _Host:
        with self._lock:
            return self._hosts[check_url(url).netloc]

    def _wait_until(self, host: _Host) -> None:
        while (left := host.not_before - time.monotonic()) > 0:
            if self.stop.wait(left):
                raise Broken("stopped", is_final=True)

    def _follow(
        self, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[Reply, http.client.HTTPConnection, str]:
        """The answer after redirects that stay where they may, and the address that gave it."""
        asked = check_url(url)
        for _ in range(_MOST_REDIRECTS):
            reply, connection = self._request(url, headers, body)
            if reply.status not in _REDIRECTS:
                return reply, connection, url
            reply.close()
            connection.close()
            if body is not None:
                raise Broken("it redirects what was handed over; that is not followed", is_final=True)
            url = urllib.parse.urljoin(url, reply.headers.get("location", ""))
            to = urllib.parse.urlsplit(url)
            if to.scheme not in SCHEMES or (asked.scheme == "https" and to.scheme != "https"):
                raise Broken(f"it redirects to {to.scheme or 'nothing'}:, which is not as safe", is_final=True)
            if to.netloc != asked.netloc and not self.any_host and to.netloc not in self.other_hosts:
                raise Broken(f"it redirects to another host, {to.netloc}; that is not followed", is_final=True)
        raise Broken("it redirects without end", is_final=True)

    def _request(
        self, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[Reply, http.client.HTTPConnection]:
        """One request; on a kept connection that the server has closed meanwhile, at once again on a new one."""
        if self.public_only:
            _check_public(url)
        connection = self._connection(url)
        for is_kept in (True, False):
            is_kept = is_kept and connection.sock is not None  # noqa: PLW2901 - a closed one is as good as new
            try:
                response = self._send(connection, url, headers, body)
                break
            except (http.client.HTTPException, OSError) as error:
                connection.close()
                if not is_kept or isinstance(error, TimeoutError):
                    raise _broken(error) from error
            except Broken:
                connection.close()
                raise
        lower = {name.lower(): value for name, value in response.headers.items()}
        if lower.get("content-encoding", "identity") != "identity":
            response.close()
            connection.close()
            raise Broken(f"it sends {lower['content-encoding']}, which was not asked for", is_final=True)
        reply = Reply(response.status, lower, iter(()), response.close)
        reply.pieces = self._pieces(response, reply)
        return reply, connection

    def _send(
        self, connection: http.client.HTTPConnection, url: str, headers: dict[str, str], body: bytes | None
    ) -> http.client.HTTPResponse:
        parts = urllib.parse.urlsplit(url)
        path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        by_proxy = parts.scheme == "http" and connection.host != parts.hostname
        if connection.sock is None:
            connection.connect()
        if self.public_only and connection.host == parts.hostname:  # the name may stand for another address by now
            check_address(str(connection.sock.getpeername()[0]))
        with _deadline(connection.sock, self.patience.stall_seconds):  # headers may drip, too
            method = "GET" if body is None else "POST"
            sent = {"User-Agent": self._agent, **headers}
            connection.request(method, url if by_proxy else path, body=body, headers=sent)
            return connection.getresponse()

    def _connection(self, url: str) -> http.client.HTTPConnection:
        """A connection to the host: one that was kept, or a new one."""
        parts = urllib.parse.urlsplit(url)
        with self._lock:
            idle = self._idle[parts.scheme, parts.netloc]
            return idle.pop() if idle else self._new_connection(parts)

    def _settle(self, url: str, connection: http.client.HTTPConnection, *, is_clean: bool) -> None:
        """Keep a connection on which nothing is left to read, if somebody wants them kept; else close it."""
        parts = urllib.parse.urlsplit(url)
        with self._lock:
            is_kept = is_clean and self._keepers > 0 and connection.sock is not None
            if is_kept:
                self._idle[parts.scheme, parts.netloc].append(connection)
        if not is_kept:
            connection.close()

    def _new_connection(self, parts: urllib.parse.SplitResult) -> http.client.HTTPConnection:
        host, port, seconds = parts.hostname or "", parts.port, self.patience.stall_seconds
        named = urllib.request.getproxies().get(parts.scheme)
        proxy = urllib.parse.urlsplit(named) if named and not urllib.request.proxy_bypass(parts.netloc) else None
        if parts.scheme == "http":
            at = (proxy.hostname or "", proxy.port) if proxy else (host, port)
            return http.client.HTTPConnection(*at, timeout=seconds)
        if proxy is None:
            return http.client.HTTPSConnection(host, port, timeout=seconds, context=self._tls)
        through = http.client.HTTPSConnection(proxy.hostname or "", proxy.port, timeout=seconds, context=self._tls)
        through.set_tunnel(host, port)
        return through

    def _pieces(self, response: http.client.HTTPResponse, reply: Reply) -> Iterator[bytes]:
        began, arrived, total = time.monotonic(), 0, 0
        announced = response.length
        while announced is None or total < announced:
            try:
                piece = response.read1(_PIECE)
            except (http.client.HTTPException, OSError) as error:
                raise _broken(error) from error
            if not piece:
                break
            total, arrived = total + len(piece), arrived + len(piece)
            if total > self.patience.most_bytes:
                raise Broken(f"it is longer than {self.patience.most_bytes:,} bytes", is_final=True)
            yield piece
            if self.stop.is_set():
                raise Broken("stopped", is_final=True)
            if (seconds := time.monotonic() - began) >= self.patience.drip_seconds:
                if arrived < self.patience.drip_bytes:
                    raise Broken(f"it drips: {arrived:,} bytes in {seconds:.1f} s")
                began, arrived = time.monotonic(), 0
        if announced is not None and total < announced:
            raise Broken(f"it breaks off after {total:,} of {announced:,} bytes")
        response.close()
        reply.is_read = True


def _check_public(url: str) -> None:
    """Refuse an address whose host stands for this computer or a private network, in any of its addresses."""
    parts = urllib.parse.urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except OSError:
        return  # whoever connects will say that nobody knows the name; a proxy may know it
    for *_, place in found:
        check_address(str(place[0]))


def _drain(reply: Reply) -> None:
    """Read a small page of an error to its end, so that the connection can be kept."""
    with contextlib.suppress(Broken):
        if (reply.length or 0) <= _PIECE:
            for _ in reply.pieces:
                pass


@contextlib.contextmanager
def _deadline(connected: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection that has not answered by then: a time-out for each byte alone could be dripped past."""
    cut = threading.Event()

    def cut_off() -> None:
        cut.set()
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if cut.is_set():  # headers that were cut in the middle would pass for whole
        raise TimeoutError


def _broken(error: Exception) -> Broken:
    """What went wrong, in words; a certificate that does not fit will not fit the next time either."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Broken(f"its certificate does not hold: {error.verify_message}", is_final=True)
    if isinstance(error, TimeoutError):
        return Broken("it stalls")
    return Broken(f"the connection broke ({type(error).__name__}: {error})")
