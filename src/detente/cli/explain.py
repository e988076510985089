"""The command that explains: what moved a relation, or any measure of it, down to day, event, article and sentence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import A, AsOf, B, EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import console, rows_of, show_json, show_table

if TYPE_CHECKING:
    from detente.relations import Change, Explanation
    from detente.world.ground import Grounds

#: Rows of events below each reason where mentions are asked for, and nobody said how many.
_EVENTS_EACH = 3


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
    events: Annotated[
        int | None,
        typer.Option("--events", min=1, metavar="COUNT", help="So many events that each row rests on, as well."),
    ] = None,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="With the events, the articles: address, sentence, characters.")
    ] = False,
    as_of: AsOf = None,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """What moved a relation: the balance of the last four weeks, or any measure since a day; the rows add up.

    With --events or --mentions, down to the events behind each row, and to where each can be read.
    """
    world = open_world_for(store, as_of, provider, engine)
    view = world.pair(a, b)
    about: dict[str, object] = {"pair": view.pair.id, "as_of": str(world.as_of), "provider": world.provider}
    found: Explanation | Change
    if measure is None:
        found = view.explain()
        title = f"{view.pair}: balance of the four weeks to {world.as_of} against the year before"
        about |= {"rule": "explain-v1", "before": found.usual, "after": found.recent, "change": found.change}
        about["unit"] = "points a day"
    else:
        start = first or world.as_of - dt.timedelta(weeks=13)
        found = view.explain_measure(measure, first=start, quantity=quantity, actor=actor, item=item)
        told, title = _about_measure(found, str(view.pair))
        about |= told
    grounds = None
    if events or mentions:
        grounds = view.grounds(found, top=top, most=events or _EVENTS_EACH, mentions=mentions)
    if as_json:
        show_json(_as_json(found, about, grounds))
        return
    _show_rows(found, title, top=top)
    console().print(f"in all {found.change:+.4f} ({about['unit']}); the rows add up to it", highlight=False)
    if grounds is not None:
        _show_grounds(grounds, with_mentions=mentions)


def _about_measure(found: Change, pair: str) -> tuple[dict[str, object], str]:
    """What a change of a measure is about, for JSON, and its title."""
    target = found.target
    number = target.measure.quantity(target.quantity)
    way = f" of {target.actor}" if target.actor else ""
    title = f"{pair}: {number.name.replace('_', ' ')}{way} ({target.measure.name})"
    title += f" from {found.before:.3f} on {found.first} to {found.after:.3f} on {found.last}"
    about: dict[str, object] = {"rule": "explain-steps-v1", "measure": target.measure.name, "quantity": number.name}
    about |= {"actor": target.actor, "item": target.item, "from": str(found.first)}
    return about | {"before": found.before, "after": found.after, "change": found.change, "unit": number.unit}, title


def _as_json(found: Explanation | Change, about: dict[str, object], grounds: Grounds | None) -> dict[str, Any]:
    """All rows; the first of them with what they rest on, where that was asked for."""
    from detente.relations import weightiest_first

    rows = rows_of(weightiest_first(found.reasons))
    if grounds is None:
        return {**about, "rows": rows}
    for row, ground in zip(rows, grounds.as_list(), strict=False):
        row.update(ground)
    told, shown = grounds.events_told
    counts = {"events": shown, "events_with_mentions": told, "mentions": grounds.mentions.height}
    return {**about, **counts, "missing": grounds.missing or None, "rows": rows}


def _show_rows(found: Explanation | Change, title: str, *, top: int) -> None:
    import polars as pl

    from detente.relations import weightiest_first

    rows = weightiest_first(found.reasons)
    shown, rest = rows.head(top).select("day", "contribution", "n", "what"), rows.slice(top)
    if rest.height:
        row = (None, rest["contribution"].sum(), rest["n"].sum(), f"{rest.height} further rows")
        shown = pl.concat([shown, pl.DataFrame([row], schema=shown.schema, orient="row")])
    show_table(shown.with_columns(pl.col("contribution").round(4).cast(pl.String)), as_json=False, title=title)


def _show_grounds(grounds: Grounds, *, with_mentions: bool) -> None:
    """The events behind the rows, as text that can be searched and copied: no line is broken."""
    from detente.outlook.ground import GROUNDS_NOTE, MENTIONS_NOTE, ground_lines

    note = f"{GROUNDS_NOTE}; {MENTIONS_NOTE}" if grounds.mentions.height else GROUNDS_NOTE
    reasons = [one.reason for one in grounds.grounds]
    lines = ["", note, *ground_lines(zip(reasons, grounds.as_list(), strict=True))]
    if with_mentions and grounds.missing:
        lines += ["", grounds.missing]
    elif with_mentions:
        told, shown = grounds.events_told
        lines += ["", f"mentions are held of {told} of the {shown} events shown"]
    console().print("\n".join(lines), highlight=False, soft_wrap=True, markup=False)
