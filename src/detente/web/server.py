"""Serving: an address of this machine, one or more processes, no patience for clients that never finish a request."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from detente.errors import ConfigError
from detente.web.answer import ANSWERS_HELD
from detente.web.app import create_app
from detente.web.processes import run_processes

#: The head of a request must be there within so many seconds.
HEAD_SECONDS = 10.0
#: The protocol TCP and its option NODELAY, by their numbers: where several processes share a socket, the loop that
#: would set the option does not know it for TCP, and every answer after the first would wait some 40 ms.
_NO_DELAY = (6, 1)
#: Connections at once, for each process, and those that wait to be taken.
CONNECTIONS = 256
_WAITING = 512
_STORE, _PROVIDER, _HELD = "DETENTE_SERVE_STORE", "DETENTE_SERVE_PROVIDER", "DETENTE_SERVE_HELD"


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on a client which does not finish the head of its first request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the head of a request; answers are sent at once, not held back for a receipt."""
        super().connection_made(transport)
        if (connection := transport.get_extra_info("socket")) is not None:
            connection.setsockopt(*_NO_DELAY, 1)
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def _hang_up(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class SharingServer(uvicorn.Server):
    """A server that takes one waiting connection at a time, so that processes at one socket take about as many each.

    The loop takes as many at once as it was told may wait. So it is told one, and the system is told the true number.
    """

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        for shared in sockets or ():
            shared.listen(_WAITING)


def serve(
    store: Path | None,
    *,
    provider: str | None,
    host: str,
    port: int,
    workers: int,
    answers_held: int | None = None,
    said: Callable[[], None] | None = None,
) -> None:
    """Serve until told to stop.

    Args:
        store: The store's directory; None for the usual one, or the sample.
        provider: Whose data.
        host: The address to listen at.
        port: The port to listen at.
        workers: How many processes; each holds the data for itself.
        answers_held: How many answers each keeps; None for the usual number.
        said: Called when the address is ours.

    Raises:
        ConfigError: when the address cannot be listened at, or a process ends before it serves.
    """
    for name, value in ((_STORE, store), (_PROVIDER, provider), (_HELD, answers_held)):
        if value is not None:
            os.environ[name] = str(value)
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # the processes share the cores; one question is many small steps
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # threads that come and go must not leave their memory behind
    with bind(host, port) as shared:
        if said is not None:
            said()
        if workers == 1:
            run_one(shared)
        else:
            run_processes(run_one, shared, workers)


def bind(host: str, port: int) -> Any:  # noqa: ANN401 - a socket; only downloads may know the module of that name
    """A socket at an address; nobody is listened to yet.

    Raises:
        ConfigError: when another program listens there, or there is no such address.
    """
    log = logging.getLogger("uvicorn.error")
    config = _configure(host=host, port=port)
    log.disabled = True  # it is said below, in our words
    try:
        return config.bind_socket()
    except SystemExit as ended:
        why = ended.__context__
        raise ConfigError(
            f"The site was to be served at {host}:{port}.",
            f"That address cannot be listened at: {getattr(why, 'strerror', None) or why}.",
            "Choose another port with `--port`, or end the program that listens there.",
        ) from None
    finally:
        log.disabled = False


def run_one(shared: Any) -> None:  # noqa: ANN401 - a socket
    """Serve from this process what comes in at a socket, until told to stop."""
    server = SharingServer(_configure())
    server.run(sockets=[shared])
    if not server.started:
        raise SystemExit(uvicorn.config.STARTUP_FAILURE)


def _configure(**where: Any) -> uvicorn.Config:  # noqa: ANN401 - the address, where it matters
    return uvicorn.Config(
        "detente.web.server:made",
        factory=True,
        http=PatientProtocol,
        log_level="warning",
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=16_384,
        lifespan="on",
        backlog=1,
        **where,
    )


def made() -> Any:  # noqa: ANN401 - an ASGI application
    """The application that the environment describes: how a process of its own learns what to serve."""
    store, held = os.environ.get(_STORE), os.environ.get(_HELD)
    kept = int(held) if held is not None else ANSWERS_HELD
    return create_app(Path(store) if store else None, provider=os.environ.get(_PROVIDER), answers_held=kept)
