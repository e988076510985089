"""Who the sources are: names, descriptions, affiliations, and through whom their words came (``speakers-v2``).

In: an article's attributions. Out: for each the speaker as written and, where the text leaves one possibility, the full
name; a pronoun or "the scholar" is the last such speaker and marked uncertain, or stays unresolved. The chain names the
outlets between the speaker and this text: the paper that interviewed, the agency that reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.codebook.reading import word_list
from detente.coding.actors import Actors
from detente.coding.articles import Article
from detente.coding.attribution import Attribution
from detente.coding.sentences import Span

VERSION = "speakers-v2"
KINDS = ("expert", "official", "media", "other")
_PARTICLE = r"(?:al|bin|bint|ibn|de|del|della|di|van|von|der|den|la|le|el|da|dos|of)"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞČŠŽĐĆŁŚŹŻ][\w’'.&-]*"
_NAME = re.compile(rf"{_CAPITAL}(?:[ \xa0](?:{_PARTICLE}[ \xa0])?{_CAPITAL})*")
_TITLE = re.compile(
    r"^(?:Sir|Lord|Dr|Mr|Mrs|Ms|Prof|Professor|Colonel|General|Major|Admiral|Captain|Senator|President)\.? (?=[A-Z])"
)
_ORGANISATION = re.compile(
    rf"\b(?:at|of|with|from|for)\s+(?:the\s+)?({_CAPITAL}(?:[ \xa0](?:(?:of|for|and|the|on|de)[ \xa0])*{_CAPITAL})*)"
)
_APPOSITION = re.compile(r"\A,\s+((?:an?|the|who is an?)?\s?[^,.;:“”\"]{3,160})")
#: A name of an outlet: capitals, with the town it is in and the kind of paper around it.
_KIND_OF_OUTLET = "(?:(?:daily|newspaper|weekly|magazine|news agency|broadcaster) )?"
_OUTLET = (
    rf"(?:the\s+)?((?:{_CAPITAL}-based )?{_KIND_OF_OUTLET}"
    rf"{_CAPITAL}(?:[ \xa0](?:(?:of|de|la)[ \xa0])?(?:{_CAPITAL}|\d{{1,2}}))*)"
)
_CHAINS = (
    ("interview with", re.compile(rf"\bin (?:an?|his|her|their) (?:\w+ )?interview (?:with|to|in) {_OUTLET}")),
    ("told", re.compile(rf"\b(?:told|tells) {_OUTLET}")),
    ("quoted by", re.compile(rf"{_OUTLET} (?:has |had )?quoted\b")),
    ("quoted by", re.compile(rf"\bquoted by {_OUTLET}")),
    ("reported by", re.compile(rf"\bas reported by {_OUTLET}")),
    ("reported by", re.compile(rf"{_OUTLET} (?:has |had )?reported\b")),
    ("according to", re.compile(rf"\b[Aa]ccording to {_OUTLET}")),
    ("written for", re.compile(rf"\b(?:wrote|writes|commentary|column|article|op-ed) (?:in|for) {_OUTLET}")),
)


@dataclass(frozen=True)
class Link:
    """One step between a speaker and this text: ``interview with`` the Southern Metropolis Daily."""

    how: str
    outlet: str
    carried_over: bool = False


@dataclass(frozen=True)
class Speaker:
    """Who said it.

    Args:
        text: As written; empty where the sentence does not say.
        name: Full name, or the organisation's or group's name as first written; None where it is not known.
        kind: One of ``KINDS``.
        description: What the text says the person is.
        affiliation: The organisation that the person belongs to.
        iso3: The state for which the speaker acts, where it is an actor.
        certain: False where the name was read from another sentence.
        via: Through whom the words came, the nearest to the speaker first.
    """

    text: str
    name: str | None = None
    kind: str = "other"
    description: str | None = None
    affiliation: str | None = None
    iso3: str | None = None
    certain: bool = True
    via: tuple[Link, ...] = ()


def identify_speakers(article: Article, attributions: Sequence[Attribution], actors: Actors) -> list[Speaker]:
    """The speaker of each attribution, in order; what earlier sentences said about one is kept."""
    known: list[Speaker] = []
    found: list[Speaker] = []
    for one in attributions:
        sentence = article.sentences[one.sentence]
        speaker = _speaker(article, one, sentence, actors, known)
        speaker = _with_chain(article, one, sentence, speaker, known)
        if speaker.name:
            known = [other for other in known if other.name != speaker.name] + [speaker]
        found.append(speaker)
    return found


def _speaker(article: Article, one: Attribution, sentence: Span, actors: Actors, known: Sequence[Speaker]) -> Speaker:
    if one.source is None:
        return Speaker("", certain=False)
    text = one.source.of(article.text).strip()
    plain = text.casefold()
    if plain in word_list("speaker pronouns"):
        last = next((other for other in reversed(known) if other.kind != "media"), None)
        return replace(last, text=text, certain=False) if last and plain in ("he", "she") else Speaker(text)
    after = article.text[one.source.end : sentence.end]
    name, description = _name_and_description(text, after)
    kind = _kind(text, description, one.source, actors)
    affiliation = _affiliation(text, description)
    iso3 = _state_of(one.source, actors) if kind == "official" else None
    if name is None:
        return _described(text, kind, known, iso3)
    earlier = next((other for other in reversed(known) if _same_person(name, other.name)), None)
    if earlier:
        return replace(
            earlier, text=text, description=earlier.description or description,
            affiliation=earlier.affiliation or affiliation, via=(), certain=True,
            kind=earlier.kind if earlier.kind != "other" else kind,
        )  # fmt: skip
    return Speaker(text, name, kind, description, affiliation, iso3)


def _name_and_description(text: str, after: str) -> tuple[str | None, str | None]:
    """The name in a source, and what it says of who bears it."""
    head, comma, rest = text.partition(",")
    description = rest.strip() or None
    if not comma and (apposition := _APPOSITION.match(after)):
        words = apposition[1].split()
        if any(word.casefold() in _roles() for word in words[:9]) or _ORGANISATION.search(apposition[1]):
            description = apposition[1].strip()
    names = [m for m in _NAME.finditer(head) if m[0] not in ("The", "A", "An") and not m[0].endswith("-based")]
    words = head.split()
    role = next((place for place, word in enumerate(words) if word.casefold().strip(",") in _roles()), None)
    if role is not None:
        before = len(" ".join(words[: role + 1]))
        behind = [m for m in names if m.start() > before]
        direct = [m for m in behind if not re.search(r"\b(?:of|at|for|from|with|in|the)\b", head[before : m.start()])]
        if direct:
            return direct[0][0].strip(), description or head[: direct[0].start()].strip()
        ahead = [m for m in names if m.end() < before and m.start() == 0 and role > 1]
        if ahead and re.search(r"\b(?:of|at|an?|the)\b", head[ahead[0].end() : before]):
            return ahead[0][0], description or head[ahead[0].end() :].strip()
        return None, description or head
    person = re.sub(r"^(?:The|An?) ", "", _TITLE.sub("", head).split(" of the ")[0])
    match = _NAME.match(person)
    if not match or head[:1].islower():
        return None, description or head
    return match[0].removesuffix("’s").removesuffix("'s"), description or (head[match.end() :].strip() or None)


def _roles() -> frozenset[str]:
    return word_list("speaker experts") | word_list("speaker officials") | word_list("speaker former")


def _kind(text: str, description: str | None, source: Span, actors: Actors) -> str:
    words = [word.strip(".,'’\"").casefold() for word in f"{text} {description or ''}".split()]
    first = next((word for word in words if word in word_list("speaker media")), None)
    if first and not set(words) & (word_list("speaker experts") - {"editorial"}):
        return "media"
    if set(words) & word_list("speaker experts") or set(words) & word_list("speaker former"):
        return "expert"
    acting = [
        m
        for m in actors.mentions
        if m.role and source.start <= m.start < source.end and not (m.how == "capital" and m.start > source.start)
    ]
    if acting or set(words) & word_list("speaker officials"):
        return "official"
    return "other"


def _state_of(source: Span, actors: Actors) -> str | None:
    acting = [m.iso3 for m in actors.mentions if m.iso3 and source.start <= m.start < source.end]
    return acting[0] if acting else None


def _affiliation(text: str, description: str | None) -> str | None:
    for part in (description, text):
        if part and (match := _ORGANISATION.search(part)):
            return match[1].strip().rstrip(".")
    return None


def _described(text: str, kind: str, known: Sequence[Speaker], iso3: str | None) -> Speaker:
    """Someone without a name: "the scholar" is the last speaker of that kind, "a diplomat" is new."""
    if text.casefold().startswith(("the ", "this ")) and kind in ("expert", "official"):
        nouns = {word.strip(",.").casefold() for word in text.split()}
        same = [
            other for other in known if other.name and other.kind == kind and not nouns & word_list("speaker former")
        ]
        if same and text[4:5].islower() and len(text.split()) <= 3:
            return replace(same[-1], text=text, certain=len(same) == 1, via=())
    return Speaker(text, None, kind, text, _affiliation(text, None), iso3)


def _same_person(name: str, other: str | None) -> bool:
    if not other or name == other:
        return name == other
    mine, theirs = name.split(), other.split()
    return len(mine) == 1 and mine[0] in (theirs[0], theirs[-1])


def _with_chain(
    article: Article, one: Attribution, sentence: Span, speaker: Speaker, known: Sequence[Speaker]
) -> Speaker:
    """The speaker with the outlets that the sentence names, or those named when the speaker came in."""
    links = find_chain(article.text, sentence, one.content, speaker.text)
    if not links and speaker.name:
        earlier = next((other for other in reversed(known) if other.name == speaker.name), None)
        links = tuple(replace(link, carried_over=True) for link in earlier.via) if earlier else ()
    return replace(speaker, via=links)


def find_chain(text: str, sentence: Span, content: Sequence[Span], source: str) -> tuple[Link, ...]:
    """The outlets through which the words of one sentence came."""
    links: list[Link] = []
    for how, pattern in _CHAINS:
        for match in pattern.finditer(text, sentence.start, sentence.end):
            outlet = match[1].strip().rstrip(".,")
            inside = any(span.start <= match.start(1) < span.end for span in content)
            if inside or outlet in source or outlet in ("The", "A") or not _is_outlet(outlet, how):
                continue
            if outlet not in [link.outlet for link in links]:
                links.append(Link(how, outlet))
    return tuple(links)


def _is_outlet(name: str, how: str) -> bool:
    words = {word.strip(".").casefold() for word in name.split()}
    if words & word_list("speaker media"):
        return True
    return how in ("interview with", "quoted by", "written for") or (how == "told" and len(name.split()) == 1)
