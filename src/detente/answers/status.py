"""Where a relation stands: level and band, status, what moved it, the outlook, and how such forecasts have fared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.answers.budget import round_number
from detente.answers.draft import Draft, check_detail, data_version, source_of
from detente.answers.pairs import CHRONOLOGY_SOURCE, find_pair, name_pair, read_brief
from detente.answers.record import tell_record
from detente.domain.periods import NEAR_FUTURE_WEEKS, Horizon
from detente.domain.tables import OUTCOMES
from detente.outlook import read_measures

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.outlook import Brief, Reason
    from detente.world import PairView

_REASONS = {"brief": 2, "normal": 6, "full": 12}
_LEVEL_NOTE = (
    "Level: asinh(balance / the pair's own usual balance); 0 is as much conflict as cooperation, below 0 more."
)


def pair_status(worlds: Worlds, *, a: str, b: str, as_of: str | None = None, detail: str = "normal") -> dict[str, Any]:
    """Where a relation stands as of a day, why, and what to expect.

    Args:
        worlds: Whose data.
        a: A state.
        b: The other.
        as_of: The day at whose end to read.
        detail: How much.

    Raises:
        CodebookError: when a name is not known.
        CutoffError: when nothing was known by then, or there is no event between the two.
    """
    size = check_detail(detail)
    world, view = find_pair(worlds, a, b, as_of)
    brief = read_brief(worlds, world, view, Horizon(NEAR_FUTURE_WEEKS))
    found = brief.as_dict()
    head = name_pair(view) | {
        "summary": f"{brief.headline}. {brief.standfirst}",
        "status": found["status"],
        "level": _last_level(found["level"]["weeks"]),
        "change": _change(brief),
        "outlook": name_outlook(_at(found["forecasts"], brief.horizon.weeks)),
        "record": tell_record(worlds, world, brief),
    }
    parts: dict[str, Any] = {"reasons": list_reasons(brief, _REASONS[size])}
    if size != "brief":
        parts |= {
            "last_four_weeks": found["last_four_weeks"],
            "provocations": [row for row in found["provocations"] if row["horizon_weeks"] == brief.horizon.weeks],
            "coverage": found["coverage"],
            "known_events": found["chronology"][-5:],
        }
    if size == "full":
        other = [row for row in found["forecasts"] if row["horizon_weeks"] != brief.horizon.weeks]
        parts |= {"other_horizons": [name_outlook(row) for row in other], "measures": list_headlines(view)}
    caveats = [_LEVEL_NOTE] if size == "brief" else [_LEVEL_NOTE, *brief.caveats]
    draft = Draft(
        "pair_status",
        size,
        world.as_of,
        head,
        parts,
        sources=[source_of(world), *([CHRONOLOGY_SOURCE] if parts.get("known_events") else [])],
        rules=brief.rules,
        data=data_version(world),
        caveats=caveats,
    )
    if size != "full":
        more = "directions, provocations, " if size == "brief" else ""
        draft.cut.append(f"detail={size}: full adds {more}other horizons and measures")
    return draft.finish()


def name_outlook(row: dict[str, Any]) -> dict[str, Any]:
    """One forecast with its three chances; each has its band and its word."""
    outcomes = {name: row[name] for name in OUTCOMES}
    return {
        "horizon_weeks": row["horizon_weeks"],
        "origin": row["origin"],
        **outcomes,
        "model": row["model"],
        "band": "90 %",
    }


def list_reasons(brief: Brief, most: int) -> list[dict[str, Any]]:
    """The weightiest days and what is left over: they add up to the change, to four decimals."""
    days = sorted((one for one in brief.reasons if one.day), key=lambda one: -abs(one.contribution))[:most]
    shown = [_reason(one) for one in days]
    rest = round(round(brief.explanation.change, 4) - sum(row["contribution"] for row in shown), 4)
    return [*shown, {"day": None, "contribution": rest, "what": "all other days and what was usual but did not occur"}]


def list_headlines(view: PairView) -> list[dict[str, Any]]:
    """The first numbers of every registered measure, each with its band and its reading."""
    rows = []
    for measure, readings in read_measures(view.measures()):
        first = {quantity.name for quantity in measure.quantities if quantity.is_headline}
        for reading in readings:
            row = reading.row
            if row["quantity"] in first and not row["item"]:
                known = {key: row[key] for key in ("measure", "actor", "quantity", "value", "low", "high", "unit")}
                rows.append(known | {"reading": reading.says})
    return rows


def _reason(one: Reason) -> dict[str, Any]:
    return {"day": str(one.day), "contribution": round(one.contribution, 4), "n": one.n, "what": one.what} | (
        {"known_as": one.label} if one.label else {}
    )


def _last_level(weeks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last week's level with its band; null where there is none."""
    if not weeks:
        return None
    last = weeks[-1]
    names = {
        "level": "value",
        "level_low": "low",
        "level_high": "high",
        "n": "events",
        "conflict_share": "conflict_share",
    }
    return {"week_end": last["week_end"], **{ours: last[name] for name, ours in names.items()}, "band": "90 %"}


def _change(brief: Brief) -> dict[str, Any]:
    found = brief.explanation
    return {
        "value": round(found.change, 4),
        "low": round_number(found.change_low),
        "high": round_number(found.change_high),
        "band": "90 %",
        "unit": "Goldstein points a day",
        "of": f"the four weeks from {found.recent_from} against the year before",
    }


def _at(rows: list[dict[str, Any]], weeks: int) -> dict[str, Any]:
    return next(row for row in rows if row["horizon_weeks"] == weeks)
