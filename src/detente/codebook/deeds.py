"""Words of deeds: which event types a verb or noun may speak of, and in what manner one verb bends another.

The lists are our own, written from the meanings of the PLOVER types. A word may stand under several types. They are
features of the coder, and by themselves the dictionary that it is measured against.
"""

from __future__ import annotations

from functools import cache

from detente.codebook.reading import read_data

_MANNER = "manner "


def deeds_of(lemma: str) -> tuple[str, ...]:
    """Event types that a lemma may speak of, in the codebook's order; most words speak of none."""
    return _by_word(False).get(lemma, ())


def manner_of(lemma: str) -> tuple[str, ...]:
    """How a verb bends the verb that it governs: ``ask``, ``promise``, ``refuse``, ``threaten`` and so on."""
    return _by_word(True).get(lemma, ())


@cache
def _by_word(manners: bool) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for row in read_data("deeds"):
        if row["deed"].startswith(_MANNER) == manners:
            for word in dict.fromkeys(row["words"].split()):
                words[word] = (*words.get(word, ()), row["deed"].removeprefix(_MANNER))
    return words
