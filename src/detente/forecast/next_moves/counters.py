"""Counts of the past that fade, by key: how often, how lately, at several half-lives.

A counter holds one number per distinct key ever seen in the whole file and half-life, and moves forward a day at a
time; a key that has not happened yet holds nothing. Keys are whole numbers ending with the answer, so that the keys
that share a beginning lie side by side: a row of a sparse matrix over all actors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.facts import Small, Whole

Floats = npt.NDArray[np.float32]

#: Days until a count has faded to a half; the last never fades. Those of the trials, with a month and more between.
HALF_LIVES: tuple[float, ...] = (2.0, 7.0, 20.0, 60.0, np.inf)
#: What is said of a thing that never happened: longer ago than any file goes back.
NEVER = 999


def decay(age: npt.NDArray[Any]) -> Floats:
    """What remains of counts after some days, shape (half-lives, …)."""
    rates = np.asarray([0.0 if np.isinf(life) else np.log(2) / life for life in HALF_LIVES], dtype=np.float32)
    kept: Floats = np.exp(-rates.reshape(-1, *[1] * age.ndim) * age.astype(np.float32)[None])
    return kept


@dataclass
class Counter:
    """Fading counts of the facts that share a key.

    Attributes:
        width: How many values the last part of a key takes (actors, or 1 for a key that is a row by itself).
        keys: All keys, ascending, shape (keys,).
        of_fact: Which key each fact has, shape (facts,), in order of the facts.
        value: Counts as of `last`, shape (half-lives, keys + 1); the last column stands for "no such key".
        last: The day a key last happened; -1 never.
        days: On how many days it happened.
    """

    width: int
    keys: Whole
    of_fact: Small
    value: Floats = field(repr=False)
    last: Small = field(repr=False)
    days: Small = field(repr=False)

    @classmethod
    def over(cls, keys_of_facts: Whole, width: int) -> Counter:
        """A counter that has seen nothing yet."""
        keys, of_fact = np.unique(keys_of_facts, return_inverse=True)
        n = keys.size + 1
        empty = np.zeros((len(HALF_LIVES), n), dtype=np.float32)
        last, days = np.full(n, -1, dtype=np.int32), np.zeros(n, dtype=np.int32)
        return cls(width, keys.astype(np.int64), of_fact.astype(np.int32), empty, last, days)

    def add(self, where: slice, day: int) -> None:
        """Take note of the facts of one day."""
        ids, counts = np.unique(self.of_fact[where], return_counts=True)
        self.value[:, ids] = self.value[:, ids] * decay(day - self.last[ids]) + counts.astype(np.float32)
        self.last[ids] = day
        self.days[ids] += 1

    def find(self, keys: Whole) -> Whole:
        """Places of keys; the place after the last for a key that never occurs."""
        if not self.keys.size:
            return np.zeros(keys.shape, dtype=np.int64)
        places = np.searchsorted(self.keys, keys)
        places[places == self.keys.size] = 0
        return np.where(self.keys[places] == keys, places, self.keys.size)

    def counts(self, places: Whole, day: int) -> Floats:
        """Counts as of a day, shape (half-lives, places)."""
        return self.value[:, places] * decay(day - self.last[places])

    def all_counts(self, half_life: int, day: int) -> Floats:
        """Counts of all keys at one half-life, as of a day."""
        life = HALF_LIVES[half_life]
        if np.isinf(life):
            return self.value[half_life, :-1]
        age = (day - self.last[:-1]).astype(np.float32)
        faded: Floats = self.value[half_life, :-1] * np.exp2(-age / np.float32(life))
        return faded

    def lags(self, places: Whole, day: int) -> Small:
        """Days since the last time; `NEVER` where there was none."""
        last = self.last[places]
        return np.where(last < 0, NEVER, day - last)


class Rows:
    """The keys of a counter as rows of a sparse matrix over the last part of the key.

    Args:
        counter: The counter; its `width` is that of the matrix.
    """

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        prefix = counter.keys // counter.width
        self.column = (counter.keys % counter.width).astype(np.int32)
        new = np.ones(prefix.size, dtype=bool)
        new[1:] = prefix[1:] != prefix[:-1]
        first = np.flatnonzero(new)
        self.prefix = prefix[first]
        self.start = np.append(first, prefix.size).astype(np.int32)

    def find(self, prefix: Whole) -> Whole:
        """Row numbers; one past the last where there is no such row."""
        if not self.prefix.size:
            return np.zeros(prefix.shape, dtype=np.int64)
        places = np.searchsorted(self.prefix, prefix)
        places[places == self.prefix.size] = 0
        return np.where(self.prefix[places] == prefix, places, self.prefix.size)

    def shares(self, half_life: int, day: int) -> Any:  # noqa: ANN401 - a scipy matrix; scipy ships no types
        """A sparse matrix of shares within each row (rows sum to 1 or 0), one empty row at the end."""
        from scipy import sparse  # noqa: PLC0415 - heavy

        data = self.counter.all_counts(half_life, day)
        total = np.add.reduceat(data, self.start[:-1]) if data.size else data
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 1e-6)
        data = data * np.repeat(scale, np.diff(self.start))
        start = np.append(self.start, self.start[-1])
        return sparse.csr_matrix((data, self.column, start), shape=(start.size - 1, self.counter.width))
