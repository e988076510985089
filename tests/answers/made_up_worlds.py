"""A made-up table of events of three pairs, each row with an address, and stores loaded with it."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from detente import pipeline
from detente.sources import ReadOptions, find_source
from detente.store import open_store

FIRST, AS_OF = dt.date(2022, 1, 3), dt.date(2023, 2, 26)
_HEAD = "date,actor,recipient,event_type,intensity,count,url,known_at"
_PAIRS = (("FRA", "DEU"), ("USA", "RUS"), ("IND", "PAK"))
_TYPES = (("CONSULT", 1.0), ("AGREE", 6.0), ("ACCUSE", -2.0), ("ASSAULT", -9.0), ("SANCTION", -6.0))


def lines_known() -> list[str]:
    """What was known by the as-of day."""
    dice = random.Random(7)  # noqa: S311 - figures for a test
    lines = []
    for day in range((AS_OF - FIRST).days + 1):
        date = FIRST + dt.timedelta(days=day)
        for a, b in _PAIRS:
            for place in range(dice.randrange(4)):
                kind, points = dice.choice(_TYPES)
                actor, recipient = (a, b) if dice.random() < 0.5 else (b, a)
                url = f"https://paper.example/{date}/{a}-{b}-{place}"
                lines.append(f"{date},{actor},{recipient},{kind},{points},{dice.randrange(1, 4)},{url},{date}")
    return lines


def lines_planted() -> list[str]:
    """Wild events of later days, and one of an earlier day that became known only later."""
    days = [AS_OF + dt.timedelta(days=ahead) for ahead in range(1, 90)]
    wild = [f"{day},{a},{b},ASSAULT,-10,60,https://paper.example/later,{day}" for day in days for a, b in _PAIRS]
    late = AS_OF - dt.timedelta(days=9)
    return [*wild, f"{late},FRA,DEU,ASSAULT,-10,500,https://paper.example/late,{AS_OF + dt.timedelta(days=30)}"]


def load(path: Path, *tables: list[str], undirected: bool = False) -> Path:
    """A store with some tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(path)
    for number, lines in enumerate(tables):
        file = path.parent / f"{path.name}-{number}.csv"
        file.write_text("\n".join([_HEAD, *lines]) + "\n")
        report = pipeline.load(store, find_source("table"), [file], ReadOptions(undirected=undirected))
        assert not report.failed_files
        assert report.total.kept == len(lines)
    return path
