"""Who relates to whom: a Dyad is ordered (A towards B), a Pair is not."""

from __future__ import annotations

from dataclasses import dataclass

from detente.errors import DataError


@dataclass(frozen=True, order=True)
class Dyad:
    """One state's behaviour towards another; prints as ``RUS>USA``.

    Args:
        actor: ISO 3166 alpha-3 of the state that acts.
        recipient: ISO 3166 alpha-3 of the state that receives.
    """

    actor: str
    recipient: str

    def __post_init__(self) -> None:
        _check_two(self.actor, self.recipient)

    def __str__(self) -> str:
        return f"{self.actor}>{self.recipient}"

    @property
    def reverse(self) -> Dyad:
        """The answer's direction."""
        return Dyad(self.recipient, self.actor)


@dataclass(frozen=True)
class Pair:
    """Two states, in the order the user named them; ``id`` is the stable, alphabetical name ``RUS-USA``.

    Args:
        a: ISO 3166 alpha-3 of the state named first.
        b: ISO 3166 alpha-3 of the state named second.
    """

    a: str
    b: str

    def __post_init__(self) -> None:
        _check_two(self.a, self.b)

    @property
    def id(self) -> str:
        """The same text for both orders: ``RUS-USA``."""
        return "-".join(sorted((self.a, self.b)))

    @property
    def dyads(self) -> tuple[Dyad, Dyad]:
        """Both directions, the one of the state named first leading."""
        return Dyad(self.a, self.b), Dyad(self.b, self.a)

    def __str__(self) -> str:
        return f"{self.a}-{self.b}"


def _check_two(first: str, second: str) -> None:
    for iso3 in (first, second):
        if not (len(iso3) == 3 and iso3.isascii() and iso3.isalpha() and iso3.isupper()):
            raise DataError(
                f"{iso3!r} was given as a state.",
                "Inside Détente a state is an ISO 3166 alpha-3 code.",
                "Translate names and other codes with the codebook first.",
            )
    if first == second:
        raise DataError(
            f"A relation of {first} with itself was asked for.",
            "A dyad has two different states.",
            "Name two different states.",
        )
