r"""Train the weights that hazards of provocative moves start from, on events between states of 2005 to 2015.

Reads a store into which a benchmark copy of ICEWS of those years was loaded:

    detente load table icews0515.parquet --name icews0515 --store DIR \
        --map date=date,actor=source_iso3,recipient=target_iso3,cameo=cameo_code
    python scripts/train_hazards.py DIR

and writes ``weights.json``: a hundred numbers, no event and no name. Several big states are missing from that copy as
actors, so it stands for how conflict runs between states, not for these.
"""

from __future__ import annotations

import json
import sys

import polars as pl

from detente.domain.periods import DAYS_IN_WEEK, Horizon
from detente.forecast.dyad_days import DyadDays, build_dyad_days
from detente.forecast.hazard import ProvocationHazard
from detente.forecast.hazard_features import HAZARD_FEATURES
from detente.forecast.hazard_start import OWN, SHIPPED
from detente.world import World, open_world

HORIZONS = (4, 8, 13, 26)
#: Directions with an event in every fourth week; questions of most weeks, since nobody waits for them.
LEAST_A_WEEK, ORIGINS, CASES = 0.25, 600, 80_000


def main() -> None:
    """Train and write."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python scripts/train_hazards.py STORE")
    world = open_world(sys.argv[1])
    days, last = _dyad_days(world), world.view.last_day
    untaught = ProvocationHazard(is_pulled=False, most_origins=ORIGINS, most_cases=CASES)
    model = untaught.fit(days, last, [Horizon(weeks) for weeks in HORIZONS])
    weights = {
        weeks: [round(float(value), 5) for value in found.weights] for weeks, found in (model.found or {}).items()
    }
    held = {"learned": str(last), "features": list(HAZARD_FEATURES), "weights": weights}
    SHIPPED.mkdir(exist_ok=True)
    (SHIPPED / "weights.json").write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(f"{len(days.dyads)} directions, {int(days.hostile.sum())} days with a hostile act, until {last}")
    for place, name in enumerate(HAZARD_FEATURES, start=1):
        print(" ".join(f"{weights[weeks][place]:7.3f}" for weeks in HORIZONS), name, "(not used)" * (name in OWN))


def _dyad_days(world: World) -> DyadDays:
    cells, coverage = world.view.cells(), world.view.coverage()
    weeks = coverage.height / DAYS_IN_WEEK
    counts = cells.filter("directed").group_by("actor", "recipient").agg(pl.col("n").sum())
    busy = counts.filter(pl.col("n") >= LEAST_A_WEEK * weeks).sort(
        "n", "actor", "recipient", descending=[True, False, False]
    )
    return build_dyad_days(cells, coverage, dyads=list(busy.select("actor", "recipient").iter_rows()))


if __name__ == "__main__":
    main()
