"""Draw the picture of the README: the page of the US–Russia brief, photographed by a headless Chromium.

python scripts/draw_readme_picture.py [PATH_OF_CHROMIUM]

Beside the picture it writes what can be read on it, which a test compares with what the page says now: a picture that
shows other numbers than the page is out of date.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import detente
from detente.cli.printed import FLAGS
from detente.outlook import render_html
from detente.replies import build_detail
from detente.sample import sample_store_path

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "brief.png"
READ = PICTURE.with_suffix(".txt")
AS_OF = "2018-12-05"
#: The parts of the page that the picture shows: up to this heading.
SHOWN_UP_TO = "The next 13 weeks"
PICTURE_FLAGS = (
    *FLAGS,
    "--disable-quic",
    "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
    "--window-size=1040,935",
)


class _Text(HTMLParser):
    """What a reader sees of a page, one line an element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count what is hidden."""
        del attrs
        self._hidden += tag in {"style", "title", "desc", "details"}

    def handle_endtag(self, tag: str) -> None:
        """Count what is no longer hidden."""
        self._hidden -= tag in {"style", "title", "desc", "details"}

    def handle_data(self, data: str) -> None:
        """Keep a line."""
        text = " ".join(data.replace("\u2060", "").split())
        if text and not self._hidden:
            self.lines.append(text)


def make_page() -> str:
    """The page that is photographed."""
    view = detente.open(sample_store_path(), as_of=AS_OF).pair("USA", "RUS")
    return render_html(dataclasses.replace(view.outlook(), detail=build_detail(view)))


def read_page(page: str) -> str:
    """What can be read on the picture of a page."""
    found = _Text()
    found.feed(page)
    return "\n".join(found.lines[: found.lines.index(SHOWN_UP_TO)]) + "\n"


def main(chromium: str = "/usr/bin/chromium") -> None:
    """Write the picture, and what can be read on it."""
    text = make_page()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "brief.html"
        page.write_text(text, "utf-8")
        command = [
            chromium,
            *PICTURE_FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--screenshot={PICTURE}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the browser the caller named
    READ.write_text(read_page(text), "utf-8")
    print(f"wrote {PICTURE.name} and {READ.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
