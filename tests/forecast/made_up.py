"""A world of made-up pairs: levels that wander and return, seen through noise."""

from __future__ import annotations

import datetime as dt

import numpy as np

from detente.forecast import Panel

FIRST = dt.date(2018, 1, 7)


def make_panel(pairs: int, weeks: int, *, seed: int = 1) -> Panel:
    """Pairs whose weekly balance wanders around a mean of its own, on scales from a tenth to ten points a day."""
    draws = np.random.default_rng(seed)
    noise = draws.normal(size=(pairs, weeks))
    level = np.empty((pairs, weeks))
    state = draws.normal(size=pairs)
    for week in range(weeks):
        state = 0.9 * state + 0.5 * draws.normal(size=pairs)
        level[:, week] = state + noise[:, week]
    balance = np.sinh(level) * 10 ** draws.uniform(-1, 1, size=(pairs, 1))
    ends = tuple(FIRST + dt.timedelta(days=7 * week) for week in range(weeks))
    return Panel(tuple(f"A{row:02d}-B{row:02d}" for row in range(pairs)), ends, balance)
