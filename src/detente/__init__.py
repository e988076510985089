"""Détente measures, explains and forecasts relations between states.

>>> import detente
>>> world = detente.open()                     # the bundled sample until data are loaded
>>> usru = world.pair("USA", "Russia")
>>> round(sum(usru.outlook(as_of="2018-07-20").probabilities.values()), 6)
1.0

Nothing is loaded before it is asked for; a command's help costs no engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import (
    CodebookError,
    ConfigError,
    CutoffError,
    DataError,
    DetenteError,
    QuestionError,
    SourceError,
    StoreError,
)

if TYPE_CHECKING:
    from detente.world import PairView, World, open_world

    open = open_world  # noqa: A001 - `detente.open()` reads as what it does

__version__ = "0.1.0"

__all__ = [
    "CodebookError",
    "ConfigError",
    "CutoffError",
    "DataError",
    "DetenteError",
    "PairView",
    "QuestionError",
    "SourceError",
    "StoreError",
    "World",
    "open",
]

_LATE = {"open": "open_world", "World": "World", "PairView": "PairView"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's names have any type
    if name in _LATE:
        from detente import world  # noqa: PLC0415 - imported when first used, so that `import detente` does no work

        return getattr(world, _LATE[name])
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
