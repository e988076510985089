"""Commands of the site: what they need, and what they say when it is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import detente
from commands import run_detente
from detente.cli.serve import serve
from detente.errors import ConfigError

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
