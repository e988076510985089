"""Two made-up briefs: a busy pair with a year of weeks, and a quiet one with a short history and gaps."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from detente.domain.actors import Pair
from detente.domain.periods import Horizon
from detente.domain.tables import CHRONOLOGY, COVERAGE, FORECASTS, HAZARDS, LEVELS, REASONS
from detente.outlook import Brief, build_brief
from detente.relations import Explanation

AS_OF = dt.date(2018, 4, 20)
CARD = {
    "title": "Made-up events",
    "publisher": "Nobody",
    "citation": "Nobody (2018), Made-up events",
    "terms": "None.",
    "caveats": ["Nothing of it happened."],
}


def _level_rows(pair: Pair, ends: list[dt.date], *, dyad: tuple[str | None, str | None], gaps: set[int]) -> list[Any]:
    rows = []
    for index, end in enumerate(ends):
        cooperation, conflict = 3.0 + math.sin(index), 2.0 + (index % 5) + (6.0 if index >= len(ends) - 3 else 0.0)
        balance = cooperation - conflict
        known = {
            "n": 20 + index % 7,
            "cooperation": cooperation,
            "conflict": conflict,
            "balance": balance,
            "balance_se": 1.0,
            "conflict_share": conflict / (cooperation + conflict),
            "level_raw": math.asinh(balance),
            "level": math.asinh(balance),
            "level_low": math.asinh(balance) - 0.4,
            "level_high": math.asinh(balance) + 0.4,
            "cooperation_level": math.asinh(cooperation),
            "conflict_level": math.asinh(conflict),
        }
        is_gap = index in gaps
        rows.append(
            {"pair": pair.id, "actor": dyad[0], "recipient": dyad[1], "week_end": end, "scale": 1.0, "volume": 1.0}
            | {"covered_days": 1 if is_gap else 7}
            | {name: None if is_gap else value for name, value in known.items()}
        )
    return rows


def _explanation(pair: Pair, days: int) -> Explanation:
    rows = []
    for index in range(days):
        day = AS_OF - dt.timedelta(days=index)
        rows += [
            (day, pair.a, pair.b, "COERCE", 14 - index % 9, -0.9 + 0.05 * index),
            (day, pair.b, pair.a, None, 3, -0.01),
            (day, pair.b, pair.a, "CONSULT", 2, 0.3 - 0.01 * index),
            (day, pair.a, pair.b, "CONSULT", 1, -0.02),
        ]
    rows.append((None, pair.a, pair.b, "ACCUSE", None, 0.125))
    frame = pl.DataFrame(rows, schema=[name for name in REASONS.names if name != "what"], orient="row", strict=False)
    frame = frame.with_columns(pl.lit("a cell").alias("what")).cast(REASONS.schema).select(REASONS.names)
    change = math.fsum(frame["contribution"])
    return Explanation(
        change=change,
        change_low=change - 2.0,
        change_high=change + 2.0,
        recent=change - 1.0,
        usual=-1.0,
        recent_from=AS_OF - dt.timedelta(days=27),
        usual_from=AS_OF - dt.timedelta(days=391),
        reasons=frame,
    )


def _forecasts(pair: Pair, table: dict[int, tuple[float, float, float]]) -> pl.DataFrame:
    rows = []
    for weeks, probabilities in table.items():
        row: dict[str, Any] = {"pair": pair.id, "origin": AS_OF, "horizon_weeks": weeks, "model": "made-up-v1"}
        for name, value in zip(("deteriorate", "hold", "improve"), probabilities, strict=True):
            row |= {f"p_{name}": value, f"p_{name}_low": max(value - 0.07, 0), f"p_{name}_high": min(value + 0.08, 1)}
        rows.append(row)
    return pl.DataFrame(rows, schema={name: FORECASTS.schema[name] for name in rows[0]}).select(FORECASTS.names)


def _coverage(days: int, thin: set[int], absent: set[int]) -> pl.DataFrame:
    rows = [
        {
            "provider": "made-up",
            "day": AS_OF - dt.timedelta(days=back),
            "rows": 100,
            "known_at": dt.datetime.combine(AS_OF, dt.time()),
            "status": "thin" if back in thin else "absent" if back in absent else "present",
        }
        for back in range(days)
    ]
    return pl.DataFrame(rows, schema=COVERAGE.schema)


def _chronology(pair: Pair) -> pl.DataFrame:
    rows = [
        (AS_OF - dt.timedelta(days=3), pair.a, pair.b, "conflict", "Envoys sent home", "The one sends envoys home."),
        (AS_OF - dt.timedelta(days=2), pair.b, pair.a, "conflict", "An answer in kind", "The other does the same."),
        (AS_OF - dt.timedelta(days=60), pair.a, pair.b, "cooperation", "A visit", "A visit takes place."),
        (AS_OF + dt.timedelta(days=1), pair.a, pair.b, "conflict", "Not yet known", "It is still to come."),
        (AS_OF, "FRA", "DEU", "cooperation", "Of others", "Two others meet."),
    ]
    return pl.DataFrame(rows, schema=CHRONOLOGY.schema, orient="row")


def _provocations(pair: Pair, weeks: int) -> pl.DataFrame:
    """Chances for both directions; over 26 weeks there is too little to go by, and in a short history altogether."""
    rows = []
    for horizon, p in ((4, 0.18), (13, 0.42), (26, None)):
        for dyad, since in zip(pair.dyads, (None, 40), strict=True):
            known = p is not None and weeks > 13
            row = {"actor": dyad.actor, "recipient": dyad.recipient, "origin": AS_OF, "horizon_weeks": horizon}
            row |= {"threshold": 20.0 if weeks > 13 else None, "days_since": since if weeks > 13 else None}
            row |= {"model": "made-up-moves-v1"}
            if known:
                row |= {"p": p, "p_low": p - 0.1, "p_high": p + 0.15, "base_rate": p + 0.03}
            elif weeks > 13:
                row |= {"reason": "50 weeks can be judged; 52 are needed"}
            else:
                row |= {"reason": "fewer than 91 covered days in the two years up to the origin"}
            rows.append(row)
    return pl.DataFrame(rows, schema=HAZARDS.schema)


@pytest.fixture
def make_brief() -> Callable[..., Brief]:
    """Builds a brief; arguments override what it is made from."""

    def make(
        *,
        pair: Pair | None = None,
        weeks: int = 60,
        gaps: set[int] | None = None,
        dyad_gaps: set[int] | None = None,
        probabilities: dict[int, tuple[float, float, float]] | None = None,
        horizon: int = 13,
        **parts: Any,
    ) -> Brief:
        pair = pair or Pair("USA", "RUS")
        ends = [AS_OF - dt.timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]
        rows = [
            row
            for dyad in pair.dyads
            for row in _level_rows(
                pair, ends, dyad=(dyad.actor, dyad.recipient), gaps=(gaps if dyad_gaps is None else dyad_gaps) or set()
            )
        ] if weeks else []  # fmt: skip
        made = {
            "as_of": AS_OF,
            "provider": "made-up",
            "levels_pair": pl.DataFrame(
                _level_rows(pair, ends, dyad=(None, None), gaps=gaps or set()), schema=LEVELS.schema
            ),
            "levels_dyads": pl.DataFrame(rows, schema=LEVELS.schema),
            "coverage": _coverage(weeks * 7, {9}, {15, 16}),
            "explanation": _explanation(pair, 12),
            "forecasts": _forecasts(
                pair, probabilities or {4: (0.17, 0.48, 0.35), 13: (0.27, 0.45, 0.28), 26: (0.33, 0.27, 0.40)}
            ),
            "chronology": _chronology(pair),
            "card": CARD,
            "provocations": _provocations(pair, weeks),
        } | parts
        return build_brief(pair, horizon=Horizon(horizon), **made)

    return make


@pytest.fixture
def brief(make_brief: Callable[..., Brief]) -> Brief:
    """A busy pair with a history of 60 weeks."""
    return make_brief()


@pytest.fixture
def short_brief(make_brief: Callable[..., Brief]) -> Brief:
    """A pair of seven weeks, two of them gaps, whose improvement is the news."""
    return make_brief(
        pair=Pair("GBR", "NLD"),
        weeks=7,
        gaps={2, 6},
        dyad_gaps={2, 3, 4, 5, 6},
        probabilities={13: (0.004, 0.396, 0.6)},
    )
