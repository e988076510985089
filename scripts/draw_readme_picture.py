"""Draw the picture of the README: the page of the US–Russia brief, photographed by a headless Chromium.

python scripts/draw_readme_picture.py [PATH_OF_CHROMIUM]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import detente
from detente.outlook import render_html
from detente.sample import sample_store_path

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "brief.png"
AS_OF = "2018-12-05"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--hide-scrollbars",
    "--window-size=860,1010",
)


def main(chromium: str = "/usr/bin/chromium") -> None:
    """Write the picture."""
    brief = detente.open(sample_store_path()).pair("USA", "RUS").outlook(as_of=AS_OF)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "brief.html"
        page.write_text(render_html(brief), "utf-8")
        command = [chromium, *FLAGS, f"--user-data-dir={folder}/profile", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the browser the caller named
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
