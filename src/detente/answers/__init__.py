"""Answers to programs: what is known of a relation as plain values, cut to a size, each with its sources.

In come questions in plain words; out come dictionaries that are JSON as they stand. Nothing here knows over which wire
an answer goes, and nothing is written: not to the store, not to the ledger.
"""

from __future__ import annotations

from detente.answers.budget import BUDGETS, DETAILS, LARGEST_RESULT, count_tokens, write_compact
from detente.answers.changes import explain_change
from detente.answers.countries import resolve_country
from detente.answers.draft import ANSWERS_VERSION
from detente.answers.events import pair_events
from detente.answers.judged import list_assessments
from detente.answers.outlooks import forecast_pair
from detente.answers.record import show_scorecard
from detente.answers.series import pair_series
from detente.answers.status import pair_status
from detente.answers.worlds import Worlds

__all__ = [
    "ANSWERS_VERSION",
    "BUDGETS",
    "DETAILS",
    "LARGEST_RESULT",
    "Worlds",
    "count_tokens",
    "explain_change",
    "forecast_pair",
    "list_assessments",
    "pair_events",
    "pair_series",
    "pair_status",
    "resolve_country",
    "show_scorecard",
    "write_compact",
]
