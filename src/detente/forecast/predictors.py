"""What the trained models look at: figures without units, known at the origin, for all pairs at once.

In comes a `Situation` (levels of the weeks up to the origin); out goes one row a pair. Differences of levels are
measured from the reference and in spreads, so that a provider with another scale gives the same figures. What is not
known is NaN: a model is told so rather than given a zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.domain.periods import REFERENCE_WEEKS, Horizon
from detente.forecast.filtering import filter_levels
from detente.forecast.outcomes import Situation, describe_situation, trailing_means
from detente.forecast.reverting import filter_reverting, implied_outcomes
from detente.forecast.within_weeks import describe_days

Floats = npt.NDArray[np.float64]
Group = dict[str, Floats]

#: Farther out than this is as far as this.
CLIP = 8.0
_SPANS = (1, 2, 3, 4, 6, 8, 26, 52, 104)
_YEAR, _TWO_YEARS = 52, 104
#: Shares and deviations below this are taken as this before a logarithm.
_LEAST = 0.05
#: Other pairs' moods count as if four pairs without one were among them.
_MOOD_PRIOR = 4.0
_MOOD_CLIP = 3.0


def build_predictors(
    situation: Situation, horizon: Horizon, pairs: tuple[str, ...], log_climatology: Floats, days: Floats
) -> Floats:
    """Predictors of all pairs at one origin, shape (pairs, predictors); NaN where not known.

    Args:
        situation: What is known at the origin.
        horizon: How far ahead is asked.
        pairs: Pair ids, ``AAA-BBB``; they say which pairs share a side, and nothing else.
        log_climatology: Logarithms of climatology's probabilities, shape (pairs, 3).
        days: Balances of the days of the last 13 weeks, shape (pairs, days); NaN where not known.
    """
    groups = _groups(situation, horizon, pairs, log_climatology, days)
    table = np.stack([column for group in groups for column in group.values()], axis=1)
    return np.where(np.isfinite(table), np.clip(table, -CLIP, CLIP), np.nan)


def predictor_names() -> tuple[str, ...]:
    """Names of the predictors in the order of the columns."""
    situation = describe_situation(np.ones((2, 4)), Horizon(4))
    groups = _groups(situation, Horizon(4), ("AAA-BBB", "AAA-CCC"), np.zeros((2, 3)), np.zeros((2, 28)))
    return tuple(name for group in groups for name in group)


def _groups(
    situation: Situation, horizon: Horizon, pairs: tuple[str, ...], log_climatology: Floats, days: Floats
) -> list[Group]:
    spans = _spans(situation)
    filtered = filter_levels(situation, horizon)
    changes = _changes(situation, horizon)
    moving = {name: spans[name] for name in ("last_1", "last_2", "last_4", "last_26")}
    moving |= {"filtered": filtered["filtered"], "last_change": changes["last_change"]}
    return [
        spans,
        _parts_of_reference(situation),
        _position(situation),
        _unrest(situation),
        {
            "climatology_worse": log_climatology[:, 0] - log_climatology[:, 1],
            "climatology_better": log_climatology[:, 2] - log_climatology[:, 1],
        },
        changes,
        _extremes(situation),
        _memory(situation),
        _sizes(situation),
        filtered,
        implied_outcomes(filter_reverting(situation), situation, horizon.weeks),
        describe_days(days, situation),
        _world(moving, situation.is_busy),
        _moods(moving, pairs, situation.is_busy),
        _loudness(situation, pairs),
    ]


def _spans(situation: Situation) -> Group:
    """Mean level of the last weeks, on several spans."""
    return {f"last_{span}": _from_reference(situation, _last_mean(situation.level, span)) for span in _SPANS}


def _parts_of_reference(situation: Situation) -> Group:
    """Which weeks made the reference: those that will soon be out of it, and those that will stay."""
    width, found = situation.level.shape[1], {}
    for newest, oldest in ((0, 3), (3, 6), (6, 9), (9, 13)):
        weeks = situation.level[:, max(width - oldest, 0) : max(width - newest, 0)]
        found[f"weeks_{newest}_{oldest}"] = _from_reference(situation, mean(weeks))
    return found


def _position(situation: Situation) -> Group:
    """Where the relation stands: friend or foe, near or far from its typical week, and how much is known of it."""
    known = np.count_nonzero(~np.isnan(situation.level), axis=1)
    active = np.where(np.isnan(situation.level), np.nan, situation.level != 0)
    scale = np.log(situation.scale)
    return {
        "scale_against_pool": scale - np.median(scale[situation.is_busy]),
        "reference": situation.reference,
        "reference_size": np.abs(situation.reference),
        "reference_in_spreads": situation.reference / situation.spread,
        "years_known": np.minimum(known, _TWO_YEARS) / _YEAR,
        "active_weeks": mean(active[:, -_YEAR:]),
    }


def _unrest(situation: Situation) -> Group:
    """How much weeks vary now against how they used to, and how much of a change is more than weekly noise."""
    logs = {span: _log(_deviation(situation.level[:, -span:])) for span in (4, 13, 26, _TWO_YEARS)}
    spread = np.log(situation.spread)
    found = {f"unrest_{span}": logs[span] - logs[_TWO_YEARS] for span in (4, 13, 26)}
    found["unrest_usual"] = logs[_TWO_YEARS]
    found["change_against_noise"] = spread - logs[_TWO_YEARS]
    found["spread_against_pool"] = spread - np.median(spread[situation.is_busy])
    return found


def _changes(situation: Situation, horizon: Horizon) -> Group:
    """What past changes looked like: the newest complete one, the one before, their mean, lean and lop-sidedness."""
    changes, counts = situation.changes, situation.outcome_counts()
    unknown = np.full(changes.shape[0], np.nan)
    width, centre = changes.shape[1], mean(changes)
    deviation = np.maximum(_deviation(changes), 0.2)
    total = counts.sum(axis=1) + 6.0
    return {
        "last_change": changes[:, -1] if width else unknown,
        "change_before": changes[:, -1 - horizon.weeks] if width > horizon.weeks else unknown,
        "mean_change": centre,
        "recent_changes": mean(changes[:, -horizon.weeks :]),
        "skew_of_changes": mean((changes - centre[:, None]) ** 3) / deviation**3,
        "share_worse": (counts[:, 0] + 2.0) / total,
        "share_better": (counts[:, 2] + 2.0) / total,
    }


def _extremes(situation: Situation) -> Group:
    """Worst and best weeks, the median week, the slope within the reference, and the lop-sidedness of a year."""
    level = situation.level
    weeks = level[:, -REFERENCE_WEEKS:]
    time = np.arange(weeks.shape[1]) - (weeks.shape[1] - 1) / 2
    year = level[:, -_YEAR:]
    found = {
        "slope": mean((weeks - mean(weeks)[:, None]) * time) / situation.spread,
        "skew_of_weeks": mean((year - mean(year)[:, None]) ** 3) / np.maximum(_deviation(year), _LEAST) ** 3,
        "median_13": _from_reference(situation, _median(weeks)),
    }
    for span in (4, 13):
        recent = level[:, -span:]
        empty = np.isnan(recent).all(axis=1)
        for name, filler, reduce in (("worst", np.inf, np.min), ("best", -np.inf, np.max)):
            extreme = reduce(np.where(np.isnan(recent), filler, recent), axis=1)
            found[f"{name}_{span}"] = _from_reference(situation, np.where(empty, np.nan, extreme))
    return found


def _memory(situation: Situation) -> Group:
    """How much of a week's level is still there one, four and thirteen weeks later (autocorrelation)."""
    level = situation.level[:, -_TWO_YEARS:]
    apart = level - mean(level)[:, None]
    variance = np.maximum(mean(apart**2), 1e-3)
    unknown = np.full(level.shape[0], np.nan)
    return {
        f"memory_{lag}": mean(apart[:, lag:] * apart[:, :-lag]) / variance if level.shape[1] > lag else unknown
        for lag in (1, 4, 13)
    }


def _sizes(situation: Situation) -> Group:
    """How large balances have been of late, friendly or not, against the longer past: how loud the news is."""
    size = np.abs(np.sinh(situation.level))
    logs = {span: _log(mean(size[:, -span:])) for span in (4, 13, _YEAR, _TWO_YEARS)}
    return {"size_4": logs[4] - logs[_YEAR], "size_13": logs[13] - logs[_TWO_YEARS]}


def _world(moving: Group, is_busy: npt.NDArray[np.bool_]) -> Group:
    """How the busy pairs have been moving together in the last weeks."""
    shape, found = is_busy.shape, {}
    for name in ("last_1", "last_2", "last_4", "filtered"):
        held = is_busy & np.isfinite(moving[name])
        values = np.clip(moving[name][held], -_MOOD_CLIP, _MOOD_CLIP)
        found[f"world_{name}"] = np.full(shape, values.mean() if values.size else np.nan)
    return found


def _moods(moving: Group, pairs: tuple[str, ...], is_busy: npt.NDArray[np.bool_]) -> Group:
    """How each side's *other* busy pairs have been moving, against the world's: the two sides' mean, and the worse."""
    first, second, states = _sides(pairs)
    found = {}
    for name, values in moving.items():
        held = is_busy & np.isfinite(values)
        clipped = np.where(held, np.clip(values, -_MOOD_CLIP, _MOOD_CLIP), 0.0)
        world = clipped.sum() / max(np.count_nonzero(held), 1)
        sums = _by_state(first, second, clipped, states)
        counts = _by_state(first, second, held.astype(np.float64), states)
        sides = [
            (sums[side] - clipped + _MOOD_PRIOR * world) / (counts[side] - held + _MOOD_PRIOR) - world
            for side in (first, second)
        ]
        found[f"mood_{name}"] = (sides[0] + sides[1]) / 2
        found[f"worse_mood_{name}"] = np.minimum(*sides)
    return found


def _loudness(situation: Situation, pairs: tuple[str, ...]) -> Group:
    """How loud the news of each side's *other* relations is against its past year: both sides' sum, and the louder."""
    first, second, states = _sides(pairs)
    level = situation.level[:, -_YEAR:]
    is_gap = np.isnan(level)
    points = np.where(is_gap, 0.0, np.abs(np.sinh(level)) * situation.scale[:, None])
    totals = np.stack([_by_state(first, second, week, states) for week in points.T], axis=1)
    others = [np.where(is_gap, np.nan, totals[side] - points) for side in (first, second)]
    years = [mean(side) for side in others]
    found = {}
    for span in (1, 4, 13):
        logs = [
            _log(mean(side[:, -span:]) / np.where(year > 0, year, np.nan))
            for side, year in zip(others, years, strict=True)
        ]
        found[f"loud_{span}"] = logs[0] + logs[1]
        found[f"louder_{span}"] = np.maximum(*logs)
    return found


def _sides(pairs: tuple[str, ...]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int]:
    """Numbers of the pairs' first and second states, and how many states there are."""
    names = np.array([pair.partition("-")[::2] for pair in pairs]).reshape(-1, 2)
    states, index = np.unique(names.ravel(), return_inverse=True)
    first, second = index.reshape(-1, 2).T
    return first, second, states.size


def _by_state(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp], values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(first, values, size) + np.bincount(second, values, size), dtype=np.float64)


def mean(values: Floats) -> Floats:
    """Mean of each row without its NaN; NaN where a row holds nothing."""
    held = ~np.isnan(values)
    count = np.count_nonzero(held, axis=1)
    total = np.where(held, values, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64)


def _last_mean(level: Floats, span: int) -> Floats:
    return trailing_means(level[:, -span:], span)[:, -1]


def _from_reference(situation: Situation, values: Floats) -> Floats:
    return np.asarray((values - situation.reference) / situation.spread, dtype=np.float64)


def _deviation(values: Floats) -> Floats:
    """Standard deviation of each row without its NaN (divisor n − 1); 0 with fewer than two."""
    count = np.count_nonzero(~np.isnan(values), axis=1)
    squares = np.where(np.isnan(values), 0.0, (values - mean(values)[:, None]) ** 2).sum(axis=1)
    return np.asarray(np.sqrt(squares / np.maximum(count - 1, 1)), dtype=np.float64)


def _median(values: Floats) -> Floats:
    empty = np.asarray(np.isnan(values).all(axis=1))
    middle = np.asarray(np.nanmedian(np.where(empty[:, None], 0.0, values), axis=1), dtype=np.float64)
    return np.where(empty, np.nan, middle)


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, _LEAST)), dtype=np.float64)
