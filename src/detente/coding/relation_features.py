"""A pair of actors in a parsed sentence, as words: what the classifiers over words know about it.

In: a parsed sentence and the tokens of actor and recipient. Out: names of features. Actors are masked, so that nothing
is learned about who they are; the words are lemmas, word pairs, the branches of the parse tree between the two, and
whether the deed is denied, to come, threatened, agreed or asked for. Changing any of them needs a new training and a
new version name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from detente.codebook.deeds import deeds_of, manner_of

#: How far up and down the tree words are looked for.
_FARTHEST = 10
_OBJECTS = ("dobj", "attr", "oprd", "acomp", "nsubjpass", "dative", "pobj", "obj", "amod", "compound")
_INNER = ("xcomp", "ccomp", "advcl", "acl", "conj", "pcomp")
_FUTURE = frozenset(["will", "shall", "'ll", "’ll", "wo"])
_MAY = frozenset(["would", "could", "may", "might", "can", "should", "must"])


def tokens_in(doc: Any, start: int, end: int) -> list[Any]:  # noqa: ANN401 - a spaCy Doc
    """The tokens that a stretch of characters touches."""
    return [token for token in doc if token.idx < end and token.idx + len(token.text) > start and not token.is_space]


def pair_features(doc: Any, actor: Sequence[Any], recipient: Sequence[Any]) -> list[str]:  # noqa: ANN401 - a spaCy Doc
    """The features of one ordered pair in its sentence.

    Args:
        doc: The sentence, parsed.
        actor: Tokens of the one who would act.
        recipient: Tokens of the one acted upon.
    """
    masks = _masks(doc, actor, recipient)
    lemmas = _lemmas(doc, masks)
    if not actor or not recipient:
        return list(dict.fromkeys([*_words(lemmas), *_between(lemmas)]))
    a, r = _top(actor), _top(recipient)
    return list(dict.fromkeys([*_words(lemmas), *_between(lemmas), *_tree(a, r, masks), *_chain(a, r, masks)]))


def _masks(doc: Any, actor: Sequence[Any], recipient: Sequence[Any]) -> dict[int, str]:  # noqa: ANN401
    masks = {token.i: "ENT" for token in doc if token.ent_type_ in ("GPE", "PERSON", "NORP", "LOC")}
    masks |= {token.i: "RECIPIENT" for token in recipient}
    return masks | {token.i: "ACTOR" for token in actor}


def _word(token: Any, masks: dict[int, str]) -> str:  # noqa: ANN401
    if token.i in masks:
        return masks[token.i]
    return "0" if token.like_num else str(token.lemma_.lower())


def _lemmas(doc: Any, masks: dict[int, str]) -> list[str]:  # noqa: ANN401
    """The words of the sentence, each masked stretch as one word, marks and spaces left out."""
    words: list[str] = []
    for token in doc:
        word = _word(token, masks)
        if token.is_space or (token.is_punct and token.i not in masks):
            continue
        if word in ("ACTOR", "RECIPIENT", "ENT") and words and words[-1] == word:
            continue
        words.append(word)
    return words


def _words(lemmas: Sequence[str]) -> Iterator[str]:
    framed = ["<", *lemmas, ">"]
    yield from (f"w={word}" for word in lemmas)
    yield from (f"w2={one} {other}" for one, other in pairwise(framed))
    yield from (f"w3={' '.join(framed[at : at + 3])}" for at in range(len(framed) - 2))
    for word in lemmas:
        yield from (f"deed={deed}" for deed in deeds_of(word))


def _between(lemmas: Sequence[str]) -> Iterator[str]:
    if "ACTOR" not in lemmas or "RECIPIENT" not in lemmas:
        yield "no-order"
        return
    one = lemmas.index("ACTOR")
    other = min((at for at, word in enumerate(lemmas) if word == "RECIPIENT"), key=lambda at: abs(at - one))
    order = "ar" if one < other else "ra"
    low, high = min(one, other), max(one, other)
    inside = lemmas[low + 1 : high]
    yield f"order={order}"
    yield f"gap={order}{min(len(inside) // 3, 5)}"
    for word in inside[:15]:
        yield f"in={order} {word}"
        yield from (f"in-deed={order} {deed}" for deed in deeds_of(word))
    yield from (f"in2={one} {other}" for one, other in pairwise(lemmas[low : high + 1][:14]))
    for at, name in ((one, "a"), (other, "r")):
        for step in (-2, -1, 1, 2):
            if 0 <= at + step < len(lemmas):
                yield f"by-{name}{step}={lemmas[at + step]}"


def _top(tokens: Sequence[Any]) -> Any:  # noqa: ANN401
    """The token of a stretch that hangs from outside of it."""
    places = {token.i for token in tokens}
    tops = [token for token in tokens if token.head.i not in places or token.head.i == token.i]
    return min(tops or tokens, key=lambda token: (sum(1 for _ in token.ancestors), token.i))


def _up(token: Any) -> list[Any]:  # noqa: ANN401
    return [token, *token.ancestors][:_FARTHEST]


def _tree(a: Any, r: Any, masks: dict[int, str]) -> Iterator[str]:  # noqa: ANN401
    """The branches between the two, and the words on them."""
    up_a, up_r = _up(a), _up(r)
    places = {token.i for token in up_r}
    meet = next((token for token in up_a if token.i in places), None)
    yield f"dep-a={a.dep_}"
    yield f"dep-r={r.dep_}"
    yield f"head-a={_word(a.head, masks)}|{a.dep_}"
    yield f"head-r={_word(r.head, masks)}|{r.dep_}"
    if r.head.dep_ in ("prep", "agent") or r.head.pos_ == "ADP":
        yield f"head2-r={_word(r.head.head, masks)}|{_word(r.head, masks)}"
    if meet is None:
        yield "apart"
        return
    rise = up_a[: [token.i for token in up_a].index(meet.i)]
    fall = up_r[: [token.i for token in up_r].index(meet.i)]
    yield f"meet={_word(meet, masks)}"
    yield f"meet-pos={meet.pos_}"
    yield from (f"meet-deed={deed}" for deed in deeds_of(_word(meet, masks)))
    branches = ">".join(token.dep_ for token in rise) + "^" + "<".join(token.dep_ for token in fall)
    yield f"branches={branches}"
    yield f"branches-meet={branches}|{_word(meet, masks)}"
    yield f"length={min(len(rise) + len(fall), 8)}"
    for token in [*rise[1:], *fall[1:]]:
        yield f"path={_word(token, masks)}"
        yield from (f"path-deed={deed}" for deed in deeds_of(_word(token, masks)))


def _verb_over(token: Any) -> Any | None:  # noqa: ANN401
    return next((one for one in token.ancestors if one.pos_ in ("VERB", "AUX")), None)


def _chain(a: Any, r: Any, masks: dict[int, str]) -> Iterator[str]:  # noqa: ANN401
    """The verb of the actor, what it governs down towards the recipient, and how the deed is meant."""
    verb = _verb_over(a)
    if verb is None:
        yield "no-verb"
        return
    branch = next((one for one in _up(a) if one.head.i == verb.i), a)
    if branch.dep_ == "conj" or verb.dep_ == "relcl":
        yield "verb-far"
    passive = any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children)
    chain = _chain_down(verb, r)
    yield f"verb={_word(verb, masks)}|{branch.dep_}|{passive}"
    yield from (f"manner={name}" for name in _manners(chain))
    words = [_word(token, masks) for token in chain]
    yield f"chain={'>'.join(words[:3])}"
    yield f"last={words[-1]}"
    yield from (f"last-deed={deed}" for deed in deeds_of(words[-1]))
    manners = [manner for word in words[:-1] for manner in manner_of(word)]
    for manner in manners:
        yield f"chain-manner={manner}"
        yield from (f"manner-deed={manner}|{deed}" for deed in deeds_of(words[-1]))
    for place, token in enumerate(chain[:3]):
        for child in token.children:
            if child.dep_ in _OBJECTS or child.dep_ in ("prep", "prt", "agent"):
                word = _word(child, masks)
                yield f"has{min(place, 1)}={words[place]}|{child.dep_}|{word}"
                yield f"object={word}"
                yield from (f"object-deed={deed}|{manner}" for deed in deeds_of(word) for manner in (manners or ["-"]))
    other = _verb_over(r)
    if other is not None:
        yield f"verb-r={_word(other, masks)}"
        yield f"same-verb={other.i == verb.i}|{other.i in {token.i for token in chain}}"


def _chain_down(verb: Any, r: Any) -> list[Any]:  # noqa: ANN401
    """The verb, and the verbs that hang from it one by one, on the way to the recipient where there is a choice."""
    chain = [verb]
    towards = {token.i for token in [r, *r.ancestors]}
    while len(chain) < 4:
        inner = [
            child for child in chain[-1].children if child.dep_ in _INNER and child.pos_ in ("VERB", "AUX", "NOUN")
        ]
        chosen = [child for child in inner if child.i in towards] or [child for child in inner if child.dep_ == "xcomp"]
        if not chosen:
            break
        chain.append(chosen[0])
    return chain


def _manners(chain: Sequence[Any]) -> Iterator[str]:
    """Denied, future, possible, continued, passive: for the chain's first and last verb."""
    for place, token in (("first", chain[0]), ("last", chain[-1])):
        yield f"{place} {token.tag_}"
        for child in token.children:
            lower = child.lower_
            if child.dep_ == "neg" or lower in ("never", "no"):
                yield f"{place} denied"
            elif child.dep_ == "aux" and lower in _FUTURE:
                yield f"{place} future"
            elif child.dep_ == "aux" and lower in _MAY:
                yield f"{place} may"
            elif child.dep_ == "auxpass":
                yield f"{place} passive"
            elif child.dep_ == "mark":
                yield f"{place} under {lower}"
