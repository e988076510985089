"""Answers as bytes: compressed once, known by an ETag, kept while the data are the same."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.responses import Response

from detente.errors import DetenteError
from detente.replies import Desk, Shelf
from detente.web import names

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")

#: Answers kept by one process: some two hundred kilobytes each with their compressed form.
ANSWERS_HELD = 256
#: Shorter answers are sent as they are.
_WORTH_COMPRESSING = 600
_EFFORT = 3
#: Answers of each kind made at once by one process: more would only wait for one another inside the interpreter. What
#: takes long (a day of which nothing is held, a brief nobody has asked for) stands in a queue of its own, so that what
#: takes milliseconds never waits behind it.
_MADE_AT_ONCE = {"briefs": 1, "days": 1}
_QUICK_AT_ONCE = 2
JSON, HTML, CSV, RSS, PARQUET = (
    "application/json",
    "text/html; charset=utf-8",
    "text/csv; charset=utf-8",
    "application/rss+xml; charset=utf-8",
    "application/vnd.apache.parquet",
)


@dataclass(frozen=True)
class Answer:
    """One answer, ready to be sent.

    Args:
        body: Its bytes.
        media: Their media type.
        status: The HTTP status.
        packed: The bytes compressed; None where that is not worth it.
        etag: Names the bytes.
        headers: Further headers.
    """

    body: bytes
    media: str
    status: int
    packed: bytes | None
    etag: str
    headers: tuple[tuple[str, str], ...] = ()


def make_answer(
    content: str | bytes, media: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """An answer from its content, compressed lightly: most of the size goes at once, most of the time after."""
    body = content.encode() if isinstance(content, str) else content
    packed = gzip.compress(body, _EFFORT, mtime=0) if len(body) >= _WORTH_COMPRESSING and media != PARQUET else None
    return Answer(body, media, status, packed, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"', headers)


def make_json(value: Any, *, status: int = 200) -> Answer:  # noqa: ANN401 - anything that JSON can hold
    """An answer in JSON; NaN is refused, since it is none."""
    return make_answer(json.dumps(value, ensure_ascii=False, allow_nan=False), JSON, status=status)


class Counter:
    """Where answers are made, and kept: the one place that requests are served from.

    Args:
        desk: Whose data; a change of them lets all answers go.
        held: How many answers are kept; 0 for none.
    """

    def __init__(self, desk: Desk, *, held: int = ANSWERS_HELD) -> None:
        self.desk = desk
        self._shelf: Shelf[tuple[str, str], Answer] = Shelf(held)
        self._makers: dict[str, CapacityLimiter] = {}

    async def serve(
        self, request: Request, make: Callable[[], Answer], *, also: str = "", is_brief: bool = False
    ) -> Response:
        """The answer to a request: the one kept, or one made now in a thread of its own.

        Args:
            request: The request; its path and query name the answer.
            make: What makes it.
            also: What else it depends on.
            is_brief: Whether it is made from the brief of the pair in the path.
        """
        version = await self.work(self.desk.version) if self.desk.is_due() else self.desk.version()
        key = (version, f"{request.url.path}?{request.url.query} {also}")
        if (answer := self._shelf.find(key)) is None:
            answer = await self.work(self._shelf.take, key, make, kind=self._queue_of(request, is_brief=is_brief))
        return to_response(request, answer)

    async def work(self, do: Callable[..., T], *given: Any, kind: str = "answers") -> T:  # noqa: ANN401 - any work
        """Do something that takes a while, in a thread; no more of its kind at once than helps."""
        limiter = self._makers.setdefault(kind, CapacityLimiter(_MADE_AT_ONCE.get(kind, _QUICK_AT_ONCE)))
        return await to_thread.run_sync(do, *given, limiter=limiter)

    def _queue_of(self, request: Request, *, is_brief: bool) -> str:
        """In which queue a request stands: that of its longest part that is not at hand."""
        try:
            day = names.read_day(request.path_params.get("day") or request.query_params.get("as_of"))
            if not self.desk.has_world(day):
                return "days"
            is_held = not is_brief or self.desk.has_brief(names.read_pair(request.path_params["pair"]), day)
        except DetenteError:
            return "answers"  # its making will say what is wrong
        return "answers" if is_held else "briefs"


def to_response(request: Request, answer: Answer) -> Response:
    """An answer as a response: compressed where the client takes that, and empty where it has it already."""
    headers = {"ETag": answer.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding", **dict(answer.headers)}
    if answer.status == 200 and _has_it(request.headers.get("if-none-match", ""), answer.etag):
        return Response(status_code=304, headers=headers)
    body = answer.body
    if answer.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = answer.packed, "gzip"
    return Response(body, status_code=answer.status, media_type=answer.media, headers=headers)


def _has_it(asked: str, etag: str) -> bool:
    names = [name.strip().removeprefix("W/") for name in asked.split(",")]
    return "*" in names or etag.removeprefix("W/") in names
