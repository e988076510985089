"""Commands of the site: what they need, and what they say when it is not there."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from pathlib import Path

import pytest

import detente
from commands import run_detente
from detente.cli.serve import serve
from detente.errors import ConfigError
from detente.replies import Desk
from detente.sample import sample_store_path

CHROMIUM = Path("/usr/bin/chromium")


def test_without_its_extra_the_site_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is named, with the command that installs it."""
    monkeypatch.delattr(detente, "web", raising=False)
    monkeypatch.setitem(sys.modules, "detente.web", None)
    with pytest.raises(ConfigError, match=r"pip install 'detente\[web\]'"):
        serve()


def test_without_a_browser_nothing_is_printed(tmp_path: Path) -> None:
    """`--pdf` says which browsers were looked for, and writes no file."""
    run = run_detente(
        "outlook", "USA", "RUS", "--no-record", "--pdf", "b.pdf",
        folder=tmp_path, code=2, DETENTE_STORE=str(tmp_path / "none"), DETENTE_CHROMIUM="/no/such/browser",
    )  # fmt: skip
    assert "No browser that prints is found: /no/such/browser" in run.stderr
    assert not (tmp_path / "b.pdf").exists()


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}; install Debian's chromium")
def test_a_page_is_printed_by_the_browser_that_is_there(tmp_path: Path) -> None:
    """The PDF is one."""
    from detente.cli.printed import print_page

    print_page("<!doctype html><title>t</title><p>A page.", str(tmp_path / "b.pdf"))
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_taken_address_is_said_in_our_words() -> None:
    """Who listens at a port twice is told what was asked, what was found, and what to do."""
    from detente.web.server import bind

    with bind("127.0.0.1", 0) as first:
        first.listen(1)
        port = first.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}.*cannot be listened at.*`--port`"):
            bind("127.0.0.1", port)
    gc.collect()  # the server's library leaves the socket that was refused to the collector


def test_processes_that_cannot_serve_are_not_started_for_ever() -> None:
    """One that ends with the code of a failed start ends all; nobody waits for it."""
    from detente.web.processes import run_processes

    with pytest.raises(ConfigError, match="ended before it could serve"):
        run_processes(sys.exit, 3, 1)


def test_what_takes_milliseconds_does_not_wait_for_what_takes_seconds() -> None:
    """While a new day and a new brief are being made, an answer that is at hand is given."""
    from detente.web.answer import Counter, make_json

    counter = Counter(Desk(sample_store_path()), held=0)
    may_end = threading.Event()

    async def ask() -> list[str]:
        slow = [asyncio.create_task(counter.work(may_end.wait, 30, kind=kind)) for kind in ("days", "briefs") * 2]
        await asyncio.sleep(0.05)
        made = await asyncio.wait_for(counter.work(make_json, {"quick": True}), 5)
        told = [made.body.decode(), *(str(one.done()) for one in slow)]
        may_end.set()
        await asyncio.gather(*slow)
        return told

    assert asyncio.run(ask()) == ['{"quick": true}', "False", "False", "False", "False"]


def test_a_request_waits_where_its_longest_part_is_made() -> None:
    """A day that is not held, a brief that is not, and what is at hand or wrong stand in different queues."""
    from starlette.requests import Request

    from detente.web.answer import Counter

    desk = Desk(sample_store_path())
    counter = Counter(desk, held=0)

    def queue(pair: str, day: str = "") -> str:
        scope = {"type": "http", "path_params": {"pair": pair, "day": day}, "query_string": b"", "headers": []}
        return counter._queue_of(Request(scope), is_brief=True)

    assert queue("USA-RUS") == "days"
    desk.world()
    assert queue("USA-RUS", "2018-07-20") == "days"
    assert queue("USA-RUS") == queue("USA-RUS", "2019-03-25") == "briefs"
    assert queue("nobody") == queue("USA-RUS", "no day") == "answers"
