"""Standings through the front room and the command line: as known on a day, by year or over a window."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import detente
from detente.cli import app
from detente.domain.tables import STANDINGS, check_table
from detente.sample import sample_store_path


def test_standings_are_as_known_on_the_day() -> None:
    """Read as of October 2018, the year ends in October; the default window is the year up to the day."""
    world = detente.open(sample_store_path(), as_of="2018-10-01")
    table = check_table(world.standings(), STANDINGS)
    assert table["last_day"].unique().to_list() == [dt.date(2018, 10, 1)]
    window = world.standings(last="2018-10-01")
    assert window["first_day"].unique().to_list() == [dt.date(2017, 10, 2)]
    assert window.filter(pair="RUS-USA")["n"].item() == table.filter(pair="RUS-USA")["n"].item()
    later = detente.open(sample_store_path()).standings(first="2018-01-01", last="2018-10-01")
    assert later.equals(table)


@pytest.mark.parametrize("extra", [[], ["--dyads"]])
def test_export_writes_standings(tmp_path: Path, extra: list[str]) -> None:
    """`detente export standings` writes one row a year for a pair, or one for each direction."""
    target = tmp_path / "standings.parquet"
    command = ["export", "standings", "--to", str(target), "--pair", "USA", "RUS", "--store", str(sample_store_path())]
    run = CliRunner().invoke(app, [*command, *extra])
    assert run.exit_code == 0, run.output
    table = check_table(pl.read_parquet(target), STANDINGS)
    assert table["first_day"].to_list() == sorted([dt.date(2018, 1, 1), dt.date(2019, 1, 1)] * (2 if extra else 1))
