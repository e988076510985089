"""Progress of long work on a terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class LoadProgress:
    """A bar over files or other steps of long work; used as a context manager that gives the callback.

    Args:
        console: Where to draw it.
        unit: What is counted.
    """

    def __init__(self, console: Console, unit: str = "files") -> None:
        counted = TextColumn("{task.completed}/{task.total} " + unit)
        columns = (TextColumn("{task.description}"), BarColumn(), counted)
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
        self._task = self._progress.add_task("working", total=None)

    def __enter__(self) -> LoadProgress:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` files are finished and ``name`` is under way."""
        self._progress.update(self._task, description=name, completed=done, total=total)
