"""Writing forecasts down as they are issued, each with what its question rests on and the base rates of that day."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import __version__, forecast
from detente.domain.periods import DAYS_IN_WEEK, STANDARD_HORIZONS, Horizon
from detente.domain.tables import FORECASTS, HAZARDS, OUTCOMES, check_table
from detente.scorecard.provocations import provocation_records
from detente.store import Chain
from detente.store.chain import ID_LETTERS, canonical

#: What a question rests on as known at its origin, written down with the forecast.
FIGURES = ("scale", "reference", "spread", "usual_news")

if TYPE_CHECKING:
    from detente.outlook import Brief
    from detente.store import Appended
    from detente.world import World


def open_ledger(path: str | Path | None = None) -> Chain:
    """The ledger of forecasts: at a path, at ``DETENTE_LEDGER``, else in the user's data directory."""
    if chosen := path or os.environ.get("DETENTE_LEDGER"):
        return Chain(Path(chosen))
    from platformdirs import user_data_path  # noqa: PLC0415 - only needed where no ledger is named

    return Chain(user_data_path("detente", appauthor=False) / "ledger")


def issue(
    world: World, forecasts: pl.DataFrame, ledger: Chain, *, provocations: pl.DataFrame | None = None
) -> Appended:
    """Write forecasts down.

    A forecast is known by its question and its answer (provider, pair, origin, horizon, rule, model, probabilities):
    the same answer to the same question is written once, however often it is asked for; another answer, say of a
    newer model or after late data, is a record of its own.

    Args:
        world: The world that they are of.
        forecasts: Rows of the table ``forecasts``, of one origin: the world's view of that day.
        ledger: Where to.
        provocations: Rows of the table ``hazards``, of the same origin; those without a chance are left out.

    Raises:
        StoreError: when the ledger cannot be written.
    """
    check_table(forecasts, FORECASTS)
    hazards = check_table(HAZARDS.empty() if provocations is None else provocations, HAZARDS)
    about = {
        "data_version": world.store.data_version(world.provider),
        "data_until": str(world.store.last_read_day(world.provider)),
        "software": __version__,
    }
    records = itertools.chain(_records(world, forecasts), provocation_records(hazards, world.provider))
    return ledger.append([record | about for record in records])


def issue_brief(brief: Brief, world: World, ledger: Chain) -> str:
    """Write a brief's forecasts down; returns a few words that say so, with the short id of its headline's.

    Raises:
        StoreError: when the ledger cannot be written.
    """
    done = issue(world, brief.forecasts, ledger, provocations=brief.provocations)
    weeks = brief.forecasts["horizon_weeks"].to_list()
    name = done.ids[weeks.index(brief.horizon.weeks)]
    return f"in the ledger as {name[:8]} ({brief.horizon}); `detente score` resolves it after {brief.question.closes}"


def issue_all(world: World, ledger: Chain, *, horizons: tuple[int, ...] = STANDARD_HORIZONS) -> Appended:
    """Write down the outlooks of all busy pairs as of the world's day, and the chances of provocative moves.

    Raises:
        StoreError: when the ledger cannot be written.
    """
    hazards = world.provocations(horizons=horizons)
    return issue(world, world.forecasts(horizons=horizons), ledger, provocations=hazards)


def _records(world: World, forecasts: pl.DataFrame) -> Iterator[dict[str, Any]]:
    pairs = forecasts["pair"].unique()
    also = pairs[0] if pairs.len() == 1 else None
    for (origin, weeks), rows in forecasts.group_by("origin", "horizon_weeks", maintain_order=True):
        stated = forecast.state_questions(world.panel(origin, also=also), origin, Horizon(weeks))
        for row in rows.join(stated, on="pair", how="left", maintain_order="left").iter_rows(named=True):
            yield _record(row, world.provider)


def _record(row: dict[str, Any], provider: str) -> dict[str, Any]:
    closes = row["origin"] + dt.timedelta(days=DAYS_IN_WEEK * row["horizon_weeks"])
    question = {
        "kind": "outlook",
        "rule": forecast.OUTCOME_NAME,
        "provider": provider,
        "pair": row["pair"],
        "origin": str(row["origin"]),
        "horizon_weeks": row["horizon_weeks"],
        "closes": str(closes),
    }
    answer = {"model": row["model"], "probabilities": {name: row[f"p_{name}"] for name in OUTCOMES}}
    return {
        "id": hashlib.sha256(canonical(question | answer)).hexdigest()[:ID_LETTERS],
        "question": question,
        "answer": answer,
        "base_rates": {"model": forecast.BASE_MODEL} | {name: row[f"base_{name}"] for name in OUTCOMES},
        "figures": {name: row[name] for name in FIGURES},
    }
