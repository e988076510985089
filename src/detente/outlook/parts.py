"""Who speaks, where and over what: voices and arenas of a pair for a brief, where there is evidence enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from detente import relations
from detente.domain.actors import Pair
from detente.domain.tables import ARENA_CHANGES, ARENAS, VOICE_GAPS, VOICES
from detente.outlook.sides import arena_name
from detente.outlook.words import format_change, format_number, sentence_name, short_name

VOICE_HEADS = ("Who", "Cooperation", "Conflict", "Events")
VOICE_NOTE = "Goldstein points for the mean event of the last 26 weeks, with 90 % bands; the most quoted branches."
ARENA_HEADS = ("Arena", "Of cooperation", "Of conflict", "Moved it by")
ARENA_NOTE = (
    "Shares of what has a known theme or place, last 26 weeks, and what moved the balance, in points a day (places: "
    "over the days on which they are known), with 90 % bands. Themes are read off event codes; a place is the country "
    "that the source found in a report."
)
#: Branches shown for each direction, and third places.
_BRANCHES, _PLACES = 3, 3
#: An arena with less than this share of both sides is not shown.
_FEW = 0.05


@dataclass(frozen=True)
class Parts:
    """What a relation is made of, as far as it is known; no rows where it is not.

    Args:
        voices: Rows of ``voices``.
        gaps: Rows of ``voice_gaps``.
        arenas: Rows of ``arenas``, places and themes.
        changes: Rows of ``arena_changes``, places and themes.
    """

    voices: pl.DataFrame = field(default_factory=VOICES.empty)
    gaps: pl.DataFrame = field(default_factory=VOICE_GAPS.empty)
    arenas: pl.DataFrame = field(default_factory=ARENAS.empty)
    changes: pl.DataFrame = field(default_factory=ARENA_CHANGES.empty)

    @property
    def rules(self) -> tuple[str, ...]:
        """Public names of what made the rows that are shown."""
        voices = (relations.VOICES_RULE,) if voice_report(self) else ()
        return (*voices, relations.ARENAS_RULE) if arena_report(self) else voices

    def as_dict(self) -> dict[str, Any]:
        """All rows, JSON-ready; what is not known is null."""
        tables = {"voices": self.voices, "voice_gaps": self.gaps, "arenas": self.arenas, "arena_changes": self.changes}
        return {
            name: rows.drop("pair").with_columns(pl.selectors.date().cast(pl.String)).to_dicts()
            for name, rows in tables.items()
        }


def measure_parts(roles: pl.DataFrame, places: pl.DataFrame, coverage: pl.DataFrame, pair: Pair, day: dt.date) -> Parts:
    """Voices and arenas of a pair for a brief.

    Args:
        roles: Rows of ``cells_by_role`` of the pair.
        places: Rows of ``cells_by_place`` of the pair.
        coverage: Rows of ``coverage``.
        pair: The two states.
        day: The as-of day.
    """
    arenas = [relations.arena_tables(places, coverage, pair, as_of=day, kind=kind) for kind in ("place", "theme")]
    return Parts(
        *relations.voice_tables(roles, coverage, pair, as_of=day),
        *(pl.concat(tables) for tables in zip(*arenas, strict=True)),
    )


def voice_report(parts: Parts) -> list[tuple[str, str, str, str]]:
    """One row a branch that was heard enough: who, cooperation, conflict, events."""
    heard = parts.voices.drop_nulls(["tone", "role"]).sort("n", descending=True)
    return [
        (
            f"{short_name(row['actor'])} {row['role']} → {short_name(row['recipient'])}",
            _banded(row, "cooperation"),
            _banded(row, "conflict"),
            f"{row['n']:,}",
        )
        for actor in parts.voices["actor"].unique(maintain_order=True)
        for row in heard.filter(actor=actor).head(_BRANCHES).iter_rows(named=True)
    ]


def gap_sentence(parts: Parts) -> str:
    """How far executive and legislature stand apart, where both were heard enough; empty where neither side's were."""
    told = []
    for row in parts.gaps.drop_nulls("gap").iter_rows(named=True):
        side = "milder" if row["gap"] > 0 else "harsher"
        band = f"90 % band {format_change(row['gap_low'])} to {format_change(row['gap_high'])}"
        clear = "" if row["gap_low"] * row["gap_high"] > 0 else ", which is within its band"
        told.append(
            f"the executive of {sentence_name(row['actor'])} is {format_number(abs(row['gap']))} points an event "
            f"{side} than its legislature ({band}){clear}"
        )
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def arena_report(parts: Parts) -> list[tuple[str, str, str, str]]:
    """Themes, then third places, that hold a fair share of either side: arena, both shares, what it moved."""
    moved = {(row["kind"], row["arena"]): row for row in parts.changes.iter_rows(named=True)}
    weighty = parts.arenas.filter(
        pl.max_horizontal("cooperation_share", "conflict_share") >= _FEW, pl.col("arena").is_not_null()
    )
    themes, places = (weighty.filter(kind=kind) for kind in ("theme", "place"))
    chosen = [*themes.iter_rows(named=True), *places.filter(soil="third").head(_PLACES).iter_rows(named=True)]
    return [
        (
            arena_name(row),
            _share(row, "cooperation_share"),
            _share(row, "conflict_share"),
            _moved(moved.get((row["kind"], row["arena"]))),
        )
        for row in chosen
    ]


def _banded(row: Mapping[str, float], name: str) -> str:
    value, low, high = (format_number(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value} ({low}–{high})"


def _share(row: Mapping[str, float | None], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return "–"
    return f"{100 * value:.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def _moved(row: Mapping[str, float] | None) -> str:
    if row is None:
        return "–"
    return f"{format_change(row['change'])} ({format_change(row['change_low'])} to {format_change(row['change_high'])})"
