"""The picture at the top of the README shows what the page says now."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_readme_picture_is_fresh() -> None:
    """The words and numbers on it are those of the page; `python scripts/draw_readme_picture.py` draws it anew."""
    spec = importlib.util.spec_from_file_location("draw_readme_picture", ROOT / "scripts" / "draw_readme_picture.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.PICTURE.read_bytes().startswith(b"\x89PNG")
    assert script.READ.read_text("utf-8") == script.read_page(script.make_page())
