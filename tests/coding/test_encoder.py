"""The encoder of pairs: what a vector knows, bounded reading, and a coder that does without it and says so."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.coding import events, relation
from detente.coding.dense import DenseModel, blend, load_dense
from detente.coding.encoder import LONGEST_NAME, MOST_PIECES, Encoder, load_encoder
from detente.coding.sentences import Span
from detente.coding.texts import Task, code_lines, code_text

TEXT = "Peru expelled the envoy of Chile."
PERU, CHILE = Span(0, 4), Span(27, 32)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The encoder of the package, where what it needs is installed."""
    found = load_encoder()
    if found is None:
        pytest.skip("onnxruntime or tokenizers is not installed")
    return found


def test_a_vector_knows_who_does_it_to_whom(encoder: Encoder) -> None:
    """The order of the two matters; behind masks the names do not."""
    one = encoder.vector(TEXT, PERU, CHILE, masked=True)
    assert one.shape == (1152,)
    assert np.isfinite(one).all()
    assert not np.allclose(one, encoder.vector(TEXT, CHILE, PERU, masked=True), atol=0.1)
    other = encoder.vector("Oman expelled the envoy of Yemen.", Span(0, 4), Span(27, 32), masked=True)
    assert np.allclose(one, other)
    assert not np.allclose(one, encoder.vector(TEXT, PERU, CHILE, masked=False), atol=0.1)


def test_long_texts_and_strange_places_are_bounded(encoder: Encoder) -> None:
    """However long the text, as much is read as fits, with both marks where that is possible; any place is borne."""
    text = "word " * 500
    for actor, recipient in (
        (Span(2000, 2004), Span(2100, 2104)),
        (Span(0, 4), Span(50, 54)),
        (Span(2480, 2484), None),
    ):
        pieces, places = encoder.pieces(text, actor, recipient, masked=(False, False))
        assert len(pieces) <= MOST_PIECES + 2
        assert places[0] > 0
        assert (places[1] > 0) == (recipient is not None)
    pieces, _ = encoder.pieces(text, Span(0, 1000), Span(1000, 1004), masked=(False, False))
    assert pieces.index(2) <= LONGEST_NAME + 2, "a long name is cut"
    for places in ((Span(0, 14), Span(0, 5)), (Span(0, 14), Span(3, 8)), (PERU, PERU), (None, None)):
        assert encoder.vector(TEXT, *places, masked=False).shape == (1152,)
    assert encoder.vector("", None, None, masked=False).shape == (1152,)


def test_two_classifiers_are_blended_by_their_scores() -> None:
    """The mean of the scores of both; a class that one does not know is next to impossible."""
    both = blend({"a": 0.8, "b": 0.2}, {"a": 0.2, "b": 0.8}, 1.0)
    assert both == pytest.approx({"a": 0.5, "b": 0.5})
    assert blend({"a": 0.8, "b": 0.2}, {"a": 0.8, "b": 0.2}, 0.5)["a"] > 0.9
    assert blend({"a": 0.5, "b": 0.5}, {"a": 1.0}, 1.0)["b"] < 0.001
    model = DenseModel(("a", "b"), np.array([[1.0, -1.0]]), np.zeros(2))
    assert model.probabilities(np.array([50.0]))["a"] == pytest.approx(1)
    for name in ("relation", "link", "link_type"):
        assert sum(load_dense(name).probabilities(np.zeros(1152)).values()) == pytest.approx(1)
    assert 0 < load_dense("link").threshold < 1


def test_without_the_encoder_words_alone_decide_and_the_name_says_so(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where what it needs is not installed, the coder is the one of words, under that one's name."""
    del encoder
    text = "Peru attacked Chile with rockets."
    line = json.dumps({"id": 1, "text": text, "actor_span": [0, 4], "recipient_span": [14, 19]})
    full = next(code_lines([(1, line)], Task(given_actors=True)))
    for room in (relation, events):
        monkeypatch.setattr(room, "load_encoder", lambda: None)
        monkeypatch.setattr(room, "has_encoder", lambda: False)
    plain = next(code_lines([(1, line)], Task(given_actors=True)))
    assert isinstance(full, dict)
    assert isinstance(plain, dict)
    assert (full["coder"], plain["coder"]) == ("relation-v2", "relation-v1")
    assert full["event_type"] == plain["event_type"] == "ASSAULT"
    assert full["probability"] != plain["probability"]
    assert [event.relation.event_type for event in code_text(text)] == ["ASSAULT"]
    assert events.coder_name() == "events-v1"
