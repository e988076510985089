"""Outside series as their publishers put them out: two lists of prices, and workbooks with a column for each country.

Each becomes one or two plain tables of the forms that ``drivers`` reads; nothing is left out or filled in here.
Workbooks need ``fastexcel`` (the extra ``drivers``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import polars as pl

from detente.errors import ConfigError, SourceError
from detente.sources.vocabulary import find_iso3_by_name

_COUNTRY_COLUMN = "GPRC_"
_GLOBAL = "GEPU_"
#: Words before a country's name that tell one of its series from another.
_VARIANTS = ("SCMP ", "Mainland ", "Hybrid ")


@cache
def publishers_files() -> Mapping[str, Mapping[str, str]]:
    """The address of each file, by series and by name."""
    import yaml  # noqa: PLC0415 - cards are read when somebody asks for one

    text = resources.files("detente.sources").joinpath("cards", "outside_files.yaml").read_text("utf-8")
    return {name: dict(entry["files"]) for name, entry in yaml.safe_load(text).items()}


def needs_workbooks(name: str) -> bool:
    """Whether a publisher's files are workbooks, and nothing is there to read them."""
    is_workbook = any(".xls" in file for file in publishers_files()[name])
    return is_workbook and find_spec("fastexcel") is None


def plain_tables(name: str, files: Sequence[Path]) -> dict[str, pl.DataFrame]:
    """The tables of a publisher's files, by the name of the form that reads them.

    Raises:
        SourceError: when a file is not what it was.
        ConfigError: when workbooks cannot be read here.
    """
    try:
        return _READERS[name](files)
    except (pl.exceptions.PolarsError, OSError, ValueError, KeyError, IndexError) as error:
        raise SourceError(
            f"The files of {name} were to be read: {', '.join(path.name for path in files)}.",
            f"They are not as they were ({str(error).splitlines()[0] if str(error) else type(error).__name__}).",
            "Look at the publisher's page; load a table of your own with `detente load drivers`.",
        ) from None


def _oil(files: Sequence[Path]) -> dict[str, pl.DataFrame]:
    """Two lists of prices, a day a line; a dot says that there was none."""
    tables = []
    for path, ours in zip(files, ("wti", "brent"), strict=True):
        table = pl.read_csv(path, infer_schema=False)
        day, price = table.columns
        value = pl.when(pl.col(price) != ".").then(pl.col(price))
        tables.append(table.select(pl.col(day).alias("date"), value.alias(ours)))
    return {"oil": tables[0].join(tables[1], on="date", how="full", coalesce=True).sort("date")}


def _gpr(files: Sequence[Path]) -> dict[str, pl.DataFrame]:
    """One workbook: a month a line, the world's index and its parts, and a column for each country."""
    table = _workbook(files[0]).with_columns(pl.col("month").cast(pl.Date))
    countries = [name for name in table.columns if name.startswith(_COUNTRY_COLUMN)]
    by_country = table.unpivot(countries, index="month", variable_name="iso3", value_name="gprc").with_columns(
        pl.col("iso3").str.strip_prefix(_COUNTRY_COLUMN)
    )
    world = table.select("month", "GPR", "GPRT", "GPRA")
    return {"gpr": world, "gpr_country": by_country}


def _gpr_daily(files: Sequence[Path]) -> dict[str, pl.DataFrame]:
    return {"gpr_daily": _workbook(files[0]).select(pl.col("date").cast(pl.Date), "GPRD")}


def _epu(files: Sequence[Path]) -> dict[str, pl.DataFrame]:
    """One workbook: year and month, the world's index twice, and a column for each country; a note at its end."""
    table = _workbook(files[0])
    year, month = (pl.col(name).cast(pl.Float64, strict=False).cast(pl.Int32) for name in ("Year", "Month"))
    table = table.with_columns(month=pl.date(year, month, 1)).filter(pl.col("month").is_not_null())
    series = [name for name in table.columns if name not in {"Year", "Month", "month"}]
    long = table.select("month", pl.col(series).cast(pl.String)).unpivot(
        series, index="month", variable_name="series", value_name="epu"
    )
    return {"epu": long.with_columns(iso3=pl.col("series").replace_strict({name: _state(name) for name in series}))}


def _state(series: str) -> str | None:
    """The state of a series; none for the world's, and the name itself where it is not known, so that it fails."""
    if series.startswith(_GLOBAL):
        return None
    name = series
    for word in _VARIANTS:
        name = name.removeprefix(word)
    return find_iso3_by_name(name) or series


def _workbook(path: Path) -> pl.DataFrame:
    if find_spec("fastexcel") is None:
        raise ConfigError(
            f"The workbook {path.name} was to be read.",
            "What reads workbooks is not installed.",
            "Run `pip install detente[drivers]`, or save it as CSV for `detente load drivers`.",
        )
    from fastexcel import FastExcelError  # noqa: PLC0415 - of the optional extra

    try:
        return pl.read_excel(path, engine="calamine")
    except FastExcelError:  # a page in place of a workbook, or one that broke off
        raise ValueError(f"{path.name} is no workbook, or a damaged one") from None


_READERS: Mapping[str, Callable[[Sequence[Path]], dict[str, pl.DataFrame]]] = MappingProxyType(
    {"oil": _oil, "gpr": _gpr, "gpr_daily": _gpr_daily, "epu": _epu}
)
