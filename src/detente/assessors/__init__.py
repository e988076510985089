"""What becomes of what was read: other people's assessments beside our own outlook, kept as proposals, and scored.

In comes a reading of an article; out come the outlook for the same question, records in a chain beside the ledger of
forecasts, and the record of those who judged. Nothing that was read enters the events.
"""

from __future__ import annotations

from detente.assessors.beside import Data, read_beside
from detente.assessors.proposals import make_proposals, open_book, save_reading
from detente.assessors.questions import ASSESSORS_NAME
from detente.assessors.resolution import assess
from detente.assessors.review import CONDITIONS, Proposal, decide, read_proposals
from detente.assessors.scores import AssessorCard, build_assessors, score_assessors
from detente.assessors.text import beside_lines, beside_table, write_assessors, write_proposals

__all__ = [
    "ASSESSORS_NAME",
    "CONDITIONS",
    "AssessorCard",
    "Data",
    "Proposal",
    "assess",
    "beside_lines",
    "beside_table",
    "build_assessors",
    "decide",
    "make_proposals",
    "open_book",
    "read_beside",
    "read_proposals",
    "save_reading",
    "score_assessors",
    "write_assessors",
    "write_proposals",
]
