"""Arguments of tools: what each takes, as a JSON schema, and a check whose complaints are errors of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.answers import DETAILS
from detente.errors import ConfigError

#: No argument is longer than this: a name, a day, a move in plain words, a cursor.
LONGEST_ARGUMENT = 200
_SHOWN = 60


@dataclass(frozen=True)
class Argument:
    """One argument; all are texts.

    Args:
        name: Its name.
        about: What to give, in a few words.
        is_required: Whether it must be given.
        choices: The texts that are allowed; empty where any is.
    """

    name: str
    about: str
    is_required: bool = False
    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """The argument as JSON schema."""
        found: dict[str, Any] = {"type": "string"}
        if self.about:
            found["description"] = self.about
        if self.choices:
            found["enum"] = list(self.choices)
        return found


A = Argument("a", "State, any usual name or ISO3", is_required=True)
B = Argument("b", "The other state", is_required=True)
AS_OF = Argument("as_of", "YYYY-MM-DD: as known by then; default the last day held")
DETAIL = Argument("detail", "Default normal", choices=DETAILS)
CURSOR = Argument("cursor", "page.next of the answer before")
SINCE, UNTIL = Argument("since", "First day"), Argument("until", "Last day")


def schema_of(arguments: Sequence[Argument]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments."""
    return {
        "type": "object",
        "properties": {one.name: one.schema() for one in arguments},
        "required": [one.name for one in arguments if one.is_required],
        "additionalProperties": False,
    }


def read_arguments(tool: str, arguments: Sequence[Argument], given: Mapping[str, Any]) -> dict[str, str]:
    """The arguments as given, checked; null and empty optional ones are left out.

    Raises:
        ConfigError: when one is missing, unknown, no text or too long.
    """
    known = {one.name: one for one in arguments}
    for name in given:
        if name not in known:
            raise ConfigError(
                f"{tool} was called with {_short(name)}.", "It has no such argument.", f"It takes {', '.join(known)}."
            )
    meant = {name: value for name, value in given.items() if value is not None and value != ""}
    read = {name: _text(tool, known[name], value) for name, value in meant.items()}
    for one in arguments:
        if one.is_required and not read.get(one.name):
            raise ConfigError(f"{tool} was called without {one.name}.", "It is needed.", f"{one.name}: {one.about}.")
    return read


def _text(tool: str, argument: Argument, value: Any) -> str:  # noqa: ANN401 - whatever a client sent
    """A value as text: figures are taken as written."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ConfigError(
            f"{tool} was called with {argument.name} = {_short(value)}.",
            "It is no text.",
            f"{argument.name}: {argument.about}.",
        )
    text = str(value).strip()
    if len(text) > LONGEST_ARGUMENT:
        raise ConfigError(
            f"{tool} was called with {argument.name} = {_short(text)}.",
            f"It has {len(text):,} characters.",
            f"Give at most {LONGEST_ARGUMENT}.",
        )
    if not text.isprintable():
        raise ConfigError(
            f"{tool} was called with {argument.name} = {_short(text)}.",
            "It holds signs that cannot be printed.",
            "Leave them out.",
        )
    if argument.choices and text not in argument.choices:
        raise ConfigError(
            f"{tool} was called with {argument.name} = {_short(text)}.",
            "There is no such choice.",
            f"Use {', '.join(argument.choices)}.",
        )
    return text


def _short(value: Any) -> str:  # noqa: ANN401 - whatever a client sent
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
