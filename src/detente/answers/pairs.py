"""What answers about one pair have in common: the pair, and its brief without what a page needs beside it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from detente import relations, scorecard
from detente.codebook import find_state, state_name
from detente.domain.periods import STANDARD_HORIZONS, Horizon, parse_day
from detente.errors import ConfigError, CutoffError, DataError, QuestionError
from detente.outlook import Brief, build_brief
from detente.outlook.brief import TRACK_RECORD
from detente.sample import load_chronology

if TYPE_CHECKING:
    import datetime as dt

    from detente.answers.worlds import Worlds
    from detente.replies import WarmWorld
    from detente.world import PairView

#: The source of known events; their texts are our own.
CHRONOLOGY_SOURCE = {
    "provider": "chronology",
    "title": "Well-known events of the sample's time, in our own words",
    "citation": "Détente, chronology of the sample",
    "terms": "Apache-2.0",
    "locator": None,
}
#: Stands for both directions.
BOTH = "both"


def find_pair(worlds: Worlds, a: str, b: str, as_of: str | None) -> tuple[WarmWorld, PairView]:
    """The world as of a day, and a pair in it.

    Raises:
        CodebookError: when a name is not known.
        QuestionError: when both names are one state.
        CutoffError: when nothing was known by then, or there is no event between the two.
    """
    world = worlds.world(as_of)
    try:
        view = world.pair(a, b)
    except DataError as error:
        raise QuestionError(error.asked, error.found, error.next_step) from None
    if world.view.cells(view.pair).is_empty():
        raise CutoffError(
            f"{state_name(view.pair.a)} and {state_name(view.pair.b)} were asked about as of {world.as_of}.",
            f"The data of provider {world.provider!r} hold no event between the two by then.",
            "Ask resolve_country for a state's busiest partners, or give a later as_of.",
        )
    return world, view


def name_pair(view: PairView) -> dict[str, Any]:
    """The pair as an answer names it, and whether the data say who of the two acts."""
    pair = view.pair
    a, b = ({"iso3": iso3, "name": state_name(iso3)} for iso3 in (pair.a, pair.b))
    return {"pair": pair.id, "a": a, "b": b} | ({} if is_directed(view) else {"directed": False})


def find_actor(view: PairView, direction: str) -> str | None:
    """The state that acts, of a pair; None for both.

    Raises:
        CodebookError: when the name is not known.
        ConfigError: when it is neither of the two, or the data do not say who acts.
    """
    if direction.strip().lower() == BOTH:
        return None
    iso3 = find_state(direction)
    if iso3 not in (view.pair.a, view.pair.b):
        raise ConfigError(
            f"direction {direction!r} was given for {view.pair}.",
            "It is neither of the two states.",
            f"Give {BOTH}, {view.pair.a} or {view.pair.b}: the state that acts.",
        )
    if not is_directed(view):
        raise ConfigError(
            f"direction {direction!r} was given for {view.pair}.",
            f"The data of provider {view.world.provider!r} do not say who of the two acts.",
            "Leave direction out.",
        )
    return iso3


def is_directed(view: PairView) -> bool:
    """Whether the data say who of the two acts."""
    return bool(view.world.view.cells(view.pair)["directed"].any())


def read_span(since: str | None, until: str | None) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a span.

    Raises:
        ConfigError: when one is no day, or the last is before the first.
    """
    first = parse_day(since, what="first day") if since else None
    last = parse_day(until, what="last day") if until else None
    if first and last and last < first:
        raise ConfigError(
            f"The days from {first} to {last} were asked for.", "The last is before the first.", "Swap the two."
        )
    return first, last


def read_brief(worlds: Worlds, world: WarmWorld, view: PairView, horizon: Horizon) -> Brief:
    """The brief of a pair as `detente outlook` gives it, without voices, arenas and outside series.

    Raises:
        CutoffError: when a window that it needs has no covered day.
    """
    brief = worlds.keep(world, ("brief", str(view.pair), horizon.weeks), lambda: _build_brief(world, view, horizon))
    record = scorecard.read_record_sentence(worlds.ledger, as_of=world.as_of)
    return dataclasses.replace(brief, track_record=record or TRACK_RECORD)


def _build_brief(world: WarmWorld, view: PairView, horizon: Horizon) -> Brief:
    day, cells, coverage = world.as_of, world.view.cells(view.pair), world.view.coverage()
    weeks = tuple(sorted({*STANDARD_HORIZONS, horizon.weeks}))
    return build_brief(
        view.pair,
        as_of=day,
        provider=world.provider,
        levels_pair=view.level(),
        levels_dyads=view.level(by="dyad"),
        coverage=coverage,
        explanation=relations.explain_change(cells, coverage, view.pair, as_of=day),
        forecasts=view.forecasts(horizons=weeks),
        chronology=load_chronology().filter(load_chronology()["day"] <= day),
        card=world.card,
        horizon=horizon,
        provocations=view.provocations(horizons=weeks),
    )
