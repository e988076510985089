"""What the measures rest on: full references by the short keys that measures cite."""

from __future__ import annotations

from detente.codebook.reading import read_data
from detente.errors import CodebookError


def reference_of(key: str) -> str:
    """The full reference behind a citation key.

    Raises:
        CodebookError: when the bibliography has no such key.
    """
    found = next((row["text"] for row in read_data("bibliography") if row["key"] == key), None)
    if found is None:
        raise CodebookError(
            f"The reference {key!r} was cited.",
            "The bibliography does not hold it.",
            "Add a row to codebook/data/bibliography.csv.",
        )
    return found
