"""Closed lists of values, and the columns that several tables have, each with one meaning."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.schema import Column

TIME = pl.Datetime("us")

QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
ROLES = (
    "executive",
    "legislature",
    "military",
    "judiciary",
    "opposition",
    "business",
    "media",
    "civil society",
    "armed group",
    "international organisation",
)
OUTCOMES = ("deteriorate", "hold", "improve")
STATUSES = ("worse than usual", "usual", "better than usual")

PROVIDER = Column("provider", pl.String, "Who publishes the data: the id of a source card.")
ACTOR = Column("actor", pl.String, "State that acts.", "ISO 3166 alpha-3")
RECIPIENT = Column("recipient", pl.String, "State that receives.", "ISO 3166 alpha-3")
PAIR = Column("pair", pl.String, "Pair id: both ISO 3166 alpha-3 codes in alphabetical order, RUS-USA.")
EVENT_TYPE = Column(
    "event_type", pl.String, "PLOVER type; null for statements without one and for bare scores.", nullable=True
)
N = Column("n", pl.Int64, "Number of events that the row stands for.", "events")
SUM = Column(
    "intensity_milli",
    pl.Int64,
    "Sum of the intensities of the row's events; an integer, so that sums are exact on every engine.",
    "thousandths of a Goldstein point",
)
LOWEST = Column(
    "lowest_milli",
    pl.Int64,
    "Intensity of the most hostile single event in the row; null when the provider gives sums only.",
    "thousandths of a Goldstein point",
    nullable=True,
)
DIRECTED = Column("directed", pl.Boolean, "False where the provider does not say who acts towards whom.")
ORIGIN = Column("origin", pl.Date, "Day at whose end the forecast is made; only what was known then is used.")
HORIZON = Column("horizon_weeks", pl.Int64, "How far ahead.", "weeks")
#: The three probabilities of an answer, and the ends of their bands.
CHANCES = (
    *(Column(f"p_{outcome}", pl.Float64, f"Probability of `{outcome}`.", "0 to 1") for outcome in OUTCOMES),
    *(
        Column(f"p_{outcome}_{end}", pl.Float64, f"{side} end of its 90 % band.", "0 to 1")
        for outcome in OUTCOMES
        for end, side in (("low", "Lower"), ("high", "Upper"))
    ),
)
