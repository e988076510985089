"""Standing as a registered measure: where a relation stands among all relations, over the year up to the day."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl

from detente.domain.actors import Pair
from detente.domain.tables import CELLS
from detente.relations.measure import Guide, Measure, Quantity, Row, build_rows
from detente.relations.readings import Known, Readings
from detente.relations.standing import EVENTS_NEEDED, STANDING, measure_standings

#: The window: a year, so that every season and every yearly meeting is in it once.
WINDOW_DAYS = 365
_UNIT = "share of relations"
_PLACES = (
    (0.1, "among the most hostile tenth"),
    (0.3, "worse than most"),
    (0.7, "in the middle"),
    (0.9, "better than most"),
    (math.inf, "among the most cordial tenth"),
)
QUANTITIES = (
    Quantity(
        "place_among_peers",
        "Of the 100 relations nearest in amount of news, the share that stand worse.",
        _UNIT,
        0.0,
        1.0,
        steps=_PLACES,
        is_headline=True,
    ),
    Quantity("place", "Share of all relations that stand worse.", _UNIT, 0.0, 1.0, steps=_PLACES),
    Quantity("standing", "A quarter of affinity minus hostility.", "log ratio"),
    Quantity("hostility", "Conflict against what a relation with as much news has.", "log ratio"),
    Quantity("affinity", "Cooperation against what both states' cooperation with all leads to.", "log ratio"),
)
_NOTE = "band: gamma posterior, widened for reports that come together"


def standing(tables: Readings, pair: Pair, as_of: dt.date) -> pl.DataFrame:
    """Rows of ``measures`` of `standing-v1` over the 365 days up to the day; see `measure_standings`."""
    known = tables.known(as_of)
    first = as_of - dt.timedelta(days=WINDOW_DAYS - 1)
    found = known.once(STANDING, lambda: _standings(known, first)).get(pair.id)
    rows = []
    for quantity in QUANTITIES:
        n = int(found["n"]) if found else 0
        value = found[quantity.name] if found else None
        if found is None or value is None:
            note = f"{n} events in the year, of {EVENTS_NEEDED} needed, or too few relations to compare with"
            rows.append(Row(quantity.name, None, n=n, note=note))
        else:
            low, high = found[f"{quantity.name}_low"], found[f"{quantity.name}_high"]
            rows.append(Row(quantity.name, value, low, high, n, found["first_day"], as_of, note=_NOTE))
    return build_rows(STANDING, QUANTITIES, pair, as_of, rows)


def _standings(known: Known, first: dt.date) -> dict[str, dict[str, Any]]:
    """The standings of all pairs by their ids; none where no day of the window is covered."""
    covered = known.coverage.filter(pl.col("status") == "present", pl.col("day") >= first)
    if covered.is_empty():
        return {}
    start: dt.date = covered["day"].sort()[0]
    table = measure_standings(known.cells.select(CELLS.names), known.coverage, first=start, last=known.as_of)
    return {row["pair"]: row for row in table.iter_rows(named=True)}


MEASURE = Measure(
    name=STANDING,
    title="Standing: among all relations",
    function=standing,
    quantities=QUANTITIES,
    is_directed=False,
    weeks_needed=1,
    guide=Guide(
        sentence="Where the relation between the two stands among all relations of the year, from hostile to cordial.",
        formula=(
            "affinity / 4 − hostility: affinity is the logarithm of the cooperation over what two states that are in "
            "the news that much would have, hostility that of the conflict over what a relation with as much news has "
            "(half an allowance for volume); both drawn to the middle by a prior worth one event."
        ),
        high="A place near 1: much cooperation for these two states and little conflict for their news.",
        low="A place near 0: hardly any relation with as much news holds as much conflict.",
        missing="Null with fewer than five events in the year, or fewer than 20 relations to compare with.",
        cannot_tell=(
            "It cannot tell an ally from a partner in business, nor crimes and courts from acts of government. It says "
            "nothing about what is usual for this relation: read level and status for that."
        ),
    ),
    citations=("goldstein1992", "goodman1968", "gelman2013"),
)
