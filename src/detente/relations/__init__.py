"""Events to measures of a relation: weeks, level, status, explanations, moves. Pure functions of tables."""

from __future__ import annotations

from detente.relations.arenas import ARENAS_RULE, explain_by_arena, measure_arenas
from detente.relations.compared import STANDING, measure_standings, measure_yearly_standings
from detente.relations.explain import EXPLAIN, Explanation, explain_change
from detente.relations.level import LEVEL, filter_local_level, measure_levels, pair_scales
from detente.relations.measure import Guide, Measure, Quantity
from detente.relations.moves import build_moves
from detente.relations.readings import Readings
from detente.relations.registry import REGISTRY, find_measure, measure_pair, measure_pairs
from detente.relations.status import STATUS, Status, read_status
from detente.relations.voices import VOICES_RULE, measure_voice_gaps, measure_voices
from detente.relations.weeks import build_weeks

__all__ = [
    "ARENAS_RULE",
    "EXPLAIN",
    "LEVEL",
    "REGISTRY",
    "STANDING",
    "STATUS",
    "VOICES_RULE",
    "Explanation",
    "Guide",
    "Measure",
    "Quantity",
    "Readings",
    "Status",
    "build_moves",
    "build_weeks",
    "explain_by_arena",
    "explain_change",
    "filter_local_level",
    "find_measure",
    "measure_arenas",
    "measure_levels",
    "measure_pair",
    "measure_pairs",
    "measure_standings",
    "measure_voice_gaps",
    "measure_voices",
    "measure_yearly_standings",
    "pair_scales",
    "read_status",
]
