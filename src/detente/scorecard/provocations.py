"""The record of chances of provocative moves: written down, resolved by ``provoked-v1``, apart from the outlooks."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente import forecast, scoring
from detente.domain.actors import Pair
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import ISSUED_PROVOCATIONS, PROVOCATION_SCORES, SCORED_PROVOCATIONS, check_table
from detente.domain.tables.scored import RECORDS, STANDINGS
from detente.errors import StoreError
from detente.scorecard.ledger import is_live
from detente.store.chain import ID_LETTERS, canonical

if TYPE_CHECKING:
    from detente.store import Chain
    from detente.world import World

KIND = "provocation"
#: Why a closed question has no answer, and why one is open.
NOT_SEEN = "no provocative day was seen, but fewer than nine tenths of its days are covered"
NOT_CLOSED = "its last day is not known yet"
NOT_HELD = "the store holds no data of its provider"
_FEWEST_BLOCKS, _SEED = 3, 1
_QUESTION = ("record", "provider", "actor", "recipient", "origin", "horizon_weeks", "rule", "model")


@dataclass(frozen=True)
class ProvocationCard:
    """What became of the chances of provocative moves; the live record and replays apart.

    Args:
        scored: Rows of ``scored_provocations``.
        scores: Rows of ``provocation_scores``: all together, then by horizon.
    """

    scored: pl.DataFrame
    scores: pl.DataFrame

    def counts(self, record: str) -> dict[str, int]:
        """Chances of a record (live or replay) by standing."""
        rows = self.scored.filter(pl.col("record") == record)["standing"]
        return {name: int((rows == name).sum()) for name in STANDINGS}

    def worst(self, record: str, top: int) -> pl.DataFrame:
        """The chances of a record that scored worst: rows of ``scored_provocations``."""
        rows = self.scored.filter(pl.col("record") == record, pl.col("standing") == "resolved")
        return rows.sort("brier", "number", descending=[True, False]).head(top)

    def as_dict(self, *, top: int) -> dict[str, Any]:
        """The record as JSON-ready values."""
        return {
            record: {
                "counts": self.counts(record),
                "scores": json.loads(self.scores.filter(pl.col("record") == record).write_json()),
                "worst": json.loads(self.worst(record, top).write_json()),
            }
            for record in RECORDS
        }


def provocation_records(hazards: pl.DataFrame, provider: str) -> Iterator[dict[str, Any]]:
    """Records for the ledger, without what is the same for all: one for each chance that was given.

    Args:
        hazards: Rows of ``hazards``; those without a chance are not written down.
        provider: Whose events resolve them.
    """
    for row in hazards.drop_nulls("p").iter_rows(named=True):
        question = {
            "kind": KIND,
            "rule": forecast.PROVOKED,
            "provider": provider,
            "pair": Pair(row["actor"], row["recipient"]).id,
            "actor": row["actor"],
            "recipient": row["recipient"],
            "origin": str(row["origin"]),
            "horizon_weeks": row["horizon_weeks"],
            "closes": str(row["origin"] + dt.timedelta(days=DAYS_IN_WEEK * row["horizon_weeks"])),
        }
        answer = {"model": row["model"], "probabilities": {"yes": row["p"], "no": 1 - row["p"]}}
        yield {
            "id": hashlib.sha256(canonical(question | answer)).hexdigest()[:ID_LETTERS],
            "question": question,
            "answer": answer,
            "base_rates": {"model": forecast.OWN_RATE, "yes": row["base_rate"], "no": 1 - row["base_rate"]},
            "figures": {"threshold": row["threshold"]},
        }


def read_issued_provocations(ledger: Chain) -> pl.DataFrame:
    """All chances of provocative moves in the ledger, in order: rows of the table ``issued_provocations``.

    Raises:
        StoreError: when a record is not of the form that this version writes.
    """
    try:
        rows = [_row(record) for record in ledger.records() if record["question"]["kind"] == KIND]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"The ledger {ledger.path} was to be read.",
            f"A record has another form than this version knows ({error!r}).",
            "Use the version of Détente that wrote it.",
        ) from None
    return check_table(pl.DataFrame(rows, schema=ISSUED_PROVOCATIONS.schema), ISSUED_PROVOCATIONS)


def score_provocations(issued: pl.DataFrame, world_of: Callable[[str], World | None]) -> ProvocationCard:
    """Resolve and score every chance that is closed, as known to the worlds given.

    Args:
        issued: Rows of ``issued_provocations``.
        world_of: The world of a provider, read as of the day of scoring; None where its data are not held.
    """
    check_table(issued, ISSUED_PROVOCATIONS)
    frames = [SCORED_PROVOCATIONS.empty()]
    for (provider,), rows in issued.group_by("provider", maintain_order=True):
        frames.append(_stand(rows, world_of(str(provider))))
    scored = check_table(pl.concat(frames).sort("number"), SCORED_PROVOCATIONS)
    kept = scored.filter(pl.col("standing") != "repeated")
    groups = [
        _summary(record, name, rows)
        for group in (pl.lit("all"), pl.col("horizon_weeks").cast(pl.String))
        for (record, name), rows in kept.sort("horizon_weeks").group_by(
            "record", group.alias("group"), maintain_order=True
        )
    ]
    scores = check_table(pl.DataFrame(groups, schema=PROVOCATION_SCORES.schema), PROVOCATION_SCORES)
    return ProvocationCard(scored, scores)


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    question, answer = record["question"], record["answer"]
    issued_at = dt.datetime.fromisoformat(record["issued_at"])
    origin, until = (dt.date.fromisoformat(day) for day in (question["origin"], record["data_until"]))
    names = ("provider", "actor", "recipient", "horizon_weeks", "rule")
    return {name: question[name] for name in names} | {
        "id": record["id"],
        "number": record["number"],
        "issued_at": issued_at,
        "record": "live" if is_live(issued_at, origin, until) else "replay",
        "origin": origin,
        "closes": dt.date.fromisoformat(question["closes"]),
        "model": answer["model"],
        "p": answer["probabilities"]["yes"],
        "base_rate": record["base_rates"]["yes"],
        "threshold": record["figures"]["threshold"],
        "data_version": record["data_version"],
        "data_until": until,
    }


def _stand(issued: pl.DataFrame, world: World | None) -> pl.DataFrame:
    """One provider's chances with their standing and scores."""
    as_of = world.as_of if world else dt.date.min
    first = pl.col("number") == pl.col("number").min().over(_QUESTION)
    closed = issued.filter(first, pl.col("closes") <= as_of)
    happened = forecast.answer_provocations(world.view.cells(), world.view.coverage(), closed) if world else []
    answers = closed.select("number").with_columns(happened=pl.Series(happened, dtype=pl.Boolean))
    is_closed = pl.col("closes") <= as_of
    table = issued.join(answers, on="number", how="left", maintain_order="left").with_columns(
        standing=pl.when(~first)
        .then(pl.lit("repeated"))
        .when(pl.col("happened").is_not_null())
        .then(pl.lit("resolved"))
        .when(is_closed)
        .then(pl.lit("void"))
        .otherwise(pl.lit("open")),
        brier=(pl.col("p") - pl.col("happened").cast(pl.Float64)) ** 2,
        base_brier=(pl.col("base_rate") - pl.col("happened").cast(pl.Float64)) ** 2,
    )
    why = (
        pl.when(pl.col("standing") == "void")
        .then(pl.lit(NOT_SEEN))
        .when(pl.col("standing") == "open")
        .then(pl.lit(NOT_CLOSED if world else NOT_HELD))
    )
    return table.with_columns(reason=why).select(SCORED_PROVOCATIONS.names).cast(SCORED_PROVOCATIONS.schema)


def _summary(record: object, group: object, rows: pl.DataFrame) -> dict[str, Any]:
    """One row of ``provocation_scores``; bands by blocks of time as long as the longest horizon."""
    done = rows.filter(pl.col("standing") == "resolved")
    found: dict[str, Any] = {"record": record, "group": group}
    found |= {name: int((rows["standing"] == name).sum()) for name in ("resolved", "void", "open")}
    found |= {"said": done["p"].mean(), "came": done["happened"].cast(pl.Float64).mean()}
    found |= {"brier": done["brier"].mean(), "base_brier": done["base_brier"].mean()}
    if not found["base_brier"]:
        return found
    mine, base = done["brier"].to_numpy(), done["base_brier"].to_numpy()
    found["skill"] = scoring.skill(mine, base)
    days = done["origin"].cast(pl.Int32).to_numpy()
    blocks = (days - days.min()) // (DAYS_IN_WEEK * int(np.max(done["horizon_weeks"].to_numpy())))
    if np.unique(blocks).size >= _FEWEST_BLOCKS:
        found["brier_low"], found["brier_high"] = scoring.bootstrap_mean(mine, blocks, seed=_SEED)
        band = scoring.bootstrap_skill(mine, base, blocks, seed=_SEED, block=1)
        found["skill_low"], found["skill_high"] = band.low, band.high
    return found
