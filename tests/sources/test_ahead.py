"""Reading ahead gives what reading one file after another gives, whatever the threads do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from detente.domain.ledger import Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
from detente.errors import SourceError
from detente.sources import ReadOptions
from detente.sources.ahead import Ahead, read_ahead


class Counting:
    """A source whose files are of so many parts as their names end in; ``bad`` ones break after these."""

    def __init__(self) -> None:
        self.read_parts = 0
        self.threads: set[str] = set()

    def read(self, path: Path, _: ReadOptions) -> Iterator[Part]:
        """Parts whose accounts tell their file and their place."""
        for place in range(int(path.name.rpartition("-")[2])):
            self.read_parts += 1
            self.threads.add(threading.current_thread().name)
            yield Part(EVENTS.empty(), COVERAGE.empty(), Ledger(f"{path.name}:{place}"))
        if path.name.startswith("bad"):
            raise SourceError(f"{path} was to be read.", "It breaks off.", "Fetch it again.")


def opened(source: Counting, names: Sequence[str], held: Sequence[str] = ()) -> Iterator[Ahead]:
    """The files of such names, read ahead."""
    files = [Path(name) for name in names]
    return read_ahead(source, files, ReadOptions(), identify=str, is_held=held.__contains__)  # type: ignore[arg-type]


def test_files_and_parts_come_in_their_order() -> None:
    """Long files and short ones, empty ones and held ones: each gives its own parts, in the order of the list."""
    names = ["a-40", "b-0", "c-1", "d-7", "e-8", "f-9", "g-3", "h-40"]
    read = [(file.identity, [part.ledger.path for part in file.parts]) for file in opened(Counting(), names, ["d-7"])]
    lengths = [0 if name == "d-7" else int(name[2:]) for name in names]
    assert read == [(name, [f"{name}:{at}" for at in range(count)]) for name, count in zip(names, lengths, strict=True)]


def test_a_file_that_breaks_gives_its_parts_and_then_says_why() -> None:
    """However far it got, what was read before the break comes first, and files after it are unharmed."""
    for count in (0, 3, 8, 20):
        broken, after = 0, []
        for file in opened(Counting(), [f"bad-{count}", "good-2"]):
            parts = iter(file.parts)
            if file.identity == "good-2":
                after = list(parts)
                continue
            for _ in range(count):
                next(parts)
            with pytest.raises(SourceError, match="breaks off"):
                next(parts)
            broken += 1
        assert (broken, len(after)) == (1, 2)


def test_what_waits_is_bounded_and_threads_end() -> None:
    """While nobody takes anything only the beginnings of a few files are read; giving up leaves no thread behind."""
    source = Counting()
    files = opened(source, [f"{at}-1000" for at in range(50)])
    parts = iter(next(files).parts)
    next(parts)
    files.close()  # type: ignore[attr-defined]
    assert source.read_parts < 100
    assert not [thread for thread in threading.enumerate() if thread.name in source.threads]
