"""`detente measures` and `detente explain`, as a user runs them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.relations import REGISTRY


def _run(*words: str) -> Any:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(autouse=True)
def _sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The bundled sample, whatever store the user has."""
    monkeypatch.setenv("DETENTE_STORE", str(tmp_path / "none"))


def test_all_measures_are_shown_with_band_and_reading() -> None:
    """Every registered measure has its heading; the JSON holds the rows with their readings and, if asked, guides."""
    text = _run("measures", "USA", "Russia").output
    assert all(measure.name in text for measure in REGISTRY.values())
    found = json.loads(_run("measures", "USA", "RUS", "--measure", "attention", "--guide", "--json").output)
    (one,) = found["measures"]
    assert one["guide"]["What it says"] == REGISTRY["attention-v1"].guide.sentence
    rank = next(row for row in one["rows"] if row["quantity"] == "rank" and row["actor"] == "RUS")
    assert rank["low"] <= rank["value"] <= rank["high"]
    assert rank["reading"]


def test_a_change_is_explained_to_its_sum() -> None:
    """Rows of an explanation add up to the change, of a measure since a day and of the balance."""
    words = ("--measure", "attention", "--from", "2019-02-18", "--as-of", "2019-03-04", "--json")
    found = json.loads(_run("explain", "India", "Pakistan", *words).output)
    assert found["quantity"] == "share"
    assert found["change"] == pytest.approx(found["after"] - found["before"])
    assert sum(row["contribution"] for row in found["rows"]) == pytest.approx(found["change"])
    balance = json.loads(_run("explain", "IND", "PAK", "--json").output)
    assert sum(row["contribution"] for row in balance["rows"]) == pytest.approx(balance["change"])
    assert "the rows add up to it" in _run("explain", "IND", "PAK", "--top", "3").output
