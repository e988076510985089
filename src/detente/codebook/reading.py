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
