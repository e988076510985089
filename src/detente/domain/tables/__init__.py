"""The schema of every table that crosses a room: column, type, unit, meaning.

Tables are polars frames. A room checks what it hands over with ``check_table``; the reference page of the docs is
generated from here.
"""

from __future__ import annotations

from detente.domain.tables.columns import OUTCOMES, QUADS, ROLES, STATUSES
from detente.domain.tables.forecast import FORECASTS, RESOLUTIONS
from detente.domain.tables.held import CELLS, CHRONOLOGY, COVERAGE, EVENTS
from detente.domain.tables.measured import LEVELS, MOVES, REASONS, WATCH, WEEKS
from detente.domain.tables.read import ASSESSMENTS, ATTRIBUTIONS
from detente.domain.tables.schema import Column, Table, check_table

TABLES: tuple[Table, ...] = (
    EVENTS,
    CELLS,
    COVERAGE,
    WEEKS,
    LEVELS,
    REASONS,
    FORECASTS,
    RESOLUTIONS,
    MOVES,
    WATCH,
    CHRONOLOGY,
    ATTRIBUTIONS,
    ASSESSMENTS,
)

__all__ = [
    "ASSESSMENTS",
    "ATTRIBUTIONS",
    "CELLS",
    "CHRONOLOGY",
    "COVERAGE",
    "EVENTS",
    "FORECASTS",
    "LEVELS",
    "MOVES",
    "OUTCOMES",
    "QUADS",
    "REASONS",
    "RESOLUTIONS",
    "ROLES",
    "STATUSES",
    "TABLES",
    "WATCH",
    "WEEKS",
    "Column",
    "Table",
    "check_table",
]
