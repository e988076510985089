"""What ``detente moves --next`` shows: the likely moves of the next days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.cli.shown import console, show_json

if TYPE_CHECKING:
    from detente.world import PairView


def show_likely(view: PairView, text: str, *, top: int, as_json: bool) -> None:
    """Show the likely moves of a pair in the days that the text names.

    Args:
        view: The pair.
        text: How far ahead: ``7d``.
        top: How many moves of each direction.
        as_json: Answer in JSON.
    """
    from detente.outlook import chosen_moves, likely_as_list, render_likely
    from detente.world.likely import parse_days

    world, days = view.world, parse_days(text)
    moves = view.likely_moves(days=days)
    if as_json:
        about = {"pair": view.pair.id, "as_of": str(world.as_of), "provider": world.provider, "days": days}
        show_json({**about, "likely": likely_as_list(chosen_moves(moves, top=top))})
        return
    title = f"{view.pair}: likely moves of the next {days} days, as of {world.as_of} ({world.provider})"
    console().print(render_likely(moves, title, top=top), highlight=False)
