"""What to expect of a relation: three chances with bands and base rates; and the same if somebody makes a move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import forecast
from detente.answers.draft import Draft, check_detail, data_version, source_of
from detente.answers.pairs import find_pair, name_pair, read_brief
from detente.answers.record import tell_record
from detente.answers.status import name_outlook
from detente.codebook import read_move
from detente.domain.periods import Horizon
from detente.domain.tables import OUTCOMES
from detente.outlook import whatif_dict
from detente.outlook.words import describe_chances, format_change

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.outlook import Brief
    from detente.replies import WarmWorld
    from detente.world import PairView

_OUTCOME_NOTE = (
    "deteriorate or improve: the mean level of the weeks ahead lies more than half a usual change below or above that "
    "of the last 13 weeks; hold: neither."
)
_RESPONSE_DAYS = (1, 2, 3, 7, 14, 28)


def forecast_pair(
    worlds: Worlds,
    *,
    a: str,
    b: str,
    horizon: str = "13w",
    scenario: str | None = None,
    as_of: str | None = None,
    detail: str = "normal",
) -> dict[str, Any]:
    """The chances that a relation deteriorates, holds or improves; with a scenario, also if that move is made.

    Args:
        worlds: Whose data.
        a: A state.
        b: The other.
        horizon: How far ahead, in weeks.
        scenario: Who does what, in plain words; None for none.
        as_of: The day at whose end to forecast.
        detail: How much.

    Raises:
        CodebookError: when a name or the scenario's move is not known; the nearest moves are offered.
        ConfigError: when the horizon is none.
        CutoffError: when nothing was known by then, or there is no event between the two.
    """
    size, wanted = check_detail(detail), Horizon.parse(horizon)
    world, view = find_pair(worlds, a, b, as_of)
    if scenario is not None:
        read_move(scenario, view.pair.a, view.pair.b)  # a move that is not known is refused before anything is computed
    brief = read_brief(worlds, world, view, wanted)
    found = brief.as_dict()
    mine, *others = sorted(
        found["forecasts"], key=lambda row: (row["horizon_weeks"] != wanted.weeks, row["horizon_weeks"])
    )
    head = name_pair(view) | {
        "summary": f"{brief.headline}.",
        "question": {
            "origin": str(world.as_of),
            "closes": str(brief.question.closes),
            "rule": brief.question.rule,
            "note": _OUTCOME_NOTE,
        },
        "outlook": name_outlook(mine) | {"base_rates": _base_rates(world, view, wanted)},
        "record": tell_record(worlds, world, brief),
    }
    rules = list(brief.rules)
    parts: dict[str, Any] = {}
    if scenario is not None:
        told = whatif_dict(view.whatif(scenario, horizon=wanted.weeks), provider=world.provider)
        head["scenario"] = _scenario(told)
        head["summary"] += f" {_say(told, brief)}"
        parts["answers_so_far"] = _responses(told)
        rules.append(told["algorithm"])
    if size != "brief":
        parts["provocations"] = [row for row in found["provocations"] if row["horizon_weeks"] == wanted.weeks]
        parts["other_horizons"] = [name_outlook(row) for row in others]
    if size == "full":
        parts["resolution_rule"] = [f"{step} " for step in brief.question.stated_rule.steps]
        parts["void_if"] = list(brief.question.stated_rule.void)
    caveats = list(brief.caveats[:3]) + (told["notes"] if scenario is not None else [])
    draft = Draft(
        "forecast", size, world.as_of, head, parts, None, [source_of(world)], rules, data_version(world), caveats
    )
    return draft.finish()


def _base_rates(world: WarmWorld, view: PairView, horizon: Horizon) -> dict[str, Any]:
    """How often each outcome came, of this pair and all: what a forecast without any news would say."""
    row = world.stated(horizon, world.as_of, pair=view.pair.id).row(0, named=True)
    return {name: row[f"base_{name}"] for name in OUTCOMES} | {"model": forecast.BASE_MODEL}


def _scenario(told: dict[str, Any]) -> dict[str, Any]:
    """The move as understood, and the outlook with it."""
    outlook = told["outlooks"][0]
    return {
        "move": told["move"],
        "day": told["day"],
        "size": told["size"],
        "outlook_with_it": describe_chances(outlook["with"]),
        "change": outlook["change"],
        "reading": "an association: what has followed such moves, whatever brought them about; not an effect",
    }


def _say(told: dict[str, Any], brief: Brief) -> str:
    move, change = told["move"], told["outlooks"][0]["change"]
    parts = (f"{name} {format_change(100 * change[name], 1)}" for name in OUTCOMES)
    deed = f"{move['actor']} does this to {move['recipient']}: {move['label']}"
    return f"If {deed}, the chances over {brief.horizon} change by, in points of 100: {', '.join(parts)}."


def _responses(told: dict[str, Any]) -> dict[str, Any]:
    """How such days went on: points a day beside the usual, by side, and in all."""
    if told["missing"]:
        return {"why_none": told["missing"]}
    keys = ("day", "actor", "points", "points_low", "points_high")
    days = [{key: row[key] for key in keys} for row in told["responses"] if row["day"] in _RESPONSE_DAYS]
    return {
        "kind": told["responses"][0]["kind"],
        "unit": "Goldstein points a day beside the usual, 90 % band",
        "days": days,
        "in_all": {"over_days": told["followed_days"], "sides": told["totals"]},
    }
