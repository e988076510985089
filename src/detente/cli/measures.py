"""The command about measures: what a relation is made of, with the guide to reading it."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import A, AsOf, B, EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import console, show_json


def measures(
    a: A,
    b: B,
    only: Annotated[str | None, typer.Option("--measure", metavar="NAME", help="Show one measure only.")] = None,
    guide: Annotated[bool, typer.Option("--guide", help="Show how each is read, and what it cannot tell.")] = False,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """What a relation is made of: every measure with its band, in words."""
    from detente.outlook import guide_lines, read_measures

    world = open_world_for(store, as_of, provider, engine)
    view = world.pair(a, b)
    found = list(read_measures(view.measures(only=only)))
    if as_json:
        about = {"pair": view.pair.id, "as_of": str(world.as_of), "provider": world.provider}
        shown = [
            {
                "measure": measure.name,
                "title": measure.title,
                **({"guide": dict(guide_lines(measure))} if guide else {}),
                "rows": [reading.as_dict() for reading in readings],
            }
            for measure, readings in found
        ]
        show_json({**about, "measures": shown})
        return
    from rich.table import Table

    out = console()
    out.print(f"{view.pair} as of {world.as_of} ({world.provider}); bands are 90 %", highlight=False)
    for measure, readings in found:
        out.print(f"\n[bold]{measure.title}[/bold] [dim]{measure.name}[/dim]", highlight=False)
        if guide:
            for heading, text in guide_lines(measure):
                out.print(f"  {heading}: {text}", style="dim", highlight=False, markup=False)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for head, side in (("who", "left"), ("what", "left"), ("value", "right"), ("band", "right"), ("", "left")):
            table.add_column(head, justify="right" if side == "right" else "left", no_wrap=head != "")
        for reading in readings:
            table.add_row(reading.who, reading.quantity, reading.value, reading.band, reading.says)
        out.print(table, highlight=False, markup=False)
