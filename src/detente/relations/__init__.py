"""Events to measures of a relation: weeks, level, status, explanations, moves. Pure functions of tables."""

from __future__ import annotations

from detente.relations.compared import STANDING, measure_standings, measure_yearly_standings
from detente.relations.explain import EXPLAIN, Explanation, explain_change
from detente.relations.level import LEVEL, filter_local_level, measure_levels, pair_scales
from detente.relations.moves import build_moves
from detente.relations.status import STATUS, Status, read_status
from detente.relations.weeks import build_weeks

__all__ = [
    "EXPLAIN",
    "LEVEL",
    "STANDING",
    "STATUS",
    "Explanation",
    "Status",
    "build_moves",
    "build_weeks",
    "explain_change",
    "filter_local_level",
    "measure_levels",
    "measure_standings",
    "measure_yearly_standings",
    "pair_scales",
    "read_status",
]
