"""The codebook's own linter: findings about its data files, none when all is well."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from detente.codebook import crosswalk
from detente.codebook.events import quads
from detente.codebook.reading import read_data
from detente.domain.tables import QUADS, ROLES

_MOST_INTENSE = 10_000


def check_codebook() -> list[str]:
    """All findings, each naming the file and the entry."""
    return [*_check_events(), *_check_roles(), *_check_states()]


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
            if abs(int(row["intensity_milli"])) > _MOST_INTENSE:
                findings.append(f"{name}: {row['code']} has intensity {row['intensity_milli']}")
            if not row["label"]:
                findings.append(f"{name}: {row['code']} has no label")
    return findings


def _check_roles() -> list[str]:
    return [
        f"roles: {row['key']} has unknown role {row['role']!r}"
        for row in read_data("roles")
        if row["role"] not in ROLES
    ]


def _check_states() -> list[str]:
    rows = read_data("states")
    findings = [f"states: {iso3} stands {n} times" for iso3, n in Counter(r["iso3"] for r in rows).items() if n > 1]
    known = {row["iso3"] for row in rows}
    for row in rows:
        if row["successor"] and row["successor"] not in known:
            findings.append(f"states: {row['iso3']} has unknown successor {row['successor']!r}")
        if (row["status"] == "historic") != bool(row["valid_to"]):
            findings.append(f"states: {row['iso3']} is {row['status']} with end {row['valid_to']!r}")
    present = [row for row in rows if row["status"] != "historic"]
    for family in ("iso2", *crosswalk.FAMILIES[2:]):
        codes = Counter(code for row in present for code in row[family].split(";") if code)
        findings += [f"states: {family} {code} means {n} present states" for code, n in codes.items() if n > 1]
    names = Counter(
        name
        for row in present
        for name in {crosswalk.fold_name(text) for text in (row["name"], *row["aliases"].split(";")) if text}
    )
    findings += [f"states: the name {name!r} means {n} present states" for name, n in names.items() if n > 1]
    for row in rows:
        for field in ("valid_from", "valid_to"):
            if row[field]:
                dt.date.fromisoformat(row[field])
    return findings
