"""Within one parsed sentence: which words say that something was said, and who said it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.coding.sentences import Span
from detente.coding.tagging import cue_class

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")


@dataclass(frozen=True)
class Parsed:
    """One sentence of an article: where it begins, its tokens, and whether each is inside a quotation."""

    start: int
    tokens: Sequence[Any]
    quoted: Sequence[bool]

    def span(self, first: int, last: int) -> Span:
        """Place in the article's text of the tokens from first to last, both included."""
        end = self.tokens[last]
        return Span(self.start + self.tokens[first].idx, self.start + end.idx + len(end.text))


def _root(tokens: Sequence[Any], run: tuple[int, int]) -> Any:  # noqa: ANN401 - a spaCy token
    """The token of a run whose head lies outside it, nearest to the sentence's root."""
    tops = [
        token
        for token in tokens[run[0] : run[1] + 1]
        if not run[0] <= token.head.i <= run[1] or token.head.i == token.i
    ]
    return min(tops or [tokens[run[0]]], key=lambda token: (sum(1 for _ in token.ancestors), token.i))


def find_cue(
    tokens: Sequence[Any], run: tuple[int, int], cues: Sequence[tuple[int, int]], runs: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """The cue that a content hangs from, else one that hangs from it, else the nearest outside all contents."""
    root = _root(tokens, run)
    for ancestor in (root, *root.ancestors):
        for cue in cues:
            if cue[0] <= ancestor.i <= cue[1] and not run[0] <= ancestor.i <= run[1]:
                return cue
    for child in root.children:
        for cue in cues:
            if cue[0] <= child.i <= cue[1] and not run[0] <= child.i <= run[1]:
                return cue
    free = [cue for cue in cues if not any(low <= cue[0] <= high for low, high in runs)]
    if free:
        return min(free, key=lambda cue: min(abs(cue[0] - run[1]), abs(run[0] - cue[1])))
    return _cue_in_tree(root, run)


def _cue_in_tree(root: Any, run: tuple[int, int]) -> tuple[int, int] | None:  # noqa: ANN401 - a spaCy token
    """The verb above a content whose cue the tagger missed: a strong cue, else the next verb."""
    above = [token for token in root.ancestors if not run[0] <= token.i <= run[1]]
    strong = [token for token in above if cue_class(token.lemma_, token.pos_) == "high"]
    verbs = strong or [token for token in above[:4] if token.pos_ in ("VERB", "AUX")]
    return (verbs[0].i, verbs[0].i) if verbs else None


def find_source(
    sentence: Parsed,
    cue: tuple[int, int] | None,
    told: tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]],
    tagged: Sequence[tuple[int, int]],
) -> tuple[int, int] | None:
    """The subject or agent of the cue, else the tagged source nearest to it, outside of what was told."""
    contents, elsewhere = told
    outside = [
        run
        for run in tagged
        if not any(low <= run[0] and run[1] <= high for low, high in contents)
        and any(token.pos_ in ("NOUN", "PROPN", "PRON") for token in sentence.tokens[run[0] : run[1] + 1])
    ]
    if cue is None:
        at = contents[0][0]
        return min(outside, key=lambda run: abs(run[0] - at), default=None) or _main_subject(sentence, contents)
    tokens = sentence.tokens
    head = _subject_of(tokens, cue, elsewhere)
    if head is not None:
        same = [run for run in outside if run[0] <= head.i <= run[1]]
        first, last = _noun_phrase(head, contents, cue) if not same else _widened(head, same[0], contents, cue)
        pronoun = last + 2 if last + 1 < len(tokens) and tokens[last + 1].text == "," else last + 1
        if pronoun < len(tokens) and tokens[pronoun].lower_ in ("who", "which") and pronoun < cue[0]:
            last = pronoun
        return first, last
    near = sorted(outside, key=lambda run: min(abs(run[0] - cue[1]), abs(cue[0] - run[1])))
    return near[0] if near else _main_subject(sentence, contents)


def _main_subject(sentence: Parsed, contents: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The subject of the sentence, where it stands before the contents and in no quotation."""
    for token in sentence.tokens[: contents[0][0]]:
        if token.dep_ in _SUBJECTS and token.head.dep_ == "ROOT" and not sentence.quoted[token.i]:
            return None if _is_empty(token) else _noun_phrase(token, contents, (token.i + 1, token.i))
    return None


def _subject_of(tokens: Sequence[Any], cue: tuple[int, int], contents: Sequence[tuple[int, int]]) -> Any:  # noqa: ANN401
    verbs = [token for token in tokens[cue[0] : cue[1] + 1] if token.pos_ in ("VERB", "AUX")]
    if any(token.lower_ == "according" for token in tokens[cue[0] : cue[1] + 1]):
        objects = [token for token in tokens[cue[0] : cue[1] + 4] if token.dep_ == "pobj" and token.i > cue[0]]
        return objects[0] if objects else None
    for verb in sorted(verbs, key=lambda token: sum(1 for _ in token.ancestors)):
        climbed = verb
        if verb.lemma_ == "quote" and (quoted := [child for child in verb.children if child.dep_ in ("dobj", "obj")]):
            return quoted[0]
        for _ in range(4):
            agents = [
                c for child in climbed.children if child.dep_ == "agent" for c in child.children if c.dep_ == "pobj"
            ]
            subjects = [child for child in climbed.children if child.dep_ in _SUBJECTS]
            for one in agents or [subject for subject in subjects if subject.dep_ != "nsubjpass" or not agents]:
                if not any(low <= one.i <= high for low, high in contents) and not _is_empty(one):
                    return _antecedent(one)
            if climbed.dep_ in ("relcl", "acl") and climbed.head.pos_ in ("NOUN", "PROPN", "PRON"):
                inside = any(low <= climbed.head.i <= high for low, high in contents)
                return None if inside else climbed.head
            if climbed.dep_ not in ("conj", "xcomp", "advcl", "aux", "ccomp") or climbed.head.i == climbed.i:
                break
            climbed = climbed.head
    return None


def _is_empty(token: Any) -> bool:  # noqa: ANN401 - a spaCy token
    return token.lower_ in ("it", "there", "this", "that") and token.pos_ == "PRON"


def _antecedent(token: Any) -> Any:  # noqa: ANN401 - a spaCy token
    """The noun that a relative pronoun stands for."""
    if token.lower_ in ("who", "which", "that") and token.head.dep_ == "relcl":
        return token.head.head
    return token


def _noun_phrase(head: Any, contents: Sequence[tuple[int, int]], cue: tuple[int, int]) -> tuple[int, int]:  # noqa: ANN401
    """The words that hang from a noun, without clauses, the cue and the contents, in one piece."""
    places = {head.i}
    clauses = {
        inner.i
        for child in head.children
        if child.dep_ in ("relcl", "advcl", "parataxis", "ccomp")
        for inner in child.subtree
    }
    for token in head.subtree:
        if token.i in clauses:
            continue
        if cue[0] <= token.i <= cue[1] or any(low <= token.i <= high for low, high in contents):
            continue
        places.add(token.i)
    first = last = head.i
    while first - 1 in places:
        first -= 1
    while last + 1 in places:
        last += 1
    while last > head.i and head.doc[last].is_punct and head.doc[last].text not in ("”", '"', ")"):
        last -= 1
    return first, last


def _widened(
    head: Any,  # noqa: ANN401 - a spaCy token
    run: tuple[int, int],
    contents: Sequence[tuple[int, int]],
    cue: tuple[int, int],
) -> tuple[int, int]:
    """A tagged source together with the noun phrase that it stands in."""
    phrase = _noun_phrase(head, contents, cue)
    return min(run[0], phrase[0]), max(run[1], phrase[1])
