"""Sums by day and dyad that are written beside the events of each batch: a series is read from these alone.

Sums of whole numbers add up exactly, however events were spread over batches. They are kept by the day on which events
were known, too, so that a view as of any day can still be added up from them.
"""

from __future__ import annotations

import polars as pl

#: What a row of sums is about.
KEYS = ("occurred", "known_on", "actor", "recipient", "directed", "event_type")


def sum_up(events: pl.LazyFrame) -> pl.DataFrame:
    """Events of a batch added up, one dyad's rows together."""
    intensity, n = pl.col("intensity_milli"), pl.col("n").clip(lower_bound=1)
    return (
        events.group_by(*KEYS[:1], pl.col("known_at").dt.date().alias("known_on"), *KEYS[2:])
        .agg(
            pl.col("n").sum(),
            pl.col("intensity_milli").clip(lower_bound=0).sum().alias("cooperation_milli"),
            (-pl.col("intensity_milli")).clip(lower_bound=0).sum().alias("conflict_milli"),
            pl.col("lowest_milli").min(),
            (intensity * intensity // n).sum().alias("square_milli"),
        )
        .sort("actor", "recipient", "occurred", "known_on", "directed", "event_type")
        .collect()
    )
