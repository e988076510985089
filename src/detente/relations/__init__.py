"""Events to measures of a relation: weeks, level, status, explanations, moves. Pure functions of tables."""

from __future__ import annotations

from detente.relations.explain import EXPLAIN, Explanation, explain_change
from detente.relations.level import LEVEL, filter_local_level, measure_levels, pair_scales
from detente.relations.measure import Guide, Measure, Quantity
from detente.relations.moves import build_moves
from detente.relations.readings import Readings
from detente.relations.registry import REGISTRY, find_measure, measure_pair, measure_pairs
from detente.relations.status import STATUS, Status, read_status
from detente.relations.weeks import build_weeks

__all__ = [
    "EXPLAIN",
    "LEVEL",
    "REGISTRY",
    "STATUS",
    "Explanation",
    "Guide",
    "Measure",
    "Quantity",
    "Readings",
    "Status",
    "build_moves",
    "build_weeks",
    "explain_change",
    "filter_local_level",
    "find_measure",
    "measure_levels",
    "measure_pair",
    "measure_pairs",
    "pair_scales",
    "read_status",
]
