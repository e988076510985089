"""Ways to guess an answer: shares of the past that fits the question more or less closely.

Each component gives every actor a share; a mixture of them (`mixture`) gives every actor a probability, chooses the
candidates that are looked at closely and orders all the others.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from detente.forecast.next_moves.counters import Counter
from detente.forecast.next_moves.facts import Questions, Small, Whole
from detente.forecast.next_moves.history import History, prefix
from detente.forecast.next_moves.rules import Floats

#: Components that are rows of one family: name, family, half-life (a place in HALF_LIVES), side turned round.
PLAIN: tuple[tuple[str, str, int, bool], ...] = (
    ("same question, lately", "sro", 1, False),
    ("same question, months", "sro", 3, False),
    ("same question, ever", "sro", 4, False),
    ("same turned round", "sro", 3, True),
    ("same subject, lately", "so", 1, False),
    ("same subject, months", "so", 3, False),
    ("same subject, ever", "so", 4, False),
    ("same subject turned round", "so", 3, True),
    ("same root", "sqo", 3, False),
    ("same relation, lately", "ro", 1, False),
    ("same relation, ever", "ro", 4, False),
    ("country and relation", "cro", 3, False),
    ("country", "co", 3, False),
    ("anyone, lately", "o", 1, False),
    ("anyone, ever", "o", 4, False),
)
NAMES: tuple[str, ...] = (
    *(name for name, *_ in PLAIN),
    "rules, lately",
    "rules, ever",
    "like-minded and relation",
    "like-minded",
    "like-minded and relation, lately",
    "near to its answers",
    "near to its partners",
    "country asked for",
    "own country and sector",
    "anyone at all",
)
#: Like-minded actors looked at, and days between two searches for them.
NEIGHBOURS, REFRESH_DAYS = 40, 7
#: A partner with a smaller share of an actor's dealings is none.
LEAST_SHARE = 1e-4


class Neighbours:
    """Actors that dealt with the same others: cosine of faded counts, rare others weighing more."""

    def __init__(self) -> None:
        self.day = -REFRESH_DAYS
        self.similar: Any = None
        self.flat: tuple[Whole, Floats] = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)

    def refresh(self, history: History, actors: int) -> None:
        """Search again when a new week has begun, counted from the first day held."""
        if history.day // REFRESH_DAYS == self.day // REFRESH_DAYS:
            return
        from scipy import sparse  # noqa: PLC0415 - heavy

        self.day = history.day
        counter: Counter = history.counters["so"]
        value = counter.all_counts(3, history.day)
        seen = value > 0.05
        column = (counter.keys % actors)[seen]
        row = (counter.keys // actors)[seen]
        table = sparse.csr_matrix(
            (np.log1p(value[seen]), (row // 2, column + (row % 2) * actors)), shape=(actors, 2 * actors)
        )
        met = np.asarray((table > 0).sum(axis=0)).ravel()
        rare = np.log(actors / np.maximum(met, 1)).astype(np.float32)
        table = table @ sparse.diags(rare)
        length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
        table = (sparse.diags(np.divide(1, length, out=np.zeros_like(length), where=length > 0)) @ table).tocsr()
        self.similar = _closest(table.astype(np.float32), NEIGHBOURS)
        row = np.repeat(np.arange(actors, dtype=np.int64), np.diff(self.similar.indptr))
        number = row * actors + self.similar.indices
        order = np.argsort(number)
        self.flat = number[order], self.similar.data[order]


def _closest(table: Any, n: int, chunk: int = 500) -> Any:  # noqa: ANN401 - scipy ships no types
    """The n most similar others of each row, similarities squared and made to sum to 1."""
    from scipy import sparse  # noqa: PLC0415 - heavy

    other = table.T.tocsr()
    number, columns, values = [], [], []
    for begin in range(0, table.shape[0], chunk):
        block = (table[begin : begin + chunk] @ other).sorted_indices()
        for row, (first, last) in enumerate(pairwise(block.indptr.tolist()), begin):
            column, value = block.indices[first:last], block.data[first:last]
            place = np.flatnonzero((column != row) & (value > 0))
            if place.size > n:
                place = place[np.argpartition(value[place], -n)[-n:]]
            squared = value[place] ** 2
            number.append(np.full(place.size, row, dtype=np.int64))
            columns.append(column[place])
            values.append(squared / squared.sum())
    return sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(number), np.concatenate(columns))), shape=(table.shape[0],) * 2
    )


class Day:
    """Everything needed to answer the questions of one day.

    Args:
        history: Advanced to that day.
        neighbours: Searched for within the past week.
        confidences: Of the rules, as of that day.
    """

    def __init__(self, history: History, neighbours: Neighbours, confidences: Floats) -> None:
        self.history, self.neighbours, self.confidences = history, neighbours, confidences
        vocabulary = history.facts.vocabulary
        self.vocabulary, self.actors = vocabulary, vocabulary.actors
        neighbours.refresh(history, self.actors)
        wanted = {(family, life) for _, family, life, _ in PLAIN} | {("sro", 3), ("so", 3)}
        self.shares = {
            (family, life): history.rows[family].shares(life, history.day) for family, life in sorted(wanted)
        }
        #: By half-life, shares of each actor's partners, and the same seen from the partner, whose share it is.
        self.met = {life: self._partners(life) for life in (0, 1, 3)}
        self.met_by = {life: self.met[life].T.tocsr() for life in (1, 3)}
        self.partners = np.diff(self.met[3].indptr).astype(np.float32)
        self._anyone = {life: table.toarray() for (family, life), table in self.shares.items() if family == "o"}
        popular = np.zeros((2, self.actors), dtype=np.float32)
        counter = history.counters["o"]
        side, actor = np.divmod(counter.keys, self.actors)
        popular[side, actor] = counter.all_counts(3, history.day)
        self.popular = popular.sum(axis=0) + 0.05
        self._held = np.empty((len(NAMES) - len(PLAIN), 0, self.actors), dtype=np.float32)

    def _partners(self, life: int) -> Any:  # noqa: ANN401 - scipy ships no types
        """Shares of partners, shape (actors, actors), without those that have all but faded or were not met yet."""
        rows = self.history.rows["to"]
        shares = rows.shares(life, self.history.day)[rows.find(np.arange(self.actors))]
        shares.data[shares.data < LEAST_SHARE] = 0
        shares.eliminate_zeros()
        return shares

    def wide(self, questions: Questions, where: slice) -> Floats:
        """The components after the plain ones for some of the questions, shape (components, questions, actors).

        The array is used again by the next call: take what is wanted from it first.
        """
        subject, relation = questions.subject[where], questions.relation[where]
        if self._held.shape[1] != subject.size:
            self._held = np.empty((self._held.shape[0], subject.size, self.actors), dtype=np.float32)
        found = self._held
        found[:2] = self._rules(subject, relation)
        self._like_minded(subject, relation, found[2:5])
        self._near(subject, relation, found[5:7])
        found[7:9] = self._countries(subject, relation)
        found[9] = 1 / self.actors
        return found

    def blend(self, questions: Questions, where: slice, wide: Floats, weights: Floats) -> Floats:
        """Probability of every actor, shape (questions, actors).

        Args:
            questions: Of the day.
            where: Which of them.
            wide: Of these, from `wide`.
            weights: Of all components, shape (questions, components).
        """
        mixed = np.zeros(wide.shape[1:], dtype=np.float32)
        flat, part = mixed.ravel(), np.empty_like(mixed)
        for place, (_, family, life, turned) in enumerate(PLAIN):
            if not weights[:, place].any():
                continue
            rows = self._prefix(family, questions.subject[where], questions.relation[where], turned=turned)
            found = self.history.rows[family].find(rows)
            if family == "o":  # nearly all actors: cheaper as they are
                np.multiply(self._anyone[life][found], weights[:, [place]], out=part)
                mixed += part
                continue
            chosen = self.shares[family, life][found]
            row = np.repeat(np.arange(weights.shape[0]), np.diff(chosen.indptr))
            flat[row * self.actors + chosen.indices] += chosen.data * weights[row, place]
        for component, weight in zip(wide, weights[:, len(PLAIN) :].T, strict=True):
            if weight.any():
                np.multiply(component, weight[:, None], out=part)
                mixed += part
        return mixed

    def plain(self, subject: Small, relation: Small, answer: Small) -> Floats:
        """The plain components at some answers, shape (components, answers)."""
        found = np.zeros((len(PLAIN), answer.size), dtype=np.float32)
        for place, (_, family, life, turned) in enumerate(PLAIN):
            first = self._prefix(family, subject, relation, turned=turned)
            places = self.history.counters[family].find(first * self.actors + answer)
            found[place] = np.append(self.shares[family, life].data, np.float32(0))[places]
        return found

    def _prefix(self, family: str, subject: Small, relation: Small, *, turned: bool) -> Whole:
        return prefix(family, self.vocabulary, subject, self.vocabulary.turned(relation) if turned else relation)

    def _rules(self, subject: Small, relation: Small) -> Floats:
        rules, day = self.history.rules, self.history.day
        begin, end = (np.searchsorted(rules.pairs, (subject.astype(np.int64) + more) * self.actors) for more in (0, 1))
        length = rules.start[end] - rules.start[begin]
        row = np.repeat(np.arange(subject.size), length)
        entry = np.repeat(rules.start[begin], length) + np.arange(row.size)
        entry -= np.repeat(np.cumsum(length) - length, length)
        keys = rules.entry[entry]
        alive = rules.counter.last[keys] >= 0
        row, entry, keys = row[alive], entry[alive], keys[alive]
        answer = rules.counter.keys[keys] % self.actors
        counts = rules.counter.counts(keys.astype(np.int64), day)
        said = np.zeros((2, subject.size, self.actors), dtype=np.float32)
        for place, lives in enumerate(((0, 1), (3, 4))):
            strength = sum(
                counts[life] * self.confidences[life, rules.relation[entry], relation[row]] for life in lives
            )
            flat = np.bincount(row * self.actors + answer, strength, minlength=subject.size * self.actors)
            said[place] = flat.reshape(subject.size, self.actors)
        return _dense_shares(said)

    def _like_minded(self, subject: Small, relation: Small, out: Floats) -> None:
        from scipy import sparse  # noqa: PLC0415 - heavy

        near = self.neighbours.similar[subject].tocoo()
        for place, (family, life) in enumerate((("sro", 3), ("so", 3), ("sro", 1))):
            rows = self.history.rows[family].find(
                prefix(family, self.vocabulary, near.col.astype(np.int32), relation[near.row])
            )
            shares = self.shares[family, life]
            mix = sparse.csr_matrix((near.data, (near.row, rows)), shape=(subject.size, shares.shape[0]))
            _as_shares(mix @ shares).toarray(out=out[place])

    def _near(self, subject: Small, relation: Small, out: Floats) -> None:
        """Actors like those met lately: in the same question, and by the subject on this side."""
        for place, family in enumerate(("sro", "so")):
            rows = self.history.rows[family].find(prefix(family, self.vocabulary, subject, relation))
            _as_shares(self.shares[family, 1][rows] @ self.neighbours.similar).toarray(out=out[place])

    def _countries(self, subject: Small, relation: Small) -> list[Floats]:
        vocabulary = self.vocabulary
        country, sector = vocabulary.country, vocabulary.sector
        table = self._table("src", subject, relation)
        in_country = np.bincount(country, self.popular).astype(np.float32)
        asked_for = table[:, country] * (self.popular / in_country[country])[None]
        sectors = self._table("crk", subject, relation) + 0.5 * self._table("rk", subject, relation)
        own = (country[None] == country[subject][:, None]) & (country[subject][:, None] > 0)
        guess = sectors[:, sector] * own * np.sqrt(self.popular)[None]
        return [asked_for, _dense_shares(guess)]

    def _table(self, family: str, subject: Small, relation: Small) -> Floats:
        """Shares of countries or sectors among past answers, shape (questions, countries or sectors)."""
        counter = self.history.counters[family]
        first = prefix(family, self.vocabulary, subject, relation)
        keys: Whole = first[:, None] * counter.width + np.arange(counter.width)[None]
        places = counter.find(keys)
        age = self.history.day - counter.last[places]
        counts: Floats = counter.value[3, places] * np.exp2(-age / np.float32(60.0)).astype(np.float32)
        return _dense_shares(counts)


def _as_shares(table: Any) -> Any:  # noqa: ANN401 - scipy ships no types
    """A sparse matrix with rows that sum to 1, or to nothing; in place."""
    total = np.asarray(table.sum(axis=1)).ravel()
    scale = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    table.data *= np.repeat(scale, np.diff(table.indptr))
    return table


def _dense_shares(values: Floats) -> Floats:
    """Rows that sum to 1, or to nothing; in place."""
    total = values.sum(axis=-1, keepdims=True)
    values *= np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    return values
