"""The command line: thin. Options in, a sentence of the product out; all work happens in the rooms below.

Exit codes: 0 done; 1 done, but some files failed or something needs attention; 2 the command could not be carried out.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from detente.cli import backtest, data, pairs, read, review, score
from detente.cli.code import code
from detente.cli.explain import explain
from detente.cli.mcp import mcp
from detente.cli.measures import measures
from detente.cli.merge import merge
from detente.cli.serve import serve
from detente.cli.shown import write
from detente.cli.sync import sync
from detente.cli.train import train
from detente.cli.whatif import whatif
from detente.errors import DetenteError

app = typer.Typer(
    name="detente",
    help="Détente measures, explains and forecasts relations between states.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (
    pairs.outlook,
    pairs.watch,
    pairs.moves,
    measures,
    explain,
    whatif,
    read.read,
    review.review,
    code,
    score.score,
    score.question,
    backtest.backtest,
    train,
    sync,
    data.load,
    data.export,
    data.doctor,
    merge,
    mcp,
    serve,
):
    app.command()(_command)


def main() -> None:
    """Run the command line; errors of ours end with what to do next and exit code 2."""
    try:
        app()
    except DetenteError as error:
        if "--json" in sys.argv:
            write(json.dumps(error.as_dict(), ensure_ascii=False) + "\n", to=sys.stderr)
        else:
            lines = [f"error: {error.asked}"] + [f"       {part}" for part in (error.found, error.next_step) if part]
            write("\n".join(lines) + "\n", to=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # `detente … | head` is no error
        sys.stderr.close()
        raise SystemExit(0) from None


def _version(wanted: bool) -> None:
    if wanted:
        from detente import __version__

        write(f"detente {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Détente measures, explains and forecasts relations between states."""
