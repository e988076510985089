"""The command that trains forecast models from a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import check_place, console, progress_bar, show_json
from detente.errors import ConfigError

if TYPE_CHECKING:
    import datetime as dt

    from detente.world import World


def train(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to write the model, a .npz file.")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Learn from what was known at the end of this day.")
    ] = None,
    horizon: Annotated[
        list[str] | None, typer.Option("--horizon", metavar="WEEKS", help="May be repeated; by default 4w, 13w, 26w.")
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option("--beside", metavar="DIR", help="A store of another provider to learn from too; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Where draws start; the same seed gives the same file.")] = 1,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """Train the forecast model on a store's past; the same store, day and seed give the same bytes."""
    from detente.domain.periods import STANDARD_HORIZONS, Horizon
    from detente.forecast.training import train_vintage
    from detente.forecast.vintages import write_vintage

    if to.suffix != ".npz":
        raise ConfigError(f"A model was to be written to {to}.", "It is a .npz file.", "Name it like `model.npz`.")
    check_place(to)
    world = open_world_for(store, until, provider, engine)
    wanted = [Horizon.parse(text) for text in horizon or STANDARD_HORIZONS]
    others = [_read_until(folder, world.as_of) for folder in beside or ()]
    with progress_bar(quiet=as_json) as progress:
        lessons = train_vintage(
            world.panel(world.as_of),
            world.as_of,
            wanted,
            beside=[other.panel(other.as_of) for other in others],
            seed=seed,
            progress=progress,
        )
    write_vintage([lesson.mixture for lesson in lessons if lesson.mixture], to)
    summary = {
        "file": str(to),
        "provider": world.provider,
        "beside": [other.provider for other in others],
        "learned_until": str(world.as_of),
        "seed": seed,
        "horizons": [
            {
                "horizon_weeks": lesson.horizon.weeks,
                "trained": lesson.mixture is not None,
                "cases": lesson.cases,
                "origins": lesson.origins,
                "shares": [round(share, 4) for share in lesson.shares],
            }
            for lesson in lessons
        ],
    }
    if as_json:
        show_json(summary)
        return
    for lesson in lessons:
        what = "trained on" if lesson.mixture else "left out, too little to learn from:"
        console().print(f"{lesson.horizon}: {what} {lesson.cases:,} resolved questions from {lesson.origins} weeks")
    console().print(f"written to {to}; it may answer from {world.as_of} on", highlight=False)


def _read_until(store: Path, until: dt.date) -> World:
    """The world of another store as known on its last day, or on an earlier one."""
    world = open_world_for(store, None, None)
    return world if world.as_of <= until else open_world_for(store, str(until), None)
