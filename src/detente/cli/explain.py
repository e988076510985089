"""The command that explains: what moved a relation, or any measure of it, down to day, direction and type."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import A, AsOf, B, EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import console, show_table


def explain(
    a: A,
    b: B,
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="NAME", help="Explain this measure instead of the balance.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The earlier day, of a measure.")] = None,
    quantity: Annotated[str | None, typer.Option("--quantity", metavar="NAME", help="Which of its numbers.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="STATE", help="Whose direction.")] = None,
    item: Annotated[str | None, typer.Option("--item", metavar="ITEM", help="Which of several of a kind.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many rows; the rest are added up in one.")] = 25,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """What moved a relation: the balance of the last four weeks, or any measure since a day; the rows add up."""
    import datetime as dt

    import polars as pl

    world = open_world_for(store, as_of, provider, engine)
    view = world.pair(a, b)
    about: dict[str, object] = {"pair": view.pair.id, "as_of": str(world.as_of), "provider": world.provider}
    if measure is None:
        found = view.explain()
        rows, change, unit = found.reasons, found.change, "points a day"
        title = f"{view.pair}: balance of the four weeks to {world.as_of} against the year before"
        about |= {"rule": "explain-v1", "before": found.usual, "after": found.recent}
    else:
        start = first or world.as_of - dt.timedelta(weeks=13)
        one = view.explain_measure(measure, first=start, quantity=quantity, actor=actor, item=item)
        rows, change = one.reasons, one.change
        number = one.target.measure.quantity(one.target.quantity)
        way = f" of {one.target.actor}" if one.target.actor else ""
        title = f"{view.pair}: {number.name.replace('_', ' ')}{way} ({one.target.measure.name})"
        title += f" from {one.before:.3f} on {one.first} to {one.after:.3f} on {one.last}"
        about |= {"rule": "explain-steps-v1", "measure": one.target.measure.name, "quantity": number.name}
        about |= {"actor": one.target.actor, "item": item, "from": str(one.first)}
        about |= {"before": one.before, "after": one.after}
        unit = number.unit
    rows = rows.sort(pl.col("contribution").abs(), descending=True, maintain_order=True)
    rest = rows.slice(top)
    shown = rows.head(top).select("day", "contribution", "n", "what")
    if rest.height:
        row = (None, rest["contribution"].sum(), rest["n"].sum(), f"{rest.height} further rows")
        shown = pl.concat([shown, pl.DataFrame([row], schema=shown.schema, orient="row")])
    if as_json:
        show_table(rows, as_json=True, title=title, **about, change=change, unit=unit)
        return
    shown = shown.with_columns(pl.col("contribution").round(4).cast(pl.String))
    show_table(shown, as_json=False, title=title)
    console().print(f"in all {change:+.4f} ({unit}); the rows add up to it", highlight=False)
