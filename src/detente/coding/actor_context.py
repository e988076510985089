"""What only the whole text can settle: Georgia or Georgia, and whose President "the President" is.

A bare office or parliament belongs to the one state that the text before it makes possible; where it makes several
possible, or none, it is left out with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from detente.codebook.leaders import holder
from detente.coding.actors import Actors, LeftOut, Mention
from detente.coding.words import Word

#: Signs of the American state of Georgia, and of the state in the Caucasus.
_GEORGIA_USA = re.compile(
    r"\b(Atlanta|Savannah|Augusta|Macon|Fulton County|Kemp|Stacey Abrams|Raffensperger|Alabama|Florida|South Carolina|"
    r"Tennessee|Pennsylvania|Arizona|Michigan|Wisconsin|Nevada|runoff|governor|Senate race|Bulldogs|Peach State)\b"
)
_GEORGIA_STATE = re.compile(
    r"\b(Tbilisi|Georgians?|Abkhazia|South Ossetia|Batumi|Caucasus|Saakashvili|Ivanishvili|Kobakhidze|Margvelashvili|"
    r"Zourabichvili|Shevardnadze|Armenia|Azerbaijan|Moldova|Ukraine|Kremlin|Moscow)\b"
)
_OFFICES = {
    "president": ("head of state",),
    "prime minister": ("head of government",),
    "premier": ("head of government",),
    "chancellor": ("head of government",),
    "foreign minister": ("foreign minister",),
    "secretary of state": ("foreign minister",),
    "supreme leader": ("supreme leader",),
}
_BARE = re.compile(
    r"\b(?P<the>[Tt]he )(?P<office>[Pp]resident|[Pp]rime [Mm]inister|[Pp]remier|[Cc]hancellor|[Ff]oreign [Mm]inister|"
    r"[Ss]ecretary of [Ss]tate|[Ss]upreme [Ll]eader|[Mm]inister)\b(?! of\b)(?! [A-Z])"
)
_PARLIAMENT = re.compile(r"(?<![\w-])(?:the )?(Congress|Parliament|Senate|House of Representatives)\b(?! [A-Z])")
#: States whose parliament is called so in English; elsewhere it is "Parliament".
_CONGRESS = frozenset({"USA", "PHL", "MEX", "BRA", "ARG", "CHL", "COL", "PER", "ECU", "BOL"})
#: Nearness that makes one of several possible states the one meant: the same sentence or the one before it.
_NEAR_CHARACTERS = 300


def settle_ambiguous(text: str, found: Actors) -> None:
    """Keep mentions of Georgia only where the text shows which Georgia it is."""
    american, caucasian = len(_GEORGIA_USA.findall(text)), len(_GEORGIA_STATE.findall(text))
    kept = []
    for mention in found.mentions:
        if mention.iso3 == "GEO" and mention.text.startswith("Georgia") and not mention.text.startswith("Georgian"):
            if american >= caucasian:
                why = "Georgia of the United States" if american > caucasian else "which Georgia is not said"
                found.left_out.append(LeftOut(mention.start, mention.end, mention.text, why))
                continue
            if american:
                mention = replace(mention, certain=False, note="read as the state from the rest of the text")  # noqa: PLW2901
        kept.append(mention)
    found.mentions[:] = kept


def resolve_bare_offices(text: str, words: Sequence[Word], on: dt.date, found: Actors) -> None:
    """Add "the President", "Congress" and the like where the text leaves one state possible."""
    del words
    for match in _BARE.finditer(text):
        if not _overlaps(found, *match.span()):
            _resolve_office(match, on, found)
    for match in _PARLIAMENT.finditer(text):
        if not _overlaps(found, *match.span(1)):
            _resolve_parliament(match, found)


def _resolve_office(match: re.Match[str], on: dt.date, found: Actors) -> None:
    start, end = match.span()
    office = " ".join(match["office"].lower().split())
    offices = _OFFICES.get(office, ())
    before = [m for m in found.mentions if m.end <= start and m.how == "leader" and m.role == "executive"]
    holders = [m for m in before if any(o in m.note for o in offices)]
    if office == "minister":
        holders = [m for m in found.mentions if m.end <= start and "minister" in m.text.lower() and m.iso3]
    people = dict.fromkeys((m.iso3, m.person) for m in holders)
    if len(people) > 1:
        people = dict.fromkeys((m.iso3, m.person) for m in holders if start - m.end <= _NEAR_CHARACTERS)
    if len(people) != 1:
        why = "several could be meant" if people else "nobody in the text before it holds that office"
        found.left_out.append(LeftOut(start, end, match[0], why))
        return
    iso3, person = next(iter(people))
    if person and iso3 and offices and not any(h and h.name == person for h in (holder(iso3, o, on) for o in offices)):
        person = None
    found.mentions.append(
        Mention(start, end, match[0], iso3, "executive", person, "context", False, "read from the text before it")
    )


def _resolve_parliament(match: re.Match[str], found: Actors) -> None:
    start, end = match.span(1)
    name = match[1]
    states = [m.iso3 for m in found.mentions if m.iso3]
    possible = [s for s in dict.fromkeys(states) if (s in _CONGRESS) == (name != "Parliament")]
    if name == "Senate":
        possible = list(dict.fromkeys(states))
    if name in ("Congress", "Senate") and "USA" in possible and len([s for s in possible if s in _CONGRESS]) == 1:
        possible = ["USA"]
    if len(possible) == 1:
        found.mentions.append(
            Mention(
                start, end, name, possible[0], "legislature", None, "context", False, "the one such state in the text"
            )
        )
    else:
        why = "several states' could be meant" if possible else "no state in the text has one"
        found.left_out.append(LeftOut(start, end, name, why))


def _overlaps(found: Actors, start: int, end: int) -> bool:
    return any(mention.start < end and start < mention.end for mention in found.mentions)
