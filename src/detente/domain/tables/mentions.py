"""Where an event can be read: each article that told of it, the sentence, and the places of the words."""

from __future__ import annotations

import polars as pl

from detente.domain.tables.columns import PROVIDER, TIME
from detente.domain.tables.schema import Column, Table

#: What carried the text, as GDELT tells it.
MEDIA = ("web", "citation", "archive", "report", "journal", "not text")

MENTIONS = Table(
    "mentions",
    "Articles that told of an event. One row is one sentence of one article; an event has many, and an article too.",
    (
        PROVIDER,
        Column("event_key", pl.Int64, "The provider's own id of the event: column `event_key` of `events`."),
        Column("known_at", TIME, "When the provider found the mention: the second clock.", "UTC"),
        Column("medium", pl.String, "What carried the text.", nullable=True, allowed=MEDIA),
        Column("outlet", pl.String, "Who published it.", nullable=True),
        Column("locator", pl.String, "Address of the article, or how it is cited."),
        Column("sentence", pl.Int64, "Number of the sentence; 1 is the lead.", nullable=True),
        Column("actor_offset", pl.Int64, "Where the actor's name stands.", "characters from the start", nullable=True),
        Column("recipient_offset", pl.Int64, "Where the recipient's name stands.", "characters", nullable=True),
        Column("action_offset", pl.Int64, "Where the action's words stand.", "characters", nullable=True),
        Column("confidence", pl.Float64, "The coder's confidence in this reading, 0 to 1.", nullable=True),
        Column("length", pl.Int64, "Length of the article.", "characters", nullable=True),
        Column("tone", pl.Float64, "Tone of the article: negative is bleak.", nullable=True),
        Column("line", pl.Int64, "Line of the file it came from."),
    ),
)
