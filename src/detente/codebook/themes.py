"""What an event is about, as far as its CAMEO code says: derived from the code, not from the text of the report."""

from __future__ import annotations

from functools import cache

from detente.codebook.reading import read_data

_LONGEST = 4


@cache
def theme_of_cameo(code: str) -> str | None:
    """The theme of a CAMEO code: that of its longest beginning which ``themes`` holds; None where it names no matter.

    >>> theme_of_cameo("163"), theme_of_cameo("1622"), theme_of_cameo("112")
    ('trade and aid', 'security', None)
    """
    themes = _prefixes()
    known = (themes[code[:length]] for length in range(min(len(code), _LONGEST), 1, -1) if code[:length] in themes)
    return next(known, "") or None


@cache
def _prefixes() -> dict[str, str]:
    return {row["prefix"]: row["theme"] for row in read_data("themes")}
