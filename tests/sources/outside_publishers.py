"""The files of outside series as their publishers form them; all values are made up."""

from __future__ import annotations

import datetime as dt

from workbooks import Cell, xls, xlsx

#: Months from 2016 on, more than two years of them, so that a last value can be called high or low.
MONTHS = [dt.date(2016 + month // 12, month % 12 + 1, 1) for month in range(30)]


def prices(series: str, days: int = 5, *, first: dt.date = dt.date(2018, 6, 1)) -> bytes:
    """A list of prices: a day a line, and a dot where there was none."""
    lines = [f"{first + dt.timedelta(days=day)},{'.' if day == 2 else 60 + day}.0" for day in range(days)]
    return "".join(f"{line}\n" for line in (f"observation_date,{series}", *lines)).replace("..0", ".").encode()


def risk(months: int = len(MONTHS)) -> bytes:
    """The workbook of geopolitical risk: the index with its parts, counts of articles, and a column a country."""
    heads: list[Cell] = ["month", "GPR", "GPRT", "GPRA", "SHARE_GPR", "N10", "GPRC_USA", "GPRC_RUS", "var_name"]
    notes = ["GPR", "an index"]
    rows: list[list[Cell]] = [
        [day, 90.0 + at, 80.0, 70.5, 2.5, 1000.0 + at, 2.0 + at / 10, None if at == 3 else 0.5 + at / 10, note]
        for at, (day, note) in enumerate(zip(MONTHS[:months], [*notes, *[None] * len(MONTHS)], strict=False))
    ]
    return xls([heads, *rows])


def daily_risk(days: int = 40) -> bytes:
    """The workbook of daily geopolitical risk: the day as a number and as a date."""
    first = dt.date(2018, 5, 1)
    each = [first + dt.timedelta(days=day) for day in range(days)]
    rows: list[list[Cell]] = [[float(f"{day:%Y%m%d}"), 100.0, 99.0 + at, day] for at, day in enumerate(each)]
    return xls([["DAY", "N10D", "GPRD", "date"], *rows])


def uncertainty() -> bytes:
    """The workbook of policy uncertainty: year and month apart, states by name and by variant, a note at its end."""
    heads: list[Cell] = ["Year", "Month", "GEPU_current", "GEPU_ppp", "Russia", "US", "Mainland China", "SCMP China"]
    rows: list[list[Cell]] = [
        [float(day.year), float(day.month), 110.0 + at, 111.0, None if at < 2 else 150.0 + at, 120.0, 310.0, 300.0]
        for at, day in enumerate(MONTHS)
    ]
    note: list[Cell] = ["Sources are named on the pages of each country.", *[None] * (len(heads) - 1)]
    return xlsx([heads, *rows, note])


def all_files() -> dict[str, bytes]:
    """Every file by the path under which a mirror has it."""
    return {
        "/DCOILWTICO.csv": prices("DCOILWTICO"),
        "/DCOILBRENTEU.csv": prices("DCOILBRENTEU", first=dt.date(2018, 6, 2)),
        "/data_gpr_export.xls": risk(),
        "/data_gpr_daily_recent.xls": daily_risk(),
        "/All_Country_Data.xlsx": uncertainty(),
    }
