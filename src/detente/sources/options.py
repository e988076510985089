"""What the user may say about a file; only the source ``table`` needs any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.errors import ConfigError


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file that has no fixed form.

    Args:
        map: Their column names by ours: ``{"actor": "iso3_a"}``.
        undirected: Whether the two ends of a row are interchangeable.
        gaps: Days that the file does not cover: ``2020-01-03``, ``2020-02-01..2020-02-05``, ``@FILE`` with one of
            these on each line, or ``empty`` for every day without a row.
        name: What to call the provider; None for the source's own name.
    """

    map: Mapping[str, str] = field(default_factory=dict)
    undirected: bool = False
    gaps: tuple[str, ...] = ()
    name: str | None = None

    def check_none(self, source: str) -> None:
        """Pass when nothing was said.

        Raises:
            ConfigError: when an option was given to a source whose files have a fixed form.
        """
        said = {"map": self.map, "undirected": self.undirected, "gaps": self.gaps, "name": self.name is not None}
        given = [f"--{option}" for option, value in said.items() if value]
        if given:
            raise ConfigError(
                f"Files of {source} were to be read with {', '.join(given)}.",
                "That is for tables of your own; the files of this provider have a fixed form.",
                f"Leave it out, or use `detente load table` instead of `{source}`.",
            )
