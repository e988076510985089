"""On which days each state did each kind of thing to each other: what likely moves are read from.

In come rows of ``cells_by_place``; a kind is a CAMEO base code where the provider's codes are CAMEO, else the PLOVER
type. Public statements without a type are no moves. What lies after the origin is never looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.codebook import cameo_table, phrases, quad_of, quads
from detente.domain.tables import CELLS_BY_PLACE, COVERAGE, check_table
from detente.errors import QuestionError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: A CAMEO base code has so many digits; what is finer is told too seldom to be forecast.
_BASE_DIGITS = 3


@dataclass(frozen=True)
class Kind:
    """A kind of move.

    Attributes:
        id: CAMEO base code or PLOVER type.
        label: In words.
        event_type: PLOVER type.
        quad: Its quad class.
    """

    id: str
    label: str
    event_type: str
    quad: str


@dataclass(frozen=True)
class MoveDays:
    """Days with a move, by series; a series is an actor, a recipient and a kind. Numbers stand for names in order.

    Attributes:
        first: The first day held; days count from it.
        origin: Position of the last day that counts.
        covered: Which days the provider covered, shape (days,).
        states: ISO 3166 alpha-3 codes.
        kinds: The kinds seen.
        actor: Of each series, shape (series,).
        recipient: Of each series.
        kind: Of each series.
        day: Of each move, ascending, shape (moves,).
        series: Of each move.
    """

    first: dt.date
    origin: int
    covered: npt.NDArray[np.bool_]
    states: tuple[str, ...]
    kinds: tuple[Kind, ...]
    actor: Ints
    recipient: Ints
    kind: Ints
    day: Ints
    series: Ints

    @property
    def key(self) -> Ints:
        """Actor, recipient and kind of each series in one ascending number."""
        return self.number(self.actor, self.recipient, self.kind)

    def number(self, actor: Ints, recipient: Ints, kind: Ints) -> Ints:
        """Actor, recipient and kind in one number."""
        return (actor * len(self.states) + recipient) * len(self.kinds) + kind

    def find(self, actor: Ints, recipient: Ints, kind: Ints) -> Ints:
        """The series of each; one past the last where there is none."""
        wanted, key = self.number(actor, recipient, kind), self.key
        place = np.minimum(np.searchsorted(key, wanted), max(key.size - 1, 0))
        return np.where(key[place] == wanted, place, key.size) if key.size else np.zeros_like(wanted)

    @property
    def quad(self) -> Ints:
        """Quad class of each kind, 0 to 3, shape (kinds,)."""
        order = {name: place for place, name in enumerate(dict.fromkeys(quads().values()))}
        return np.array([order[kind.quad] for kind in self.kinds], dtype=np.int64)


def build_move_days(cells: pl.DataFrame, coverage: pl.DataFrame, origin: dt.date) -> MoveDays:
    """Days with a move up to and including the origin.

    Args:
        cells: Rows of ``cells_by_place`` of all pairs.
        coverage: Rows of ``coverage``.
        origin: The last day used.

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when no day up to the origin is covered.
    """
    check_table(cells, CELLS_BY_PLACE)
    check_table(coverage, COVERAGE)
    present = coverage.filter(pl.col("status") == "present", pl.col("day") <= origin)
    if present.is_empty():
        raise QuestionError(
            f"Likely moves after {origin} were asked for.", "No day up to it is covered.", "Load data, or move the day."
        )
    first: dt.date = present.sort("day")["day"][0]
    covered = np.zeros((origin - first).days + 1, dtype=np.bool_)
    covered[[(day - first).days for day in present["day"]]] = True
    moves = _moves(cells, first, origin)
    return _number(moves, first, covered)


def _moves(cells: pl.DataFrame, first: dt.date, origin: dt.date) -> pl.DataFrame:
    """Distinct ``day, actor, recipient, kind`` of directed cells with a type."""
    base = pl.col("provider_code").str.slice(0, _BASE_DIGITS)
    known = base.is_in(list(_base_labels()))
    kind = pl.when(known).then(base).otherwise(pl.col("event_type")).alias("kind")
    held = cells.lazy().filter(
        "directed", pl.col("event_type").is_not_null(), pl.col("occurred").is_between(first, origin)
    )
    day = (pl.col("occurred") - pl.lit(first)).dt.total_days().alias("day")
    return (
        held.select(day, "actor", "recipient", kind, "event_type")
        .unique(["day", "actor", "recipient", "kind"])
        .collect()
    )


def _number(moves: pl.DataFrame, first: dt.date, covered: npt.NDArray[np.bool_]) -> MoveDays:
    states = tuple(sorted({*moves["actor"], *moves["recipient"]}))
    types = dict(moves.sort("kind", "event_type").select("kind", "event_type").unique("kind", keep="first").iter_rows())
    kinds = tuple(_kind(name, types[name]) for name in sorted(types))
    place = {name: number for number, name in enumerate(states)}
    of_kind = {kind.id: number for number, kind in enumerate(kinds)}
    actor, recipient = (
        moves[name].replace_strict(place, return_dtype=pl.Int64).to_numpy() for name in ("actor", "recipient")
    )
    kind = moves["kind"].replace_strict(of_kind, return_dtype=pl.Int64).to_numpy()
    number = (actor * len(states) + recipient) * len(kinds) + kind
    key, series = np.unique(number, return_inverse=True)
    dyads, kind_of = np.divmod(key, len(kinds))
    actor_of, recipient_of = np.divmod(dyads, len(states))
    day = moves["day"].to_numpy().astype(np.int64)
    order = np.argsort(day, kind="stable")
    return MoveDays(
        first, covered.size - 1, covered, states, kinds, actor_of, recipient_of, kind_of, day[order], series[order]
    )


@cache
def _base_labels() -> dict[str, str]:
    """Labels of CAMEO base codes that have a type."""
    table = cameo_table().filter(pl.col("code").str.len_chars() == _BASE_DIGITS, pl.col("event_type").is_not_null())
    return dict(table.select("code", "label").iter_rows())


def _kind(name: str, event_type: str) -> Kind:
    label = _base_labels().get(name) or phrases()[event_type]
    return Kind(name, label, event_type, quad_of(event_type))
