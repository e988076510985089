"""Moves in plain words: understood by verb and object, coded, and never guessed."""

from __future__ import annotations

import pytest

from detente.codebook import known_moves, read_move
from detente.codebook.linter import check_codebook
from detente.codebook.moves import stem_word
from detente.errors import CodebookError


@pytest.mark.parametrize(
    ("text", "actor", "code", "event_type"),
    [
        ("RUS expel diplomats", "RUS", "174", "COERCE"),
        ("Russia expels 60 American diplomats", "RUS", "174", "COERCE"),
        ("the Russians throw out the US ambassador", "RUS", "174", "COERCE"),
        ("Washington recalls its ambassador", "USA", "161", "SANCTION"),
        ("United States slaps new sanctions on Russian banks", "USA", "163", "COERCE"),
        ("US lifts sanctions", "USA", "085", "RETREAT"),
        ("US calls off talks", "USA", "164", "SANCTION"),
        ("American forces attack", "USA", "190", "ASSAULT"),
        ("Russia threatens sanctions", "RUS", "1312", "THREATEN"),
        ("Russia threatens", "RUS", "130", "THREATEN"),
        ("Russia shoots down a US drone", "RUS", "195", "ASSAULT"),
        ("RUS withdraw troops", "RUS", "0874", "RETREAT"),
        ("Russian Federation signed the treaty", "RUS", "057", "SUPPORT"),
        ("US meets", "USA", "044", "CONSULT"),
    ],
)
def test_usual_ways_of_putting_a_move_are_understood(text: str, actor: str, code: str, event_type: str) -> None:
    """Codes, names, capitals and demonyms; tenses; objects; the recipient is the other state."""
    move = read_move(text, "USA", "RUS")
    assert (move.actor, move.code, move.event_type) == (actor, code, event_type)
    assert {move.actor, move.recipient} == {"USA", "RUS"}
    assert move.quad.split()[1] == ("conflict" if move.intensity_milli < 0 else "cooperation")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("France expels diplomats", "neither of the two states"),
        ("expel diplomats", "Say who moves"),
        ("RUS dance", "nearest known moves"),
        ("RUS", "nearest known moves"),
        ("Russia does not expel diplomats", "expel diplomats"),
        ("RUS ekspel diplomats", "expel diplomats"),
        ("", "neither of the two states"),
    ],
)
def test_what_is_not_understood_is_no_guess(text: str, message: str) -> None:
    """Another state, no state, an unknown verb, a negation: an error that says what to write."""
    with pytest.raises(CodebookError, match=message):
        read_move(text, "USA", "RUS")


def test_the_codebooks_own_words_mean_themselves() -> None:
    """Every label that an error may offer is understood, as the move it labels."""
    assert len(known_moves()) > 60
    for label in known_moves():
        assert read_move(f"RUS {label}", "USA", "RUS").label == label
    assert check_codebook() == []


def test_endings_do_not_matter() -> None:
    """The forms of a verb share a stem; short words keep their letters."""
    for forms in (
        ("expel", "expels", "expelled", "expelling"),
        ("seize", "seized", "seizing"),
        ("deny", "denies", "denied"),
    ):
        assert len({stem_word(form) for form in forms}) == 1
    assert stem_word("gas") == "gas"
