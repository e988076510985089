"""The command that decides about proposals: what was read in articles and saved."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import Json
from detente.cli.shown import show_json, write
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.assessors import Proposal
    from detente.store import Chain


class Condition(StrEnum):
    """What became of the condition of a conditional assessment."""

    met = "met"
    not_met = "not met"


def review(
    listed: Annotated[bool, typer.Option("--list", help="All proposals, decided ones too.")] = False,
    attributions: Annotated[bool, typer.Option("--attributions", help="List attributions too.")] = False,
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="ID", help="Accept one; repeatable.")] = None,
    reject: Annotated[list[str] | None, typer.Option("--reject", metavar="ID", help="Reject one; repeatable.")] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="REASON", help="The reason; needed to reject.")] = None,
    condition: Annotated[
        Condition | None, typer.Option("--condition", help="Of a conditional one accepted: what became of it.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides.")] = None,
    as_json: Json = False,
) -> None:
    """Proposals saved by `read --save`: list those to be decided, accept or reject; decisions are kept too."""
    from detente import assessors

    book = assessors.open_book()
    broken = [str(finding) for finding in book.check()]
    if accept or reject:
        shown = _decided(book, accept or [], reject or [], why=why, condition=condition, by=by)
    else:
        kinds = {"assessment", "event"} | ({"attribution"} if attributions else set())
        held = [one for one in assessors.read_proposals(book) if one.record["kind"] in kinds]
        shown = [one for one in held if listed or one.standing == "proposed"]
    if as_json:
        show_json({"path": str(book.path), "findings": broken, "proposals": [one.as_dict() for one in shown]})
    else:
        write((assessors.write_proposals(shown) if shown else _nothing(listed)) + "\n")
        write("".join(f"broken: {finding}\n" for finding in broken))
    if broken:
        raise typer.Exit(1)


def _decided(
    book: Chain, accept: list[str], reject: list[str], *, why: str | None, condition: Condition | None, by: str | None
) -> list[Proposal]:
    from detente import assessors

    if accept and reject:
        raise ConfigError("Proposals were to be accepted and rejected at once.", "", "Run the command once for each.")
    if reject and condition:
        raise ConfigError("--condition was given.", "It is for proposals accepted.", "Leave it out.")
    said = condition.value if condition else None
    verdict = "accepted" if accept else "rejected"
    return assessors.decide(book, accept or reject, verdict, by=by, why=why, condition=said)  # type: ignore[arg-type]


def _nothing(listed: bool) -> str:
    return "nothing has been saved; `detente read FILE --save` does" if listed else "no proposal waits for a decision"
