"""Proposals and what people decided about them; a decision is a record too, and the latest of a proposal counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from detente.errors import ConfigError, StoreError
from detente.store.chain import canonical

if TYPE_CHECKING:
    from detente.store import Chain

Verdict = Literal["accepted", "rejected"]
#: What a reviewer can say of the condition of a conditional assessment.
CONDITIONS = ("met", "not met")
_ID_LETTERS = 16
_SHORTEST_ID = 4


@dataclass(frozen=True)
class Proposal:
    """A record of what was read, and how it stands.

    Args:
        record: As it was saved.
        decisions: Decisions about it, the oldest first.
    """

    record: dict[str, Any]
    decisions: tuple[dict[str, Any], ...] = ()

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.record["id"])

    @property
    def standing(self) -> str:
        """``proposed`` until somebody decides; then ``accepted`` or ``rejected``."""
        return str(self.decisions[-1]["verdict"]) if self.decisions else "proposed"

    @property
    def condition(self) -> str | None:
        """What the latest decision says of its condition; None where it says nothing."""
        return self.decisions[-1]["condition"] if self.decisions else None

    def as_dict(self) -> dict[str, Any]:
        """The record with its standing and decisions, as JSON-ready values."""
        return {"standing": self.standing, "decisions": list(self.decisions), **self.record}


def read_proposals(book: Chain, *, kind: str | None = None) -> list[Proposal]:
    """All proposals in the order in which they were saved.

    Args:
        book: Where they are kept.
        kind: ``assessment``, ``event`` or ``attribution``; None for all.

    Raises:
        StoreError: when a record is not of the form that this version writes.
    """
    records, decisions = list[dict[str, Any]](), dict[str, list[dict[str, Any]]]()
    try:
        for record in book.records():
            if record["kind"] == "decision":
                decisions.setdefault(record["proposal"], []).append(record)
            else:
                records.append(record)
    except KeyError as error:
        raise StoreError(
            f"The proposals in {book.path} were to be read.",
            f"A record has another form than this version knows ({error!r}).",
            "Use the version of Détente that wrote it.",
        ) from None
    return [
        Proposal(record, tuple(decisions.get(record["id"], ()))) for record in records if kind in (None, record["kind"])
    ]


def decide(
    book: Chain,
    ids: Sequence[str],
    verdict: Verdict,
    *,
    by: str | None = None,
    why: str | None = None,
    condition: str | None = None,
) -> list[Proposal]:
    """Accept or reject proposals; with an assessment that is accepted, its attribution is.

    Args:
        book: Where they are kept.
        ids: Ids of proposals, or beginnings of them that fit one alone.
        verdict: What is decided.
        by: Who decides.
        why: The reason; a rejection needs one.
        condition: ``met`` or ``not met``, for a conditional assessment that is accepted.

    Returns:
        The proposals as they stand now, in the order of ``ids``.

    Raises:
        ConfigError: when an id fits no proposal or several, or a rejection has no reason.
        StoreError: when the decision cannot be written.
    """
    if verdict == "rejected" and not (why or "").strip():
        raise ConfigError("A proposal was to be rejected.", "No reason was given.", "Add --why REASON.")
    held = {one.id: one for one in read_proposals(book)}
    chosen = [_find(name, held) for name in ids]
    for one in chosen:
        if condition is not None and not one.record.get("conditions"):
            raise ConfigError(
                f"The condition of proposal {one.id[:8]} was to be judged.", "It has none.", "Leave --condition out."
            )
    said = {"verdict": verdict, "by": by, "why": why}
    records = []
    for one in chosen:
        records.append(_decision(one, said | {"condition": condition}))
        carried = held.get(one.record.get("attribution") or "")
        if verdict == "accepted" and carried and carried.standing == "proposed":
            records.append(_decision(carried, said | {"condition": None}))
    book.append(records)
    now = {one.id: one for one in read_proposals(book)}
    return [now[one.id] for one in chosen]


def _decision(one: Proposal, said: dict[str, Any]) -> dict[str, Any]:
    """A decision as a record; the same one said again at once is the same record."""
    last = one.decisions[-1] if one.decisions else {}
    again = all(last.get(key) == value for key, value in said.items()) and bool(last)
    place = len(one.decisions) - again
    known_by = {"kind": "decision", "proposal": one.id, "place": place, **said}
    return {"id": hashlib.sha256(canonical(known_by)).hexdigest()[:_ID_LETTERS], **known_by}


def _find(name: str, held: dict[str, Proposal]) -> Proposal:
    fits = [one for key, one in held.items() if key.startswith(name)]
    if len(name) < _SHORTEST_ID or len(fits) != 1:
        found = (
            "An id has at least 4 letters." if len(name) < _SHORTEST_ID else f"{len(fits) or 'No'} proposals have it."
        )
        raise ConfigError(f"Proposal {name!r} was named.", found, "`detente review --list` shows all ids.")
    return fits[0]
