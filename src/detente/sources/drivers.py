"""Outside series from files on disk: oil prices, geopolitical risk, policy uncertainty.

A file is known by its columns; what these are, who publishes them and how late is in ``cards/outside_series.yaml``.
The account counts values, not lines: a line with two prices is two. What an empty cell would say is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from detente.codebook import codes_to_iso3
from detente.domain.ledger import Ledger
from detente.domain.tables import DRIVERS, check_table
from detente.errors import SourceError
from detente.sources.lines import is_of_type, open_file
from detente.sources.reading import PARQUET_MAGIC

#: Every row's vintage is a rule of the card, not an observation.
RECONSTRUCTED = "reconstructed_vintage"


@dataclass(frozen=True)
class DriverCard:
    """One form of file: its publisher, its terms, and what its columns are.

    Args:
        name: The provider's name in the table ``drivers``.
        title: What the data are called.
        publisher: Who publishes them.
        licence: The terms, in words.
        citation: What to cite.
        cadence: How often values appear.
        lag_days: Days after the end of a period when its value is taken to be known.
        time: Column of the day or month.
        state: Column of the state; None where the series are of the world.
        series: Our names of the series, by column.
        unit: Unit of the values.
        caveats: What a reader must know.
        variant: Column that tells several series of one state apart; None where there is one.
        left_out: Variants that are not kept.
    """

    name: str
    title: str
    publisher: str
    licence: str
    citation: str
    cadence: str
    lag_days: int
    time: str
    state: str | None
    series: Mapping[str, str]
    unit: str
    caveats: tuple[str, ...]
    variant: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns by which a file of this form is known."""
        return {self.time, *self.series} | {name for name in (self.state, self.variant) if name}


@cache
def driver_cards() -> dict[str, DriverCard]:
    """All forms by name."""
    import yaml  # noqa: PLC0415 - cards are read when somebody asks for one

    text = resources.files("detente.sources").joinpath("cards", "outside_series.yaml").read_text("utf-8")
    raw: dict[str, dict[str, object]] = yaml.safe_load(text)
    lists = ("caveats", "left_out")
    return {
        name: DriverCard(name=name, **{k: tuple(v) if k in lists else v for k, v in entry.items()})  # type: ignore[arg-type]
        for name, entry in raw.items()
    }


def read_drivers(path: Path) -> tuple[DriverCard, pl.DataFrame, Ledger]:
    """Read one file of outside series.

    Returns:
        The card of its form, rows of the table ``drivers``, and the account of its values.

    Raises:
        SourceError: when it cannot be read, or its columns are those of no form.
    """
    frame = _read_frame(path)
    card = _find_form(path, frame.columns)
    values = _long(frame, card)
    reason = _verdicts(card)
    judged = values.with_columns(reason=reason).with_columns(
        repeat=pl.col("reason").is_null() & ~pl.struct("series", "state", "period_end", "reason").is_first_distinct()
    )
    ledger = Ledger(str(path), read=judged.height)
    for line, why, text in judged.filter(pl.col("reason").is_in(_FAILURES)).select("line", "reason", "raw").rows():
        ledger.fail(line, why, text or "")
    for rule in _RULES:
        ledger.ignore(rule, int((judged["reason"] == rule).sum()))
    ledger.ignore("repeated_period", int(judged["repeat"].sum()))
    kept = judged.filter(pl.col("reason").is_null(), ~pl.col("repeat"))
    ledger.kept = kept.height
    ledger.note(RECONSTRUCTED, kept.height)
    ledger.check()
    return card, _rows(kept, card), ledger


_FAILURES = ("bad_date", "bad_value", "unknown_state")
_RULES = ("no_value", "other_series_of_the_state")


def _read_frame(path: Path) -> pl.DataFrame:
    with open_file(path):
        pass
    try:
        if is_of_type(path, PARQUET_MAGIC):
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path} was to be read as outside series.",
            f"It is no Parquet and no CSV file ({str(error).splitlines()[0]}).",
            "Fetch it again, or save it as CSV with a header.",
        ) from None


def _find_form(path: Path, columns: list[str]) -> DriverCard:
    for card in driver_cards().values():
        if card.columns <= set(columns):
            return card
    forms = "; ".join(f"{name}: {', '.join(sorted(card.columns))}" for name, card in driver_cards().items())
    raise SourceError(
        f"{path} was to be read as outside series.",
        f"Its columns are those of no form: {', '.join(columns[:8])}.",
        f"Rename its columns; the forms are: {forms}.",
    )


def _long(frame: pl.DataFrame, card: DriverCard) -> pl.DataFrame:
    """One row a value: ``line, series, state_given, variant, raw_day, raw`` and what they read as."""
    empty = pl.lit(None, pl.String)
    rows = frame.with_row_index("line", offset=1).select(
        pl.col("line").cast(pl.Int64),
        pl.col(card.time).alias("day_given"),
        (pl.col(card.state).cast(pl.String) if card.state else empty).alias("state_given"),
        (pl.col(card.variant).cast(pl.String) if card.variant else empty).alias("variant"),
        *(pl.col(name).cast(pl.String).alias(f"raw:{ours}") for name, ours in card.series.items()),
    )
    day = pl.col("day_given")
    if frame.schema[card.time] == pl.String:
        day = day.str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    end = day.cast(pl.Date, strict=False)
    codes = codes_to_iso3("iso3")
    long = (
        rows.with_columns(period_end=end.dt.month_end() if card.time == "month" else end)
        .with_columns(
            state=pl.col("state_given").replace_strict(codes, default=None, return_dtype=pl.String),
        )
        .unpivot(pl.selectors.starts_with("raw:"), index=["line", "state_given", "variant", "period_end", "state"])
    )
    return long.select(
        pl.exclude("variable", "value"),
        series=pl.col("variable").str.strip_prefix("raw:"),
        raw=pl.col("value"),
        value=pl.col("value").str.strip_chars().cast(pl.Float64, strict=False),
    ).sort("line", "series", maintain_order=True)


def _verdicts(card: DriverCard) -> pl.Expr:
    """Why a value is not kept; null for one that is."""
    is_empty = pl.col("raw").is_null() | (pl.col("raw").str.strip_chars() == "")
    return (
        pl.when(pl.col("period_end").is_null())
        .then(pl.lit("bad_date"))
        .when(pl.col("variant").is_in(list(card.left_out)).fill_null(value=False))
        .then(pl.lit("other_series_of_the_state"))
        .when(pl.col("state_given").is_not_null() & pl.col("state").is_null())
        .then(pl.lit("unknown_state"))
        .when(is_empty)
        .then(pl.lit("no_value"))
        .when(~pl.col("value").is_finite().fill_null(value=False))
        .then(pl.lit("bad_value"))
    )


def _rows(kept: pl.DataFrame, card: DriverCard) -> pl.DataFrame:
    rows = kept.select(
        pl.lit(card.name).alias("provider"),
        "series",
        "state",
        "period_end",
        "value",
        (pl.col("period_end") + pl.duration(days=card.lag_days)).cast(pl.Datetime("us")).alias("known_at"),
        pl.lit(card.unit).alias("unit"),
    )
    return check_table(rows, DRIVERS)
