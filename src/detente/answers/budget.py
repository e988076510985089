"""How large an answer may be: a bound on the tokens of a JSON text that needs no tokenizer, and parts cut to fit.

A program that reads answers for a language model takes some twenty thousand tokens and refuses, or cuts blindly, what
is longer. So each answer is cut here, by whole parts and rows, and says what was left out.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal

Detail = Literal["brief", "normal", "full"]
DETAILS: tuple[Detail, ...] = ("brief", "normal", "full")
#: Tokens of an answer by detail. A tool's result holds the answer twice, as text and as structure, so that twice the
#: largest is under the 20,000 that readers take.
BUDGETS: Mapping[str, int] = {"brief": 2_800, "normal": 5_000, "full": 9_500}
LARGEST_RESULT = 20_000
#: Longest text that is handed on as it is, in characters; longer ones end in an ellipsis.
LONGEST_TEXT = 900
_SIGNIFICANT = 4
#: Letters a token, in English words, names and codes, and signs a token; a quote counts as two signs, since the text
#: form escapes it. Figures are counted one by one and what is not ASCII by its bytes. Checked on answers of every tool,
#: and on lists of names and addresses, with five vocabularies (cl100k, o200k, p50k, r50k, and one of 65,000 entries):
#: the bound was 1.2 to 2 times the largest count.
_SMALL, _CAPITALS, _SIGNS = 3, 2, 2
_PIECE = re.compile(
    r"(?P<small>[a-z]+)|(?P<capital>[A-Z]+)|(?P<figures>[0-9]+)|(?P<signs>[\x00-/:-@\[-`{-\x7f]+)|(?P<far>[^\x00-\x7f]+)"
)


def count_tokens(value: object) -> int:
    """At most so many tokens stand in a value written as JSON, in the text form or the structured one."""
    text = value if isinstance(value, str) else write_compact(value)
    return sum(_cost(piece.lastgroup or "", piece.group()) for piece in _PIECE.finditer(text))


def _cost(kind: str, piece: str) -> int:
    if kind == "small":
        return math.ceil(len(piece) / _SMALL)
    if kind == "capital":
        return math.ceil(len(piece) / _CAPITALS)
    if kind == "signs":
        return math.ceil((len(piece) + piece.count('"') + piece.count("\\")) / _SIGNS)
    return len(piece) if kind == "figures" else len(piece.encode("utf-8", "surrogatepass"))


def write_compact(value: object) -> str:
    """A value as JSON without spaces; NaN is refused, since it is none."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def tidy(value: Any) -> Any:  # noqa: ANN401 - what frames and records hold, and JSON's own types
    """A value for JSON: days as text, four significant digits, no NaN, no long text."""
    if isinstance(value, Mapping):
        return {str(key): tidy(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(one) for one in value]
    if isinstance(value, float):
        return round_number(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, dt.date):
        return str(value)
    return clip(value) if isinstance(value, str) else value


def round_number(value: float | None) -> float | None:
    """A number to four significant digits; null where it is none."""
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{value:.{_SIGNIFICANT}g}")
    return rounded if math.isfinite(rounded) else value


def clip(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text, shortened where it is too long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
