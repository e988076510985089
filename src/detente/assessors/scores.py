"""The record of those who judged: their scores beside the model's and the base rates' on the same questions."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente import scoring
from detente.assessors.questions import ASSESSORS_NAME
from detente.assessors.resolution import assess
from detente.domain.periods import DAYS_IN_WEEK
from detente.domain.tables import ASSESSED, ASSESSORS, check_table
from detente.domain.tables.assessed import STANDINGS

if TYPE_CHECKING:
    from detente.store import Chain
    from detente.world import World

_FEWEST_BLOCKS = 3
_SEED = 1
_MEANS = ("brier", "model_brier", "base_brier", "on_side")


@dataclass(frozen=True)
class AssessorCard:
    """How accepted assessments have fared, as known on a day.

    Args:
        as_of: The last day known to the scoring.
        provider: Whose events resolved them.
        assessed: Rows of ``assessed``.
        assessors: Rows of ``assessors``; the worst first, those without a score last.
    """

    as_of: dt.date
    provider: str
    assessed: pl.DataFrame
    assessors: pl.DataFrame

    def counts(self) -> dict[str, int]:
        """Assessments by standing."""
        return {name: int((self.assessed["standing"] == name).sum()) for name in STANDINGS}

    def as_dict(self, *, top: int) -> dict[str, Any]:
        """The record as JSON-ready values.

        Args:
            top: Assessors at most.
        """
        return {
            "as_of": str(self.as_of),
            "provider": self.provider,
            "rule": ASSESSORS_NAME,
            "counts": self.counts(),
            "assessors": json.loads(self.assessors.head(top).write_json()),
            "assessments": json.loads(self.assessed.write_json()),
        }


def score_assessors(book: Chain, world: World) -> AssessorCard:
    """The record of all whose assessments were accepted, as known to a world on its day.

    Raises:
        StoreError: when the proposals or the store cannot be read.
    """
    assessed = assess(book, world)
    return AssessorCard(world.as_of, world.provider, assessed, build_assessors(assessed))


def build_assessors(assessed: pl.DataFrame) -> pl.DataFrame:
    """Add up the scores of each assessor: rows of the table ``assessors``.

    One person under two affiliations is one assessor, under the latest.

    Args:
        assessed: Rows of the table ``assessed``.
    """
    check_table(assessed, ASSESSED)
    rows = []
    for (name,), part in assessed.group_by("assessor", maintain_order=True):
        done = part.filter(pl.col("standing") == "resolved")
        counts = {standing: int((part["standing"] == standing).sum()) for standing in ("resolved", "void", "open")}
        affiliations = part["affiliation"].drop_nulls()
        means = {mean: done[mean].cast(pl.Float64).mean() for mean in _MEANS}
        rows.append({"assessor": name, "affiliation": affiliations.last(), **counts, **means, **_band(done)})
    table = pl.DataFrame(rows, schema=ASSESSORS.schema)
    return check_table(table.sort("brier", "assessor", descending=[True, False], nulls_last=True), ASSESSORS)


def _band(done: pl.DataFrame) -> dict[str, float | None]:
    """Ends of the band of the mean Brier score; none with fewer than three blocks as long as the longest horizon."""
    band: dict[str, float | None] = {"brier_low": None, "brier_high": None}
    if done.is_empty():
        return band
    span = DAYS_IN_WEEK * int(np.max(done["horizon_weeks"].to_numpy()))
    days = done["origin"].cast(pl.Int32).to_numpy()
    blocks = (days - days.min()) // span
    if np.unique(blocks).size >= _FEWEST_BLOCKS:
        band["brier_low"], band["brier_high"] = scoring.bootstrap_mean(done["brier"].to_numpy(), blocks, seed=_SEED)
    return band
