"""The history that speaks for a move, in words: habit, answers in kind, what others do, how busy the two are."""

from __future__ import annotations

import numpy as np

from detente.forecast.move_days import Floats, Ints
from detente.forecast.move_features import ANSWER_DAYS, Past

#: Spans over which days with a move are counted for reasons.
YEAR_QUARTER, FORTNIGHT = 90, 14
#: Whose moves make reasons, in the order in which they are taken away; what is left is how busy the two are.
SPEAKERS: tuple[str, ...] = ("partner", "others", "own")
#: A reason that adds less than this to the log odds is not told.
_LEAST = 0.05


def explain_moves(
    past: Past, actor: Ints, recipient: Ints, kind: Ints, parts: Floats, history: dict[str, Ints | Floats]
) -> list[str]:
    """Reasons of each move, the one that adds most to its log odds first, joined by `` | ``.

    Args:
        past: What is known.
        actor: Of each move.
        recipient: Of each move.
        kind: Of each move.
        parts: What each of ``SPEAKERS`` adds to the log odds, shape (speakers, moves).
        history: Counts by name, as in the table.
    """
    told = []
    others = _others(past, actor, recipient, kind)
    for row in range(actor.size):
        names = past.moves.states[actor[row]], past.moves.states[recipient[row]]
        texts = {
            "own": _own(names, history, row),
            "partner": _partner(past, names, (int(actor[row]), int(kind[row])), history, row),
            "others": _other_text(names, *(int(each[row]) for each in others)),
        }
        order = np.argsort(-parts[:, row], kind="stable")
        chosen = [texts[SPEAKERS[place]] for place in order if parts[place, row] >= _LEAST]
        told.append(" | ".join(text for text in chosen if text) or "nothing in its past speaks for it")
    return told


def _own(names: tuple[str, str], history: dict[str, Ints | Floats], row: int) -> str:
    since, active = int(history["days_since"][row]), int(history["active_days"][row])
    if since < 0:
        return ""
    return f"{names[0]} did so on {active} of the last {YEAR_QUARTER} days, last {_ago(since)}"


def _partner(
    past: Past, names: tuple[str, str], who: tuple[int, int], history: dict[str, Ints | Floats], row: int
) -> str:
    since, active = int(history["partner_days_since"][row]), int(history["partner_active_days"][row])
    if since < 0 or not active:
        return ""
    text = f"answer in kind: {names[1]} did so on {active} of the last {FORTNIGHT} days, last {_ago(since)}"
    every, answered = past.cases_by_actor
    kind = who[1]
    counts = (
        (int(history["answerable"][row]), int(history["answered"][row]), f"{names[0]} answered {names[1]} in kind"),
        (int(every[who]), int(answered[who]), f"{names[0]} any state"),
        (int(every[:, kind].sum()), int(answered[:, kind].sum()), "all states each other"),
    )
    told = [f"{who_whom} in {yes} of {n}" for n, yes, who_whom in counts if n]
    return f"{text}; within {ANSWER_DAYS} days {', '.join(told)} earlier cases" if told else text


def _others(past: Past, actor: Ints, recipient: Ints, kind: Ints) -> tuple[Ints, Ints]:
    """How many other states the actor did so to, and how many others did so to the recipient, in the last fortnight."""
    moves = past.moves
    recent = past.last[:-1] > past.day - FORTNIGHT
    kinds = len(moves.kinds)
    given = np.bincount((moves.actor * kinds + moves.kind)[recent], minlength=len(moves.states) * kinds)
    taken = np.bincount((moves.recipient * kinds + moves.kind)[recent], minlength=len(moves.states) * kinds)
    mine = moves.find(actor, recipient, kind)
    is_recent = np.append(recent, False)[mine].astype(np.int64)
    return given[actor * kinds + kind] - is_recent, taken[recipient * kinds + kind] - is_recent


def _other_text(names: tuple[str, str], given: int, taken: int) -> str:
    parts = []
    if given:
        parts.append(f"{names[0]} did so to {given} other {'state' if given == 1 else 'states'}")
    if taken:
        parts.append(f"{taken} other {'state' if taken == 1 else 'states'} did so to {names[1]}")
    return f"in the last {FORTNIGHT} days {' and '.join(parts)}" if parts else ""


def _ago(days: int) -> str:
    return "on the day itself" if days == 0 else "the day before" if days == 1 else f"{days} days before"
