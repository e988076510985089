"""The codebook's own linter: findings about its data files, none when all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from detente.codebook import crosswalk
from detente.codebook.events import quads
from detente.codebook.reading import read_data
from detente.domain.tables import QUADS, ROLES, THEMES

_MOST_INTENSE = 10_000
_STATUSES = ("state", "disputed", "territory", "historic")


def check_codebook() -> list[str]:
    """All findings, each naming the file and the entry."""
    return [
        *_check_events(),
        *_check_moves(),
        *_check_themes(),
        *_check_roles(),
        *_check_speakers(),
        *_check_states(),
    ]


def _check_events() -> list[str]:
    findings = [f"event_types: {name} has quad {quad!r}" for name, quad in quads().items() if quad not in QUADS]
    for name in ("cameo", "weis"):
        rows = read_data(name)
        findings += [
            f"{name}: {code} stands {n} times" for code, n in Counter(r["code"] for r in rows).items() if n > 1
        ]
        for row in rows:
            if row["event_type"] and row["event_type"] not in quads():
                findings.append(f"{name}: {row['code']} has unknown type {row['event_type']!r}")
            if not _is_intensity(row["intensity_milli"]):
                findings.append(f"{name}: {row['code']} has intensity {row['intensity_milli']!r}")
            if not row["label"]:
                findings.append(f"{name}: {row['code']} has no label")
    return findings


def _check_moves() -> list[str]:
    """Moves in plain words have a code with a type, a verb, and a label that is itself understood as that move."""
    typed = {row["code"] for row in read_data("cameo") if row["event_type"]}
    rows = read_data("moves")
    doubled = Counter((row["verbs"], row["objects"]) for row in rows)
    findings = [f"moves: {verbs} {objects} stands {n} times" for (verbs, objects), n in doubled.items() if n > 1]
    for row in rows:
        if row["code"] not in typed:
            findings.append(f"moves: {row['label']!r} has no code with a type, {row['code']!r}")
        if not row["verbs"] or not row["label"]:
            findings.append(f"moves: a row of {row['code']} has no verb or no label")
    return findings


def _is_intensity(text: str) -> bool:
    return text.removeprefix("-").isdigit() and abs(int(text)) <= _MOST_INTENSE


def _check_roles() -> list[str]:
    rows = read_data("roles")
    doubled = Counter((row["kind"], row["key"]) for row in rows)
    return [
        *(f"roles: {row['key']} has unknown role {row['role']!r}" for row in rows if row["role"] not in ROLES),
        *(f"roles: {kind} {key} stands {n} times" for (kind, key), n in doubled.items() if n > 1),
    ]


def _check_themes() -> list[str]:
    """A prefix stands once, begins a code of CAMEO, names a known theme (or none, to take one back)."""
    rows = read_data("themes")
    codes = [row["code"] for row in read_data("cameo")]
    findings = [
        f"themes: {prefix} stands {n} times" for prefix, n in Counter(r["prefix"] for r in rows).items() if n > 1
    ]
    themes = {row["prefix"]: row["theme"] for row in rows}
    for prefix, theme in themes.items():
        if theme and theme not in THEMES:
            findings.append(f"themes: {prefix} has unknown theme {theme!r}")
        if not theme and not any(prefix[:length] in themes for length in range(2, len(prefix))):
            findings.append(f"themes: {prefix} takes back a theme that nothing gives it")
        if not any(code.startswith(prefix) for code in codes):
            findings.append(f"themes: no CAMEO code begins with {prefix}")
    return findings


def _check_speakers() -> list[str]:
    """Spells of one name do not overlap and end after they begin; role and state are known."""
    rows = read_data("speakers")
    iso3s = {row["iso3"] for row in read_data("states")}
    findings = []
    for row in rows:
        if row["role"] and row["role"] not in ROLES:
            findings.append(f"speakers: {row['name']} has unknown role {row['role']!r}")
        if row["state"] not in iso3s:
            findings.append(f"speakers: {row['name']} has unknown state {row['state']!r}")
        if not row["since"] or not row["office"] or (row["until"] and row["until"] < row["since"]):
            findings.append(f"speakers: {row['name']} has no office, no first day or an end before it")
    for one, other in combinations(rows, 2):
        is_apart = (one["until"] or "9999") < other["since"] or (other["until"] or "9999") < one["since"]
        if one["name"] == other["name"] and not is_apart:
            findings.append(f"speakers: {one['name']} has two offices at one time")
    return findings


def _check_states() -> list[str]:
    rows = read_data("states")
    findings = [f"states: {iso3} stands {n} times" for iso3, n in Counter(r["iso3"] for r in rows).items() if n > 1]
    known = {row["iso3"] for row in rows}
    for row in rows:
        if row["successor"] and row["successor"] not in known:
            findings.append(f"states: {row['iso3']} has unknown successor {row['successor']!r}")
        if (row["status"] == "historic") != bool(row["valid_to"]):
            findings.append(f"states: {row['iso3']} is {row['status']} with end {row['valid_to']!r}")
        if row["status"] not in _STATUSES:
            findings.append(f"states: {row['iso3']} has unknown status {row['status']!r}")
        missing = [field for field in ("name", "demonym", "capital", "region") if not row[field]]
        if row["status"] == "state" and missing:
            findings.append(f"states: {row['iso3']} has no {', '.join(missing)}")
    return [*findings, *_check_shared_codes(rows), *_check_names(rows)]


def _check_shared_codes(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Rows that share a code must have spells that do not overlap; a region's code is no state's."""
    holders: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        for family in crosswalk.FAMILIES:
            for code in crosswalk.split_cell(row[family]):
                holders.setdefault((family, code), []).append(row)
    findings = [
        f"states: {family} {code} means {one['iso3']} and {other['iso3']} at one time"
        for (family, code), sharing in holders.items()
        for one, other in combinations(sharing, 2)
        if _overlap(one, other)
    ]
    regions = [(row["family"], row["code"]) for row in read_data("not_states")]
    return findings + [
        f"not_states: {family} {code} is a state" for family, code in regions if (family, code) in holders
    ]


def _overlap(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    (first, last), (other_first, other_last) = crosswalk.spell(one), crosswalk.spell(other)
    return first <= other_last and other_first <= last


def _check_names(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """A name means one state among those of its time."""
    bearers: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        texts = (row["iso3"], row["name"], *crosswalk.split_cell(row["aliases"]))
        for name in sorted({crosswalk.fold_name(text) for text in texts}):
            bearers.setdefault(name, []).append(row)
    return [
        f"states: the name {name!r} means {one['iso3']} and {other['iso3']} at one time"
        for name, sharing in bearers.items()
        for one, other in combinations(sharing, 2)
        if _overlap(one, other)
    ]
