"""All sources by name, and what every one of them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from detente.domain.records import Part, Repeats
from detente.errors import ConfigError
from detente.sources.cards import Card
from detente.sources.gdelt import Gdelt
from detente.sources.icews import Icews
from detente.sources.keds import Keds
from detente.sources.options import ReadOptions
from detente.sources.polecat import Polecat
from detente.sources.table import Table


class Source(Protocol):
    """A provider: its card, its rule for repeats, and how its files become parts."""

    @property
    def card(self) -> Card:
        """What is published and on which terms."""

    @property
    def repeats(self) -> Repeats | None:
        """Which rows are repeats of one event; None where there is no rule."""

    def read(self, path: Path, options: ReadOptions) -> Iterator[Part]:
        """Read one file as bounded parts, each with an account that adds up.

        Raises:
            ConfigError: when the options make no sense for this source.
            SourceError: when the file cannot be read or is not what the card promises.
        """


#: All sources by name.
SOURCES: Mapping[str, Source] = MappingProxyType(
    {"icews": Icews(), "gdelt": Gdelt(), "polecat": Polecat(), "keds": Keds(), "table": Table()}
)


def find_source(name: str) -> Source:
    """The source of a name.

    Raises:
        ConfigError: when there is none; the message names those that there are.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise ConfigError(
            f"The source {name!r} was named.",
            "There is none of that name.",
            f"Use one of {', '.join(SOURCES)}; `table` reads any tidy file.",
        ) from None
