"""What became of accepted assessments, scored beside the model and the base rates asked the same on the same day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import forecast, scorecard
from detente.assessors.questions import Ahead, horizon_of, why_void
from detente.assessors.review import Proposal, read_proposals
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import ASSESSED, check_table
from detente.errors import StoreError
from detente.scorecard.resolution import NO_FUTURE, NO_REFERENCE, NOT_CLOSED

if TYPE_CHECKING:
    from detente.store import Chain
    from detente.world import World

NOT_YET_HELD = "the store holds nothing of the day of publication"
NO_EVENTS = "the data hold no event between the two by the day of publication"
SAID_BEFORE = "the same assessor said the same on the same day"
UNNAMED = "nobody named"
_FOUND = ("outcome", "change", "came", "on_side", "brier", "model", "model_p", "model_brier", "base_p", "base_brier")


def assess(book: Chain, world: World) -> pl.DataFrame:
    """What became of the accepted assessments, as known to a world on its day: rows of the table ``assessed``.

    Args:
        book: Where they are kept.
        world: The world that resolves them.

    Raises:
        StoreError: when a record is not of the form that this version writes.
    """
    accepted = [one for one in read_proposals(book, kind="assessment") if one.standing == "accepted"]

    @cache
    def world_then(day: dt.date) -> World:
        return type(world)(world.store, as_of=day, provider=world.provider, is_sample=world.is_sample)

    try:
        rows = [_stand(one, world, world_then) for one in accepted]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"The proposals in {book.path} were to be scored.",
            f"A record has another form than this version knows ({error!r}).",
            "Use the version of Détente that wrote it.",
        ) from None
    return check_table(pl.DataFrame(_without_repeats(rows), schema=ASSESSED.schema), ASSESSED)


def _stand(one: Proposal, world: World, world_then: Callable[[dt.date], World]) -> dict[str, Any]:
    """One assessment with its standing and, where it is resolved, its scores."""
    record = one.record
    published = record["source"]["published"]
    origin = dt.date.fromisoformat(published) if published else None
    until = dt.date.fromisoformat(record["until"]) if record["until"] else None
    row: dict[str, Any] = dict.fromkeys(ASSESSED.names)
    row |= {
        "id": one.id,
        "assessor": record["speaker"] or record["speaker_text"] or UNNAMED,
        "affiliation": record["affiliation"],
        "provider": world.provider,
        **{name: record[name] for name in ("pair", "direction", "p_low", "p_high", "quote")},
        "p": None if record["p_low"] is None else (record["p_low"] + record["p_high"]) / 2,
        "origin": origin,
        "horizon_assumed": record["horizon_kind"] is None,
    }
    reason = why_void(one)
    if reason or origin is None:
        return row | {"standing": "void", "reason": reason}
    asked = horizon_of(record["horizon_kind"], until, origin)
    if isinstance(asked, str):
        return row | {"standing": "void", "reason": asked}
    closes = origin + dt.timedelta(days=DAYS_IN_WEEK * asked.horizon.weeks)
    saved = dt.datetime.fromisoformat(record["issued_at"]).date()
    row |= {"horizon_weeks": asked.horizon.weeks, "closes": closes, "saved_in_time": saved <= closes}
    if closes > world.as_of:
        return row | {"standing": "open", "reason": NOT_CLOSED}
    if origin < world.view.first_day:
        return row | {"standing": "void", "reason": NOT_YET_HELD}
    return row | _resolve(row, asked, world, world_then(origin))


def _resolve(row: dict[str, Any], asked: Ahead, world: World, then: World) -> dict[str, Any]:
    """Put the question as of the day of publication to the data, the model and the base rates."""
    origin, direction = row["origin"], row["direction"]
    pair = Pair(*row["pair"].split("-"))
    if then.view.cells(pair).is_empty():
        return {"standing": "void", "reason": NO_EVENTS}
    found = scorecard.ask(then, world, pair, asked.horizon, "outlook")
    if found.answer is None:
        return {"standing": "void", "reason": NO_REFERENCE if found.figures["reference"] is None else NO_FUTURE}
    answers = then.forecast_pairs(asked.horizon, origin, pairs=[pair.id]).row(0, named=True)
    stated = forecast.state_questions(then.panel(origin, also=pair.id), origin, asked.horizon)
    base = stated.filter(pair=pair.id)[f"base_{direction}"].item()
    came = found.answer == direction
    said = {"": row["p"], "model_": answers[f"p_{direction}"], "base_": base}
    return {
        "standing": "resolved",
        "outcome": found.answer,
        "change": found.found["change"],
        "came": came,
        "on_side": None if row["p"] == 0.5 else (row["p"] > 0.5) == came,
        "model": answers["model"],
        "model_p": said["model_"],
        "base_p": said["base_"],
        **{f"{who}brier": (probability - came) ** 2 for who, probability in said.items()},
    }


def _without_repeats(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, with what one assessor said twice on one day of one question counted once, the first."""
    seen = set()
    found = []
    for row in rows:
        question = tuple(row[name] for name in ("assessor", "pair", "origin", "horizon_weeks", "direction", "p"))
        is_repeat = row["standing"] in ("resolved", "open") and question in seen
        seen.add(question)
        cleared = {name: None for name, value in row.items() if name in _FOUND and value is not None}
        found.append(row | cleared | {"standing": "repeated", "reason": SAID_BEFORE} if is_repeat else row)
    return found
