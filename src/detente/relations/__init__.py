"""Events to measures of a relation: weeks, level, status, reasons, moves, exchanges, reciprocity. Pure functions."""

from __future__ import annotations

from detente.relations.answers import Answer, respond_to_move
from detente.relations.exchanges import EXCHANGES_NAME, build_exchanges
from detente.relations.explain import EXPLAIN, Explanation, explain_change
from detente.relations.level import LEVEL, filter_local_level, measure_levels, pair_scales
from detente.relations.moves import build_moves
from detente.relations.reciprocity import (
    RECIPROCITY_NAME,
    Reciprocity,
    measure_pairs,
    measure_reciprocity,
    rank_reciprocity,
)
from detente.relations.status import STATUS, Status, read_status
from detente.relations.weeks import build_weeks

__all__ = [
    "EXCHANGES_NAME",
    "EXPLAIN",
    "LEVEL",
    "RECIPROCITY_NAME",
    "STATUS",
    "Answer",
    "Explanation",
    "Reciprocity",
    "Status",
    "build_exchanges",
    "build_moves",
    "build_weeks",
    "explain_change",
    "filter_local_level",
    "measure_levels",
    "measure_pairs",
    "measure_reciprocity",
    "pair_scales",
    "rank_reciprocity",
    "read_status",
    "respond_to_move",
]
