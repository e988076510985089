"""The application: rooms of addresses behind one door."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from detente import __version__
from detente.domain.actors import Pair
from detente.replies import Desk, watch_reply
from detente.web.answer import ANSWERS_HELD, Counter
from detente.web.api import make_api
from detente.web.errors import add_error_handlers
from detente.web.guard import Guard
from detente.web.pages import make_pages
from detente.web.reading import make_reading

_ABOUT = (
    "Measures, explains and forecasts relations between states. Everything is read as of a day, and every answer names "
    "its day, its source and its rules. Errors have one shape: error, asked, found, next_step."
)


def create_app(
    store: Path | None = None, *, provider: str | None = None, answers_held: int = ANSWERS_HELD, warm: bool = True
) -> ASGIApp:
    """The site and the interface over one store.

    Args:
        store: The store's directory; None for the usual one, or the sample.
        provider: Whose data, where the store holds several providers'.
        answers_held: How many answers one process keeps; 0 for none.
        warm: Make what the first page and the first brief need before a request is taken.
    """
    desk = Desk(store, provider=provider)

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        """From before the first request to after the last."""
        if warm:
            await run_in_threadpool(_warm, desk)
        yield

    app = FastAPI(
        title="Détente",
        description=_ABOUT,
        version=__version__,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        license_info={"name": "Apache-2.0"},
    )
    counter = Counter(desk, held=answers_held)
    add_error_handlers(app)
    for router in (make_api(counter), make_reading(counter), make_pages(counter)):
        app.include_router(router)
    return Guard(app)


def _warm(desk: Desk) -> None:
    """What the first page and any brief of the last day have in common."""
    world = desk.world()
    watch_reply(world)
    desk.brief(Pair(*world.pairs()["pair"][0].split("-")))
