"""How states answer each other: directed answers, their course over days, pairs side by side, exchanges."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import ACTOR, PAIR, RECIPIENT
from detente.domain.tables.schema import Column, Table

KINDS = ("cooperation", "conflict")

_KIND = Column("kind", pl.String, "What is answered in kind.", allowed=KINDS)
_ANSWERS = Column("actor", pl.String, "State that answers.", "ISO 3166 alpha-3")
_ANSWERED = Column("recipient", pl.String, "State whose behaviour is answered.", "ISO 3166 alpha-3")

ANSWERS = Table(
    "answers",
    "How strongly and fast one state answers another in kind (`reciprocity-v1`), with 90 % bands.",
    (
        PAIR,
        _ANSWERS,
        _ANSWERED,
        _KIND,
        Column("strength", pl.Float64, "Levels that follow within 7 days on one level of one day.", "level per level"),
        Column("strength_low", pl.Float64, "Lower end of its 90 % band.", "level per level"),
        Column("strength_high", pl.Float64, "Upper end of its 90 % band.", "level per level"),
        Column("p_value", pl.Float64, "Chance of such a strength or more if it were nil or less.", "0 to 1"),
        Column(
            "q_value", pl.Float64, "The same, adjusted for all answers of the table (Benjamini–Hochberg).", "0 to 1"
        ),
        Column(
            "half_life_days",
            pl.Float64,
            "Days by which half of what comes within 14 days has come; null where an answer is not sure.",
            "days",
            nullable=True,
        ),
        Column("half_life_low", pl.Float64, "Lower end of its 90 % band.", "days", nullable=True),
        Column("half_life_high", pl.Float64, "Upper end of its 90 % band.", "days", nullable=True),
        Column("habit", pl.Float64, "What follows on the actor's own earlier behaviour, likewise.", "level per level"),
        Column("same_day", pl.Float64, "Correlation of what is left of both sides on one day: no answer.", "−1 to 1"),
        Column("openings", pl.Int64, "Answered large moves after a quiet week, by either side.", "moves"),
        Column("start_share", pl.Float64, "Share of them that the actor made.", "0 to 1", nullable=True),
        Column("start_share_low", pl.Float64, "Lower end of its 90 % band.", "0 to 1", nullable=True),
        Column("start_share_high", pl.Float64, "Upper end of its 90 % band.", "0 to 1", nullable=True),
        Column("days", pl.Int64, "Days it is measured on.", "days"),
    ),
)

ANSWER_CURVES = Table(
    "answer_curves",
    "An answer by the day after the move: what one level of one day adds on each day of a step, with 90 % bands.",
    (
        PAIR,
        _ANSWERS,
        _ANSWERED,
        _KIND,
        Column("first_day", pl.Int64, "First day of the step after the move.", "days"),
        Column("last_day", pl.Int64, "Last day of the step.", "days"),
        Column("per_day", pl.Float64, "Added on each day of the step.", "level per level"),
        Column("per_day_low", pl.Float64, "Lower end of its 90 % band.", "level per level"),
        Column("per_day_high", pl.Float64, "Upper end of its 90 % band.", "level per level"),
    ),
)

RECIPROCITY = Table(
    "reciprocity",
    "Pairs side by side (`reciprocity-v1`): the mean strength of their answers, the surest first.",
    (
        PAIR,
        Column("strength", pl.Float64, "Mean strength of the pair's answers.", "level per level"),
        Column("strength_low", pl.Float64, "Lower end of its 90 % band.", "level per level"),
        Column("strength_high", pl.Float64, "Upper end of its 90 % band.", "level per level"),
        Column("p_value", pl.Float64, "Chance of such a mean or more if it were nil or less.", "0 to 1"),
        Column("q_value", pl.Float64, "The same, adjusted for all pairs (Benjamini–Hochberg).", "0 to 1"),
        Column("answers", pl.Int64, "How many of the pair's four answers could be measured.", "answers"),
        Column("found", pl.String, "The answers whose 90 % band lies above 0, the surest first; empty for none."),
    ),
)

RESPONSES = Table(
    "responses",
    "What follows a move, day by day, beside what would have been, with 90 % bands (`reciprocity-v1`).",
    (
        Column("day", pl.Int64, "Days after the move.", "days"),
        ACTOR,
        RECIPIENT,
        _KIND,
        Column("level", pl.Float64, "Change of the actor's level.", "level"),
        Column("level_low", pl.Float64, "Lower end of its 90 % band.", "level"),
        Column("level_high", pl.Float64, "Upper end of its 90 % band.", "level"),
        Column("points", pl.Float64, "The same in points, from the actor's usual day.", "points a day"),
        Column("points_low", pl.Float64, "Lower end of its 90 % band.", "points a day"),
        Column("points_high", pl.Float64, "Upper end of its 90 % band.", "points a day"),
    ),
)
