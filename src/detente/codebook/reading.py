"""The data files of the codebook, read once."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def read_data(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one data file of the codebook, every value as text (empty where there is none).

    Args:
        name: File name without its ending, for example ``cameo``.
    """
    text = files("detente.codebook").joinpath("data", f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the lists of words of ``word_lists.csv``, in small letters.

    Args:
        name: The list's name, for example ``actor titles``.
    """
    return next(frozenset(row["words"].split()) for row in read_data("word_lists") if row["list"] == name)
