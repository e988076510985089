"""The map: states coloured by one state's relations, drawn on the server, each shape a link to the pair."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from detente.outlook.words import format_band, format_probability

#: Shares of conflict that end a class, and the classes from cooperation to conflict.
STEPS = (0.15, 0.3, 0.45, 0.6)
CLASSES = ("c1", "c2", "c3", "c4", "c5")
LABELS = ("under 15 %", "15–30 %", "30–45 %", "45–60 %", "60 % and more")


@cache
def outlines() -> dict[str, Any]:
    """The outlines of the world: see the note in the file."""
    found: dict[str, Any] = json.loads(files("detente.web").joinpath("geometry", "world.json").read_text("utf-8"))
    return found


def draw_world(reply: dict[str, Any]) -> Markup:
    """The map of one state's relations.

    Args:
        reply: The relations of a state with all others.
    """
    world, chosen = outlines(), reply["state"]
    found = {row["state"]: row for row in reply["relations"]}
    said = f"Share of conflict in what {reply['name']} and each state did to one another"
    parts = [
        f'<svg class="map" viewBox="0 0 {world["width"]:g} {world["height"]:g}" role="group" '
        f'aria-label="{escape(said)}" xmlns="http://www.w3.org/2000/svg">',
        *(f'<path d="{path}" class="land"/>' for path in world["land"]),
        *(_shape(f'<path d="{path}"', iso3, found.get(iso3), chosen) for iso3, path in world["shapes"].items()),
        *(
            _shape(f'<circle cx="{x:g}" cy="{y:g}" r="2.6"', iso3, found.get(iso3), chosen)
            for iso3, (x, y) in world["points"].items()
        ),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - made of our own outlines and escaped names


def _shape(element: str, iso3: str, row: dict[str, Any] | None, chosen: str) -> str:
    if iso3 == chosen:
        return f'{element} class="chosen"/>'
    if row is None:
        return f'{element} class="land"/>'
    share = row["conflict_share"]
    kind = "few" if share is None else CLASSES[sum(share >= step for step in STEPS)]
    told = "too few reports to say" if share is None else f"{format_probability(share)} conflict"
    if row["conflict_share_low"] is not None:
        told += f" (90 % band {format_band(row['conflict_share_low'], row['conflict_share_high'])})"
    title = f"{row['name']}: {told}, {row['events']:,} events"
    return (
        f'<a href="/pair/{row["pair"]}" tabindex="-1">{element} class="{kind}"><title>{escape(title)}</title>'
        f"{'</path>' if element.startswith('<path') else '</circle>'}</a>"
    )
