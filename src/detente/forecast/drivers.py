"""Outside series as features of a forecast, and what each adds to it.

In come rows of ``drivers`` as known at an origin; out comes an array of a few figures without units for each pair. A
forecast that uses them is another forecaster's, corrected: ``log P = log base + X·β`` (``drivers-v1``), so that every
group of series has a share in the log-odds that adds up exactly, and a share in each probability by Shapley's rule.
Whether they help is measured in ``benchmarks/drivers.py``; the default forecast does not use them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from detente.domain.tables import DRIVERS, check_table

Floats = npt.NDArray[np.float64]

DRIVERS_NAME = "drivers-v1"
#: Features in the order of the columns, and the group whose share each is part of.
FEATURES = {
    "oil_change_4w": "oil",
    "oil_change_13w": "oil",
    "gpr_percentile": "global risk",
    "gpr_change": "global risk",
    "country_gpr_higher": "country risk",
    "country_gpr_lower": "country risk",
    "country_gpr_change": "country risk",
    "epu_global": "policy uncertainty",
    "epu_higher": "policy uncertainty",
}
GROUPS = tuple(dict.fromkeys(FEATURES.values()))
#: Farther out than this is as far as this.
_CLIP = 4.0
#: What is usual for an index is its own last ten years.
_USUAL_MONTHS = 120
_FEWEST_MONTHS = 24
#: A quarter's change of oil of this many log units counts as one.
_PRICES, _STALE_DAYS = 5, 31
_OIL_UNIT_4W, _OIL_UNIT_13W = 0.10, 0.18


def driver_features(drivers: pl.DataFrame, pairs: Sequence[str], origin: dt.date) -> Floats:
    """Features of pairs at an origin, shape (pairs, 9), each between −4 and 4; 0 (usual) where one is not known.

    ``oil_change_…``: log change of the Brent price (mean of five prices) over 4 and 13 weeks, in tenths and in units of
    0.18. ``gpr_percentile``: place of the world's last known month among its last ten years, from −1 to 1;
    ``gpr_change``: against three months before. ``country_gpr_…``: standard score of the last known month of either
    side against its own ten years, the higher and the lower of the two, and the higher change over three months.
    ``epu_…``: the same for policy uncertainty, of the world and the higher of the two sides.

    Args:
        drivers: Rows of ``drivers``.
        pairs: Pair ids.
        origin: Only what was known at its end is used, whatever the rows hold.
    """
    known = check_table(drivers, DRIVERS).filter(
        pl.col("known_at") < dt.datetime.combine(origin + dt.timedelta(days=1), dt.time.min),
        pl.col("period_end") <= origin,
    )
    series = {
        (str(name), state): rows["value"].to_numpy()
        for (name, state), rows in known.sort("period_end").group_by("series", "state", maintain_order=True)
    }
    days = known.filter(pl.col("series") == "oil_brent").sort("period_end").select("period_end", "value")
    world = [
        _oil_change(days, origin, 4) / _OIL_UNIT_4W,
        _oil_change(days, origin, 13) / _OIL_UNIT_13W,
        _percentile(series.get(("gpr", None))),
        _change(series.get(("gpr", None))),
    ]
    epu_world = _score(series.get(("epu", None)))
    states = {state for pair in pairs for state in pair.split("-")}
    risk = {state: (_score(s := series.get(("gpr_country", state))), _change(s)) for state in states}
    doubt = {state: _score(series.get(("epu", state))) for state in states}
    rows = [
        [*world, *_sides(pair, risk), epu_world, _most(doubt[state] for state in pair.split("-"))] for pair in pairs
    ]
    features = np.array(rows, dtype=np.float64).reshape(len(pairs), len(FEATURES))
    return np.clip(np.nan_to_num(features), -_CLIP, _CLIP)


@dataclass(frozen=True)
class Share:
    """What one group of series adds to a forecast.

    Args:
        group: Its name.
        log_odds: Its part of the log-odds against hold, of deteriorate, hold and improve: parts add up exactly.
        probability: Its part of the change of the three probabilities (Shapley 1953: shapley-1953): parts add up too.
    """

    group: str
    log_odds: tuple[float, ...]
    probability: tuple[float, ...]


def explain_drivers(base: Floats, features: Floats, weights: Floats) -> list[Share]:
    """The share of each group of series in one pair's forecast.

    Args:
        base: Probabilities without them, shape (3,).
        features: The pair's features, shape (9,).
        weights: ``β``, shape (9, 3), zero for hold.

    Returns:
        One share a group. Log-odds add up to ``features @ weights``; probabilities to the forecast minus ``base``.
    """
    names = list(FEATURES.values())
    parts = np.stack(
        [(features * [name == group for name in names]) @ weights for group in GROUPS]
    )  # fmt: skip
    chances = shapley(lambda mask: correct(base[None, :], (mask @ parts)[None, :])[0], len(GROUPS))
    return [
        Share(group, tuple(map(float, parts[place])), tuple(map(float, chances[place])))
        for place, group in enumerate(GROUPS)
    ]


def shapley(value: Callable[[Floats], Floats], players: int) -> Floats:
    """Exact shares by which groups move a value from none of them to all of them.

    Args:
        value: The value with some of the groups, given as zeros and ones.
        players: Number of groups; the value is asked for 2^players times.

    Returns:
        Shape (players, length of the value); the rows add up to the value with all minus that with none.
    """
    worth = {mask: value(np.array(mask, dtype=np.float64)) for mask in itertools.product((0, 1), repeat=players)}
    shares = np.zeros((players, worth[(0,) * players].size))
    for player, (mask, without) in itertools.product(range(players), worth.items()):
        if not mask[player]:
            size = sum(mask)
            weight = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
            shares[player] += weight * (worth[*mask[:player], 1, *mask[player + 1 :]] - without)
    return shares


def fit_corrections(base: Floats, features: Floats, outcome: npt.NDArray[np.int64], *, ridge: float) -> Floats:
    """Weights that correct a forecaster's probabilities by features: penalised maximum likelihood.

    Args:
        base: The forecaster's probabilities, shape (cases, 3).
        features: Shape (cases, features).
        outcome: 0, 1 or 2, shape (cases,).
        ridge: Strength of the pull to no correction, in cases.

    Returns:
        ``β``, shape (features, 3), zero for hold.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy

    width, happened = features.shape[1], np.eye(3)[outcome]

    def loss(flat: Floats) -> tuple[float, Floats]:
        beta = _spread(flat, width)
        p = correct(base, features @ beta)
        slope = features.T @ (p - happened) + ridge * beta
        value = -float(np.log(np.maximum(p[np.arange(outcome.size), outcome], 1e-300)).sum())
        return value + ridge / 2 * float((beta**2).sum()), slope[:, [0, 2]].ravel()

    found = minimize(loss, np.zeros(2 * width), jac=True, method="L-BFGS-B")
    return _spread(found.x, width)


def correct(base: Floats, shift: Floats) -> Floats:
    """Probabilities moved by log-odds: ``softmax(log base + shift)``, row by row."""
    logs = np.log(np.maximum(base, 1e-12)) + shift
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def _spread(flat: Floats, width: int) -> Floats:
    beta = np.zeros((width, 3))
    beta[:, [0, 2]] = flat.reshape(width, 2)
    return beta


def _oil_change(days: pl.DataFrame, origin: dt.date, weeks: int) -> float:
    """Log change between the last five prices known and the last five of so many weeks before."""
    last: dt.date | None = days["period_end"].to_list()[-1] if days.height else None
    if last is None or (origin - last).days > _STALE_DAYS:
        return float("nan")
    now = days["value"].tail(_PRICES).to_numpy()
    before = days.filter(pl.col("period_end") <= last - dt.timedelta(weeks=weeks))["value"].tail(_PRICES).to_numpy()
    if not before.size or min(now.mean(), before.mean()) <= 0:
        return float("nan")
    return math.log(float(now.mean() / before.mean()))


def _percentile(values: Floats | None) -> float:
    if values is None or values.size < _FEWEST_MONTHS:
        return float("nan")
    past = values[-_USUAL_MONTHS:]
    return 2 * float((past < past[-1]).mean()) - 1


def _score(values: Floats | None) -> float:
    """Standard score of the log of the last value against the last ten years."""
    if values is None or values.size < _FEWEST_MONTHS:
        return float("nan")
    past = np.log(np.maximum(values[-_USUAL_MONTHS:], 1e-3))
    return float((past[-1] - past.mean()) / max(past.std(), 1e-6))


def _change(values: Floats | None) -> float:
    """Log change of the last value over three months."""
    if values is None or values.size < _FEWEST_MONTHS:
        return float("nan")
    return math.log(max(values[-1], 1e-3) / max(values[-4], 1e-3))


def _sides(pair: str, risk: dict[str, tuple[float, float]]) -> tuple[float, float, float]:
    scores = [risk[state][0] for state in pair.split("-") if not math.isnan(risk[state][0])]
    changes = [risk[state][1] for state in pair.split("-")]
    lower = min(scores) if len(scores) == 2 else float("nan")
    return max(scores, default=float("nan")), lower, _most(changes)


def _most(values: Iterable[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=float("nan"))
