"""The worked page is what the measures say now: text and pictures are made by a script, and this runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.xdist_group("worked")  # what takes long to start is started once

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("explanation") / "two-relations-worked-through.md"
_PICTURE = re.compile(r"!\[[^\]]+\]\(\.\./(images/worked/[a-z-]+\.svg)\)")
_NUMBER = re.compile(r"-?\d+\.\d+")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page and its pictures, made anew."""
    docs = tmp_path_factory.mktemp("docs")
    run = [sys.executable, str(ROOT / "scripts" / "draw_worked_pages.py"), str(docs)]
    subprocess.run(run, check=True, capture_output=True, text=True)
    return docs


def test_the_page_is_what_the_script_writes(made: Path) -> None:
    """`python scripts/draw_worked_pages.py` writes the page as it is committed."""
    assert (ROOT / "docs" / PAGE).read_text("utf-8") == (made / PAGE).read_text("utf-8")


def test_every_picture_is_used_fresh_and_small(made: Path) -> None:
    """The page shows every picture there is; each is valid, under 40 kB, and as the script draws it."""
    shown = _PICTURE.findall((made / PAGE).read_text("utf-8"))
    held = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs/images/worked").iterdir())
    assert sorted(shown) == held
    for name in shown:
        committed, drawn = ((folder / name).read_text("utf-8") for folder in (ROOT / "docs", made))
        assert len(committed) < 40_000
        assert [e.get("class") for e in ET.fromstring(committed).iter()] == [  # noqa: S314 - our own text
            e.get("class")
            for e in ET.fromstring(drawn).iter()  # noqa: S314 - our own text
        ]
        numbers = (list(map(float, _NUMBER.findall(text))) for text in (committed, drawn))
        # Other processors round the last digit of a coordinate differently.
        assert next(numbers) == pytest.approx(next(numbers), abs=0.21), name
