"""Exchanges: unusual moves paired with the unusual answers to them, named where the chronology names them.

It is the readable form of reciprocity. In come cells, coverage and a chronology; out come rows of ``exchanges``. It
lists what followed what, in kind and in time; whether one was meant as the answer to the other is for the reader.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from detente.domain.actors import Pair
from detente.domain.tables import CELLS, CHRONOLOGY, COVERAGE, EXCHANGES, check_table
from detente.relations.daily import without_joint_acts
from detente.relations.moves import build_moves

#: The public name of this algorithm.
EXCHANGES_NAME = "exchanges-v1"
#: An answer comes within so many days after the move.
ANSWER_WITHIN_DAYS = 14
#: A move is unusual when its like comes at most once in so many days: about twice a month or more seldom. Routine is no
#: exchange.
ONCE_IN_DAYS = 14.0
#: An answer a week later counts half as much; so does one in words to a deed, or a deed to words.
_HALVED_BY_DAYS = 7.0
_OTHER_QUAD = 0.5
#: One event is reported over some days: of exchanges that begin and end this close to a weightier one, none is listed.
_SAME_WITHIN_DAYS = 2
#: A named event is reported on its day and the day after.
_NAMED_WITHIN_DAYS = 1


def build_exchanges(
    cells: pl.DataFrame, coverage: pl.DataFrame, chronology: pl.DataFrame, pair: Pair, *, as_of: dt.date
) -> pl.DataFrame:
    """Pair each unusual move with the weightiest answer in kind that follows within a fortnight.

    A move's rarity is the number of covered days up to the as-of day divided by the number of them on which the same
    dyad did as much or more in the same quad: a day like this comes once in so many. Acts done together (both met) are
    left out. weight = √(rarity of the move · rarity of the answer) · 0.5^(days / 7), halved where a deed is answered by
    words or words by a deed. Each move is answered once at most, and answers one; an answer may open the next exchange.

    Args:
        cells: Rows of ``cells``; those of other pairs are ignored.
        coverage: Rows of ``coverage``.
        chronology: Rows of ``chronology``; events after the as-of day are ignored.
        pair: The pair.
        as_of: The last day used.

    Returns:
        Rows of ``exchanges``, the weightiest first.

    Raises:
        DataError: when a table does not fit its schema.
    """
    check_table(cells, CELLS)
    check_table(coverage, COVERAGE)
    check_table(chronology, CHRONOLOGY)
    present = coverage.filter(pl.col("status") == "present", pl.col("day") <= as_of)["day"].unique()
    both = [pair.a, pair.b]
    own = cells.filter(
        "directed",
        pl.col("actor").is_in(both),
        pl.col("recipient").is_in(both),
        pl.col("occurred").is_in(present.implode()),
    )
    unusual = _unusual_moves(build_moves(without_joint_acts(own)), present.len())
    candidates = _candidates(unusual)
    chosen = candidates[_choose(candidates)] if candidates.height else candidates
    events = chronology.filter(pl.col("day") <= as_of)
    named = _with_names(chosen, events, "actor", "recipient", "moved", "move_event")
    named = _with_names(named, events, "recipient", "actor", "answered", "answer_event")
    exchanges = named.with_columns(pl.lit(pair.id).alias("pair")).select(EXCHANGES.names)
    return check_table(exchanges.sort("weight", "moved", "answered", descending=[True, False, False]), EXCHANGES)


def _unusual_moves(moves: pl.DataFrame, days: int) -> pl.DataFrame:
    """Moves whose day is rare enough for their dyad and quad, with the kind and the rarity."""
    kind = pl.col("quad").str.split(" ").list.last()
    size = pl.when(kind == "conflict").then(-pl.col("intensity")).otherwise(pl.col("intensity"))
    return (
        moves.drop_nulls("quad")
        .with_columns(kind.alias("kind"), size.alias("size"))
        .filter(pl.col("size") > 0)
        .with_columns(pl.col("size").rank("max", descending=True).over("actor", "quad").alias("place"))
        .with_columns((days / pl.col("place")).cast(pl.Float64).alias("once_in"))
        .filter(pl.col("once_in") >= ONCE_IN_DAYS)
    )


def _candidates(moves: pl.DataFrame) -> pl.DataFrame:
    """All moves with all their possible answers, the weightiest first."""
    columns = ("occurred", "actor", "recipient", "kind", "quad", "event_types", "intensity", "once_in")
    first = moves.select(columns).rename(
        {"occurred": "moved", "event_types": "move_types", "intensity": "move_intensity", "once_in": "move_once_in"}
    )
    second = moves.select(
        pl.col("occurred").alias("answered"),
        pl.col("actor").alias("recipient"),
        "kind",
        pl.col("quad").alias("answer_quad"),
        pl.col("event_types").alias("answer_types"),
        pl.col("intensity").alias("answer_intensity"),
        pl.col("once_in").alias("answer_once_in"),
    )
    lag = (pl.col("answered") - pl.col("moved")).dt.total_days().alias("lag_days")
    same = (pl.col("quad") == pl.col("answer_quad")).alias("is_same_quad")
    rarity = (pl.col("move_once_in") * pl.col("answer_once_in")).sqrt()
    late = pl.lit(0.5).pow(pl.col("lag_days") / _HALVED_BY_DAYS)
    kind = pl.when("is_same_quad").then(1.0).otherwise(_OTHER_QUAD)
    return (
        first.join(second, on=["recipient", "kind"])
        .with_columns(lag, same)
        .filter(pl.col("lag_days").is_between(1, ANSWER_WITHIN_DAYS))
        .with_columns((rarity * late * kind).alias("weight"))
        .sort("weight", "moved", "answered", "quad", "answer_quad", descending=[True, False, False, False, False])
    )


def _choose(candidates: pl.DataFrame) -> list[int]:
    """Places of the candidates that are kept, going from the weightiest down."""
    chosen: list[int] = []
    moved: set[tuple[object, ...]] = set()
    answered: set[tuple[object, ...]] = set()
    kept: list[tuple[str, str, dt.date, dt.date]] = []
    columns = ("kind", "actor", "moved", "answered", "quad", "answer_quad")
    for place, (kind, actor, day, answer, quad, answer_quad) in enumerate(candidates.select(columns).iter_rows()):
        move_key, answer_key = (actor, day, quad), (actor, answer, answer_quad)
        if move_key in moved or answer_key in answered or _is_near((kind, actor, day, answer), kept):
            continue
        moved.add(move_key)
        answered.add(answer_key)
        kept.append((kind, actor, day, answer))
        chosen.append(place)
    return chosen


def _is_near(candidate: tuple[str, str, dt.date, dt.date], kept: list[tuple[str, str, dt.date, dt.date]]) -> bool:
    """Whether a weightier exchange of the same kind and direction began and ended within two days of this one."""
    kind, actor, day, answer = candidate
    return any(
        kind == other_kind
        and actor == other_actor
        and abs((day - other_day).days) <= _SAME_WITHIN_DAYS
        and abs((answer - other_answer).days) <= _SAME_WITHIN_DAYS
        for other_kind, other_actor, other_day, other_answer in kept
    )


def _with_names(
    exchanges: pl.DataFrame, chronology: pl.DataFrame, actor: str, recipient: str, day: str, column: str
) -> pl.DataFrame:
    """Add the label of the named event that a move matches: same dyad and kind, that day or the day before."""
    events = chronology.select(
        pl.col("actor").alias(actor),
        pl.col("recipient").alias(recipient),
        pl.col("direction").alias("kind"),
        pl.col("day").alias("named_day"),
        pl.col("label").alias(column),
    )
    numbered = exchanges.with_row_index("row")
    apart = (pl.col(day) - pl.col("named_day")).dt.total_days().alias("apart")
    matches = (
        numbered.select("row", actor, recipient, "kind", day)
        .join(events, on=[actor, recipient, "kind"])
        .with_columns(apart)
        .filter(pl.col("apart").is_between(0, _NAMED_WITHIN_DAYS))
        .sort("row", "apart", "named_day")
        .unique("row", keep="first", maintain_order=True)
        .select("row", column)
    )
    return numbered.join(matches, on="row", how="left", maintain_order="left").drop("row")
