"""Words of a parsed sentence as the taggers see them: features for the conditional random fields.

In: one parsed sentence, and whether it begins inside a quotation. Out: for each token the features that
the taggers were trained with; changing any of them needs a new training and a new version name.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

_OPEN, _CLOSE, _EITHER = "“", "”", ('"', "''")
#: How far up the tree a cue is looked for.
_FARTHEST = 12


@cache
def cue_shares() -> dict[str, float]:
    """How often each verb, noun or adjective is the cue of an attribution, by lemma, in the training articles."""
    text = files("detente.coding").joinpath("models", "cue_words.csv").read_text("utf-8")
    return {row["lemma"]: float(row["share"]) for row in csv.DictReader(text.splitlines())}


def cue_class(lemma: str, pos: str) -> str:
    """How strongly a word is a cue: ``high``, ``middle``, ``low`` or nothing."""
    if pos not in ("VERB", "AUX", "NOUN", "ADJ"):
        return ""
    share = cue_shares().get(f"{lemma.lower()}/{'V' if pos in ('VERB', 'AUX') else pos[0]}", 0.0)
    return "high" if share >= 0.6 else "middle" if share >= 0.3 else "low" if share >= 0.1 else ""


def quote_states(tokens: Sequence[Any], *, inside: bool) -> tuple[list[bool], bool]:
    """For each token whether it stands inside a quotation, and whether the last one leaves it open."""
    states = []
    for token in tokens:
        text = token.text
        if text in (_OPEN, "``") or (text in _EITHER and not inside):
            inside = True
            states.append(True)
        elif text == _CLOSE or (text in _EITHER and inside):
            states.append(True)
            inside = False
        else:
            states.append(inside)
    return states, inside


def sentence_features(tokens: Sequence[Any], *, inside: bool, before: str) -> tuple[list[list[str]], bool]:
    """The features of each token of one sentence.

    Args:
        tokens: The sentence, parsed (spaCy tokens).
        inside: Whether it begins inside a quotation.
        before: What stood before it: ``cue``, ``quote``, ``both`` or nothing (see ``sentence_kind``).

    Returns:
        The features, and whether the sentence ends inside a quotation.
    """
    quoted, inside = quote_states(tokens, inside=inside)
    classes = [cue_class(token.lemma_, token.pos_) for token in tokens]
    by_place = {token.i: place for place, token in enumerate(tokens)}
    shared = _shared(tokens, quoted, classes, before)
    strong = [place for place, value in enumerate(classes) if value in ("high", "middle")]
    rows = []
    for place, token in enumerate(tokens):
        row = [*shared, *_own(token, quoted[place], classes[place])]
        row += _neighbours(tokens, classes, quoted, place)
        row += _tree(token, classes, by_place)
        row += _distance(place, strong)
        rows.append(row)
    return rows, inside


def sentence_kind(tokens: Sequence[Any], quoted: bool) -> str:
    """What a sentence hands on to the next one's features."""
    has_cue = any(cue_class(token.lemma_, token.pos_) == "high" for token in tokens)
    return "both" if has_cue and quoted else "cue" if has_cue else "quote" if quoted else ""


def _shared(tokens: Sequence[Any], quoted: Sequence[bool], classes: Sequence[str], before: str) -> list[str]:
    texts = [token.lower_ for token in tokens]
    shared = ["bias", f"before={before}", f"quote={'all' if all(quoted) else 'some' if any(quoted) else 'none'}"]
    if any(one == "according" and other == "to" for one, other in pairwise(texts)):
        shared.append("according")
    if "high" in classes:
        shared.append("cue-high")
    elif "middle" in classes:
        shared.append("cue-middle")
    return shared


def _own(token: Any, quoted: bool, kind: str) -> list[str]:  # noqa: ANN401 - a spaCy token
    lemma = token.lemma_.lower()
    return [
        f"lemma={lemma}",
        f"pos={token.pos_}",
        f"tag={token.tag_}",
        f"dep={token.dep_}",
        f"quoted={quoted}",
        f"quoted-pos={quoted}|{token.pos_}",
        f"class={kind}",
        f"entity={token.ent_type_}",
        f"capital={token.text[:1].isupper()}",
        f"head={token.head.lemma_.lower()}|{token.dep_}",
    ]


def _neighbours(tokens: Sequence[Any], classes: Sequence[str], quoted: Sequence[bool], place: int) -> list[str]:
    row = []
    for step in (-2, -1, 1, 2):
        at = place + step
        if not 0 <= at < len(tokens):
            row.append(f"{step}:none")
            continue
        other = tokens[at]
        row += [f"{step}:lemma={other.lemma_.lower()}", f"{step}:pos={other.pos_}", f"{step}:class={classes[at]}"]
        if abs(step) == 1:
            row += [f"{step}:quoted={quoted[at]}", f"{step}:dep={other.dep_}"]
    return row


def _tree(token: Any, classes: Sequence[str], by_place: dict[int, int]) -> list[str]:  # noqa: ANN401 - a spaCy token
    """By which branch of which cue the token hangs, the nearest first."""
    row, branch, climbed = [], token, 0
    seen = 0
    while branch.head.i != branch.i and climbed < _FARTHEST and seen < 2:
        head = branch.head
        kind = classes[by_place[head.i]] if head.i in by_place else ""
        if kind:
            side = "left" if token.i < head.i else "right"
            row += [
                f"under{seen}={branch.dep_}|{kind}|{side}",
                f"under{seen}={branch.dep_}|{head.lemma_.lower()}",
            ]
            seen += 1
        if head.lower_ == "according" or (head.lower_ == "to" and head.head.lower_ == "according"):
            row.append("under-according")
        branch, climbed = head, climbed + 1
    if not seen:
        row.append("under=none")
    return row


def _distance(place: int, strong: Sequence[int]) -> list[str]:
    if not strong:
        return ["cue=none"]
    nearest = min(strong, key=lambda at: abs(at - place))
    gap = place - nearest
    size = min(abs(gap), 3) if abs(gap) <= 3 else 6 if abs(gap) <= 6 else 12 if abs(gap) <= 12 else 99
    return [f"cue={'right' if gap < 0 else 'left'}{size}"]
