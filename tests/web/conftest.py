"""One application, one server and one browser for all tests of the site."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.testclient import TestClient

from detente.sample import sample_store_path
from detente.web import create_app
from detente.web.server import PatientProtocol

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from starlette.types import ASGIApp

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def app() -> ASGIApp:
    """The site over the bundled sample."""
    return create_app(sample_store_path())


@pytest.fixture(scope="session")
def client(app: ASGIApp) -> Iterator[TestClient]:
    """A client that asks the application itself."""
    with TestClient(app, follow_redirects=False) as made:
        yield made


@pytest.fixture(scope="session")
def site(app: ASGIApp) -> Iterator[str]:
    """The address of a server on this machine."""
    config = uvicorn.Config(app, port=0, log_level="warning", http=PatientProtocol, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; its tests are skipped where there is none.

    Its driver runs an event loop in this thread, in which others cannot start theirs: it goes when the module ends.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; install Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()
