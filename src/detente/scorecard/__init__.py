"""Keeping score: every forecast issued is written down, resolved when it can be, and shown, hits and misses alike.

In come forecasts of a world and the ledger they are written to; out goes the record. Forecasts of the past made later
(replays) are never mixed with those made before the fact.
"""

from __future__ import annotations

from detente.scorecard.asked import Asked, ask
from detente.scorecard.issue import issue, issue_all, issue_brief, open_ledger
from detente.scorecard.ledger import LIVE_RULE, read_issued
from detente.scorecard.provocations import ProvocationCard, read_issued_provocations, score_provocations
from detente.scorecard.record import read_record_sentence, write_summary
from detente.scorecard.resolution import resolve_issued, score_ledger, score_ledger_provocations
from detente.scorecard.scores import Scorecard, build_scorecard
from detente.scorecard.text import write_columns, write_provocations, write_scorecard

__all__ = [
    "LIVE_RULE",
    "Asked",
    "ProvocationCard",
    "Scorecard",
    "ask",
    "build_scorecard",
    "issue",
    "issue_all",
    "issue_brief",
    "open_ledger",
    "read_issued",
    "read_issued_provocations",
    "read_record_sentence",
    "resolve_issued",
    "score_ledger",
    "score_ledger_provocations",
    "score_provocations",
    "write_columns",
    "write_provocations",
    "write_scorecard",
    "write_summary",
]
