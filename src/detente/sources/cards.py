"""Cards: what a provider publishes, on which terms, and what its files promise. One YAML file for each source."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from detente.errors import DataError

#: How days without a row are to be understood.
COVERAGE_RULES = ("every_day_has_rows", "span")


@dataclass(frozen=True)
class Coverage:
    """The days a provider's files can be about; None where the end is open."""

    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class Expected:
    """How many rows are usual: fewer than ``min`` or more than ``max`` needs a look.

    Args:
        unit: ``rows per day`` or ``rows per file``.
        min: The fewest that are usual.
        max: The most that are usual; None where there is no limit.
    """

    unit: str
    min: int
    max: int | None


@dataclass(frozen=True)
class Card:
    """One provider, as its card says.

    Args:
        name: The provider's id in every table.
        title: What the data are called.
        publisher: Who publishes them.
        licence: The terms, in words.
        citation: What to cite.
        doi: The data set's DOI, or None.
        coverage: First and last day.
        cadence: How often files appear.
        coder: Who coded the events: the column ``coder``.
        files: The forms of file that are read.
        fields: What the files give, by column of ``events``.
        known_at: The rule of the second clock, in words.
        repeats: The rule for repeats, in words.
        coverage_rule: ``every_day_has_rows`` (a day without rows is a gap) or ``span`` (a quiet day is a quiet day).
        expected: Usual numbers of rows.
        caveats: What a reader must know before trusting a figure.
        not_states: The provider's own codes of actors that are no state, with what they stand for.
    """

    name: str
    title: str
    publisher: str
    licence: str
    citation: str
    doi: str | None
    coverage: Coverage
    cadence: str
    coder: str
    files: tuple[str, ...]
    fields: Mapping[str, str]
    known_at: str
    repeats: str
    coverage_rule: Literal["every_day_has_rows", "span"]
    expected: Expected
    caveats: tuple[str, ...]
    not_states: Mapping[str, str]

    def as_dict(self) -> dict[str, object]:
        """The card as plain values, days as text, for JSON and for pages."""
        plain = dataclasses.asdict(self)
        plain["coverage"] = {end: day.isoformat() if day else None for end, day in vars(self.coverage).items()}
        plain["files"], plain["caveats"] = list(self.files), list(self.caveats)
        plain["fields"], plain["not_states"] = dict(self.fields), dict(self.not_states)
        return plain


@cache
def load_card(name: str) -> Card:
    """Read the card of a source.

    Raises:
        DataError: when the card leaves a field out, has one too many, or names no known coverage rule.
    """
    import yaml  # noqa: PLC0415 - cards are read when somebody asks for one

    text = resources.files("detente.sources").joinpath("cards", f"{name}.yaml").read_text("utf-8")
    return parse_card(yaml.safe_load(text), name)


def parse_card(raw: Mapping[str, Any], name: str) -> Card:
    """Make a card of what its YAML holds.

    Raises:
        DataError: when it leaves a field out, has one too many, or names no known coverage rule.
    """
    wanted = {field.name for field in dataclasses.fields(Card)}
    if wanted ^ set(raw):
        raise DataError(
            f"The card of {name!r} was read.",
            f"Fields left out or not known: {', '.join(sorted(wanted ^ set(raw)))}.",
            f"A card has exactly: {', '.join(sorted(wanted))}.",
        )
    if raw["coverage_rule"] not in COVERAGE_RULES:
        raise DataError(
            f"The card of {name!r} was read.",
            f"Its coverage rule {raw['coverage_rule']!r} is not known.",
            f"Use one of: {', '.join(COVERAGE_RULES)}.",
        )
    return Card(
        **{
            **raw,
            "coverage": Coverage(**raw["coverage"]),
            "expected": Expected(**raw["expected"]),
            "files": tuple(raw["files"]),
            "caveats": tuple(raw["caveats"]),
            "not_states": raw["not_states"] or {},
        }
    )
