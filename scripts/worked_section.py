"""What the sections of the worked page have in common: their form, and how names and bands are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from detente.domain.actors import Dyad
from detente.outlook.measured import Reading, read_measures
from detente.outlook.words import format_number, sentence_name
from detente.world import PairView


@dataclass(frozen=True)
class Section:
    """One measure on the page.

    Args:
        name: Its name, for pictures and remarks.
        title: Its heading.
        rule: Public name of what made the numbers.
        says: What it measures, in a sentence.
        draw: Pictures, by the end of their name.
        read: What they say: paragraphs, or lists.
    """

    name: str
    title: str
    rule: str
    says: str
    draw: Callable[[PairView], dict[str, str]]
    read: Callable[[PairView], list[str]]


def plain_name(iso3: str) -> str:
    """A state's name as a heading has it."""
    return sentence_name(iso3).removeprefix("the ")


def pair_name(view: PairView) -> str:
    """Both states' names."""
    return f"{plain_name(view.pair.a)} – {plain_name(view.pair.b)}"


def towards(dyad: Dyad) -> str:
    """A direction in words."""
    return f"{plain_name(dyad.actor)} towards {plain_name(dyad.recipient)}"


def band(row: Mapping[str, float], name: str, decimals: int = 2) -> str:
    """The ends of a number's band."""
    return f"{format_number(row[f'{name}_low'], decimals)} to {format_number(row[f'{name}_high'], decimals)}"


def per_cent(row: Mapping[str, float | None], name: str) -> str:
    """A share in whole per cent with its band."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return "an unknown part"
    return f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def readings(view: PairView, name: str) -> list[Reading]:
    """What a registered measure says of the pair."""
    (_, found), *_ = read_measures(view.measures(only=name))
    return found


def listed(found: Sequence[Reading], *quantities: str) -> str:
    """Some numbers of a measure as a list, each with its band and in words."""
    lines = []
    for reading in found:
        if reading.row["quantity"] in quantities:
            ends = f" ({reading.band})" if reading.band else ""
            says = reading.says.partition(" (band:")[0]  # the band stands there in numbers
            lines.append(f"- {reading.who}: {reading.quantity} {reading.value}{ends}: {says}")
    return "\n".join(lines)
