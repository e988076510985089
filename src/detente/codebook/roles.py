"""Who acts for a state: sectors, role codes and names to the ten roles.

Sector lists of a provider go out of date and name parties beside offices, so that heads of government may pass for
rebels. ``speakers`` names those whose office is a matter of record, with its first and last day; it counts before
anything else, and such a name has no role outside its days.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING

from detente.codebook.reading import read_data

if TYPE_CHECKING:
    import polars as pl

#: Where several sectors are named, the most telling one counts: a defence minister is "Executive, Military" and acts
#: for the executive; a party list names parties beside the office. Earlier wins.
PRECEDENCE = (
    "international organisation",
    "armed group",
    "legislature",
    "judiciary",
    "opposition",
    "military",
    "executive",
    "business",
    "media",
    "civil society",
)
#: Sectors that say an actor holds executive office even where it is also in a party or a parliament.
_OFFICE = frozenset({"Executive", "Executive Office", "Foreign Ministry"})
_NAMES = (
    (
        re.compile(r"^(Head of Government|Foreign Affairs|Government|Presidential|Ministry|Minister|Cabinet|Police)\b"),
        "executive",
    ),
    (re.compile(r"\b(Ministry|Minister|Embassy|Ambassador)\b"), "executive"),
    (re.compile(r"\b(Military|Army|Navy|Air Force|Armed Forces|Defense Forces|Soldier)\b"), "military"),
    (
        re.compile(r"\b(Parliament|Congress|Senate|Member of Legislative|Legislature|House of Representatives|Duma)\b"),
        "legislature",
    ),
    (re.compile(r"\b(Court|Judge|Attorney General)\b"), "judiciary"),
    (re.compile(r"\b(Rebel|Militant|Insurgent|Armed Gang|Combatant|Extremist|Separatist)\b"), "armed group"),
    (re.compile(r"\b(Business|Company|Bank|Corporation)\b"), "business"),
    (re.compile(r"\b(Media|Journalist|News)\b"), "media"),
    (
        re.compile(r"^(Citizen|Protester|Student|Activist|Refugee|Immigrants|Employee|Villager|Women|Children)\b"),
        "civil society",
    ),
)


@cache
def _keys(kind: str) -> dict[str, str]:
    return {row["key"]: row["role"] for row in read_data("roles") if row["kind"] == kind}


def role_of_cameo(code: str) -> str | None:
    """The role of a three-letter CAMEO role code; None where it names no role."""
    return _keys("cameo").get(code.strip().upper())


@cache
def role_of_sectors(text: str) -> str | None:
    """The role of an ICEWS sector list (comma separated, in any order); None where it names no role.

    Executive office counts first, then ``PRECEDENCE``.
    """
    sectors = [part.strip() for part in text.split(",")]
    if _OFFICE.intersection(sectors):
        return "executive"
    roles = {role for sector in sectors if (role := _keys("sector").get(sector))}
    return next((role for role in PRECEDENCE if role in roles), None)


@cache
def role_of_name(text: str) -> str | None:
    """The role that an actor's name gives away ("Police (India)"); None where it gives none away."""
    generic, bracket, _ = text.partition(" (")
    if bracket and (role := _keys("generic").get(generic)):
        return role
    return next((role for pattern, role in _NAMES if pattern.search(text)), None)


def cameo_roles() -> dict[str, str]:
    """All three-letter role codes."""
    return dict(_keys("cameo"))


def role_of_speaker(name: str, on: dt.date) -> str | None:
    """The role that a known person or body had on a day; None where it had none then, or is not listed."""
    spells = (row for row in read_data("speakers") if row["name"] == name)
    day = on.isoformat()
    held = (row["role"] for row in spells if row["since"] <= day <= (row["until"] or day))
    return next(held, "") or None


@cache
def speakers_table() -> pl.DataFrame:
    """Known persons and bodies with their days: ``name, state, role, office, since, until``; null: none, or no end."""
    import polars as pl  # noqa: PLC0415 - only readers of files need frames

    rows = [{key: value or None for key, value in row.items()} for row in read_data("speakers")]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("name", "state", "role", "office", "since", "until"), pl.String))
    return frame.with_columns(pl.col("since", "until").str.to_date())
