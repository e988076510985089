"""The track record: forecasts written down, what became of them, and how they scored; hits and misses alike."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from detente import scorecard
from detente.answers.draft import Draft, check_detail, data_version, source_of
from detente.answers.judged import read_pair
from detente.forecast.vintages import SHIPPED
from detente.outlook.brief import TRACK_RECORD
from detente.scorecard.resolution import worlds_of

if TYPE_CHECKING:
    from detente.answers.worlds import Worlds
    from detente.outlook import Brief
    from detente.replies import WarmWorld
    from detente.scorecard import Scorecard

RECORDS = ("live", "replay")
_TOP = {"brief": 0, "normal": 5, "full": 20}
_WORST = (
    "pair",
    "origin",
    "horizon_weeks",
    "model",
    "p_deteriorate",
    "p_hold",
    "p_improve",
    "outcome",
    "rps",
    "base_rps",
)
_SCORES = (
    "group",
    "resolved",
    "void",
    "open",
    "rps",
    "rps_low",
    "rps_high",
    "base_rps",
    "skill",
    "skill_low",
    "skill_high",
)
_NOT_AS_A_WHOLE = "The ledger as a whole has not been scored with data to this day; `detente score` does."
_OF_PAIR = ("resolved", "rps", "base_rps", "skill", "skill_low", "skill_high")
#: A ledger with more records than this takes more than a moment to read.
_LONG_LEDGER = 20_000
#: Said with every probability that is asked for here.
NOT_RECORDED = (
    "Not written down: questions asked here leave no record. `detente outlook` writes a forecast to the ledger, so "
    "that it is scored later."
)
_READING = (
    "rps: ranked probability score, 0 to 1, less is better; skill: 1 − rps / that of base rates, below 0 is worse than "
    "they; bands 95 %, null with too few blocks of time. live: written down within a week of the origin, from data "
    "that ended there; replay: made of the past later. The two are never mixed."
)


def show_scorecard(
    worlds: Worlds, *, a: str | None = None, b: str | None = None, as_of: str | None = None, detail: str = "normal"
) -> dict[str, Any]:
    """How the forecasts of the ledger have fared as known on a day, of all pairs or of one.

    Args:
        worlds: Whose ledger, and whose data resolve it.
        a: A state; None for all pairs.
        b: The other.
        as_of: The day as of which they are resolved; forecasts of later origins are left out.
        detail: How much.

    Raises:
        ConfigError: when only one state is named, or an argument makes no sense.
        CutoffError: when nothing was known by then.
    """
    size, pair = check_detail(detail), read_pair(a, b)
    world = worlds.world(as_of)
    issued = scorecard.read_issued(worlds.ledger).filter(pl.col("origin") <= world.as_of)
    chances = scorecard.read_issued_provocations(worlds.ledger).filter(pl.col("origin") <= world.as_of)
    if pair is not None:
        issued = issued.filter(pl.col("pair") == pair)
        chances = chances.filter(pl.col("actor").is_in(pair.split("-")), pl.col("recipient").is_in(pair.split("-")))
    card = scorecard.build_scorecard(scorecard.resolve_issued(issued, worlds_of(world)), as_of=world.as_of)
    moves = scorecard.score_provocations(chances, worlds_of(world))
    head = worlds.ledger.head()
    ledger = {"records_by_then": issued.height + chances.height, "digest_today": head.digest if head.count else None}
    parts: dict[str, Any] = {
        "provocations": {name: moves.scores.filter(record=name, group="all").to_dicts() for name in RECORDS},
    }
    if size != "brief":
        parts["models_when_shipped"] = read_shipped(size)
        parts |= {f"{name}_by_horizon": _by(card, "horizon", name, 9) for name in RECORDS}
        parts |= {f"{name}_by_model": _by(card, "model", name, 9) for name in RECORDS}
    if size == "full":
        parts |= {f"{name}_by_pair_worst_first": _by(card, "pair", name, _TOP[size]) for name in RECORDS}
        parts |= {f"{name}_calibration": card.bins.filter(record=name).drop("record").to_dicts() for name in RECORDS}
    if size != "brief":
        parts |= {f"{name}_worst": card.worst(name, _TOP[size]).select(_WORST).to_dicts() for name in RECORDS}
    draft = Draft(
        "scorecard",
        size,
        world.as_of,
        {
            "pair": pair,
            "summary": _summarise(card, pair),
            "ledger": ledger,
            "records": _overall(card),
            "reading": _READING,
        },
        {name: part for name, part in parts.items() if part},
        None,
        [source_of(world), _ledger_source(world)],
        sorted({scorecard.LIVE_RULE, *issued["rule"].unique(), *issued["model"].unique()})[:20],
        data_version(world),
    )
    return draft.finish()


def read_pair_record(worlds: Worlds, world: WarmWorld, pair: str) -> dict[str, Any] | str:
    """How forecasts of one pair have scored as known on a day: live and replayed ones, null where none is resolved.

    Args:
        worlds: Whose ledger.
        world: The day.
        pair: The pair's id.

    Returns:
        Resolved, rps, base_rps, skill and its band by record; where the ledger is long, what to ask instead.
    """
    head = worlds.ledger.head()
    if head.count > _LONG_LEDGER:
        return "ask scorecard with a and b"

    def read() -> dict[str, Any]:
        issued = scorecard.read_issued(worlds.ledger).filter(pl.col("origin") <= world.as_of, pl.col("pair") == pair)
        card = scorecard.build_scorecard(scorecard.resolve_issued(issued, worlds_of(world)), as_of=world.as_of)
        done = card.overall.filter(pl.col("resolved") > 0).select("record", *_OF_PAIR)
        rows = {row.pop("record"): row for row in done.to_dicts()}
        return {name: rows.get(name) for name in RECORDS}

    return worlds.keep(world, ("record", pair, head.digest), read)


def tell_record(worlds: Worlds, world: WarmWorld, brief: Brief) -> dict[str, Any]:
    """What stands beside a forecast: how all and those of its pair have fared, and that it was not written down."""
    own = read_pair_record(worlds, world, brief.pair.id)
    is_scored = isinstance(own, dict) and any(own.values())
    so_far = _NOT_AS_A_WHOLE if is_scored and brief.track_record == TRACK_RECORD else brief.track_record
    return {"so_far": so_far, "of_this_pair": own, "this_answer": NOT_RECORDED}


@cache
def _shipped() -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - not needed before a card is read

    card: dict[str, Any] = yaml.safe_load((SHIPPED / "card.yaml").read_text("utf-8"))
    return card


def read_shipped(detail: str) -> dict[str, Any]:
    """What the card of the shipped models says of the year held out: skill by horizon with its band, and caveats."""
    card = _shipped()
    names = ("name", "held_out_year", "scores", *(("data", "chosen_on", "caveats") if detail == "full" else ()))
    return {name: card[name] for name in names} | {
        "note": "a property of the software, not known on the as-of day where that is earlier; not of this pair"
    }


def _overall(card: Scorecard) -> dict[str, Any]:
    """Counts and scores of either record; scores are null where nothing is resolved."""
    return {
        name: {"counts": card.counts(name), "void_reasons": card.void_reasons(name)}
        | {"scores": rows[0] if (rows := card.overall.filter(record=name).select(_SCORES).to_dicts()) else None}
        for name in RECORDS
    }


def _by(card: Scorecard, breakdown: str, record: str, most: int) -> list[dict[str, Any]]:
    return card.by[breakdown].filter(record=record).head(most).select(_SCORES).to_dicts()


def _summarise(card: Scorecard, pair: str | None) -> str:
    of = f" of {pair}" if pair else ""
    told = []
    for name in RECORDS:
        rows = card.overall.filter(record=name).to_dicts()
        if rows and rows[0]["resolved"]:
            row = rows[0]
            band = (
                "" if row["skill_low"] is None else f" (95 % band {row['skill_low']:+.2f} to {row['skill_high']:+.2f})"
            )
            told.append(f"{name}: {row['resolved']} resolved, skill against base rates {row['skill']:+.2f}{band}")
    if told:
        return f"Forecasts{of}: {'; '.join(told)}."
    waiting = sum(card.counts(name)["open"] for name in RECORDS)
    return (
        f"No forecast{of} in the ledger has been resolved; {waiting} are open. `detente outlook` writes forecasts down."
    )


def _ledger_source(world: WarmWorld) -> dict[str, Any]:
    return {
        "provider": "ledger",
        "title": "The ledger of forecasts of this installation",
        "citation": f"Détente's ledger, resolved by events of {world.provider}",
        "terms": "its owner's",
        "locator": None,
    }
