"""What a statement says about a relation: direction, likelihood, conditions, drivers, hedges (``judgements-v2``).

In: the words of one statement. Out: what it says, each part with its place. The direction is the change that is spoken
of: *not likely to deteriorate* speaks of ``deteriorate`` with the range of *unlikely*. Where the statement denies a
change without a word of likelihood, ``denied`` says so and the range stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from detente.codebook.estimates import Estimate, find_estimates
from detente.codebook.reading import read_data

VERSION = "judgements-v2"
DIRECTIONS = ("deteriorate", "hold", "improve", "none")
_MODAL = re.compile(
    r"\b(?:will|won['’]t|would|could|may|might|should|can|cannot|expect\w*|going to|set to|bound to|about to|doubt\w*|"
    r"predict\w*|no reason|little reason|interest in|is in .{0,25}interest|benefit|need(?:s|ed)?|heading|on the cards|"
    r"prospects?|chances?|risk|possibility|probability|likelihood|odds|danger|signs?|way to)\b|['’]ll\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|never|no|neither|nor|nobody|nothing|none|without|doubt\w*|avoid\w*|few|little|hardly|sceptical|slim|"
    r"miracle|hard to imagine|no one|cannot|low|minimal|less likely)\b|n['’]t\b",
    re.IGNORECASE,
)
#: Denials after the change: "a quick rapprochement is out of the question".
_DENIAL_AFTER = re.compile(
    r"^.{0,60}?\b(?:out of the question|unthinkable|not on the cards|years away|is (?:very )?low|(?:is|are) over|"
    r"is not the most likely|a passing cloud|is minimal|will blow over|cannot be spoil\w+)\b",
    re.IGNORECASE,
)
_NOT_DENIED = re.compile(
    r"\b(?:cannot be ruled out|can['’]t be ruled out|not only|no alternative to|nothing but)\b", re.IGNORECASE
)
#: Denials that belong to another word: "no end", "not surprised if".
_OTHER_DENIAL = re.compile(
    r"\b(?:not be surprised|no end|no more than|neither better nor|no longer|not until|low(?:est)? point)\b",
    re.IGNORECASE,
)
#: What holds by lasting; a denial beside it says that it will not.
_LASTING = re.compile(r"\b(?:last|hold|remain|stay|continue|prevail)\b", re.IGNORECASE)
#: What is said of a quarrel itself: it goes on.
_STAYS = re.compile(r"here to stay|drag|persist|deadlock", re.IGNORECASE)
_AFFAIR = re.compile(r"(?:conflict|war|crisis|dispute|row|standoff)s?", re.IGNORECASE)
_CHANGING = re.compile(r"(?:improv|worsen|deteriorat|deepen|warm|strengthen|recover)", re.IGNORECASE)
#: Characters before a change within which a denial belongs to it.
_REACH = 70
_CONDITION = re.compile(
    r"\b(?:if|unless|provided(?: that)?|as long as|so long as|as soon as|once|on condition that|"
    r"depend(?:s|ed|ing)?(?: on)?|"
    r"barring|without|until|given|in case|whatever|whoever|should (?=\w+ \w+.*,))\b",
    re.IGNORECASE,
)
_NO_CONDITION = re.compile(
    r"\b(?:as if|even if|ask(?:ed|s)? (?:whether|if)|know whether|without rain|surprised if|given up)\b", re.IGNORECASE
)
_TIME_AFTER = re.compile(
    r"\s*(?:the end|next|this|\d{4}|christmas|mid-|the (?:summer|winter|spring|autumn))", re.IGNORECASE
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|perhaps|possibly|apparently|reportedly|seems?|seemingly|appears?|believed to|suggests?|"
    r"can(?:not|['’]t) be ruled out|conceivabl[ey]|conceivable|some prospect|remains to be seen|presumably|arguably|"
    r"likely|unlikely|probably|probable|improbable)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """A part of a statement: what it is, as written, and its place."""

    what: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Judgement:
    """What one statement says.

    Args:
        direction: One of ``DIRECTIONS``; ``none`` where no change is spoken of.
        change: The words that say so.
        denied: Whether the statement says that this change will not be, without or beside a word of likelihood.
        estimate: The word or number of likelihood.
        low: Lower end of the probability of ``direction``.
        high: Upper end.
        conditions: On what it depends.
        drivers: What is named as moving the relation.
        hedges: Words that make it less than certain.
    """

    direction: str
    change: Part | None
    denied: bool
    estimate: Estimate | None
    low: float | None
    high: float | None
    conditions: tuple[Part, ...]
    drivers: tuple[Part, ...]
    hedges: tuple[Part, ...]


def find_judgement(text: str) -> Judgement:
    """All parts of a judgement in the words of one statement.

    Args:
        text: The statement, without who made it where that is known.
    """
    conditions = find_conditions(text)
    estimates = [one for one in find_estimates(text) if not _within(one.start, conditions)]
    change = _change(text, conditions, estimates)
    estimate = _nearest(estimates, change)
    denied = change is not None and _is_denied(text, change, estimate)
    direction = change.what if change else "none"
    if direction == "hold" and denied:
        direction = "deteriorate" if re.search(r"\b(?:last|hold)\b", change.text if change else "") else "hold"
        denied = direction == "hold"
    low, high = (None, None) if estimate is None or direction == "none" else (estimate.low, estimate.high)
    if estimate is not None and low is not None and denied:
        low, high = estimate.opposite
    drivers = tuple(Part(name, *m.span(), m[0]) for name, pattern in _drivers() for m in pattern.finditer(text))
    hedges = tuple(Part("hedge", *m.span(), m[0]) for m in _HEDGE.finditer(text))
    return Judgement(direction, change, denied, estimate, low, high, tuple(conditions), drivers, hedges)


def find_conditions(text: str) -> list[Part]:
    """The clauses on which a statement depends, from their first word to the next comma or end."""
    found: list[Part] = []
    for match in _CONDITION.finditer(text):
        around = text[max(0, match.start() - 14) : match.end() + 6]
        word = match[0].lower().strip()
        if _NO_CONDITION.search(around) or any(part.start <= match.start() < part.end for part in found):
            continue
        if word in ("until", "once") and _TIME_AFTER.match(text, match.end()):
            continue
        stop = re.compile(r",\s|[;.](?:\s|$)|[”\"]|$").search(text, match.end())
        end = stop.start() if stop else len(text)
        what = "depends on" if word.startswith("depend") else word
        found.append(Part(what, match.start(), end, text[match.start() : end].strip()))
    return found


def _change(text: str, conditions: Sequence[Part], estimates: Sequence[Estimate]) -> Part | None:
    """The words that name a change: the first after what makes it a judgement, outside of conditions."""
    found = [
        Part(direction, *match.span(), match[0])
        for direction, pattern in _directions()
        for match in pattern.finditer(text)
        if not _within(match.start(), conditions) and not _is_named_affair(text, match)
    ]
    if not found:
        return None
    modal = next((m for m in _MODAL.finditer(text) if not _within(m.start(), conditions)), None)
    anchor = estimates[0].start if estimates else modal.start() if modal else 0
    after = [part for part in found if part.end > anchor]
    best = min(after or found, key=lambda part: (part.start if after else -part.end, -part.end, part.what))
    if best.what == "hold":
        return next((part for part in after if _goes_on(text, best, part)), best)
    close = [
        part
        for part in after
        if part.what == "hold" and part.start <= best.start + (80 if _STAYS.match(part.text) else 25)
    ]
    return close[0] if close and _is_kept(text, close[0], best) else best


def _is_named_affair(text: str, match: re.Match[str]) -> bool:
    """Whether a noun is part of a name: "the Ukraine conflict" is a matter, no change of a relation."""
    before = text[: match.start()].split()[-1:]
    noun = _AFFAIR.fullmatch(match[0])
    return bool(noun and before and before[0][:1].isupper() and len(text[: match.start()].split()) > 1)


def _goes_on(text: str, hold: Part, other: Part) -> bool:
    """Whether a change itself is what goes on: "will keep improving"."""
    return 0 <= other.start - hold.end <= 4 and bool(_CHANGING.match(text[other.start : other.end]))


def _is_kept(text: str, hold: Part, other: Part) -> bool:
    """Whether something that stays as it is is meant: "the quarrel will remain under control"."""
    return not re.search(r"[,;]", text[min(hold.start, other.start) : max(hold.end, other.end)])


def _nearest(estimates: Sequence[Estimate], change: Part | None) -> Estimate | None:
    if not estimates:
        return None
    if change is None:
        return estimates[0]
    return min(estimates, key=lambda one: max(change.start - one.end, one.start - change.end))


def _is_denied(text: str, change: Part, estimate: Estimate | None) -> bool:
    start = max(0, change.start - _REACH)
    before = text[start : change.start]
    if clause := max(
        (m.end() for m in re.finditer(r"[;.]\s|, (?:but|and|while|though|yet|although)\b", before)), default=0
    ):
        before = before[clause:]
    if estimate and estimate.end <= change.start:
        before = before.replace(estimate.text, " ")
    if _NOT_DENIED.search(text[max(0, change.start - 40) : change.end + 40]):
        return False
    before = _OTHER_DENIAL.sub(" ", before)
    denials = len(_DENIAL.findall(before))
    if change.what != "hold" or _LASTING.search(change.text):
        denials += len(_DENIAL.findall(change.text))
    after = change.what != "hold" and bool(_DENIAL_AFTER.match(text[change.end :]))
    return (denials % 2 == 1) != after


def _within(place: int, parts: Sequence[Part]) -> bool:
    return any(part.start <= place < part.end for part in parts)


@cache
def _directions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["direction"], re.compile(rf"\b(?:{row['pattern']})", re.IGNORECASE))
        for row in read_data("direction_words")
    )


@cache
def _drivers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["driver"], re.compile(rf"\b(?:{row['pattern']})(?!\w)")) for row in read_data("driver_words"))
