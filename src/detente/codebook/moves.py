"""Moves in plain words to codes: "RUS expel diplomats" is a coercive act of CAMEO 174 by Russia.

A phrase is understood by its verb and, where the verb alone is not enough, by its object; the list is a data file. What
is not on it is an error that offers the nearest moves that are, never a guess.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from detente.codebook.crosswalk import capital, demonym, find_state, fold_name, split_cell
from detente.codebook.events import quad_of
from detente.codebook.reading import read_data
from detente.errors import CodebookError

#: A state's name has at most so many words.
_LONGEST_NAME = 5
_NEAREST = 5
#: Words that deny what follows; names are folded without apostrophes, so "don't" comes as one word.
_NEGATIONS = frozenset({"not", "never", "no", "without", *(f"{verb}nt" for verb in ("do", "does", "did", "wo", "is"))})
_FILLERS = frozenset(
    {"a", "an", "the", "its", "their", "some", "more", "new", "will", "would", "to", "has", "have", "had"}
)
#: Words between a state and what it does that say who in the state: they do not change the move.
_SUBJECTS = frozenset(
    {"government", "president", "minister", "ministry", "congress", "parliament", "senate", "court", "military", "army"}
    | {"navy", "forces", "troops", "police", "officials", "foreign", "prime", "defence", "state", "authorities", "jets"}
)


@dataclass(frozen=True)
class PlainMove:
    """A move as the codebook understands it.

    Args:
        actor: ISO 3166 alpha-3 of the state that moves.
        recipient: ISO 3166 alpha-3 of the other.
        code: CAMEO code.
        event_type: PLOVER type.
        quad: Its quad class.
        intensity_milli: Intensity of one such event, thousandths of a Goldstein point.
        label: The move in the codebook's words.
    """

    actor: str
    recipient: str
    code: str
    event_type: str
    quad: str
    intensity_milli: int
    label: str


def read_move(text: str, a: str, b: str) -> PlainMove:
    """Understand a move between two states: who moves, then what they do.

    Args:
        text: For example ``RUS expel diplomats`` or ``Russia expels 60 American diplomats``.
        a: ISO 3166 alpha-3 of one state.
        b: ISO 3166 alpha-3 of the other.

    Raises:
        CodebookError: when the first words name neither state, or the move is not known; then the nearest are offered.

    >>> move = read_move("Russia expels 60 American diplomats", "USA", "RUS")
    >>> move.actor, move.code, move.event_type, move.label
    ('RUS', '174', 'COERCE', 'expel diplomats')
    """
    words = fold_name(text.replace("'s ", " ").replace("’s ", " ")).split()
    actor, rest = _take_actor(text, words, (a, b))
    recipient = b if actor == a else a
    tokens = [token for token in _without_names(rest, recipient) if token not in _FILLERS and not token.isdigit()]
    while len(tokens) > 1 and tokens[0] in _SUBJECTS:
        tokens = tokens[1:]
    if _NEGATIONS & set(tokens):
        raise _unknown(text, tokens, "It says what is not done; a move is something done.")
    row = _best(tokens)
    if row is None:
        raise _unknown(text, tokens, "That move is not in the codebook.")
    cameo = _cameo()[row["code"]]
    event_type = cameo["event_type"]
    return PlainMove(
        actor=actor,
        recipient=recipient,
        code=row["code"],
        event_type=event_type,
        quad=quad_of(event_type),
        intensity_milli=int(cameo["intensity_milli"]),
        label=row["label"],
    )


def known_moves() -> list[str]:
    """All moves that are understood, in the codebook's words."""
    return list(dict.fromkeys(row["label"] for row in read_data("moves")))


def stem_word(word: str) -> str:
    """A word without its usual English endings, so that ``expels``, ``expelled`` and ``expelling`` are one."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending) + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def _take_actor(text: str, words: list[str], sides: tuple[str, str]) -> tuple[str, list[str]]:
    """The state that the first words name, and the words after them."""
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        named = _state_of(" ".join(words[:count]), sides)
        if named is not None:
            return named, words[count:]
    raise CodebookError(
        f"The move {text!r} was given.",
        f"Its first words name neither of the two states, {sides[0]} and {sides[1]}.",
        f"Say who moves, then what: `{sides[1]} expel diplomats`.",
    )


def _state_of(name: str, sides: tuple[str, str]) -> str | None:
    for iso3 in sides:
        if name in _names_of(iso3):
            return iso3
    try:
        found = find_state(name)
    except CodebookError:
        return None
    return found if found in sides else None


@cache
def _names_of(iso3: str) -> frozenset[str]:
    """Code, capital and demonym of a state, the last in both numbers."""
    people = fold_name(demonym(iso3))
    seat = fold_name(capital(iso3))
    return frozenset({iso3.lower(), people, f"{people}s", seat, seat.removesuffix(" dc")} - {""})


def _without_names(words: list[str], iso3: str) -> Iterator[str]:
    """The words but for those that name the recipient: the move says what is done, the pair says to whom."""
    place = 0
    while place < len(words):
        for count in range(min(_LONGEST_NAME, len(words) - place), 0, -1):
            if _state_of(" ".join(words[place : place + count]), (iso3, iso3)) is not None:
                place += count
                break
        else:
            yield words[place]
            place += 1


def _best(tokens: list[str]) -> dict[str, str] | None:
    """The row whose verb begins the words and whose object is among them; one with an object goes before one without.

    The codebook's own words for a move always mean it. Of rows that fit alike, the one with the longer object, then the
    longer verb, then the first of the list.
    """
    stems = [stem_word(token) for token in tokens]
    for row in read_data("moves"):
        if stems == [stem_word(word) for word in row["label"].split() if word not in _FILLERS]:
            return row
    best: tuple[tuple[int, int], dict[str, str]] | None = None
    for row in read_data("moves"):
        verb = max((len(verb) for verb in _phrases(row["verbs"]) if _contains(stems[: len(verb)], verb)), default=0)
        after = stems[verb:]
        objects = _phrases(row["objects"])
        found = max((len(phrase) for phrase in objects if _contains(after, phrase)), default=0)
        if not verb or (objects and not found):
            continue
        if best is None or (found, verb) > best[0]:
            best = (found, verb), row
    return best[1] if best is not None else None


@cache
def _phrases(cell: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(stem_word(word) for word in phrase.split()) for phrase in split_cell(cell))


def _contains(stems: list[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(tuple(stems[start : start + size]) == phrase for start in range(len(stems) - size + 1))


@cache
def _cameo() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in read_data("cameo")}


def _unknown(text: str, tokens: list[str], found: str) -> CodebookError:
    """An error that offers the moves whose words are nearest."""
    stems = [stem_word(token) for token in tokens]
    by_likeness = sorted(_spellings(), key=lambda spelled: -_likeness(stems, spelled[0]))
    near = list(dict.fromkeys(label for _, label in by_likeness))[:_NEAREST]
    return CodebookError(f"The move {text!r} was given.", found, f"The nearest known moves are: {'; '.join(near)}.")


@cache
def _spellings() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Every way in which a move can be put, as stems, with its label."""
    return tuple(
        ((*verb, *other), row["label"])
        for row in read_data("moves")
        for verb in _phrases(row["verbs"])
        for other in _phrases(row["objects"]) or ((),)
    )


def _likeness(stems: list[str], spelled: tuple[str, ...]) -> float:
    shared = len(set(stems) & set(spelled))
    return shared + difflib.SequenceMatcher(None, " ".join(stems), " ".join(spelled)).ratio()
