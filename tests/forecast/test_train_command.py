"""The command that trains models says what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.errors import ConfigError, CutoffError
from detente.sample import sample_store_path

_STORE = ["--store", str(sample_store_path())]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--to", "model.txt"], ConfigError),
        (["--to", "missing/model.npz"], ConfigError),
        (["--to", "m.npz", "--until", "2018-06-30"], CutoffError),
    ],
)
def test_what_cannot_be_trained_is_an_error(options: list[str], error: type[Exception], tmp_path: Path) -> None:
    """A file that is not .npz or has no folder, or half a year of data, is refused, and nothing is written."""
    options = [str(tmp_path / option) if option.startswith("m") else option for option in options]
    found = CliRunner().invoke(app, ["train", *options, *_STORE])
    assert isinstance(found.exception, error)
    assert not list(tmp_path.iterdir())
