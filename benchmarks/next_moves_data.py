"""ICEWS14 and ICEWS18 as whole numbers, with what is known of actors and relations from their names.

The country of an actor comes from the table that the data came with, its sector from its name: "Police (India)" is of
the sector Police. The root of a relation is that of its CAMEO code. None of these changes with time.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from detente.forecast.next_moves.facts import Facts, Vocabulary, code_attributes

#: A sector with fewer actors says nothing of the next.
_FEWEST = 3
_NAMED = re.compile(r"(.*) \(.*\)$")


@dataclass(frozen=True)
class Benchmark:
    """A benchmark.

    Attributes:
        facts: All facts, both ways.
        parts: First and last day of train, valid and test, counted from the first day.
    """

    facts: Facts
    parts: dict[str, tuple[int, int]]


def read_benchmark(root: Path, name: str) -> Benchmark:
    """Read a benchmark from the reference data."""
    folder = root / "events" / "icews"
    rows = pl.read_parquet(folder / f"{name}.parquet").with_columns(pl.col("date").cast(pl.Date)).sort("date")
    actors, relations = sorted({*rows["source"], *rows["target"]}), sorted(set(rows["relation"]))
    places = pl.read_csv(folder / "icews_entity_country.csv")
    codes = dict(rows.select("relation", "cameo_code").unique().iter_rows())
    vocabulary = Vocabulary(
        len(actors),
        len(relations),
        code_attributes(actors, dict(places.select("entity", "iso3").iter_rows())),
        code_attributes(actors, _sectors(actors, set(places["country"].drop_nulls()))),
        np.array([int(codes[relation][:2]) for relation in relations], dtype=np.int32),
    )
    first = rows["date"][0]
    day = (rows["date"] - first).dt.total_days().to_numpy().astype(np.int32)
    number = {actor: place for place, actor in enumerate(actors)}
    of_relation = {relation: place for place, relation in enumerate(relations)}
    columns = [
        rows[column].replace_strict(table, return_dtype=pl.Int32).to_numpy()
        for column, table in (("source", number), ("relation", of_relation), ("target", number))
    ]
    spans = rows.group_by("split").agg(pl.col("date").min().alias("begin"), pl.col("date").max().alias("end"))
    parts = {split: ((begin - first).days, (end - first).days) for split, begin, end in spans.iter_rows()}
    return Benchmark(Facts(day, *columns, vocabulary).both_ways(), parts)


def _sectors(actors: list[str], countries: set[str]) -> dict[str, str | None]:
    """The sector that a name tells, where several actors share it."""
    told = {actor: "a state itself" if actor in countries else _sector(actor) for actor in actors}
    often = Counter(told.values())
    return {actor: sector if often[sector] >= _FEWEST else None for actor, sector in told.items()}


def _sector(actor: str) -> str | None:
    found = _NAMED.match(actor)
    return found.group(1) if found else None
