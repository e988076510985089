"""Commands about questions and the record: question, score."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import A, AsOf, B, EngineName, HorizonText, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import console, show_json, write
from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.outlook import Brief
    from detente.store import Chain
    from detente.world import World


class ScoreBy(StrEnum):
    """What the record is broken down by."""

    pair = "pair"
    horizon = "horizon"
    bin = "bin"
    model = "model"
    assessor = "assessor"


class QuestionKind(StrEnum):
    """What is asked."""

    outlook = "outlook"
    provocation = "provocation"
    level = "level"
    level_end = "level-end"


def question(
    a: A,
    b: B,
    kind: Annotated[
        QuestionKind, typer.Option("--kind", help="provocation: by the first state towards the second.")
    ] = QuestionKind.outlook,
    horizon: HorizonText = "13w",
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """A question with the full rule that resolves it, and its answer once it is closed."""
    from detente import scorecard
    from detente.domain.periods import Horizon

    asked = open_world_for(store, as_of, provider, engine)
    today = open_world_for(store, None, asked.provider, engine) if as_of else asked
    found = scorecard.ask(asked, today, asked.pair(a, b).pair, Horizon.parse(horizon), kind.value)
    if as_json:
        show_json(found.as_dict())
    else:
        write(str(found) + "\n")


def score(
    by: Annotated[
        ScoreBy | None, typer.Option("--by", help="One breakdown only, in full; assessor: of what was read.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows of each breakdown, the worst first.")] = 10,
    issue_all: Annotated[
        bool, typer.Option("--issue-all", help="First write down the forecasts of all busy pairs as of the day.")
    ] = False,
    contains: Annotated[
        str | None, typer.Option("--contains", metavar="DIGEST", help="Fail unless the ledger holds this digest.")
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """The track record: every forecast issued, resolved where it can be, hits and misses alike."""
    from detente import scorecard

    ledger = scorecard.open_ledger()
    world = open_world_for(store, as_of, provider, engine)
    if issue_all:
        done = scorecard.issue_all(world, ledger)
        said = f"{len(done.saved):,} forecasts of {world.provider} as of {world.as_of} written down"
        console(stderr=True).print(f"{said}, {len(done.held):,} were there already", highlight=False)
    if by is ScoreBy.assessor:
        _score_assessors(world, contains, top=top, as_json=as_json)
        return
    broken = [str(finding) for finding in ledger.check()] + _missing(ledger, contains)
    card = scorecard.score_ledger(ledger, world)
    moves = scorecard.score_ledger_provocations(ledger, world)
    scorecard.write_summary(card, ledger)
    head = ledger.head()
    if as_json:
        about = {"path": str(ledger.path), "records": head.count, "digest": head.digest, "findings": broken}
        show_json({"ledger": about, **card.as_dict(top=top), "provocations": moves.as_dict(top=top)})
    else:
        write(scorecard.write_scorecard(card, by=by.value if by else None, top=top) + "\n")
        if by is None and (said := scorecard.write_provocations(moves, top=top)):
            write(said + "\n")
        write(f"\nLedger: {head.count:,} records, digest {head.digest}\n")
        write("".join(f"broken: {finding}\n" for finding in broken))
    if broken:
        raise typer.Exit(1)


def _score_assessors(world: World, contains: str | None, *, top: int, as_json: bool) -> None:
    from detente import assessors

    book = assessors.open_book()
    broken = [str(finding) for finding in book.check()] + _missing(book, contains)
    card = assessors.score_assessors(book, world)
    head = book.head()
    if as_json:
        about = {"path": str(book.path), "records": head.count, "digest": head.digest, "findings": broken}
        show_json({"book": about, **card.as_dict(top=top)})
    else:
        write(assessors.write_assessors(card, top=top) + "\n")
        write(f"\nProposals and decisions: {head.count:,} records, digest {head.digest}\n")
        write("".join(f"broken: {finding}\n" for finding in broken))
    if broken:
        raise typer.Exit(1)


def record_brief(brief: Brief, world: World, *, is_recorded: bool) -> Brief:
    """Write a brief's forecasts down and say so in it; a ledger that cannot be written is a note, not a failure."""
    import dataclasses

    from detente import scorecard

    ledger, recorded = scorecard.open_ledger(), ""
    if is_recorded:
        try:
            recorded = scorecard.issue_brief(brief, world, ledger)
        except DetenteError as error:
            recorded = f"No: {error.found}"
    sentence = scorecard.read_record_sentence(ledger, as_of=brief.as_of) or brief.track_record
    return dataclasses.replace(brief, track_record=sentence, recorded=recorded)


def _missing(ledger: Chain, digest: str | None) -> list[str]:
    if digest is None or any(record["digest"] == digest for record in ledger.records()):
        return []
    return [f"The ledger holds no record with the digest {digest}: it is not the one that digest was taken from."]
