"""The door: what is refused before anything is computed, and what every response carries.

Bodies are bounded in size and in time, addresses in length; only reading methods pass, but for the one page that takes
an article. Whatever goes wrong inside becomes one shape of error, without a trace of where.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: A long article is a tenth of this.
LARGEST_BODY = 1_000_000
LONGEST_ADDRESS = 8_000
#: A body must be there within so many seconds.
BODY_SECONDS = 15.0
#: An answer is given up after so many.
ANSWER_SECONDS = 60.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
)
_READING = ("GET", "HEAD", "OPTIONS")
_log = logging.getLogger("detente.web")


class TooLargeError(Exception):
    """A body over the limit."""


class Guard:
    """The application behind the door.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        door = _Door(scope, send)
        if refusal := _refusal(scope):
            await door.refuse(*refusal)
            return
        try:
            await asyncio.wait_for(self.app(scope, _bounded(receive), door.send), ANSWER_SECONDS)
        except TimeoutError:
            await door.refuse(503, "A request was sent.", "Its answer took too long.", "Try again later.")
        except Exception:  # noqa: BLE001 - the boundary: the application has answered, and here it is logged
            _log.exception("a request failed")


class _Door:
    """What goes out: the application's answer with our headers, or a refusal where no answer has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._path, self._send, self._has_begun = scope["path"], send, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            message = {**message, "headers": [*message.get("headers", []), *_headers(self._path)]}
        await self._send(message)

    async def refuse(self, status: int, asked: str, found: str, next_step: str) -> None:
        if self._has_begun:
            return
        body = json.dumps({"error": "Refused", "asked": asked, "found": found, "next_step": next_step}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(b"connection", b"close")] if status == 413 else []
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _refusal(scope: Scope) -> tuple[int, str, str, str] | None:
    """Why a request is refused unread: status and the three parts of an error."""
    length = len(scope["raw_path"] or b"") + len(scope["query_string"])
    if length > LONGEST_ADDRESS:
        found = f"Addresses here have at most {LONGEST_ADDRESS} characters."
        return 414, f"An address of {length} characters was asked for.", found, "Shorten it."
    if scope["method"] not in _READING and not scope["path"].startswith("/read"):
        return None  # the router answers 405 and names the methods there are
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return _too_large() if declared.isdigit() and int(declared) > LARGEST_BODY else None


def _too_large() -> tuple[int, str, str, str]:
    found = f"At most {LARGEST_BODY / 1e6:.0f} MB are taken."
    return 413, "A text was sent.", found, "Send the article alone."


def _bounded(receive: Receive) -> Receive:
    """The body, no more of it than is allowed and no slower."""
    total = 0
    loop = asyncio.get_running_loop()
    ends, is_whole = loop.time() + BODY_SECONDS, False

    async def receiving() -> Message:
        nonlocal total, is_whole
        if is_whole:
            return await receive()
        message = await asyncio.wait_for(receive(), max(ends - loop.time(), 0.01))
        total += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if total > LARGEST_BODY:
            raise TooLargeError
        return message

    return receiving


def _headers(path: str) -> list[tuple[bytes, bytes]]:
    ancestors = "*" if path.startswith("/embed/") else "'none'"
    return [*_HEADERS, (b"content-security-policy", _POLICY.format(ancestors=ancestors).encode())]
