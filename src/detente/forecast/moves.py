"""Who is likely to do what to whom in the next days, with the history that speaks for it (``moves-v1``).

In come rows of ``cells_by_place`` and ``coverage``; out come rows of ``likely_moves``: for each direction every kind of
move seen so far, and no event of any kind. The model is fitted at the origin on what was known by then; it never sees
a later day, and no weights are shipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from detente.domain.tables import LIKELY_MOVES, check_table
from detente.errors import QuestionError
from detente.forecast.move_days import Floats, Ints, Kind, MoveDays, build_move_days
from detente.forecast.move_features import Past, describe_moves
from detente.forecast.move_model import MoveModel, fit_moves, load_start
from detente.forecast.move_reasons import FORTNIGHT, SPEAKERS, YEAR_QUARTER, explain_moves

#: The public name of this algorithm.
MOVES_NAME = "moves-v1"
#: Farther ahead than this, days are not what a forecast is about.
LONGEST_DAYS = 28
#: How far log odds lean from the model's to those of the base rate: of 0, 0.2, 0.4 and 0.6 the best calibrated for the
#: moves shown, and the most skilful for all, on June to September 2018 of the sample. With fewer past spans than so
#: many a base rate is thin, and less is leant on it. Rates are cut off where they say never, or always.
LEAN, FULL_SPANS, SELDOM = 0.4, 26, 0.002
#: The label of the row that stands for it.
NOTHING = "no event of any kind"


def forecast_moves(
    cells: pl.DataFrame,
    coverage: pl.DataFrame,
    origin: dt.date,
    *,
    dyads: Sequence[tuple[str, str]],
    days: int = 7,
    seed: int = 1,
) -> pl.DataFrame:
    """How likely each kind of move is, in each direction asked for, within the days after the origin.

    Args:
        cells: Rows of ``cells_by_place`` of all pairs; those after the origin are not looked at.
        coverage: Rows of ``coverage``.
        origin: The day at whose end the forecast is made.
        dyads: Actor and recipient of each direction.
        days: How far ahead, 1 to 28.
        seed: Of the draw of past questions; the same seed gives the same answer.

    Returns:
        Rows of ``likely_moves``, by direction, those that stand out most first: p · log2(p / base rate).

    Raises:
        DataError: when a table does not fit its schema.
        QuestionError: when the days are out of range, or the past is too short to learn from.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise QuestionError(
            f"Likely moves of the next {days} days were asked for.",
            f"They are given for 1 to {LONGEST_DAYS} days.",
            "Ask for `7d`, or see `detente outlook` for weeks and months.",
        )
    moves = build_move_days(cells, coverage, origin)
    single = as_one_kind(moves)
    held = load_start()
    start = held if held.learned < origin else None
    model, any_model = fit_moves(moves, days, seed=seed, start=start), fit_moves(single, days, seed=seed)
    if model is None or any_model is None:
        raise QuestionError(
            f"Likely moves of the {days} days after {origin} were asked for.",
            f"Only {int(moves.covered.sum())} days are covered by then: too few past answers to learn from.",
            "Move the day, ask for fewer days, or load more data.",
        )
    place = {name: number for number, name in enumerate(moves.states)}
    known = [(place[a], place[b]) for a, b in dyads if a in place and b in place]
    if not known:
        raise QuestionError(
            f"Likely moves between {' and '.join(dyads[0]) if dyads else 'nobody'} were asked for.",
            f"They have no move with anyone by {origin}.",
            "Choose states that the data hold (`detente watch` lists busy pairs).",
        )
    frames = [_rows(moves, model, known, days)]
    frames.append(_nothing(single, any_model, known, days))
    return check_table(_order(pl.concat(frames), dyads), LIKELY_MOVES)


def resolve_moves(answers: pl.DataFrame, cells: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """The answers of one origin with what came: the column ``happened``, null where a day ahead is not covered.

    Args:
        answers: Rows of ``likely_moves``, of one origin; further columns are kept.
        cells: Rows of ``cells_by_place`` as known later.
        coverage: Rows of ``coverage`` as known later.
    """
    origin, days = answers["origin"][0], int(answers["days"][0])
    last = origin + dt.timedelta(days=days)
    ahead = coverage.filter(pl.col("day").is_between(origin, last, closed="right"), pl.col("status") == "present")
    moves = build_move_days(cells, coverage, last)
    came = np.unique(moves.series[moves.day > moves.origin - days])
    kinds = [moves.kinds[number].id for number in moves.kind[came]]
    sides = ([moves.states[number] for number in side[came]] for side in (moves.actor, moves.recipient))
    held = pl.DataFrame(dict(zip(("actor", "recipient", "kind"), (*sides, kinds), strict=True)))
    any_held = held.select("actor", "recipient").unique().with_columns(pl.lit(True).alias("any"))
    joined = answers.join(held.with_columns(pl.lit(True).alias("came")), on=["actor", "recipient", "kind"], how="left")
    joined = joined.join(any_held, on=["actor", "recipient"], how="left", maintain_order="left")
    is_none = pl.col("kind").is_null()
    happened = pl.when(is_none).then(pl.col("any").is_null()).otherwise(pl.col("came").is_not_null())
    is_covered = ahead["day"].n_unique() == days
    return joined.with_columns(pl.when(pl.lit(is_covered)).then(happened).alias("happened")).drop("came", "any")


def as_one_kind(moves: MoveDays) -> MoveDays:
    """The same days with all kinds taken for one: what "no event" is the other side of."""
    one = (Kind("any", NOTHING, moves.kinds[0].event_type, moves.kinds[0].quad),)
    dyad = moves.actor * len(moves.states) + moves.recipient
    key, of_series = np.unique(dyad, return_inverse=True)
    both = np.unique(np.stack([moves.day, of_series[moves.series]]), axis=1)
    actor, recipient = np.divmod(key, len(moves.states))
    return replace(
        moves,
        kinds=one,
        actor=actor,
        recipient=recipient,
        kind=np.zeros(key.size, dtype=np.int64),
        day=both[0],
        series=both[1],
    )


def _rows(moves: MoveDays, model: MoveModel, dyads: list[tuple[int, int]], days: int) -> pl.DataFrame:
    kinds = np.arange(len(moves.kinds))
    actor, recipient = (np.repeat(np.array(side), kinds.size) for side in zip(*dyads, strict=True))
    kind = np.tile(kinds, len(dyads))
    past = Past(moves, moves.origin)
    features = describe_moves(past, actor, recipient, kind, days)
    history = _history(past, actor, recipient, kind, days)
    p, low, high = (_lean(past, side, history["base_rate"], days) for side in model.probabilities(features))
    parts = _parts(past, model, (actor, recipient, kind), days)
    reasons = explain_moves(past, actor, recipient, kind, parts, history)
    names = [moves.kinds[number] for number in kind]
    return _frame(moves, (actor, recipient), days, (p, low, high), history, reasons).with_columns(
        pl.Series("kind", [name.id for name in names]),
        pl.Series("label", [name.label for name in names]),
        pl.Series("event_type", [name.event_type for name in names]),
        pl.Series("quad", [name.quad for name in names]),
    ).select(LIKELY_MOVES.names)  # fmt: skip


def _parts(past: Past, model: MoveModel, asked: tuple[Ints, Ints, Ints], days: int) -> Floats:
    """What each speaker adds to the log odds when they are taken away one after the other: the parts add up."""
    gone = [frozenset(SPEAKERS[:count]) for count in range(len(SPEAKERS) + 1)]
    odds = np.stack([model.log_odds(describe_moves(past, *asked, days, without=each))[0] for each in gone])
    parts: Floats = odds[:-1] - odds[1:]
    return parts


def _nothing(single: MoveDays, model: MoveModel, dyads: list[tuple[int, int]], days: int) -> pl.DataFrame:
    actor, recipient = (np.array(side) for side in zip(*dyads, strict=True))
    kind = np.zeros(actor.size, dtype=np.int64)
    past = Past(single, single.origin)
    history = _history(past, actor, recipient, kind, days)
    answers = model.probabilities(describe_moves(past, actor, recipient, kind, days))
    p, low, high = (1 - _lean(past, side, history["base_rate"], days) for side in answers)
    reasons = [f"an event on {n} of the last {YEAR_QUARTER} covered days" for n in history["active_days"]]
    history["base_rate"] = 1 - history["base_rate"]
    frame = _frame(single, (actor, recipient), days, (p, high, low), history, reasons)
    missing = {name: pl.lit(None, dtype=pl.String).alias(name) for name in ("kind", "event_type", "quad")}
    return frame.with_columns(**missing, label=pl.lit(NOTHING)).select(LIKELY_MOVES.names)


def _lean(past: Past, p: Floats, base_rate: Ints | Floats, days: int) -> Floats:
    """Probabilities between the model's and the base rates, on log odds."""
    lean = LEAN * min(1.0, (past.day + 1) // days / FULL_SPANS)
    own, usual = (np.clip(side, low, 1 - low) for side, low in ((p, 1e-6), (base_rate, SELDOM)))
    odds = (1 - lean) * np.log(own / (1 - own)) + lean * np.log(usual / (1 - usual))
    return np.asarray(1 / (1 + np.exp(-odds)))


def _frame(
    moves: MoveDays,
    dyads: tuple[Ints, Ints],
    days: int,
    chances: tuple[Floats, Floats, Floats],
    history: dict[str, Ints | Floats],
    reasons: list[str],
) -> pl.DataFrame:  # fmt: skip
    columns = {
        "actor": [moves.states[number] for number in dyads[0]],
        "recipient": [moves.states[number] for number in dyads[1]],
        **dict(zip(("p", "p_low", "p_high"), chances, strict=True)), **history, "reasons": reasons,
    }  # fmt: skip
    frame = pl.DataFrame(columns)
    gone = [pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in ("days_since", "partner_days_since")]
    origin = moves.first + dt.timedelta(days=moves.origin)
    return frame.with_columns(*gone, origin=pl.lit(origin), days=pl.lit(days, dtype=pl.Int64), model=pl.lit(MOVES_NAME))


def _history(past: Past, actor: Ints, recipient: Ints, kind: Ints, days: int) -> dict[str, Ints | Floats]:
    """Counts that reasons are told with; −1 for never."""
    moves = past.moves
    mine, theirs = moves.find(actor, recipient, kind), moves.find(recipient, actor, kind)
    n, answered = past.answers(theirs)
    last, partner_last = past.last[mine], past.last[theirs]
    return {
        "base_rate": past.base_rates(mine, days),
        "days_since": np.where(last < 0, -1, past.day - last),
        "active_days": past.active_days(YEAR_QUARTER)[mine],
        "partner_days_since": np.where(partner_last < 0, -1, past.day - partner_last),
        "partner_active_days": past.active_days(FORTNIGHT)[theirs],
        "answerable": n,
        "answered": answered,
    }


def _order(rows: pl.DataFrame, dyads: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """By direction as asked, then those that stand out most: likely, and likelier than usual."""
    place = {f"{a}-{b}": number for number, (a, b) in enumerate(dyads)}
    base = pl.col("base_rate").clip(0.005, 0.995)
    return (
        rows.with_columns(
            (pl.col("actor") + "-" + pl.col("recipient")).replace_strict(place, return_dtype=pl.Int64).alias("place"),
            (pl.col("p") * (pl.col("p") / base).log(2)).alias("gain"),
        )
        .sort("place", "gain", "p", "label", descending=[False, True, True, False])
        .drop("place", "gain")
    )
