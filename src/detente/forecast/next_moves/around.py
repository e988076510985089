"""What lies around subject and candidate: partners of partners, and what actors of their sectors and countries do.

Two that never met may have met the same third lately; and the police of a country arrest its citizens, whichever
country it is. Neither is told by counts of the two themselves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detente.forecast.next_moves.components import Day
from detente.forecast.next_moves.counters import HALF_LIVES
from detente.forecast.next_moves.facts import Small
from detente.forecast.next_moves.history import key, prefix

Floats = npt.NDArray[np.float32]
#: Half-lives (places in HALF_LIVES) of steps from a subject to its partners' partners, and back.
STEPS, BACK = (0, 1, 3), (1, 3)
#: Roles: label, family with the answer's sector and home, family of the question alone, half-life.
ROLES: tuple[tuple[str, str, str, int], ...] = (
    ("role and relation", "krh", "kr", 3),
    ("role and relation, lately", "krh", "kr", 1),
    ("role and root", "kqh", "kq", 3),
)
#: Counts told as they are: label, family, half-lives.
COUNTED: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("role and relation", "krh", (3,)),
    ("the two countries", "cc", (1, 3)),
    ("the two groups", "gg", (1, 3)),
)
LEAST = 1e-5


def around_names() -> tuple[str, ...]:
    """Names of the columns, in order."""
    return (
        *(f"two steps, half-life {HALF_LIVES[life]:g}" for life in STEPS),
        *(f"two steps back, half-life {HALF_LIVES[life]:g}" for life in BACK),
        "partners in this relation", "partners",
        *(f"share: {label}" for label, *_ in ROLES),
        "share: actor of the role",
        *(f"{label}, half-life {HALF_LIVES[life]:g}" for label, _, lives in COUNTED for life in lives),
    )  # fmt: skip


def around(day: Day, subject: Small, relation: Small, chosen: Small) -> list[Floats]:
    """Features of candidates, each of shape (questions × candidates,).

    Args:
        day: What is known.
        subject: Of each question, shape (questions,).
        relation: Of each question.
        chosen: Candidates, shape (questions, candidates).
    """
    found = [_log(part).ravel() for part in _steps(day, subject, relation, chosen)]
    found.append(np.log1p(day.partners[chosen]).ravel())
    k = chosen.shape[1]
    s, r, o = np.repeat(subject, k), np.repeat(relation, k), chosen.ravel()
    roles = [_role(day, s, r, o, (family, whole), life) for _, family, whole, life in ROLES]
    found += [_log(part) for part in (*roles, roles[0] * _part_of_role(day, s, o))]
    for _, family, lives in COUNTED:
        counter = day.history.counters[family]
        counts = counter.counts(counter.find(key(family, day.vocabulary, s, r, o)), day.history.day)
        found += [np.log1p(counts[life]) for life in lives]
    return found


def _log(share: Floats) -> Floats:
    logged: Floats = np.log(share + LEAST).astype(np.float32)
    return logged


def _steps(day: Day, subject: Small, relation: Small, chosen: Small) -> list[Floats]:
    """Shares of the candidates after two steps from partner to partner, the last of them in any relation or in this."""
    from scipy import sparse  # noqa: PLC0415 - heavy

    one, place = np.unique(subject, return_inverse=True)
    at = place[:, None], chosen
    found = [(day.met[life][one] @ day.met[life]).toarray()[at] for life in STEPS]
    found += [(day.met_by[life][one] @ day.met_by[life]).toarray()[at] for life in BACK]
    near, shares = day.met[3][subject].tocoo(), day.shares["sro", 3]
    theirs = prefix("sro", day.vocabulary, near.col.astype(np.int32), relation[near.row])
    rows = day.history.rows["sro"].find(theirs)
    mix = sparse.csr_matrix((near.data, (near.row, rows)), shape=(subject.size, shares.shape[0]))
    return [*found, (mix @ shares).toarray()[np.arange(subject.size)[:, None], chosen]]


def _role(day: Day, s: Small, r: Small, o: Small, families: tuple[str, str], life: int) -> Floats:
    """Of what the subject's sector does in this relation, the share with the candidate's, at home or abroad."""
    part, whole = (day.history.counters[family] for family in families)
    counted = part.counts(part.find(key(families[0], day.vocabulary, s, r, o)), day.history.day)[life]
    total = whole.counts(whole.find(prefix(families[1], day.vocabulary, s, r)), day.history.day)[life]
    share: Floats = counted / (total + np.float32(1e-3))
    return share


def _part_of_role(day: Day, s: Small, o: Small) -> Floats:
    """A candidate's share of what its sector does: in its country where that is the subject's too, else anywhere."""
    vocabulary = day.vocabulary
    group = vocabulary.group
    at_home = np.bincount(group, day.popular)[group[o]]
    anywhere = np.bincount(vocabulary.sector, day.popular)[vocabulary.sector[o]]
    share: Floats = (day.popular[o] / np.where(vocabulary.is_home(s, o), at_home, anywhere)).astype(np.float32)
    return share
