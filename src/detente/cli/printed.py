"""A page printed to PDF, by a browser that is already on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from detente.cli.shown import console
from detente.errors import ConfigError

#: Looked for in this order, after what ``DETENTE_CHROMIUM`` names.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: So that a browser starts alone, asks nobody anything, and runs as any user.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: A browser that has not printed by then hangs.
_SECONDS = 60


def print_page(page: str, to: str) -> None:
    """Print a page that stands alone to a PDF file, and say so.

    Raises:
        ConfigError: when there is no browser, or it does not print.
    """
    browser = os.environ.get("DETENTE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    asked = f"--pdf {to} was given."
    if browser is None or not shutil.which(browser):
        raise ConfigError(
            asked,
            f"No browser that prints is found: {browser or ', '.join(BROWSERS)}.",
            "Install chromium, name one with DETENTE_CHROMIUM, or write --html and print that.",
        )
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        source, made = Path(folder) / "brief.html", Path(folder) / "brief.pdf"
        source.write_text(page, "utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        command += [f"--print-to-pdf={made}", source.as_uri()]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - the user's browser
            content = made.read_bytes()
            Path(to).write_bytes(content)
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigError(asked, f"It was not printed: {error}.", "Write --html and print that.") from None
    console(stderr=True).print(f"written to {to}", highlight=False)
