"""Voices and arenas in a brief: only where there is evidence, in every form, each number with its band."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import polars as pl
import pytest
from rich.console import Console

from detente.domain.tables import ARENA_CHANGES, ARENAS, VOICE_GAPS, VOICES
from detente.outlook import Brief, Parts, render_html, render_markdown, render_terminal
from detente.outlook.parts import arena_report, gap_sentence, voice_report

_DAY = dt.date(2018, 4, 20)
_BANDS = (2.0, 1.5, 2.5, 0.5, 0.25, 0.75, 1.5, 1.0, 2.0)


def _voices(*rows: tuple[str, str | None, int, tuple[float | None, ...]]) -> pl.DataFrame:
    other = {"USA": "RUS", "RUS": "USA"}
    made = [("RUS-USA", a, other[a], role, _DAY, _DAY, n, 0.5, *bands) for a, role, n, bands in rows]
    return pl.DataFrame(made, schema=VOICES.schema, orient="row")


@pytest.fixture
def parts() -> Parts:
    """A side with two branches and nobody in particular, a gap, a theme and a third place."""
    gaps = [
        ("RUS-USA", "USA", "RUS", _DAY, _DAY, 90, 30, -1.25, -2.0, -0.5),
        ("RUS-USA", "RUS", "USA", _DAY, _DAY, 9, 0),
    ]
    arenas = [
        ("RUS-USA", "theme", "security", None, _DAY, _DAY, 40, 0.1, 0.05, 0.2, 0.6, 0.5, 0.7),
        ("RUS-USA", "theme", None, None, _DAY, _DAY, 40, *(None,) * 6),
        ("RUS-USA", "place", "USA", "own", _DAY, _DAY, 40, 0.8, 0.7, 0.9, 0.9, 0.8, 1.0),
        ("RUS-USA", "place", "CHE", "third", _DAY, _DAY, 10, 0.2, 0.1, 0.3, None, None, None),
        ("RUS-USA", "place", "FIN", "third", _DAY, _DAY, 1, 0.01, 0.0, 0.02, 0.0, 0.0, 0.0),
    ]
    changes = [("RUS-USA", "theme", "security", None, _DAY, _DAY, 40, 28, 300, -3.0, 0.0, -3.0, -4.0, -2.0)]
    return Parts(
        _voices(("USA", None, 99, _BANDS), ("USA", "executive", 90, _BANDS), ("RUS", "military", 3, (None,) * 9)),
        pl.DataFrame([(*gap, *(None,) * (10 - len(gap))) for gap in gaps], schema=VOICE_GAPS.schema, orient="row"),
        pl.DataFrame(arenas, schema=ARENAS.schema, orient="row"),
        pl.DataFrame(changes, schema=ARENA_CHANGES.schema, orient="row"),
    )


def test_only_what_was_heard_enough_is_shown(parts: Parts) -> None:
    """Branches without numbers, nobody in particular, the two states' own soil and small arenas have no row."""
    assert voice_report(parts) == [("US executive → Russia", "2.0 (1.5–2.5)", "0.5 (0.2–0.8)", "90")]
    assert arena_report(parts) == [
        ("security", "10 % (5–20)", "60 % (50–70)", "−3.0 (−4.0 to −2.0)"),
        ("Switzerland", "20 % (10–30)", "–", "–"),
    ]
    assert gap_sentence(parts) == (
        "The executive of the United States is 1.2 points an event harsher than its legislature (90 % band −2.0 to "
        "−0.5)."
    )


def test_every_form_shows_them_and_names_their_rules(brief: Brief, parts: Parts) -> None:
    """Terminal, Markdown, page and JSON tell the same, and the rules are among those of the brief."""
    told = replace(brief, parts=parts)
    out = StringIO()
    Console(file=out, width=110).print(render_terminal(told))
    for text in (out.getvalue(), render_markdown(told), render_html(told)):
        assert "Who speaks" in text
        assert "Where and over what" in text
        assert "Switzerland" in text
        assert "harsher than its legislature" in " ".join(text.split())
    assert {"voices-v1", "arenas-v1"} <= set(told.rules)
    made_of = json.loads(json.dumps(told.as_dict()))["made_of"]
    assert made_of["voice_gaps"][0]["gap"] == -1.25
    assert made_of["voices"][2]["tone"] is None


def test_without_evidence_nothing_is_said(brief: Brief) -> None:
    """No heading, no rule and no row where nothing was measured."""
    for text in (render_markdown(brief), render_html(brief)):
        assert "Who speaks" not in text
        assert "Where and over what" not in text
    assert not {"voices-v1", "arenas-v1"} & set(brief.rules)
    assert brief.as_dict()["made_of"] == {"voices": [], "voice_gaps": [], "arenas": [], "arena_changes": []}


def test_a_gap_within_its_band_is_said_to_be(parts: Parts, make_brief: Callable[..., Brief]) -> None:
    """With zero inside the band the sentence says so."""
    unclear = parts.gaps.with_columns(pl.col("gap_high") + 1.0)
    assert gap_sentence(replace(parts, gaps=unclear)).endswith("which is within its band.")
    assert gap_sentence(Parts()) == ""
    assert make_brief().parts.rules == ()
