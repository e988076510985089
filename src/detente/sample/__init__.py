"""The data that the package carries: figures computed from ICEWS, with their card, and a chronology of known events."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

_HERE = Path(__file__).parent


def sample_store_path() -> Path:
    """The directory of the bundled, read-only store."""
    return _HERE / "store"


@cache
def read_card() -> dict[str, Any]:
    """The sample's card: publisher, citation, terms, coverage, caveats, and what was computed."""
    card = _read_yaml("card.yaml")
    card["figures"] = _read_yaml("figures.yaml")
    return card


def _read_yaml(name: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - not needed before a card is read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast, where it was built
    content: dict[str, Any] = yaml.load((_HERE / name).read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe one
    return content


@cache
def load_chronology() -> pl.DataFrame:
    """Well-known dated events of the sample's time, in our own words: rows of the table ``chronology``."""
    import polars as pl  # noqa: PLC0415 - not needed before it is read

    from detente.domain.tables import CHRONOLOGY, check_table  # noqa: PLC0415

    rows = pl.read_csv(_HERE / "chronology.csv", schema=CHRONOLOGY.schema, try_parse_dates=True)
    return check_table(rows.sort("day", "actor", maintain_order=True), CHRONOLOGY)


def monthly_conflict() -> pl.DataFrame:
    """Directed monthly counts, 1991–2010: ``month, actor, recipient, verbal_conflict, material_conflict`` (events).

    Verbal conflict are CAMEO roots 10–13, material conflict 14–20. A month without a row had no event at all.
    """
    import polars as pl  # noqa: PLC0415

    return pl.read_parquet(_HERE / "monthly_conflict_1991_2010.parquet")
