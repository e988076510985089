"""What has become of issued forecasts, as known today."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from detente import forecast, relations, scoring
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import ISSUED, OUTCOMES, SCORED, check_table
from detente.errors import CutoffError
from detente.scorecard.ledger import read_issued
from detente.scorecard.provocations import ProvocationCard, read_issued_provocations, score_provocations
from detente.scorecard.scores import Scorecard, build_scorecard

if TYPE_CHECKING:
    from detente.store import Chain
    from detente.world import World

#: Why a closed forecast cannot be resolved.
NO_REFERENCE = "fewer than 7 of the 13 weeks before its origin were covered"
NO_FUTURE = "fewer than half of the weeks of its horizon are covered"
#: Why a forecast is still open.
NOT_CLOSED = "its last day is not known yet"
NOT_HELD = "the store holds no data of its provider"
_FOUND = ("future", "change", "outcome")
#: What makes two records answers to one question.
_QUESTION = ("record", "provider", "pair", "origin", "horizon_weeks", "rule", "model")


def resolve_issued(issued: pl.DataFrame, world_of: Callable[[str], World | None]) -> pl.DataFrame:
    """Resolve and score every forecast that is closed as known to the worlds given.

    Of several answers of one model to one question the first counts; later ones are *repeated* and not scored.

    Args:
        issued: Rows of the table ``issued``.
        world_of: The world of a provider, read as of the day of scoring; None where its data are not held.

    Returns:
        Rows of the table ``scored``, in the order of the ledger.
    """
    check_table(issued, ISSUED)
    frames = [SCORED.empty()]
    for (provider,), rows in issued.group_by("provider", maintain_order=True):
        frames.append(_stand(rows, world_of(str(provider))))
    return check_table(pl.concat(frames).sort("number"), SCORED)


def score_ledger(ledger: Chain, world: World) -> Scorecard:
    """The record of a ledger as known to a world's store on the world's day.

    Raises:
        StoreError: when the ledger or the store cannot be read.
    """
    return build_scorecard(resolve_issued(read_issued(ledger), worlds_of(world)), as_of=world.as_of)


def score_ledger_provocations(ledger: Chain, world: World) -> ProvocationCard:
    """The record of the chances of provocative moves in a ledger, as known to a world's store on the world's day.

    Raises:
        StoreError: when the ledger or the store cannot be read.
    """
    return score_provocations(read_issued_provocations(ledger), worlds_of(world))


def worlds_of(world: World) -> Callable[[str], World | None]:
    """The worlds of all providers in a store, as of one world's day, opened as they are asked for."""
    held = world.store.providers()
    worlds = {world.provider: world}

    def world_of(provider: str) -> World | None:
        if provider not in worlds and provider in held:
            with contextlib.suppress(CutoffError):
                worlds[provider] = type(world)(world.store, as_of=world.as_of, provider=provider)
        return worlds.get(provider)

    return world_of


def _stand(issued: pl.DataFrame, world: World | None) -> pl.DataFrame:
    """One provider's forecasts with their standing and scores."""
    as_of = world.as_of if world else dt.date.min
    first = pl.col("number") == pl.col("number").min().over(_QUESTION)
    closed = issued.filter(first, pl.col("closes") <= as_of)
    answers = _answer(closed, world) if world and closed.height else _unanswered(closed)
    void = pl.when(pl.col("reference").is_null()).then(pl.lit(NO_REFERENCE)).otherwise(pl.lit(NO_FUTURE))
    table = issued.join(answers, on="number", how="left", maintain_order="left").with_columns(
        standing=pl.when(~first)
        .then(pl.lit("repeated"))
        .when(pl.col("outcome").is_not_null())
        .then(pl.lit("resolved"))
        .when(pl.col("closes") <= as_of)
        .then(pl.lit("void"))
        .otherwise(pl.lit("open"))
    )
    reason = (
        pl.when(pl.col("standing") == "void")
        .then(void)
        .when(pl.col("standing") == "open")
        .then(pl.lit(NOT_CLOSED if world else NOT_HELD))
    )
    return _score(table.with_columns(reason=reason))


def _answer(closed: pl.DataFrame, world: World) -> pl.DataFrame:
    """What came out, by number: weeks end on each forecast's own weekday, so there is a panel for each of the seven."""
    cells, coverage, pairs = world.view.cells(), world.view.coverage(), closed["pair"].unique().to_list()
    frames = []
    for (weekday,), rows in closed.group_by(pl.col("closes").dt.weekday(), maintain_order=True):
        back = (world.as_of.isoweekday() - int(str(weekday))) % DAYS_IN_WEEK
        last = world.as_of - dt.timedelta(days=back)
        panel = forecast.build_panel(relations.build_weeks(cells, coverage, as_of=last, pairs=pairs))
        frames.append(rows.select("number").hstack(forecast.answer_stated(panel, rows)))
    return pl.concat(frames)


def _unanswered(closed: pl.DataFrame) -> pl.DataFrame:
    return closed.select("number", *(pl.lit(None, SCORED.schema[name]).alias(name) for name in _FOUND))


def _score(table: pl.DataFrame) -> pl.DataFrame:
    """Add the scores of the resolved, and of the base rates issued with them."""
    done = table.filter(pl.col("standing") == "resolved")
    happened = np.array([OUTCOMES.index(name) for name in done["outcome"]], dtype=np.int64)
    columns = {}
    for prefix, ahead in (("p", ""), ("base", "base_")):
        said = done.select(f"{prefix}_{name}" for name in OUTCOMES).to_numpy().reshape(-1, len(OUTCOMES))
        for name, values in (
            ("rps", scoring.rps(said, happened)),
            ("brier", scoring.brier(said, happened)),
            ("log_score", scoring.log_score(said, happened)),
        ):
            columns[f"{ahead}{name}"] = values
    scores = done.select("number").with_columns(pl.Series(name, values) for name, values in columns.items())
    return table.join(scores, on="number", how="left").select(SCORED.names).cast(SCORED.schema)
