"""Cells by role and by place, and covered days, made up for tests of voices and arenas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from detente.codebook import cameo_table
from detente.domain.tables import CELLS, CELLS_BY_PLACE, CELLS_BY_ROLE, COVERAGE

FIRST = dt.date(2018, 1, 1)
_KNOWN = dt.datetime(2018, 1, 1)  # noqa: DTZ001 - naive UTC by schema
_TYPES = dict(cameo_table().select("code", "event_type").iter_rows())
_SUMS = ("n", "cooperation_milli", "conflict_milli", "square_milli")


def covered(days: int, *, thin: Iterable[int] = ()) -> pl.DataFrame:
    """So many covered days from the first on, some of them thin."""
    gaps = set(thin)
    rows = [
        ("p", FIRST + dt.timedelta(days=day), 9, _KNOWN, "thin" if day in gaps else "present") for day in range(days)
    ]
    return pl.DataFrame(rows, schema=COVERAGE.schema, orient="row")


def by_role(rows: Iterable[tuple[int, str, str | None, int, int]]) -> pl.DataFrame:
    """Cells by role of the United States and Russia: day, actor, role, number, intensity of each in thousandths."""
    made = [
        (FIRST + dt.timedelta(days=day), actor, "RUS" if actor == "USA" else "USA", True, role, *_sums(n, milli))
        for day, actor, role, n, milli in rows
    ]
    frame = pl.DataFrame(made, schema=CELLS_BY_ROLE.schema, orient="row")
    return frame.group_by(pl.exclude(_SUMS), maintain_order=True).agg(pl.col(_SUMS).sum()).select(CELLS_BY_ROLE.names)


def by_place(rows: Iterable[tuple[int, str, str | None, int, int]]) -> pl.DataFrame:
    """Cells by place of the United States towards Russia: day, code, place, number, intensity of each."""
    made = [
        (FIRST + dt.timedelta(days=day), "USA", "RUS", True, _TYPES.get(code), code, place, *_sums(n, milli))
        for day, code, place, n, milli in rows
    ]
    frame = pl.DataFrame(made, schema=CELLS_BY_PLACE.schema, orient="row")
    return frame.group_by(pl.exclude(_SUMS), maintain_order=True).agg(pl.col(_SUMS).sum()).select(CELLS_BY_PLACE.names)


def as_cells(places: pl.DataFrame) -> pl.DataFrame:
    """The cells that cells by place come from."""
    keys = ["occurred", "actor", "recipient", "directed", "event_type"]
    sums = places.group_by(keys).agg(pl.col(_SUMS).sum())
    return sums.with_columns(pl.lit(None, pl.Int64).alias("lowest_milli")).select(CELLS.names)


def _sums(n: int, milli: int) -> tuple[int, int, int, float]:
    return n, n * max(milli, 0), n * max(-milli, 0), float(n * milli**2)
