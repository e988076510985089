"""Actors in a text, as of its date: states, their governments, parliaments, armies, leaders, and organisations.

In: a text and the day it was written. Out: mentions with ISO3, role, person and place in the text, and what was left
out and why. Nothing is guessed in silence: a pronoun is never an actor, a bare office ("the minister") is resolved only
where the text names one state it can belong to, and a name that means two things is left out (``actors-v1``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TypeVar

from detente.codebook.actor_names import ActorName, actor_names, institution_words
from detente.codebook.leaders import OFFICES, Spell, plain_name, spells
from detente.codebook.reading import word_list
from detente.coding.words import Word, are_joined, find_words, starts_sentence

VERSION = "actors-v1"
_T = TypeVar("_T")
#: Entries of a table of names: the words, whether "the" must stand before, what the name holds.
_Entries = Sequence[tuple[tuple[str, ...], bool, tuple[_T, ...]]]


@dataclass(frozen=True)
class Mention:
    """One actor where it is mentioned.

    Args:
        start: First character in the text.
        end: Character after the last.
        text: As written.
        iso3: The state it acts for; None for organisations of no state.
        role: Who of the state it is; None for the state as a whole, or a person who holds no office that day.
        person: Full name of a leader.
        how: ``name``, ``demonym``, ``capital``, ``seat``, ``institution``, ``organisation``, ``leader`` or ``context``.
        certain: False where the reading rests on the text's context or on a table older than the text.
        note: Why it is not certain, or what the person was.
    """

    start: int
    end: int
    text: str
    iso3: str | None
    role: str | None
    person: str | None = None
    how: str = "name"
    certain: bool = True
    note: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A text that looks like an actor and was not taken for one, and why."""

    start: int
    end: int
    text: str
    why: str


@dataclass
class Actors:
    """The mentions of a text in order, and what was left out."""

    mentions: list[Mention] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def find_actors(text: str, on: dt.date) -> Actors:
    """All actors of a text.

    Args:
        text: The text.
        on: The day it was written; leaders and names mean what they meant then.
    """
    from detente.coding.actor_context import resolve_bare_offices, settle_ambiguous  # noqa: PLC0415 - they need Mention

    words = find_words(text)
    found = Actors()
    taken = _add_names(text, words, on, found)
    _add_leaders(text, words, on, found, taken)
    settle_ambiguous(text, found)
    resolve_bare_offices(text, words, on, found)
    found.mentions.sort(key=lambda mention: mention.start)
    found.left_out.sort(key=lambda left: left.start)
    return found


def _add_names(text: str, words: Sequence[Word], on: dt.date, found: Actors) -> set[int]:
    taken: set[int] = set()
    position = 0
    while position < len(words):
        count, names = _longest(_names_by_first(), text, words, position, exact=True)
        if not count:
            position += 1
            continue
        valid = [name for name in names if name.first <= on <= name.last]
        position = _take_name(text, words, (position, count), valid, found, taken)
    return taken


def _take_name(
    text: str, words: Sequence[Word], place: tuple[int, int], valid: Sequence[ActorName], found: Actors, taken: set[int]
) -> int:
    """Add the mention that one name makes; return where to read on."""
    first, count = place
    last = first + count - 1
    start, end = words[first].start, words[last].end
    if len({name.iso3 for name in valid}) != 1:
        why = "no such state or body on that day" if not valid else "means more than one state"
        found.left_out.append(LeftOut(start, end, text[start:end], why))
    elif why := _why_another_name(text, words, first, last, valid[0]):
        found.left_out.append(LeftOut(start, end, text[start:end], why))
    else:
        name = valid[0]
        extra, role = _institution_after(text, words, last) if name.kind in ("name", "demonym") else (0, name.role)
        end = words[last + extra].end
        how = "institution" if extra else name.kind
        found.mentions.append(Mention(start, end, text[start:end], name.iso3, role, how=how))
        last += extra
    taken.update(range(first, last + 1))
    return last + 1


def _why_another_name(text: str, words: Sequence[Word], first: int, last: int, name: ActorName) -> str:
    if name.kind == "organisation":
        return ""
    after = words[last + 1] if last + 1 < len(words) and are_joined(text, words[last], words[last + 1]) else None
    possessive = after is not None and after.text == "s"
    if (
        after
        and not possessive
        and name.kind in ("name", "capital")
        and after.plain in word_list("actor name goes on")
        and after.is_capital
    ):
        return "part of another name"
    if after and name.kind == "capital" and after.plain == "based":
        return "a place here"
    before = words[first - 1] if first and are_joined(text, words[first - 1], words[first]) else None
    if before and text[before.end : words[first].start] == " " and name.kind in ("name", "capital"):
        if before.plain in word_list("actor other name before") and before.is_capital:
            return "part of another name"
        if name.kind == "capital" and before.plain in word_list("actor place before"):
            return "a place here"
    return ""


def _institution_after(text: str, words: Sequence[Word], last: int) -> tuple[int, str | None]:
    """How many words after a state's name say who of it acts, and that role."""
    ahead: list[Word] = []
    for one, other in zip(words[last:], words[last + 1 : last + 6], strict=False):
        if not are_joined(text, one, other):
            break
        ahead.append(other)
    skipped = 0
    while skipped < len(ahead) and ahead[skipped].plain in word_list("actor between") and skipped < 3:
        skipped += 1
    if skipped < len(ahead) and ahead[skipped].plain == "former":
        return 0, None
    for length in (4, 3, 2, 1):
        phrase = " ".join(word.plain for word in ahead[skipped : skipped + length])
        if len(ahead) >= skipped + length and phrase in _institutions():
            return skipped + length, _institutions()[phrase]
    return 0, None


def _add_leaders(text: str, words: Sequence[Word], on: dt.date, found: Actors, taken: set[int]) -> None:
    named: dict[str, Spell] = {}
    position = 0
    while position < len(words):
        count, bearers = _longest(_leaders_by_first(), text, words, position, exact=False)
        if count and words[position].is_capital and not taken.intersection(range(position, position + count)):
            named[bearers[0].short] = _present(bearers, on)
            _add_person(text, words, (position, count), bearers, on, found)
            taken.update(range(position, position + count))
        position += max(count, 1)
    for position in range(len(words)):
        count, bearers = _longest(_short_names(), text, words, position, exact=False)
        if count and words[position].is_capital and not taken.intersection(range(position, position + count)):
            _add_short(text, words, (position, count), (bearers, named), on, found)
            taken.update(range(position, position + count))


def _add_short(
    text: str,
    words: Sequence[Word],
    place: tuple[int, int],
    known: tuple[Sequence[Spell], Mapping[str, Spell]],
    on: dt.date,
    found: Actors,
) -> None:
    """Add a leader who is mentioned by the short name alone, where the text or the day leaves no doubt."""
    (first, count), (bearers, named) = place, known
    before = words[first - 1] if first and are_joined(text, words[first - 1], words[first]) else None
    titled = before is not None and before.plain in word_list("actor titles")
    if (
        before
        and before.is_capital
        and not titled
        and not starts_sentence(text, before)
        and not _ends_mention(found, before)
    ):
        return  # another bearer of the name: Ivanka Trump
    if (
        before
        and before.is_capital
        and not titled
        and starts_sentence(text, before)
        and before.plain not in word_list("actor function words")
    ):
        return
    short = bearers[0].short
    if short in named:
        chosen = [spell for spell in bearers if spell.name == named[short].name]
    else:
        chosen = [spell for spell in bearers if spell.surely_holds(on)]
        near = _state_before(found, words[first].start)
        if len({spell.name for spell in chosen}) > 1 and near:
            chosen = [spell for spell in chosen if spell.iso3 == near]
        if not titled and words[first].plain in word_list("actor common names"):
            return
    if len({spell.name for spell in chosen}) == 1:
        _add_person(text, words, place, chosen, on, found)
    elif chosen:
        start, end = words[first].start, words[first + count - 1].end
        found.left_out.append(LeftOut(start, end, text[start:end], "several leaders of that name"))


def _ends_mention(found: Actors, word: Word) -> bool:
    return any(mention.start <= word.start < mention.end for mention in found.mentions)


def _state_before(found: Actors, start: int) -> str | None:
    near = [mention for mention in found.mentions if 0 <= start - mention.end <= 30]
    return near[-1].iso3 if near else None


def _add_person(
    text: str, words: Sequence[Word], place: tuple[int, int], bearers: Sequence[Spell], on: dt.date, found: Actors
) -> None:
    first, count = place
    start, end = words[first].start, words[first + count - 1].end
    if len({spell.name for spell in bearers if spell.surely_holds(on)} or {spell.name for spell in bearers}) > 1:
        found.left_out.append(LeftOut(start, end, text[start:end], "several leaders of that name"))
        return
    spell = _present(bearers, on)
    mention = Mention(start, end, text[start:end], spell.iso3, "executive", person=spell.name, how="leader")
    if spell.is_last_known(on):
        mention = replace(
            mention, certain=False, note=f"the last known {spell.office}; the table is older than the text"
        )
    elif spell.surely_holds(on):
        mention = replace(mention, note=spell.office)
    elif spell.may_hold(on):
        mention = replace(mention, certain=False, note=f"{spell.office} about then; the day of change is not known")
    else:
        mention = replace(mention, role=None, note=f"{'later' if spell.earliest > on else 'former'} {spell.office}")
    found.mentions.append(mention)


def _present(bearers: Sequence[Spell], on: dt.date) -> Spell:
    """The spell that counts on a day: a held one, else a possible one, else the nearest."""
    return min(
        bearers,
        key=lambda spell: (
            not spell.surely_holds(on),
            not spell.may_hold(on),
            abs((spell.earliest - on).days) if not spell.surely_holds(on) else OFFICES.index(spell.office),
        ),
    )


def _longest(
    table: Mapping[str, _Entries[_T]],
    text: str,
    words: Sequence[Word],
    position: int,
    *,
    exact: bool,
) -> tuple[int, tuple[_T, ...]]:
    """The longest entry of a table that begins at a word: how many words, and what it holds."""
    key = words[position].text if exact else words[position].plain
    for parts, needs_article, held in table.get(key, ()):
        span = words[position : position + len(parts)]
        if tuple(word.text if exact else word.plain for word in span) != parts:
            continue
        if not all(are_joined(text, one, other) for one, other in pairwise(span)):
            continue
        if needs_article and (not position or words[position - 1].plain != "the"):
            continue
        return len(parts), held
    return 0, ()


@cache
def _names_by_first() -> dict[str, list[tuple[tuple[str, ...], bool, tuple[ActorName, ...]]]]:
    table: dict[str, list[tuple[tuple[str, ...], bool, tuple[ActorName, ...]]]] = {}
    for name, held in actor_names().items():
        bare = name.removeprefix("the ").removeprefix("The ")
        parts = tuple(word.text for word in find_words(bare))
        table.setdefault(parts[0], []).append((parts, name.startswith("the "), held))
    return {key: sorted(entries, key=lambda entry: (-len(entry[0]), not entry[1])) for key, entries in table.items()}


def _by_plain(
    pairs: Mapping[str, tuple[Spell, ...]],
) -> dict[str, list[tuple[tuple[str, ...], bool, tuple[Spell, ...]]]]:
    table: dict[str, list[tuple[tuple[str, ...], bool, tuple[Spell, ...]]]] = {}
    for name, held in pairs.items():
        parts = tuple(name.split())
        table.setdefault(parts[0], []).append((parts, False, held))
    return {key: sorted(entries, key=lambda entry: -len(entry[0])) for key, entries in table.items()}


@cache
def _leaders_by_first() -> dict[str, list[tuple[tuple[str, ...], bool, tuple[Spell, ...]]]]:
    pairs: dict[str, tuple[Spell, ...]] = {}
    for spell in spells():
        for name in dict.fromkeys(plain_name(text) for text in (spell.name, *spell.aliases)):
            if " " in name or name == plain_name(spell.short):
                pairs[name] = (*pairs.get(name, ()), spell)
    return _by_plain({name: held for name, held in pairs.items() if " " in name})


@cache
def _short_names() -> dict[str, list[tuple[tuple[str, ...], bool, tuple[Spell, ...]]]]:
    pairs: dict[str, tuple[Spell, ...]] = {}
    for spell in spells():
        pairs[plain_name(spell.short)] = (*pairs.get(plain_name(spell.short), ()), spell)
    return _by_plain(pairs)


@cache
def _institutions() -> dict[str, str]:
    return {plain_name(text): role for text, (role, _) in institution_words().items()}
