"""The record: how the shipped models scored on a held-out year, and how the forecasts of the ledger have fared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import assessors, scorecard
from detente.forecast.vintages import SHIPPED

if TYPE_CHECKING:
    from detente.replies.desk import Desk

#: Rows of each list of misses and breakdowns.
TOP = 10


def record_reply(desk: Desk) -> dict[str, Any]:
    """The shipped backtest, the ledger's record and that of the assessors, as known on the last day held.

    Args:
        desk: Whose store, ledger and book.
    """
    world, ledger = desk.world(), desk.ledger
    card = scorecard.score_ledger(ledger, world)
    moves = scorecard.score_ledger_provocations(ledger, world)
    assessed = assessors.AssessorCard(
        world.as_of, world.provider, desk.assessed(world), assessors.build_assessors(desk.assessed(world))
    )
    head = ledger.head()
    return {
        "as_of": str(world.as_of),
        "provider": world.provider,
        "backtest": backtest_reply(),
        "ledger": {"records": head.count, "digest": head.digest if head.count else None},
        "record": card.as_dict(top=TOP),
        "provocations": moves.as_dict(top=TOP),
        "assessors": assessed.as_dict(top=TOP),
    }


def backtest_reply() -> dict[str, Any]:
    """What the card of the shipped models says of their year held out: skill by horizon, calibration, caveats."""
    import yaml  # noqa: PLC0415 - not needed before a card is read

    card = yaml.safe_load((SHIPPED / "card.yaml").read_text("utf-8"))
    return {
        "model": card["name"],
        "what": card["what"],
        "data": card["data"],
        "held_out_year": card["held_out_year"],
        "chosen_on": card["chosen_on"],
        "scores": card["scores"],
        "caveats": card["caveats"],
        "vintages": card["vintages"],
    }
