"""Which engine reads: the embedded one, or a Spark named by the user."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.store.reads import Engine

#: The engine where none is named.
DEFAULT = "duckdb"
SPARK = "spark"
#: How an address of Spark Connect begins.
CONNECT = "sc://"


def check_engine(name: str) -> str:
    """Return the name of an engine, without starting it.

    Raises:
        ConfigError: when it names none.
    """
    if name in {DEFAULT, SPARK} or name.startswith(CONNECT):
        return name
    raise ConfigError(
        f"The engine {name!r} was named.",
        "There is no such engine.",
        f"Name {DEFAULT}, {SPARK} (in local mode, or as its own settings say) or {CONNECT}HOST:PORT (Spark Connect).",
    )


@cache
def find_engine(name: str = DEFAULT) -> Engine:
    """The engine of a name; each is started once a process.

    Raises:
        ConfigError: when there is no such engine, or it cannot be started or reached.
    """
    if check_engine(name) == DEFAULT:
        from detente.store.embedded import Embedded  # noqa: PLC0415 - started when something is read

        return Embedded()
    from detente.store.spark import Spark  # noqa: PLC0415 - of the optional extra

    return Spark(name)
