"""Events to measures of a relation: weeks, level, status, reasons, moves, exchanges, reciprocity. Pure functions."""

from __future__ import annotations

from detente.relations.answers import Answer, respond_to_move
from detente.relations.arenas import ARENAS_RULE, arena_tables, explain_by_arena, measure_arenas
from detente.relations.changes import EXPLAIN_MEASURE, Change, Target, explain_measure
from detente.relations.exchanges import EXCHANGES_NAME, build_exchanges
from detente.relations.explain import EXPLAIN, Explanation, explain_change, weightiest_first
from detente.relations.level import LEVEL, filter_local_level, measure_levels, pair_scales
from detente.relations.measure import Guide, Measure, Quantity
from detente.relations.moves import build_moves
from detente.relations.readings import Readings
from detente.relations.reciprocity import (
    RECIPROCITY_NAME,
    Reciprocity,
    measure_reciprocity,
    rank_reciprocity,
)
from detente.relations.registry import REGISTRY, find_measure, measure_pair, measure_pairs
from detente.relations.resampling import share_with_band
from detente.relations.scale import POOL_EVENTS_A_WEEK, WEEKS_FOR_OWN_SCALE
from detente.relations.standing import STANDING, measure_standings, measure_yearly_standings
from detente.relations.status import STATUS, Status, read_status
from detente.relations.voices import VOICES_RULE, measure_voice_gaps, measure_voices, voice_tables
from detente.relations.volume import News
from detente.relations.weeks import CellWeeks, build_weeks, lay_out_weeks, weekly_news

__all__ = [
    "ARENAS_RULE",
    "EXCHANGES_NAME",
    "EXPLAIN",
    "EXPLAIN_MEASURE",
    "LEVEL",
    "POOL_EVENTS_A_WEEK",
    "RECIPROCITY_NAME",
    "REGISTRY",
    "STANDING",
    "STATUS",
    "VOICES_RULE",
    "WEEKS_FOR_OWN_SCALE",
    "Answer",
    "CellWeeks",
    "Change",
    "Explanation",
    "Guide",
    "Measure",
    "News",
    "Quantity",
    "Readings",
    "Reciprocity",
    "Status",
    "Target",
    "arena_tables",
    "build_exchanges",
    "build_moves",
    "build_weeks",
    "explain_by_arena",
    "explain_change",
    "explain_measure",
    "filter_local_level",
    "find_measure",
    "lay_out_weeks",
    "measure_arenas",
    "measure_levels",
    "measure_pair",
    "measure_pairs",
    "measure_reciprocity",
    "measure_standings",
    "measure_voice_gaps",
    "measure_voices",
    "measure_yearly_standings",
    "pair_scales",
    "rank_reciprocity",
    "read_status",
    "respond_to_move",
    "share_with_band",
    "voice_tables",
    "weekly_news",
    "weightiest_first",
]
