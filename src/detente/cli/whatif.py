"""The command about moves that have not been made: the outlook with and without one."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import A, AsOf, B, EngineName, HorizonText, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import console, show_json


def whatif(
    a: A,
    b: B,
    move: Annotated[str, typer.Option("--move", metavar="WORDS", help="Who does what, e.g. 'RUS expel diplomats'.")],
    day: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="When it happens; by default the as-of day.")
    ] = None,
    as_of: AsOf = None,
    usual: Annotated[
        bool,
        typer.Option("--usual", help="As large as such days usually are, not as their largest tenth."),
    ] = False,
    horizon: HorizonText = "13w",
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """The outlook with and without a move, and how the other side answered such moves before."""
    from detente.outlook import render_whatif, whatif_dict

    world = open_world_for(store, as_of or day, provider, engine)
    found = world.pair(a, b).whatif(move, day=day, horizon=horizon, usual=usual)
    content = whatif_dict(found, provider=world.provider)
    if as_json:
        show_json(content)
    else:
        console().print(render_whatif(content), highlight=False)
