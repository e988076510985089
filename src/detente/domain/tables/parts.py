"""What a relation is made of: events added up by who speaks and by where and over what, and the measures of both."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, DIRECTED, EVENT_TYPE, PAIR, RECIPIENT, ROLES, N
from detente.domain.tables.schema import Column, Table

#: What the events of an arena are about, as far as the event's code says.
THEMES = (
    "talks and ties",
    "trade and aid",
    "security",
    "law and order",
    "rights and rule",
)
_MILLI = "thousandths of a Goldstein point"
_OCCURRED = Column("occurred", pl.Date, "Day on which the events are said to have happened.", "UTC day")
_SUMS = (
    N,
    Column("cooperation_milli", pl.Int64, "Sum of the positive intensities.", _MILLI),
    Column("conflict_milli", pl.Int64, "Sum of the negative intensities, without the sign.", _MILLI),
    Column(
        "square_milli",
        pl.Float64,
        "Sum of squared intensities (taken as alike within a stored row): what bands are made of.",
        "squared thousandths of a Goldstein point",
    ),
)
_ROLE = Column("role", pl.String, "Who acts for the state; null where no one is named.", nullable=True, allowed=ROLES)
_FROM = Column("from_day", pl.Date, "First day of the window.", "UTC day")
_TO = Column("to_day", pl.Date, "Last day of the window: the as-of day.", "UTC day")
_ARENA = Column(
    "arena",
    pl.String,
    "The place (ISO 3166 alpha-3) or the theme; null for events whose place or theme is not known.",
    nullable=True,
)
_KIND = Column("kind", pl.String, "What the arenas are.", allowed=("place", "theme"))
_SOIL = Column(
    "soil",
    pl.String,
    "Whose ground a place is; null for themes and for events without a known place.",
    nullable=True,
    allowed=("own", "third"),
)


def _banded(name: str, meaning: str, unit: str) -> tuple[Column, Column, Column]:
    """A number that is null with too little evidence, and the ends of its 90 % band."""
    return (
        Column(name, pl.Float64, meaning, unit, nullable=True),
        Column(f"{name}_low", pl.Float64, "Lower end of its 90 % band.", unit, nullable=True),
        Column(f"{name}_high", pl.Float64, "Upper end of its 90 % band.", unit, nullable=True),
    )


CELLS_BY_ROLE = Table(
    "cells_by_role",
    "Events added up by day, dyad and who acts for the state: what voices are made of.",
    (_OCCURRED, ACTOR, RECIPIENT, DIRECTED, _ROLE, *_SUMS),
)

CELLS_BY_PLACE = Table(
    "cells_by_place",
    "Events added up by day, dyad, event code and place: what arenas are made of.",
    (
        _OCCURRED,
        ACTOR,
        RECIPIENT,
        DIRECTED,
        EVENT_TYPE,
        Column("provider_code", pl.String, "The provider's own event code, as it stands.", nullable=True),
        Column("place", pl.String, "Country in which it happened.", "ISO 3166 alpha-3", nullable=True),
        *_SUMS,
    ),
)

VOICES = Table(
    "voices",
    "How each branch of a state behaves towards the other state (`voices-v1`), over a window up to the as-of day.",
    (
        PAIR,
        ACTOR,
        RECIPIENT,
        _ROLE,
        _FROM,
        _TO,
        N,
        Column("share", pl.Float64, "Share of the dyad's events in the window.", "0 to 1"),
        *_banded("cooperation", "Positive intensity of the mean event.", "Goldstein points an event"),
        *_banded("conflict", "Negative intensity of the mean event, without the sign.", "Goldstein points an event"),
        *_banded("tone", "Cooperation minus conflict.", "Goldstein points an event"),
    ),
)

VOICE_GAPS = Table(
    "voice_gaps",
    "How far the executive and the legislature of a state stand apart towards the other state (`voices-v1`).",
    (
        PAIR,
        ACTOR,
        RECIPIENT,
        _FROM,
        _TO,
        Column("n_executive", pl.Int64, "Events of the executive in the window.", "events"),
        Column("n_legislature", pl.Int64, "Events of the legislature in the window.", "events"),
        *_banded("gap", "Tone of the executive minus tone of the legislature.", "Goldstein points an event"),
    ),
)

ARENAS = Table(
    "arenas",
    "Where, or over what, two states cooperate and clash (`arenas-v1`), over a window up to the as-of day.",
    (
        PAIR,
        _KIND,
        _ARENA,
        _SOIL,
        _FROM,
        _TO,
        N,
        *_banded("cooperation_share", "Share of the pair's cooperation whose arena is known.", "0 to 1"),
        *_banded("conflict_share", "Share of the pair's conflict whose arena is known.", "0 to 1"),
    ),
)

ARENA_CHANGES = Table(
    "arena_changes",
    "Which arena moved the balance (`arenas-v1`): contributions that add up to the change between two windows.",
    (
        PAIR,
        _KIND,
        _ARENA,
        _SOIL,
        Column("from_day", pl.Date, "First day that can be compared.", "UTC day"),
        _TO,
        N,
        Column("recent_days", pl.Int64, "Days of the recent window that can be compared.", "days"),
        Column("usual_days", pl.Int64, "Days of the window before that can be compared.", "days"),
        Column("recent", pl.Float64, "Balance of the arena in the recent window.", "points a day"),
        Column("usual", pl.Float64, "Balance of the arena in the window before.", "points a day"),
        Column("change", pl.Float64, "Recent minus usual: the arena's share of the change.", "points a day"),
        Column("change_low", pl.Float64, "Lower end of its 90 % band.", "points a day"),
        Column("change_high", pl.Float64, "Upper end of its 90 % band.", "points a day"),
    ),
)
