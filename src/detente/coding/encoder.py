"""A pair of actors in a sentence, as a vector: a small language model of our own training (``encoder-v1``).

In: a text with the places of actor and recipient. Out: 1,152 numbers, the mean over its words and the states at the two
marks. Each text is encoded by itself, so that its vector is the same in any company. Needs onnxruntime and tokenizers,
of the extra ``reading``; without them there is none, and whoever asks does with words alone. The card is
``models/encoder.yaml``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from detente.coding.sentences import Span

VERSION = "encoder-v1"
#: Pieces of words that are read around a pair; a name is cut after so many.
MOST_PIECES, LONGEST_NAME = 96, 12
_BEGIN, _END, _MASK = 101, 102, 103
#: The marks before and after the actor, and the recipient.
_MARKS = ((1, 2), (3, 4))
_BEFORE = 8
_FILES = ("encoder.onnx", "encoder_words.txt")


@dataclass(frozen=True)
class Encoder:
    """The loaded model and its pieces of words."""

    session: Any
    words: Any

    def vector(self, text: str, actor: Span | None, recipient: Span | None, *, masked: bool) -> Any:  # noqa: ANN401
        """The vector of one pair; shape ``(1152,)``.

        Args:
            text: The text.
            actor: Where the one who would act stands in it.
            recipient: Where the other does.
            masked: Whether the two are read without their names.
        """
        pieces, places = self.pieces(text, actor, recipient, masked=(masked, masked))
        asked = {
            "ids": np.array([pieces], np.int64),
            "steps": np.arange(len(pieces), dtype=np.int64),
            "places": np.array(places, np.int64),
        }
        return self.session.run(None, asked)[0][0].astype(np.float64)

    def pieces(
        self, text: str, actor: Span | None, recipient: Span | None, *, masked: tuple[bool, bool]
    ) -> tuple[list[int], tuple[int, int]]:
        """The pieces of words with both actors marked, and where the two marks stand (0: nowhere)."""
        found: list[int] = []
        places = [-1, -1]
        at = 0
        for span, which in _apart(actor, recipient):
            found += self._cut(text[at : span.start])
            places[which] = len(found)
            name = [_MASK] if masked[which] else self._cut(text[span.start : span.end])[:LONGEST_NAME]
            found += [_MARKS[which][0], *name, _MARKS[which][1]]
            at = span.end
        found += self._cut(text[at:])
        first = _window(len(found), [place for place in places if place >= 0])
        found = found[first : first + MOST_PIECES]
        inside = [place - first + 1 if 0 <= place - first < len(found) and place >= 0 else 0 for place in places]
        return [_BEGIN, *found, _END], (inside[0], inside[1])

    def _cut(self, text: str) -> list[int]:
        pieces: list[int] = self.words.encode(text, add_special_tokens=False).ids
        return pieces


def has_encoder() -> bool:
    """Whether what the encoder needs is installed; nothing is loaded."""
    found = all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))
    return found and all(_folder().joinpath(name).is_file() for name in _FILES)


@cache
def load_encoder() -> Encoder | None:
    """The encoder, loaded once; None where what it needs is not installed."""
    if not has_encoder():
        return None
    import onnxruntime  # noqa: PLC0415 - optional, and heavy

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # weights are widened once, at loading
    with as_file(_folder().joinpath(_FILES[0])) as model, as_file(_folder().joinpath(_FILES[1])) as words:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        return Encoder(session, load_words(words))


def _folder() -> Any:  # noqa: ANN401 - a Path, or one within the package
    named = os.environ.get("DETENTE_MODEL_DIR")
    return Path(named) if named else files("detente.coding").joinpath("models")


def load_words(path: Path) -> Any:  # noqa: ANN401 - a Tokenizer; tokenizers is optional
    """What cuts a text into pieces of words, from the list of them."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415 - optional

    cutter = Tokenizer(models.WordPiece.from_file(str(path), unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    cutter.normalizer = normalizers.BertNormalizer(lowercase=True)
    cutter.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return cutter


def _apart(actor: Span | None, recipient: Span | None) -> list[tuple[Span, int]]:
    """The two places in order, without what they share: of two that overlap, each keeps its own part."""
    spans: list[tuple[Span, int]] = sorted((span, which) for which, span in enumerate((actor, recipient)) if span)
    if len(spans) < 2 or spans[0][0].end <= spans[1][0].start:
        return spans
    (one, which), (other, other_which) = spans
    if one == other:
        return spans[:1]
    if other.start > one.start:
        return [(Span(one.start, other.start), which), (other, other_which)]
    return [(one, which), (Span(one.end, other.end), other_which)]


def _window(count: int, places: Sequence[int]) -> int:
    """Where to begin reading so that the marks are read, in a text that is too long."""
    if count <= MOST_PIECES or not places:
        return 0
    first = max(0, min(min(places) - _BEFORE, count - MOST_PIECES))
    if max(places) - first >= MOST_PIECES - _BEFORE:
        first = max(0, max(places) - MOST_PIECES + 2 * _BEFORE + 4)
    return first
