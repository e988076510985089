"""Errors as answers: one shape for programs, one page for people, and the status that says who must act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from detente.errors import (
    CodebookError,
    ConfigError,
    CutoffError,
    DataError,
    DetenteError,
    QuestionError,
    SourceError,
    StoreError,
)
from detente.web.answer import HTML, make_answer, make_json, to_response
from detente.web.guard import LARGEST_BODY, TooLargeError
from detente.web.render import render

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

STATUS: dict[type[DetenteError], int] = {
    CodebookError: 404,
    CutoffError: 404,
    ConfigError: 404,
    QuestionError: 422,
    DataError: 422,
    SourceError: 503,
    StoreError: 503,
}
_SAID = {404: "There is nothing at this address.", 405: "This address is only read."}


class NotInstalledError(ConfigError):
    """Something that this server was installed without."""


def add_error_handlers(app: FastAPI) -> None:
    """Let every error of an application be answered in the one shape."""

    @app.exception_handler(DetenteError)
    async def ours(request: Request, error: DetenteError) -> Response:
        """Something that the house refuses, in its own three parts."""
        status = 503 if isinstance(error, NotInstalledError) else STATUS.get(type(error), 400)
        return answer_error(request, error.as_dict(), status)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        """A parameter that is not of its kind."""
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = {"error": "RequestError", "asked": f"{request.url.path[:200]} was asked for."}
        said |= {"found": f"{place}: {first['msg']}.", "next_step": "See /docs for what it takes."}
        return answer_error(request, said, 422)

    @app.exception_handler(TooLargeError)
    async def too_large(request: Request, _: TooLargeError) -> Response:
        """A body over the limit."""
        found = f"At most {LARGEST_BODY / 1e6:.0f} MB are taken."
        return _hang_up(request, 413, "A text was sent.", found, "Send the article alone.")

    @app.exception_handler(TimeoutError)
    async def too_slow(request: Request, _: TimeoutError) -> Response:
        """A body that does not come."""
        return _hang_up(request, 408, "A request was sent.", "It took too long.", "Send it again, faster.")

    @app.exception_handler(Exception)
    async def defect(request: Request, _: Exception) -> Response:
        """A defect of ours, without a trace of where."""
        found = "Something went wrong here; it is written to the log of the server."
        said = {"error": "Defect", "asked": f"{request.url.path[:200]} was asked for.", "found": found}
        return answer_error(request, said | {"next_step": "Try again later."}, 500)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        """An address or a method that there is not."""
        said = {"error": "RequestError", "asked": f"{request.url.path[:200]} was asked for."}
        said |= {"found": _SAID.get(error.status_code, str(error.detail)), "next_step": "Start from /."}
        response = answer_error(request, said, error.status_code)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response


def _hang_up(request: Request, status: int, asked: str, found: str, next_step: str) -> Response:
    said = {"error": "Refused", "asked": asked, "found": found, "next_step": next_step}
    response = answer_error(request, said, status)
    response.headers["Connection"] = "close"
    return response


def answer_error(request: Request, error: dict[str, str], status: int) -> Response:
    """An error as a page where a person asked for one, else as JSON."""
    wants_page = "text/html" in request.headers.get("accept", "") and "." not in request.url.path.rsplit("/", 1)[-1]
    if wants_page:
        page = render("error.html", error=error, status=status)
        return to_response(request, make_answer(page, HTML, status=status))
    return to_response(request, make_json(error, status=status))
