"""Answers for programs, as plain values built from the front door: what the web site and other servers have in common.

In come names, days and texts; out come dictionaries, lists and frames, each with its day, source and rules.
Everything is read, and nothing is written.
"""

from __future__ import annotations

from detente.replies.atlas import DEFAULT_STATE, freshness_reply, pair_name, relations_reply, watch_reply
from detente.replies.desk import Desk, Shelf
from detente.replies.detail import build_detail
from detente.replies.events import PAGE_ROWS, events_reply, week_of
from detente.replies.holdings import holdings_reply
from detente.replies.reading import LONGEST_TEXT, read_reply
from detente.replies.record import backtest_reply, record_reply
from detente.replies.search import find_pairs, read_two
from detente.replies.series import PAIR_SERIES, WORLD_SERIES, find_pair_series, find_world_series
from detente.replies.warm import WarmWorld

__all__ = [
    "DEFAULT_STATE",
    "LONGEST_TEXT",
    "PAGE_ROWS",
    "PAIR_SERIES",
    "WORLD_SERIES",
    "Desk",
    "Shelf",
    "WarmWorld",
    "backtest_reply",
    "build_detail",
    "events_reply",
    "find_pair_series",
    "find_pairs",
    "find_world_series",
    "freshness_reply",
    "holdings_reply",
    "pair_name",
    "read_reply",
    "read_two",
    "record_reply",
    "relations_reply",
    "watch_reply",
    "week_of",
]
