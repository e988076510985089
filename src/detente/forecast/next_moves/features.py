"""What is known of each candidate answer: a row of numbers a ranker learns from.

Every number is known before the day asked about. Counts are logarithms, shares logarithms of shares, lags days; the
names in `FEATURES` are in the order of the columns.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.around import around, around_names
from detente.forecast.next_moves.components import NAMES, Day
from detente.forecast.next_moves.counters import HALF_LIVES, NEVER
from detente.forecast.next_moves.facts import Small
from detente.forecast.next_moves.history import key, prefix

Floats = npt.NDArray[np.float32]

#: Counters looked up for each candidate: label, family, side turned round, half-lives told.
TOLD: tuple[tuple[str, str, bool, tuple[int, ...]], ...] = (
    ("same question", "sro", False, (0, 1, 2, 3, 4)),
    ("same turned round", "sro", True, (1, 3, 4)),
    ("same subject", "so", False, (0, 1, 2, 3, 4)),
    ("same subject turned round", "so", True, (0, 1, 3, 4)),
    ("same root", "sqo", False, (0, 1, 3)),
    ("same root turned round", "sqo", True, (1, 3)),
    ("same relation", "ro", False, (0, 1, 3, 4)),
    ("relation turned round", "ro", True, (1, 3)),
    ("same root, anyone", "qo", False, (1, 3)),
    ("anyone", "o", False, (0, 1, 3, 4)),
    ("anyone turned round", "o", True, (1, 3)),
    ("country and relation", "cro", False, (0, 1, 3)),
    ("country", "co", False, (1, 3)),
    ("country turned round", "co", True, (1, 3)),
    ("sector and relation", "kro", False, (1, 3)),
    ("its country, same question", "src", False, (1, 3)),
    ("its country, same subject", "sc", False, (1, 3)),
    ("its country, country and relation", "crc", False, (3,)),
    ("its sector, same question", "srk", False, (3,)),
    ("its sector, relation", "rk", False, (3,)),
    ("its sector, country and relation", "crk", False, (3,)),
)
#: Families of which the lag and the number of days are told as well.
LAGS: tuple[str, ...] = ("same question", "same turned round", "same subject", "same subject turned round",
                         "same root", "same relation", "anyone", "country and relation")  # fmt: skip
#: Features of the question alone.
ASKED: tuple[str, ...] = (
    *(f"question, half-life {life:g}" for life in HALF_LIVES),
    "question lag", "subject, lately", "subject, months", "relation, lately", "relation, months", "country, months",
    "relation repeats", "relation stays with known", "subject repeats", "subject stays with known", "turned", "root",
    "subject's sector", "subject's country known",
)  # fmt: skip
#: Within the list of candidates: the place by each of these.
PLACED: tuple[str, ...] = ("mixture", "rules, lately", "rules, ever", "same question, lately", "same subject, lately",
                           "country and relation", "same relation, lately")  # fmt: skip
OWN: tuple[str, ...] = (
    "same country",
    "same sector",
    "itself",
    "its sector number",
    "its country known",
    "likeness",
    "latest answer",
    "latest partner",
    "latest country answer",
)


def feature_names() -> tuple[str, ...]:
    """All features, in the order of their columns."""
    told = [f"{label}, half-life {HALF_LIVES[life]:g}" for label, _, _, lives in TOLD for life in lives]
    lags = [f"{label}: {what}" for label in LAGS for what in ("lag", "days")]
    rules = [f"rules {kind}, half-life {life:g}" for kind in ("sum", "best") for life in HALF_LIVES]
    shares = [f"share: {name}" for name in NAMES[:-1]]
    return (
        "mixture", "mixture against the best", *shares, *(f"place by {name}" for name in PLACED), *told, *lags, *rules,
        *OWN, *ASKED, *around_names(),
    )  # fmt: skip


def describe(day: Day, subject: Small, relation: Small, chosen: Small, shares: Floats, mixed: Floats) -> Floats:
    """Features of candidates.

    Args:
        day: What is known.
        subject: Of each question, shape (questions,).
        relation: Of each question.
        chosen: Candidates, shape (questions, candidates).
        shares: Components at the candidates, shape (components, questions, candidates).
        mixed: The mixture at the candidates, shape (questions, candidates).

    Returns:
        Shape (questions, candidates, features).
    """
    n, k = chosen.shape
    s, r, o = np.repeat(subject, k), np.repeat(relation, k), chosen.ravel()
    log_mixed = np.log(mixed + 1e-9)
    blocks = [log_mixed, log_mixed - log_mixed.max(axis=1, keepdims=True)]
    blocks += list(np.log(shares[:-1] + 1e-6))
    placed = {"mixture": mixed} | dict(zip(NAMES, shares, strict=True))
    blocks += [_place(placed[name]) for name in PLACED]
    rows = [block.reshape(-1) for block in blocks]
    rows += _told(day, s, r, o)
    rows += list(np.log(day.history.rules.speak(s, r, o, day.history.day, day.confidences) + 1e-5))
    rows += _own(day, s, o) + _latest(day, s, r, o)
    rows += [np.repeat(column, k) for column in _asked(day, subject, relation)]
    rows += around(day, subject, relation, chosen)
    return np.stack(rows, axis=1).reshape(n, k, len(rows)).astype(np.float32)


def _place(value: Floats) -> Floats:
    """Place of each candidate in its list, the largest first; ties share the first place of theirs."""
    order = np.argsort(-value, axis=1, kind="stable")
    ordered = np.take_along_axis(value, order, axis=1)
    new = np.ones(value.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] < ordered[:, :-1]
    first = np.maximum.accumulate(np.where(new, np.arange(value.shape[1]), 0), axis=1)
    place = np.empty(value.shape, dtype=np.float32)
    np.put_along_axis(place, order, np.log1p(first).astype(np.float32), axis=1)
    return place


def _told(day: Day, s: Small, r: Small, o: Small) -> list[Floats]:
    history, vocabulary = day.history, day.vocabulary
    counts, lags = [], {}
    for label, family, turned, lives in TOLD:
        counter = history.counters[family]
        places = counter.find(key(family, vocabulary, s, vocabulary.turned(r) if turned else r, o))
        age = history.day - counter.last[places]
        for life in lives:
            fade = np.exp2(-age / np.float32(HALF_LIVES[life])).astype(np.float32)
            counts.append(np.log1p(counter.value[life, places] * fade))
        if label in LAGS:
            lags[label] = (
                np.log1p(counter.lags(places, history.day)).astype(np.float32),
                np.log1p(counter.days[places]).astype(np.float32),
            )
    return counts + [part for label in LAGS for part in lags[label]]


def _own(day: Day, s: Small, o: Small) -> list[Floats]:
    country, sector = day.vocabulary.country, day.vocabulary.sector
    flat, value = day.neighbours.flat
    width = np.int64(day.actors)
    wanted = s.astype(np.int64) * width + o
    place = np.minimum(np.searchsorted(flat, wanted), flat.size - 1)
    likeness = np.where(flat[place] == wanted, value[place], 0)
    return [
        np.where(country[s] * country[o] == 0, -1, country[s] == country[o]).astype(np.float32),
        ((sector[s] == sector[o]) & (sector[s] > 0)).astype(np.float32),
        (s == o).astype(np.float32),
        sector[o].astype(np.float32),
        (country[o] > 0).astype(np.float32),
        likeness.astype(np.float32),
    ]


def _latest(day: Day, s: Small, r: Small, o: Small) -> list[Floats]:
    """How many days before or after the last time of the question, the subject, its country."""
    found = []
    for family, whole in (("sro", "sr"), ("so", "s"), ("cro", "cr")):
        mine, all_of_it = day.history.counters[family], day.history.counters[whole]
        last = mine.last[mine.find(key(family, day.vocabulary, s, r, o))]
        latest = all_of_it.last[all_of_it.find(key(whole, day.vocabulary, s, r, o))]
        found.append(np.where(last < 0, np.log1p(NEVER), np.log1p(np.maximum(latest - last, 0))).astype(np.float32))
    return found


def _asked(day: Day, subject: Small, relation: Small) -> list[Floats]:
    history, vocabulary, habits = day.history, day.vocabulary, day.history.habits
    columns: list[Floats] = []
    for family, lives in (("sr", (0, 1, 2, 3, 4)), ("s", (1, 3)), ("r", (1, 3)), ("cr", (3,))):
        counter = history.counters[family]
        places = counter.find(prefix(family, vocabulary, subject, relation))
        counts = np.log1p(counter.counts(places, history.day))
        columns += [counts[life] for life in lives]
        if family == "sr":
            columns.append(np.log1p(counter.lags(places, history.day)).astype(np.float32))
    for table, who in ((habits.relation, relation), (habits.subject, subject)):
        columns += [(table[kind, who] + 1) / (table[2, who] + 2) for kind in (0, 1)]
    columns += [
        vocabulary.is_turned(relation).astype(np.float32),
        vocabulary.turned_root[relation].astype(np.float32),
        vocabulary.sector[subject].astype(np.float32),
        (vocabulary.country[subject] > 0).astype(np.float32),
    ]
    return columns
