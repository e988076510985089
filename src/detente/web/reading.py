"""The page that takes an article, and its twin: text or a file in, what is read in it out; nothing is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from detente import replies
from detente.errors import ConfigError, DataError
from detente.web import names
from detente.web.answer import HTML, Counter, make_answer, make_json, to_response
from detente.web.errors import NotInstalledError
from detente.web.guard import LARGEST_BODY
from detente.web.render import render
from detente.web.schemas import responses

if TYPE_CHECKING:
    import datetime as dt

#: Characters of control, which a text field sometimes carries along and no article needs.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], " ")
_LETTER = re.compile("[A-Za-z]")
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["text"],
                    "additionalProperties": False,
                    "properties": {
                        "text": {"type": "string", "pattern": "[A-Za-z]", "description": "The article, text or HTML."},
                        "date": {"type": "string", "format": "date", "description": "The day of publication."},
                    },
                }
            }
        },
    }
}


def make_reading(counter: Counter) -> APIRouter:
    """The page and its twin."""
    router = APIRouter(default_response_class=Response)
    desk = counter.desk

    @router.get("/read", include_in_schema=False)
    async def empty(request: Request) -> Response:
        """The page before anything was sent."""
        page = render("read.html", reply=None, text="", date="", error=None)
        return to_response(request, make_answer(page, HTML))

    @router.post("/read", include_in_schema=False)
    async def read(request: Request) -> Response:
        """The page of what was read."""
        content, date = await _form(request)
        text = content if isinstance(content, str) else ""
        status, reply, error = 200, None, None
        try:
            reply = await counter.work(_read, desk, content, date, kind="reading")
        except (ConfigError, DataError) as found:
            status, error = 422, found.as_dict()
        page = render("read.html", reply=reply, text=text, date=date, error=error, data=_beside(reply))
        return to_response(request, make_answer(page, HTML, status=status))

    @router.post(
        "/read.json", responses=responses("application/json"), openapi_extra=_FORM, summary="What is said in an article"
    )
    async def read_json(request: Request) -> Response:
        """Attributions, assessments and events of an article, and what the model says beside them; nothing is kept."""
        content, date = await _form(request)
        return to_response(request, make_json(await counter.work(_read, desk, content, date, kind="reading")))

    return router


async def _form(request: Request) -> tuple[str | bytes, str]:
    """The text or the file that was sent, and its date."""
    if "form" not in request.headers.get("content-type", ""):
        raise DataError("A text was to be read.", "It was not sent as a form.", "Send the fields text and date.")
    async with request.form(max_files=1, max_fields=50, max_part_size=LARGEST_BODY) as form:
        file, text, date = form.get("file"), form.get("text"), form.get("date")
        content: str | bytes = text.translate(_CONTROL) if isinstance(text, str) else ""
        if isinstance(file, UploadFile) and (file.size or 0) > 0:
            content = await file.read()
    return content, date[:40] if isinstance(date, str) else ""


def _read(desk: replies.Desk, content: str | bytes, date: str) -> dict[str, Any]:
    if not content.strip() or (isinstance(content, str) and not _LETTER.search(content)):
        raise DataError("An article was to be read.", "No text was sent.", "Paste its text, or choose a file.")
    if len(content) > replies.LONGEST_TEXT:
        raise DataError(
            f"A text of {len(content):,} characters was to be read.",
            f"At most {replies.LONGEST_TEXT:,} are read here.",
            "Send one article, or use `detente read`.",
        )
    day: dt.date | None = names.read_day(date or None, what="date of the article")
    try:
        return replies.read_reply(desk, content, date=day)
    except ConfigError as error:
        if "reading" in error.next_step:
            raise NotInstalledError(error.asked, error.found, error.next_step) from None
        raise


def _beside(reply: dict[str, Any] | None) -> dict[int, dict[str, Any]]:
    """What stands beside each assessment, by its place."""
    return {row["assessment"]: row for row in reply["data"]["rows"]} if reply else {}
