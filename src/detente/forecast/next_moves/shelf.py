"""Lists on disk: built once, read as often as models are tried. One raw file a column, features left where they lie."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from detente.forecast.next_moves.lists import Lists

_WIDE = ("chosen", "mixed", "features", "is_answer")


@dataclass
class Shelf:
    """Writes lists to a folder, a chunk at a time, and says at the end what lies there.

    Args:
        folder: Made where it is not there.
        keep: Candidates kept of each list; None for all.
    """

    folder: Path
    keep: int | None = None

    def __enter__(self) -> Shelf:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._rows = 0
        self._shapes: dict[str, tuple[str, list[int]]] = {}
        self._files: dict[str, BinaryIO] = {
            field.name: (self.folder / f"{field.name}.bin").open("wb") for field in fields(Lists)
        }
        return self

    def add(self, lists: Lists) -> None:
        """Write some lists after those before."""
        for name, file in self._files.items():
            column = getattr(lists, name)
            if name in _WIDE:
                column = column[:, : self.keep]
            if name == "missed_question":
                column = column + self._rows
            self._shapes[name] = (str(column.dtype), list(column.shape[1:]))
            file.write(np.ascontiguousarray(column).tobytes())
        self._rows += lists.day.size

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        if kind is None:
            (self.folder / "columns.json").write_text(json.dumps(self._shapes), encoding="utf-8")


def open_lists(folder: Path) -> Lists:
    """Read lists back; features stay on disk and are read as they are asked for."""
    shapes = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
    columns: dict[str, Any] = {}
    for name, (dtype, shape) in shapes.items():
        path = folder / f"{name}.bin"
        column = np.memmap(path, dtype=dtype, mode="r") if path.stat().st_size else np.zeros(0, dtype=dtype)
        column = column.reshape(-1, *shape)
        columns[name] = column if name == "features" else np.array(column)
    return Lists(**columns)
