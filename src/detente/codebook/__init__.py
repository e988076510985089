"""What words mean: event types, intensities, roles and country codes, as data files with their own linter."""

from __future__ import annotations

from detente.codebook.bibliography import reference_of
from detente.codebook.crosswalk import (
    cameo_not_states,
    check_iso3,
    codes_to_iso3,
    demonym,
    find_state,
    iso3_of,
    state_name,
    states,
)
from detente.codebook.events import (
    NO_EVENT_CODES,
    cameo_table,
    intensity_milli_of_quad,
    intensity_milli_of_type,
    phrases,
    quad_of,
    quads,
    weis_table,
)
from detente.codebook.moves import PlainMove, known_moves, read_move
from detente.codebook.regions import region_of
from detente.codebook.roles import (
    cameo_roles,
    role_of_cameo,
    role_of_name,
    role_of_sectors,
    role_of_speaker,
    speakers_table,
)
from detente.codebook.themes import theme_of_cameo

__all__ = [
    "NO_EVENT_CODES",
    "PlainMove",
    "cameo_not_states",
    "cameo_roles",
    "cameo_table",
    "check_iso3",
    "codes_to_iso3",
    "demonym",
    "find_state",
    "intensity_milli_of_quad",
    "intensity_milli_of_type",
    "iso3_of",
    "known_moves",
    "phrases",
    "quad_of",
    "quads",
    "read_move",
    "reference_of",
    "region_of",
    "role_of_cameo",
    "role_of_name",
    "role_of_sectors",
    "role_of_speaker",
    "speakers_table",
    "state_name",
    "states",
    "theme_of_cameo",
    "weis_table",
]
