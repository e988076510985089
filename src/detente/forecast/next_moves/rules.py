"""Temporal rules: after one relation between two, how likely is another, by how long ago.

For each half-life and each two relations, turned ones among them, a rule's confidence is the share of what was left
of the first that was followed by the second on the next day. Confidences are counted day by day, each day's before
its facts are taken note of, and are shrunk to the second relation's own frequency.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.counters import HALF_LIVES, Counter, decay
from detente.forecast.next_moves.facts import Facts, Small, Whole

Floats = npt.NDArray[np.float32]
#: Amount of past that a rule's confidence starts with at the average.
PRIOR = 20.0


class Rules:
    """Confidences of all rules as counted so far.

    Args:
        facts: All facts, both ways.
        counter: Of (subject, relation, object).
    """

    def __init__(self, facts: Facts, counter: Counter) -> None:
        vocabulary = facts.vocabulary
        self.counter, self.width, self.actors = counter, 2 * vocabulary.relations, vocabulary.actors
        subject_relation, answer = np.divmod(counter.keys, vocabulary.actors)
        subject, relation = np.divmod(subject_relation, self.width)
        pair = subject * vocabulary.actors + answer
        self.entry = np.lexsort((relation, pair)).astype(np.int32)
        self.relation = relation[self.entry].astype(np.int32)
        ordered = pair[self.entry]
        first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if ordered.size else np.zeros(0, np.int64)
        self.pairs = ordered[first]
        self.start = np.append(first, ordered.size).astype(np.int64)
        self.facts = facts
        self.followed = np.zeros((len(HALF_LIVES), self.width * self.width), dtype=np.float32)
        self.mass = np.zeros((len(HALF_LIVES), self.width), dtype=np.float64)
        self.standing = np.zeros((len(HALF_LIVES), self.width), dtype=np.float64)
        self.last_day = 0

    def expand(self, subject: Small, answer: Small) -> tuple[Whole, Whole]:
        """Entries of the history of each (subject, answer): which row, which entry in pair order."""
        wanted = subject.astype(np.int64) * self.actors + answer
        places = np.minimum(np.searchsorted(self.pairs, wanted), max(self.pairs.size - 1, 0))
        known = self.pairs[places] == wanted
        begin = self.start[places]
        length = np.where(known, self.start[places + 1] - begin, 0)
        row = np.repeat(np.arange(wanted.size), length)
        offset = np.arange(row.size) - np.repeat(np.cumsum(length) - length, length)
        entry = np.repeat(begin, length) + offset
        happened = self.counter.last[self.entry[entry]] >= 0
        return row[happened], entry[happened]

    def learn(self, where: slice, day: int) -> None:
        """Count what followed what on a day; call before the counter takes note of it."""
        facts = self.facts
        self.standing *= decay(np.asarray([day - self.last_day]))
        self.mass += self.standing
        subject, relation, answer = facts.subject[where], facts.relation[where], facts.object[where]
        row, entry = self.expand(subject, answer)
        counts = self.counter.counts(self.entry[entry].astype(np.int64), day)
        cell = self.relation[entry].astype(np.int64) * self.width + relation[row]
        for life in range(len(HALF_LIVES)):
            self.followed[life] += np.bincount(cell, counts[life], minlength=self.width**2).astype(np.float32)
        self.standing += np.bincount(relation, minlength=self.width)[None]
        self.last_day = day

    def confidences(self) -> Floats:
        """Shape (half-lives, relations, relations): first relation, then the one that follows."""
        followed = self.followed.reshape(len(HALF_LIVES), self.width, self.width)
        total = np.maximum(self.mass.sum(axis=1), 1e-9)[:, None, None]
        usual = followed.sum(axis=1, keepdims=True) / total
        shrunk: Floats = ((followed + PRIOR * usual) / (self.mass[:, :, None] + PRIOR)).astype(np.float32)
        return shrunk

    def speak(self, subject: Small, relation: Small, answer: Small, day: int, confidences: Floats) -> Floats:
        """For each (subject, relation, answer), the sum of what its rules say and the strongest, by half-life.

        Returns:
            Shape (2 × half-lives, rows): the sums, then the strongest.
        """
        said = np.zeros((2 * len(HALF_LIVES), subject.size), dtype=np.float32)
        row, entry = self.expand(subject, answer)
        if not row.size:
            return said
        counts = self.counter.counts(self.entry[entry].astype(np.int64), day)
        strength = counts * confidences[:, self.relation[entry], relation[row]]
        starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        rows = row[starts]
        said[: len(HALF_LIVES), rows] = np.add.reduceat(strength, starts, axis=1)
        capped = np.minimum(counts, 1.0) * confidences[:, self.relation[entry], relation[row]]
        said[len(HALF_LIVES) :, rows] = np.maximum.reduceat(capped, starts, axis=1)
        return said
