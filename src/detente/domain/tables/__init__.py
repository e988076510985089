"""The schema of every table that crosses a room: column, type, unit, meaning.

Tables are polars frames. A room checks what it hands over with ``check_table``; the reference page of the docs is
generated from here.
"""

from __future__ import annotations

from detente.domain.tables.answers import ANSWER_CURVES, ANSWERS, KINDS, RECIPROCITY, RESPONSES
from detente.domain.tables.assessed import ASSESSED, ASSESSORS
from detente.domain.tables.backtest import BACKTEST_CASES, BACKTEST_PAIRS
from detente.domain.tables.columns import OUTCOMES, QUADS, ROLES, STATUSES
from detente.domain.tables.drivers import DRIVERS
from detente.domain.tables.exchanges import EXCHANGES
from detente.domain.tables.forecast import FORECASTS, RESOLUTIONS
from detente.domain.tables.hazard import HAZARDS, ISSUED_PROVOCATIONS, PROVOCATION_SCORES, SCORED_PROVOCATIONS
from detente.domain.tables.held import CELLS, CHRONOLOGY, COVERAGE, EVENTS
from detente.domain.tables.level_quantiles import FAN, LEVEL_CASES, LEVEL_QUANTILES, TENTHS
from detente.domain.tables.likely_moves import LIKELY_MOVES
from detente.domain.tables.measured import LEVELS, MOVES, REASONS, WATCH, WEEKS
from detente.domain.tables.measures import MEASURE_REASONS, MEASURES
from detente.domain.tables.mentions import MEDIA, MENTIONS
from detente.domain.tables.parts import ARENA_CHANGES, ARENAS, CELLS_BY_PLACE, CELLS_BY_ROLE, THEMES, VOICE_GAPS, VOICES
from detente.domain.tables.read import ASSESSMENTS, ATTRIBUTIONS
from detente.domain.tables.schema import Column, Table, check_table
from detente.domain.tables.scored import BINS, ISSUED, SCORED, SCORES
from detente.domain.tables.series import SERIES
from detente.domain.tables.slots import SLOTS
from detente.domain.tables.standing import STANDINGS

TABLES: tuple[Table, ...] = (
    EVENTS,
    CELLS,
    SERIES,
    COVERAGE,
    CHRONOLOGY,
    WEEKS,
    LEVELS,
    REASONS,
    MOVES,
    WATCH,
    STANDINGS,
    MEASURES,
    MEASURE_REASONS,
    CELLS_BY_ROLE,
    CELLS_BY_PLACE,
    VOICES,
    VOICE_GAPS,
    ARENAS,
    ARENA_CHANGES,
    ANSWERS,
    ANSWER_CURVES,
    RECIPROCITY,
    RESPONSES,
    EXCHANGES,
    LIKELY_MOVES,
    FORECASTS,
    RESOLUTIONS,
    LEVEL_QUANTILES,
    HAZARDS,
    ISSUED_PROVOCATIONS,
    SCORED_PROVOCATIONS,
    PROVOCATION_SCORES,
    DRIVERS,
    BACKTEST_PAIRS,
    BACKTEST_CASES,
    LEVEL_CASES,
    ISSUED,
    SCORED,
    SCORES,
    BINS,
    ASSESSED,
    ASSESSORS,
    ATTRIBUTIONS,
    ASSESSMENTS,
    SLOTS,
    MENTIONS,
)

__all__ = [
    "ANSWERS",
    "ANSWER_CURVES",
    "ARENAS",
    "ARENA_CHANGES",
    "ASSESSED",
    "ASSESSMENTS",
    "ASSESSORS",
    "ATTRIBUTIONS",
    "BACKTEST_CASES",
    "BACKTEST_PAIRS",
    "BINS",
    "CELLS",
    "CELLS_BY_PLACE",
    "CELLS_BY_ROLE",
    "CHRONOLOGY",
    "COVERAGE",
    "DRIVERS",
    "EVENTS",
    "EXCHANGES",
    "FAN",
    "FORECASTS",
    "HAZARDS",
    "ISSUED",
    "ISSUED_PROVOCATIONS",
    "KINDS",
    "LEVELS",
    "LEVEL_CASES",
    "LEVEL_QUANTILES",
    "LIKELY_MOVES",
    "MEASURES",
    "MEASURE_REASONS",
    "MEDIA",
    "MENTIONS",
    "MOVES",
    "OUTCOMES",
    "PROVOCATION_SCORES",
    "QUADS",
    "REASONS",
    "RECIPROCITY",
    "RESOLUTIONS",
    "RESPONSES",
    "ROLES",
    "SCORED",
    "SCORED_PROVOCATIONS",
    "SCORES",
    "SERIES",
    "SLOTS",
    "STANDINGS",
    "STATUSES",
    "TABLES",
    "TENTHS",
    "THEMES",
    "VOICES",
    "VOICE_GAPS",
    "WATCH",
    "WEEKS",
    "Column",
    "Table",
    "check_table",
]
