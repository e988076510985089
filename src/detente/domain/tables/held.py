"""What is held of the world: events, their sums by day, what was covered, and known events to compare with."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, DIRECTED, EVENT_TYPE, LOWEST, PROVIDER, RECIPIENT, ROLES, SUM, TIME, N
from detente.domain.tables.schema import Column, Table

EVENTS = Table(
    "events",
    "Who did what to whom, when, and since when that is known. One row is one event, or `n` alike events of a day.",
    (
        PROVIDER,
        Column("occurred", pl.Date, "Day on which it is said to have happened.", "UTC day"),
        Column("known_at", TIME, "When the provider published it: the second clock.", "UTC"),
        ACTOR,
        RECIPIENT,
        DIRECTED,
        EVENT_TYPE,
        Column("provider_code", pl.String, "The provider's own event code, as it stands (CAMEO, WEIS).", nullable=True),
        N,
        SUM,
        LOWEST,
        Column("actor_role", pl.String, "Who acts for the state.", nullable=True, allowed=ROLES),
        Column("recipient_role", pl.String, "Who receives for the state.", nullable=True, allowed=ROLES),
        Column("actor_name", pl.String, "The provider's name or code of the actor.", nullable=True),
        Column("recipient_name", pl.String, "The provider's name or code of the recipient.", nullable=True),
        Column("place", pl.String, "Country in which it happened.", "ISO 3166 alpha-3", nullable=True),
        Column("event_key", pl.String, "The provider's own id of the event.", nullable=True),
        Column("locator", pl.String, "Where it can be read: URL, or story id and sentence.", nullable=True),
        Column("line", pl.Int64, "Line of the file it came from.", nullable=True),
        Column("coder", pl.String, "Who coded it, with version where known."),
        Column("confidence", pl.Float64, "The coder's confidence, 0 to 1.", nullable=True),
    ),
)

CELLS = Table(
    "cells",
    "Events added up by day, dyad and type: what measures are made of and what explanations point to.",
    (
        Column("occurred", pl.Date, "Day on which the events are said to have happened.", "UTC day"),
        ACTOR,
        RECIPIENT,
        DIRECTED,
        EVENT_TYPE,
        N,
        Column("cooperation_milli", pl.Int64, "Sum of the positive intensities.", "thousandths of a Goldstein point"),
        Column(
            "conflict_milli",
            pl.Int64,
            "Sum of the negative intensities, without the sign.",
            "thousandths of a Goldstein point",
        ),
        LOWEST,
        Column(
            "square_milli",
            pl.Float64,
            "Sum of squared intensities (taken as alike within a stored row): what bands are made of.",
            "squared thousandths of a Goldstein point",
        ),
    ),
)

COVERAGE = Table(
    "coverage",
    "What a provider covered, day by day. A day that is not covered is a gap, never a zero.",
    (
        PROVIDER,
        Column("day", pl.Date, "The day.", "UTC day"),
        Column("rows", pl.Int64, "Rows of the provider's files about that day, whoever acted.", "rows"),
        Column("known_at", TIME, "When that was known.", "UTC"),
        Column(
            "status",
            pl.String,
            "present; thin (far fewer rows than usual for this provider, treated as a gap); absent.",
            allowed=("present", "thin", "absent"),
        ),
    ),
)

CHRONOLOGY = Table(
    "chronology",
    "Well-known dated events, in our own words, used to annotate charts.",
    (
        Column("day", pl.Date, "The day it happened.", "UTC day"),
        ACTOR,
        RECIPIENT,
        Column(
            "direction",
            pl.String,
            "Which side of the figures it should stand out on.",
            allowed=("cooperation", "conflict"),
        ),
        Column("label", pl.String, "A few words for a chart."),
        Column("text", pl.String, "One sentence of fact."),
    ),
)
