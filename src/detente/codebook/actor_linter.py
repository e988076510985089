"""Findings about the data files of actors: leaders, names, institution words; none when all is well."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import combinations

from detente.codebook.actor_names import KINDS
from detente.codebook.crosswalk import codes_to_iso3, spell
from detente.codebook.leaders import OFFICES, Spell, leaders_card, spells
from detente.codebook.reading import read_data
from detente.domain.tables import ROLES

#: An office without a known holder for longer than this is listed as a gap.
_LONG_GAP = dt.timedelta(days=366)


def check_actors() -> list[str]:
    """All findings, each naming the file and the entry."""
    return [*_check_spells(), *_check_overlaps(), *_check_names(), *_check_words()]


def leader_gaps() -> list[tuple[str, str, dt.date, dt.date]]:
    """Gaps of more than a year between two holders: state, office, last day before, first day after."""
    return [
        (one.iso3, one.office, one.last, other.first)
        for one, other in zip(spells(), spells()[1:], strict=False)
        if (one.iso3, one.office) == (other.iso3, other.office) and one.last and other.first - one.last > _LONG_GAP
    ]


def _check_spells() -> list[str]:
    known = codes_to_iso3("iso3")
    findings = [f"leaders: {s.name} is of unknown state {s.iso3!r}" for s in spells() if s.iso3 not in known]
    findings += [f"leaders: {s.name} has unknown office {s.office!r}" for s in spells() if s.office not in OFFICES]
    findings += [
        f"leaders: {s.name} ({s.iso3}) ends before the start" for s in spells() if s.latest and s.latest < s.earliest
    ]
    doubled = Counter((s.iso3, s.office, s.earliest) for s in spells())
    findings += [f"leaders: {key} stands {n} times" for key, n in doubled.items() if n > 1]
    if not isinstance(leaders_card().get("as_known_on"), dt.date):
        findings.append("leaders: the card has no as_known_on date")
    return findings


def _check_overlaps() -> list[str]:
    held: dict[tuple[str, str], list[Spell]] = {}
    for one in spells():
        held.setdefault((one.iso3, one.office), []).append(one)
    return [
        f"leaders: {one.name} and {other.name} are both {office} of {iso3}"
        for (iso3, office), holders in held.items()
        for one, other in combinations(holders, 2)
        if one.first <= (other.last or dt.date.max)
        and other.first <= (one.last or dt.date.max)
        and one.first <= (one.last or dt.date.max)
        and other.first <= (other.last or dt.date.max)
    ]


def _check_names() -> list[str]:
    rows, known = read_data("actor_names"), codes_to_iso3("iso3")
    findings = [
        f"actor_names: {r['text']} is of unknown state {r['iso3']!r}"
        for r in rows
        if r["iso3"] and r["iso3"] not in known
    ]
    findings += [f"actor_names: {r['text']} has unknown role {r['role']!r}" for r in rows if r["role"] not in ROLES]
    findings += [f"actor_names: {r['text']} has unknown kind {r['kind']!r}" for r in rows if r["kind"] not in KINDS]
    findings += [
        f"actor_names: {one['text']} means two things at one time"
        for one, other in combinations(rows, 2)
        if one["text"] == other["text"] and spell(one)[0] <= spell(other)[1] and spell(other)[0] <= spell(one)[1]
    ]
    return findings + [f"peoples: unknown state {r['iso3']!r}" for r in read_data("peoples") if r["iso3"] not in known]


def _check_words() -> list[str]:
    rows = read_data("institution_words")
    findings = [
        f"institution_words: {r['text']} has unknown role {r['role']!r}" for r in rows if r["role"] not in ROLES
    ]
    findings += [
        f"institution_words: {r['text']} has unknown office {r['office']!r}"
        for r in rows
        if r["office"] and r["office"] not in OFFICES
    ]
    return findings + [
        f"institution_words: {t} stands {n} times" for t, n in Counter(r["text"] for r in rows).items() if n > 1
    ]
