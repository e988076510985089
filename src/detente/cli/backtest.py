"""The command that asks the past again and scores the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import AsOf, EngineName, Json, Provider, StoreDir, open_world_for
from detente.cli.shown import check_place, console, progress_bar, show_json, write_file
from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.domain.actors import Pair


def backtest(
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First origin; by default two years into the data.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="DATE", help="No origin after this day.")] = None,
    horizon: Annotated[
        list[str] | None, typer.Option("--horizon", metavar="WEEKS", help="May be repeated; by default 4w, 13w, 26w.")
    ] = None,
    pairs: Annotated[
        str | None, typer.Option("--pairs", metavar="A-B,…", help="Score these pairs; by default all active ones.")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option("--models", metavar="NAME,…", help="The first is featured; by default the default forecaster."),
    ] = None,
    active: Annotated[
        float, typer.Option("--active", min=0.0, max=1.0, help="Share of days with events that makes a pair active.")
    ] = 0.75,
    step: Annotated[int, typer.Option("--step", metavar="WEEKS", min=1, help="From one origin to the next.")] = 1,
    refit: Annotated[int, typer.Option("--refit", metavar="WEEKS", min=1, help="From one fitting to the next.")] = 26,
    html: Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write a page; - is stdout.")] = None,
    as_json: Json = False,
    as_of: AsOf = None,
    store: StoreDir = None,
    provider: Provider = None,
    engine: EngineName = None,
) -> None:
    """Ask the past again, week by week, from what was known then, and score the answers against baselines."""
    from detente.backtest import BacktestPlan, run_backtest
    from detente.domain.periods import STANDARD_HORIZONS, Horizon, parse_day
    from detente.outlook.backtest_page import render_backtest_page
    from detente.outlook.backtest_text import render_backtest

    check_place(html)
    plan = BacktestPlan(
        start=parse_day(start, what="first origin") if start else None,
        end=parse_day(end, what="last origin") if end else None,
        horizons=tuple(dict.fromkeys(Horizon.parse(text) for text in horizon or STANDARD_HORIZONS)),
        pairs=tuple(_pair(text) for text in _listed(pairs)),
        models=tuple(_listed(models)),
        active_share=active,
        step_weeks=step,
        refit_weeks=refit,
    )
    world = open_world_for(store, as_of, provider, engine)
    with progress_bar(quiet=False, unit="steps") as progress:
        report = run_backtest(world, plan, progress=progress)
    if html is not None:
        write_file(html, render_backtest_page(report))
    if as_json:
        show_json(report.as_dict())
    elif html != "-":
        console().print(render_backtest(report), highlight=False)


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _pair(text: str) -> Pair:
    from detente.codebook import find_state
    from detente.domain.actors import Pair

    names = text.split("-")
    if len(names) != 2:
        raise ConfigError(f"--pairs {text!r} was given.", "It is not of the form A-B.", "For example --pairs RUS-USA.")
    return Pair(find_state(names[0]), find_state(names[1]))
