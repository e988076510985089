"""What the data say beside an article's assessments: our own outlook for the same pair, as of the same day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.assessors.questions import Ahead, nearest_standard
from detente.coding.assessments import Assessment, Reading
from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.errors import DetenteError
from detente.outlook.words import describe_chances
from detente.world import open_world

if TYPE_CHECKING:
    from detente.world import World

Figures = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Outlook:
    """The model's answer and the base rates for one pair and horizon.

    Args:
        pair: Pair id.
        horizon: The standard horizon.
        model: Name and version of the model; None where there is no answer.
        figures: For each outcome ``probability, low, high, word, base_rate``; empty where there is no answer.
        note: Why there is no answer; empty where there is one.
    """

    pair: str
    horizon: Horizon
    model: str | None
    figures: Figures
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """One assessment and the outlook that stands beside it.

    Args:
        assessment: Place of the assessment in the reading.
        assumed: Whether the horizon is taken because the statement has no last day.
        outlook: The outlook.
    """

    assessment: int
    assumed: bool
    outlook: Outlook


@dataclass(frozen=True)
class Data:
    """What the data say about the pairs of an article.

    Args:
        as_of: The day of the article, or today where it has none.
        is_today: Whether that is today for want of a date.
        provider: Whose data; empty where no store was read.
        first_day: The first day held; None where no store was read.
        last_day: The last day held; None where no store was read.
        rows: One for each assessment about a pair.
        note: Why there is nothing to show; empty where there is something.
    """

    as_of: dt.date
    is_today: bool
    provider: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    rows: tuple[Beside, ...] = ()
    note: str = ""

    @property
    def outlooks(self) -> list[Outlook]:
        """The outlooks that stand beside something, each once."""
        return list({(row.outlook.pair, row.outlook.horizon): row.outlook for row in self.rows}.values())

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values; null is not known."""
        return {
            "as_of": str(self.as_of),
            "as_of_is_today": self.is_today,
            "provider": self.provider or None,
            "held": {"first_day": str(self.first_day), "last_day": str(self.last_day)} if self.first_day else None,
            "note": self.note or None,
            "rows": [
                {
                    "assessment": row.assessment,
                    "pair": row.outlook.pair,
                    "horizon_weeks": row.outlook.horizon.weeks,
                    "horizon_assumed": row.assumed,
                    "model": row.outlook.model,
                    "outlook": row.outlook.figures or None,
                    "note": row.outlook.note or None,
                }
                for row in self.rows
            ],
        }


def read_beside(
    reading: Reading,
    *,
    store: Path | None = None,
    provider: str | None = None,
    today: dt.date | None = None,
    world: World | None = None,
) -> Data:
    """What the data say about the pairs that an article judges, from what was known on its day.

    Args:
        reading: What was read.
        store: The store to read; None for the usual one, which then may be unreadable without harm.
        provider: Whose data, where the store holds several providers'.
        today: The day to ask for where the article has none; by default the clock's.
        world: The world to read, where one is open already.

    Raises:
        DetenteError: when a store or provider was named and cannot be read.
    """
    day = reading.article.date or today or dt.datetime.now(dt.UTC).date()
    is_today = reading.article.date is None
    if not any(one.pair for one in reading.assessments):
        return Data(day, is_today, note="no assessment is about a pair")
    try:
        world = world or open_world(store, provider=provider)
    except DetenteError as error:
        if store or provider:
            raise
        return Data(day, is_today, note=f"no data: {error.found}")
    first, last = world.view.first_day, world.as_of
    if not first <= day <= last:
        note = f"no outlook as of {day}: the store holds {world.provider} from {first} to {last}"
        return Data(day, is_today, world.provider, first, last, note=note)
    return Data(day, is_today, world.provider, first, last, rows=tuple(_rows(reading, world, day)))


def _rows(reading: Reading, world: World, day: dt.date) -> list[Beside]:
    outlooks: dict[tuple[str, Horizon], Outlook] = {}
    rows = []
    for place, one in enumerate(reading.assessments):
        if one.pair is None:
            continue
        asked = _asked(one, day)
        key = ("-".join(one.pair), asked.horizon)
        if key not in outlooks:
            outlooks[key] = _outlook(world, Pair(*one.pair), asked.horizon, day)
        rows.append(Beside(place, asked.assumed, outlooks[key]))
    return rows


def _asked(one: Assessment, day: dt.date) -> Ahead:
    stretch = one.horizon
    return nearest_standard(stretch.kind if stretch else None, stretch.until if stretch else None, day)


def _outlook(world: World, pair: Pair, horizon: Horizon, day: dt.date) -> Outlook:
    if world.view_as_of(day).cells(pair).is_empty():
        return Outlook(pair.id, horizon, None, {}, "the data hold no event between the two by then")
    row = world.forecast_pairs(horizon, day, pairs=[pair.id]).row(0, named=True)
    base = world.stated(horizon, day, pair=pair.id).row(0, named=True)
    figures = {name: told | {"base_rate": base[f"base_{name}"]} for name, told in describe_chances(row).items()}
    return Outlook(pair.id, horizon, row["model"], figures)
