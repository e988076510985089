"""A what-if for a terminal and as JSON: the move as coded, the outlook with and without it, the path of answers."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from detente.domain.tables import OUTCOMES
from detente.forecast.whatif import FOLLOWED_DAYS, USUAL, WhatIf
from detente.outlook.words import (
    estimative_word,
    format_band,
    format_change,
    format_number,
    format_probability,
    short_name,
)

#: What the numbers are; always shown.
ASSOCIATION_NOTE = (
    "This is an association, not a causal effect: it says what has followed such moves in the past, whatever brought "
    "them about. A move made for its own sake, or one larger than such moves have been, may be followed by something "
    "else."
)
REFERENCE_NOTE = (
    "Both outlooks compare the weeks ahead with the 13 weeks up to the as-of day. The move's own week is among them, "
    "so a hostile move also makes “improve” likelier: much of what follows a shock is the return to the usual."
)
_SHOWN_DAYS = (1, 2, 3, 7, 14, 28)
_MILLI = 1000.0


def whatif_dict(whatif: WhatIf, *, provider: str) -> dict[str, Any]:
    """Everything as JSON-ready values.

    Args:
        whatif: The outlook with and without the move.
        provider: Whose data.
    """
    move = whatif.supposed.move
    outlooks = []
    for without, moved in whatif.outlooks:
        one, other = (json.loads(rows.write_json())[0] for rows in (without, moved))
        change = {outcome: other[f"p_{outcome}"] - one[f"p_{outcome}"] for outcome in OUTCOMES}
        outlooks.append({"horizon_weeks": one["horizon_weeks"], "without": one, "with": other, "change": change})
    return {
        "pair": whatif.pair.id,
        "as_of": str(whatif.as_of),
        "provider": provider,
        "algorithm": whatif.algorithm,
        "day": str(whatif.supposed.day),
        "move": {
            "actor": move.actor,
            "recipient": move.recipient,
            "label": move.label,
            "event_type": move.event_type,
            "cameo": move.code,
            "quad": move.quad,
            "intensity": move.intensity_milli / _MILLI,
        },
        "size": vars(whatif.size),
        "balances": {"without": whatif.balances[0], "with": whatif.balances[1]},
        "outlooks": outlooks,
        "followed_days": FOLLOWED_DAYS,
        "responses": json.loads(whatif.responses.write_json()),
        "totals": [vars(total) for total in whatif.totals],
        "missing": whatif.missing,
        "notes": [ASSOCIATION_NOTE, REFERENCE_NOTE],
    }


def render_whatif(content: dict[str, Any]) -> Group:
    """The what-if as one renderable.

    Args:
        content: What `whatif_dict` gives.
    """
    move, size = content["move"], content["size"]
    coded = f"{move['actor']} → {move['recipient']}: {move['label']}"
    types = f"{move['event_type']}, CAMEO {move['cameo']}, {move['quad']}, intensity {_points(move['intensity'])}"
    which = "the median" if size["share"] == USUAL else f"the {100 * size['share']:.0f}th percentile"
    basis = f"{which} of {size['days']} {size['basis']}" if size["days"] else size["basis"]
    parts: list[Any] = [
        Text(f"What if, as of {content['as_of']} ({content['provider']})", style="dim"),
        Text(f"{coded} ({types}), on {content['day']}", style="bold"),
        Text(f"Its size: {_points(size['points'])} Goldstein points, {basis}. {_week(content['balances'])}"),
        _outlook_table(content["outlooks"]),
        *_path(content),
        Text(ASSOCIATION_NOTE, style="dim"),
        Text(REFERENCE_NOTE, style="dim"),
    ]
    return Group(*parts)


def _week(balances: dict[str, float]) -> str:
    without, moved = (_points(balances[name]) for name in ("without", "with"))
    return f"It takes the week's balance from {without} to {moved} points a day."


def _points(value: float) -> str:
    return format_change(value, 1)


def _outlook_table(outlooks: list[dict[str, Any]]) -> Table:
    table = Table(title="\nOutlook (probability, 90 % band)", title_justify="left", box=None, pad_edge=False,
                  padding=(0, 2, 0, 0), header_style="dim", title_style="bold")  # fmt: skip
    for head in ("", "", *OUTCOMES):
        table.add_column(head)
    for item in outlooks:
        horizon = f"{item['horizon_weeks']} weeks"
        for name in ("without", "with"):
            table.add_row(horizon if name == "without" else "", name, *(_cell(item[name], o) for o in OUTCOMES))
        changes = (f"{_points(100 * item['change'][outcome])} points" for outcome in OUTCOMES)
        table.add_row("", "change", *changes)
    return table


def _cell(row: dict[str, Any], outcome: str) -> str:
    value = row[f"p_{outcome}"]
    band = format_band(row[f"p_{outcome}_low"], row[f"p_{outcome}_high"])
    return f"{format_probability(value)} ({band}), {estimative_word(value)}"


def _path(content: dict[str, Any]) -> list[Any]:
    """The path of answers, or why there is none."""
    if content["missing"]:
        return [Text(f"\n{content['missing']}")]
    kind = content["responses"][0]["kind"]
    title = f"\nHow such days went on: {kind}, Goldstein points a day beside the usual, with 90 % bands"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0),
                  header_style="dim", title_style="bold")  # fmt: skip
    table.add_column("")
    for day in _SHOWN_DAYS:
        table.add_column(f"day {day}", justify="right")
    for total in content["totals"]:
        rows = {row["day"]: row for row in content["responses"] if row["actor"] == total["actor"]}
        cells = (f"{_points(rows[day]['points'])}\n{_band(rows[day])}" for day in _SHOWN_DAYS)
        table.add_row(f"{short_name(total['actor'])} →\n{short_name(total['recipient'])}", *cells)
    sums = "; ".join(
        f"{short_name(total['actor'])} → {short_name(total['recipient'])} {_points(total['points'])} "
        f"({format_change(total['low'])} to {format_change(total['high'])})"
        for total in content["totals"]
    )
    return [table, Text(f"In all over {content['followed_days']} days, points of {kind}: {sums}.")]


def _band(row: dict[str, Any]) -> str:
    return f"{format_number(row['points_low'])}–{format_number(row['points_high'])}".replace("–−", " to −")
