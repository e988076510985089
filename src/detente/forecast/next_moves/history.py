"""All that is known before a day, kept up a day at a time: counters by family, rules, habits of repeating.

Families are the ways in which one past fact may speak for another: the same three parts, the same two, the same
country in place of an actor, the same sector, the same root of relations. In their names s, r and o are the three
parts, q is a relation's root, c a country, k a sector, g both of these, h a sector and whether it is at home in the
subject's country, t a subject on whichever side it was.
"""

from __future__ import annotations

import numpy as np

from detente.forecast.next_moves.counters import Counter, Rows
from detente.forecast.next_moves.facts import Facts, Small, Vocabulary, Whole
from detente.forecast.next_moves.rules import Rules

#: Families whose key ends with the answer (rows over all actors) …
ANSWER_FAMILIES = ("sro", "so", "sqo", "ro", "qo", "o", "cro", "co", "kro", "to")
#: … with the answer's country, with its sector …
COUNTRY_FAMILIES = ("src", "sc", "crc", "cc")
SECTOR_FAMILIES = ("srk", "rk", "crk")
#: … with both, with its sector and whether it is at home …
GROUP_FAMILIES = ("gg",)
HOME_FAMILIES = ("krh", "kqh")
#: … and those about the question alone.
QUESTION_FAMILIES = ("sr", "s", "cr", "r", "kr", "kq")


class History:
    """What is known before a day.

    Args:
        facts: All facts, both ways; those from `day` on are not looked at until `advance` passes them.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.day = 0
        self.counters = {name: self._counter(name) for name in family_names()}
        self.rows = {name: Rows(self.counters[name]) for name in ANSWER_FAMILIES}
        self.rules = Rules(facts, self.counters["sro"])
        self.habits = Habits(facts.vocabulary)

    def advance(self, day: int) -> None:
        """Take note of all facts before a day."""
        while self.day < day:
            where = self.facts.of_day(self.day)
            if where.stop > where.start:
                self.rules.learn(where, self.day)
                self.habits.learn(self, where)
                for counter in self.counters.values():
                    counter.add(where, self.day)
            self.day += 1

    def _counter(self, name: str) -> Counter:
        facts = self.facts
        keys = key(name, facts.vocabulary, facts.subject, facts.relation, facts.object)
        return Counter.over(keys, key_width(name, facts.vocabulary))


class Habits:
    """How often the objects of a relation, and of a subject, are ones met before.

    Args:
        vocabulary: Of the facts.
    """

    FADE = 0.98

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.relation = np.zeros((3, 2 * vocabulary.relations), dtype=np.float32)
        self.subject = np.zeros((3, vocabulary.actors), dtype=np.float32)

    def learn(self, history: History, where: slice) -> None:
        """Note for the facts of a day whether the answer had been met: in this relation, at all."""
        facts = history.facts
        same = (history.counters["sro"].last[history.counters["sro"].of_fact[where]] >= 0).astype(np.float32)
        met = (history.counters["so"].last[history.counters["so"].of_fact[where]] >= 0).astype(np.float32)
        for table, who in ((self.relation, facts.relation[where]), (self.subject, facts.subject[where])):
            np.multiply(table, self.FADE, out=table)
            for place, flag in enumerate((same, met, np.ones_like(same))):
                table[place] += np.bincount(who, flag, minlength=table.shape[1]).astype(np.float32)


def family_names() -> tuple[str, ...]:
    """All families."""
    return (
        *ANSWER_FAMILIES, *COUNTRY_FAMILIES, *SECTOR_FAMILIES, *GROUP_FAMILIES, *HOME_FAMILIES, *QUESTION_FAMILIES,
    )  # fmt: skip


def key_width(name: str, vocabulary: Vocabulary) -> int:
    """How many values the last part of a family's key takes."""
    if name in ANSWER_FAMILIES:
        return vocabulary.actors
    if name in COUNTRY_FAMILIES:
        return int(vocabulary.country.max()) + 1
    if name in SECTOR_FAMILIES:
        return int(vocabulary.sector.max()) + 1
    if name in GROUP_FAMILIES:
        return int(vocabulary.group.max()) + 1
    if name in HOME_FAMILIES:
        return 2 * (int(vocabulary.sector.max()) + 1)
    return 1


def key(name: str, vocabulary: Vocabulary, subject: Small, relation: Small, answer: Small) -> Whole:
    """Keys of a family, one for each (subject, relation, answer)."""
    first = prefix(name, vocabulary, subject, relation)
    width = key_width(name, vocabulary)
    if name in ANSWER_FAMILIES:
        ending = answer
    elif name in COUNTRY_FAMILIES:
        ending = vocabulary.country[answer]
    elif name in SECTOR_FAMILIES:
        ending = vocabulary.sector[answer]
    elif name in GROUP_FAMILIES:
        ending = vocabulary.group[answer]
    elif name in HOME_FAMILIES:
        ending = vocabulary.sector[answer] + vocabulary.is_home(subject, answer) * (width // 2)
    else:
        ending = np.zeros_like(relation)
    return first * width + ending.astype(np.int64)


def prefix(name: str, vocabulary: Vocabulary, subject: Small, relation: Small) -> Whole:
    """Beginnings of a family's keys: all but the answer."""
    wide = np.int64(2 * vocabulary.relations)
    s, r = subject.astype(np.int64), relation.astype(np.int64)
    country, sector = vocabulary.country[subject].astype(np.int64), vocabulary.sector[subject].astype(np.int64)
    side = vocabulary.is_turned(relation).astype(np.int64)
    root = vocabulary.turned_root[relation].astype(np.int64)
    question, role = s * wide + r, sector * wide + r
    beginnings = {
        "sro": question, "src": question, "srk": question, "sr": question,
        "so": s * 2 + side, "sc": s * 2 + side, "s": s * 2 + side,
        "sqo": s * 128 + root,
        "ro": r, "rk": r, "r": r,
        "qo": root,
        "o": side,
        "cro": country * wide + r, "crc": country * wide + r, "crk": country * wide + r, "cr": country * wide + r,
        "co": country * 2 + side, "cc": country, "gg": vocabulary.group[subject].astype(np.int64), "to": s,
        "kro": role, "krh": role, "kr": role, "kqh": sector * 128 + root, "kq": sector * 128 + root,
    }  # fmt: skip
    return beginnings[name]
