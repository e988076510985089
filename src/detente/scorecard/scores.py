"""The record: how the forecasts of a ledger have scored, overall and apart, beside base rates issued with them."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente import scoring
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import BINS, OUTCOMES, SCORED, SCORES, check_table
from detente.domain.tables.scored import RECORDS, STANDINGS

#: Bands are drawn from blocks of time as long as the longest horizon in the group; with fewer blocks there is none.
_FEWEST_BLOCKS = 3
_SEED = 1
_BINS = 10
#: What a record can be broken down by: column of ``scored``.
BREAKDOWNS = {"pair": "pair", "horizon": "horizon_weeks", "model": "model"}


@dataclass(frozen=True)
class Scorecard:
    """The record of a ledger as known on a day; the live record and replays apart.

    Args:
        as_of: The last day known to the scoring; None where no data are held.
        scored: Rows of ``scored``.
        overall: Rows of ``scores``: one for each record that has a forecast.
        by: Rows of ``scores`` by pair, horizon and model; the worst against base rates first.
        bins: Rows of ``bins``.
    """

    as_of: dt.date | None
    scored: pl.DataFrame
    overall: pl.DataFrame
    by: dict[str, pl.DataFrame]
    bins: pl.DataFrame

    def counts(self, record: str) -> dict[str, int]:
        """Forecasts of a record (live or replay) by standing."""
        rows = self.scored.filter(pl.col("record") == record)["standing"]
        return {name: int((rows == name).sum()) for name in STANDINGS}

    def void_reasons(self, record: str) -> dict[str, int]:
        """Why forecasts of a record are void, with their numbers."""
        rows = self.scored.filter(pl.col("record") == record, pl.col("standing") == "void")
        return dict(rows["reason"].value_counts(sort=True).iter_rows())

    def worst(self, record: str, top: int) -> pl.DataFrame:
        """The forecasts of a record that scored worst: rows of ``scored``."""
        rows = self.scored.filter(pl.col("record") == record, pl.col("standing") == "resolved")
        return rows.sort("rps", "number", descending=[True, False]).head(top)

    def as_dict(self, *, top: int) -> dict[str, Any]:
        """The record as JSON-ready values."""
        return {
            "as_of": str(self.as_of) if self.as_of else None,
            "records": {
                record: {
                    "counts": self.counts(record),
                    "void_reasons": self.void_reasons(record),
                    "overall": _plain(self.overall.filter(pl.col("record") == record)),
                    **{
                        f"by_{name}": _plain(table.filter(pl.col("record") == record).head(top))
                        for name, table in self.by.items()
                    },
                    "by_bin": _plain(self.bins.filter(pl.col("record") == record)),
                    "worst": _plain(self.worst(record, top)),
                }
                for record in RECORDS
            },
        }


def build_scorecard(scored: pl.DataFrame, *, as_of: dt.date | None) -> Scorecard:
    """Add up the scores of resolved forecasts.

    Args:
        scored: Rows of the table ``scored``.
        as_of: The day of scoring.
    """
    check_table(scored, SCORED)
    by = {name: _breakdown(scored, column) for name, column in BREAKDOWNS.items()}
    return Scorecard(as_of, scored, _breakdown(scored, None), by, _bins(scored))


def _breakdown(scored: pl.DataFrame, column: str | None) -> pl.DataFrame:
    group = pl.lit("all") if column is None else pl.col(column).cast(pl.String)
    keyed = scored.filter(pl.col("standing") != "repeated").with_columns(group.alias("group"))
    rows = [
        {"record": record, "group": name} | _summary(part)
        for (record, name), part in keyed.group_by("record", "group", maintain_order=True)
    ]
    table = pl.DataFrame(rows, schema=SCORES.schema)
    if column == "horizon_weeks":
        table = table.sort("record", pl.col("group").cast(pl.Int64))
    else:
        table = table.sort("record", "skill", "group", nulls_last=True)
    return check_table(table, SCORES)


def _summary(part: pl.DataFrame) -> dict[str, Any]:
    done = part.filter(pl.col("standing") == "resolved")
    count = {name: int((part["standing"] == name).sum()) for name in ("resolved", "void", "open")}
    means = {name: _finite(done[name].mean()) for name in _MEANS}
    return count | means | _bands(done)


_MEANS = ("rps", "base_rps", "brier", "base_brier", "log_score", "base_log_score")


def _bands(done: pl.DataFrame) -> dict[str, float | None]:
    found: dict[str, float | None] = dict.fromkeys(("rps_low", "rps_high", "skill", "skill_low", "skill_high"))
    if done.is_empty() or done["base_rps"].sum() == 0:
        return found
    rps, base = done["rps"].to_numpy(), done["base_rps"].to_numpy()
    found["skill"] = scoring.skill(rps, base)
    span = DAYS_IN_WEEK * int(np.max(done["horizon_weeks"].to_numpy()))
    days = done["origin"].cast(pl.Int32).to_numpy()
    blocks = (days - days.min()) // span
    if np.unique(blocks).size >= _FEWEST_BLOCKS:
        found["rps_low"], found["rps_high"] = scoring.bootstrap_mean(rps, blocks, seed=_SEED)
        band = scoring.bootstrap_skill(rps, base, blocks, seed=_SEED, block=1)
        found["skill_low"], found["skill_high"] = band.low, band.high
    return found


def _bins(scored: pl.DataFrame) -> pl.DataFrame:
    """Said against came, the three outcomes of each resolved forecast pooled."""
    rows = []
    for record in RECORDS:
        done = scored.filter(pl.col("record") == record, pl.col("standing") == "resolved")
        said = done.select(f"p_{name}" for name in OUTCOMES).to_numpy()
        came = np.stack([(done["outcome"] == name).to_numpy() for name in OUTCOMES], axis=1)
        table = scoring.reliability(said.ravel(), came.ravel().astype(np.float64), bins=_BINS)
        edges = table.edges.round(10)
        for place in np.flatnonzero(table.count):
            values = (edges[place], edges[place + 1], table.said[place], table.came[place], int(table.count[place]))
            rows.append((record, *values))
    return check_table(pl.DataFrame(rows, schema=BINS.schema, orient="row"), BINS)


def _finite(value: Any) -> float | None:  # noqa: ANN401 - what polars gives for a mean
    return float(value) if value is not None and math.isfinite(value) else None


def _plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.write_json())
    return rows
