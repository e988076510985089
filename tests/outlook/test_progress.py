"""Progress of a load draws on the console that it is given, and leaves nothing behind."""

from __future__ import annotations

import io

from rich.console import Console

from detente.outlook import LoadProgress


def test_progress_counts_files_and_clears_away() -> None:
    """It names the file under way while it lasts; the next output starts on a clean line."""
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, legacy_windows=False)
    with LoadProgress(console) as progress:
        progress("events.2018.tab", 2, 5)
        console.print("between")
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "events.2018.tab" in text
    assert "2/5 files" in text
    assert "\x1b[2K" in text.rsplit("files", 1)[1]
