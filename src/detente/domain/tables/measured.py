"""What is measured of a relation: weeks, levels, reasons, moves, and pairs side by side."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, CHANCES, EVENT_TYPE, HORIZON, PAIR, QUADS, RECIPIENT, N
from detente.domain.tables.schema import Column, Table

WEEKS = Table(
    "weeks",
    "Weekly sums of a dyad or a pair, per covered day; weeks end on the as-of day's weekday.",
    (
        PAIR,
        Column("actor", pl.String, "State that acts; null in a pair's row (both directions).", nullable=True),
        Column("recipient", pl.String, "State that receives; null in a pair's row.", nullable=True),
        Column("week_end", pl.Date, "Last day of the week.", "UTC day"),
        Column("covered_days", pl.Int64, "Days of the week that the provider covered.", "days"),
        Column("n", pl.Int64, "Events; null when too few days are covered.", "events", nullable=True),
        Column("cooperation", pl.Float64, "Positive intensities per covered day.", "points a day", nullable=True),
        Column("conflict", pl.Float64, "Negative intensities per covered day, no sign.", "points a day", nullable=True),
        Column("balance", pl.Float64, "Cooperation minus conflict.", "points a day", nullable=True),
        Column(
            "balance_se",
            pl.Float64,
            "Standard error of the balance if events arrive independently (compound Poisson).",
            "points a day",
            nullable=True,
        ),
        Column("conflict_share", pl.Float64, "Conflict / (cooperation + conflict).", "0 to 1", nullable=True),
        Column(
            "news",
            pl.Float64,
            "Events of all other pairs per covered day, none counted beyond the tenth busiest; of bare scores, their "
            "points over 3.3.",
            "events a day",
            nullable=True,
        ),
    ),
)

LEVELS = Table(
    "levels",
    "The relation on a stable scale (`level-v4`), weekly, with 90 % bands; null where the week is a gap.",
    (
        *WEEKS.columns,
        Column("volume", pl.Float64, "Other news as a multiple of what is usual; 1 in a gap.", "ratio"),
        Column("scale", pl.Float64, "The pair's typical absolute balance / volume as of the reading.", "points a day"),
        Column("level_raw", pl.Float64, "asinh(balance / volume / scale) of the week.", "level", nullable=True),
        Column("level", pl.Float64, "The filtered level.", "level", nullable=True),
        Column("level_low", pl.Float64, "Lower end of its 90 % band.", "level", nullable=True),
        Column("level_high", pl.Float64, "Upper end of its 90 % band.", "level", nullable=True),
        Column("cooperation_level", pl.Float64, "asinh(cooperation / volume / scale).", "level", nullable=True),
        Column("conflict_level", pl.Float64, "asinh(conflict / volume / scale).", "level", nullable=True),
    ),
)

REASONS = Table(
    "reasons",
    "What moved a number: contributions that add up to the change they explain.",
    (
        Column("day", pl.Date, "Day of the cell; null for a remainder row.", nullable=True),
        Column("actor", pl.String, "State that acted; null for a remainder row.", nullable=True),
        Column("recipient", pl.String, "State that received; null for a remainder row.", nullable=True),
        EVENT_TYPE,
        Column("n", pl.Int64, "Events in the cell.", "events", nullable=True),
        Column("contribution", pl.Float64, "Share of the change.", "points a day"),
        Column("what", pl.String, "The row in words."),
    ),
)

MOVES = Table(
    "moves",
    "A day's worth of one dyad's behaviour of one quad.",
    (
        Column("occurred", pl.Date, "The day.", "UTC day"),
        ACTOR,
        RECIPIENT,
        Column("quad", pl.String, "Quad class; null for public statements.", nullable=True, allowed=QUADS),
        Column("event_types", pl.String, "PLOVER types in it, the most frequent first."),
        N,
        Column("intensity", pl.Float64, "Sum of the day's intensities.", "Goldstein points"),
        Column("lowest", pl.Float64, "The most hostile single event.", "Goldstein points", nullable=True),
    ),
)

WATCH = Table(
    "watch",
    "Pairs side by side: who moved, and who is likely to move.",
    (
        PAIR,
        Column(
            "status", pl.String, "Level against the pair's own past year; null with too little history.", nullable=True
        ),
        Column("z", pl.Float64, "How unusual the last four weeks are.", "standard deviations", nullable=True),
        Column("recent", pl.Float64, "Mean level of the last four weeks.", "level", nullable=True),
        Column("usual", pl.Float64, "Mean level of the year before them.", "level", nullable=True),
        Column("n_recent", pl.Int64, "Events of the last four weeks.", "events"),
        HORIZON,
        *CHANCES,
    ),
)
