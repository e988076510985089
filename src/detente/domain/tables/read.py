"""What is read in an article: who said what, and what of it judges a pair."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import OUTCOMES
from detente.domain.tables.schema import Column, Table

_SPEAKER = (
    Column("speaker", pl.String, "Who said it: the full name where the text gives one.", nullable=True),
    Column("speaker_text", pl.String, "The speaker as written; empty where another sentence says it."),
    Column(
        "speaker_kind",
        pl.String,
        "What the speaker is.",
        allowed=("expert", "official", "media", "other"),
    ),
    Column("affiliation", pl.String, "The organisation the speaker belongs to.", nullable=True),
    Column("speaker_certain", pl.Boolean, "False where the name was read from another sentence."),
    Column("via", pl.String, "Outlets between the speaker and this text: `interview with X; reported by Y`."),
)
_PLACE = (
    Column("article", pl.String, "The article: its file or address."),
    Column("sentence", pl.Int64, "Place of the sentence in the article, from 0."),
    Column("start", pl.Int64, "First character of the sentence in the article's text.", "characters"),
    Column("end", pl.Int64, "Character after the sentence's last.", "characters"),
)

ATTRIBUTIONS = Table(
    "attributions",
    "Who said what in an article, with places in its text.",
    (
        *_PLACE,
        *_SPEAKER,
        Column("cue", pl.String, "The words that say that it was said.", nullable=True),
        Column("content", pl.String, "What was said; pieces are joined by an ellipsis."),
        Column("spans", pl.String, "Places of source, cue and content pieces, as JSON."),
        Column("coder", pl.String, "Name and version of what read it."),
    ),
)

ASSESSMENTS = Table(
    "assessments",
    "Attributed judgements about a pair: proposals of a coder until reviewed, never events.",
    (
        *_PLACE,
        Column("published", pl.Date, "Day of the article; null where nothing says it.", nullable=True),
        Column("pair", pl.String, "Pair id; null where the text leaves it open.", nullable=True),
        Column("pair_is_said", pl.Boolean, "False where the pair is that of the rest of the article."),
        *_SPEAKER,
        Column(
            "direction",
            pl.String,
            "The change that is spoken of; `none` where none is.",
            allowed=(*OUTCOMES, "none"),
        ),
        Column("denied", pl.Boolean, "Whether the words deny that change."),
        Column("likelihood", pl.String, "The word or number of likelihood, as written.", nullable=True),
        Column("p_low", pl.Float64, "Lower end of the probability of `direction`.", "0 to 1", nullable=True),
        Column("p_high", pl.Float64, "Its upper end.", "0 to 1", nullable=True),
        Column("horizon", pl.String, "How far ahead, as written.", nullable=True),
        Column(
            "horizon_kind",
            pl.String,
            "What kind of horizon it is.",
            nullable=True,
            allowed=("now", "near", "until", "open", "event"),
        ),
        Column("until", pl.Date, "Last day it speaks of, where it has one.", nullable=True),
        Column("conditions", pl.List(pl.String), "On what it is made to depend, as written."),
        Column("drivers", pl.List(pl.String), "What is named as moving the relation."),
        Column("third_parties", pl.List(pl.String), "Other states (ISO3) and organisations named in it."),
        Column("hedges", pl.List(pl.String), "Words that make it less than certain."),
        Column("text", pl.String, "The sentence."),
        Column("coder", pl.String, "Name and version of what read it."),
    ),
)
